package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.Admission;
import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.Executor;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.fleet.ReplicaView;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RouterConfig.Pool;

/// One engine of a simulated fleet. It runs only when it is looked at: [#advance] catches up with
/// everything that happened in it since.
final class SimulatedReplica implements EngineObserver, LlmEngine.StepListener {
    static final long NEVER = Long.MAX_VALUE;

    /// Preparing to take many steps at once costs about as much as taking this many.
    private static final int WORTHWHILE_STEPS = 4;

    /// What becomes of requests.
    interface Fate {
        void firstToken(long nowNanos, int client, Sequence sequence);

        /// A prompt was read whose answer is written elsewhere.
        void read(long nowNanos, int client);

        void finished(long nowNanos, int client, Sequence sequence);

        void lost(long nowNanos, int client);

        void gaveUp(long nowNanos, int client);
    }

    /// What it does.
    ///
    /// @param reads prompts
    /// @param writes answers
    /// @param pool whose prompts it takes
    record Role(boolean reads, boolean writes, Pool pool) {
        static final Role EVERYTHING = new Role(true, true, Pool.ANY);
    }

    /// Where it is in its life.
    enum Stage {
        STARTING,
        SERVING,
        DRAINING,
        GONE
    }

    final long startedNanos;
    final long readyNanos;

    final Role role;
    final Router router;

    /// Its router's; of no meaning while it starts.
    int slot;

    Stage stage = Stage.STARTING;
    long goneNanos = NEVER;
    private final LlmEngine engine;
    private final FleetRecorder recorder;
    private final Fate fate;
    private final boolean coalesced;

    private double slowness = 1;
    private boolean woken;
    private long wakeNanos;
    private long stepNanos;
    private long stepEndNanos = NEVER;
    private long gaps;

    /// The recorder's time: that of whoever looks.
    private long lookNanos;

    /// Tokens pushed through the model.
    long work;

    SimulatedReplica(
            long startedNanos,
            long readyNanos,
            Role role,
            Router router,
            FleetSettings settings,
            FleetRecorder recorder,
            Fate fate) {
        this.startedNanos = startedNanos;
        this.readyNanos = readyNanos;
        this.role = role;
        this.router = router;
        this.recorder = recorder;
        this.fate = fate;
        this.coalesced = settings.coalesced();
        Executor executor = settings.executors().get();
        this.engine =
                new LlmEngine(
                        settings.layout(),
                        settings.scheduler(),
                        step -> Math.round(slowness * executor.execute(step)),
                        this);
    }

    /// Whether it serves, or finishes what it has.
    boolean isThere() {
        return stage == Stage.SERVING || stage == Stage.DRAINING;
    }

    /// Whether it serves, or will.
    boolean expected() {
        return stage == Stage.SERVING || stage == Stage.STARTING;
    }

    /// What its router knows of it.
    ReplicaView view() {
        return router.replica(slot);
    }

    int running() {
        return engine.scheduler().running();
    }

    int waiting() {
        return engine.scheduler().waiting();
    }

    /// Share of its cache in use.
    double occupancy() {
        return engine.pool().occupancy();
    }

    /// Steps take this many times as long from the next one on.
    void slowDown(double factor) {
        slowness = factor;
    }

    /// Takes a request at the moment up to which it was advanced.
    Admission submit(long nowNanos, Request request) {
        Admission admission = engine.scheduler().submit(nowNanos, request);
        if (stepEndNanos == NEVER && !woken && admission instanceof Admission.Waiting) {
            // The step begins when time moves on, with all that came in this instant.
            woken = true;
            wakeNanos = nowNanos;
        }
        return admission;
    }

    /// Does everything that happens up to and including this moment.
    void advance(long nowNanos) {
        lookNanos = nowNanos;
        if (woken && wakeNanos < nowNanos) {
            woken = false;
            begin(wakeNanos);
        }
        while (stepEndNanos <= nowNanos) {
            if (coalesced && nowNanos - stepEndNanos > WORTHWHILE_STEPS * stepNanos) {
                long end = engine.coast(stepEndNanos, nowNanos, this);
                if (end != stepEndNanos) {
                    stepEndNanos = end;
                    continue;
                }
            }
            end(stepEndNanos);
        }
    }

    /// Time for which it was paid for.
    long paidNanos(long endNanos) {
        return Math.max(0, Math.min(goneNanos, endNanos) - startedNanos);
    }

    /// Time in which it could serve.
    long servedNanos(long endNanos) {
        return Math.max(0, Math.min(goneNanos, endNanos) - readyNanos);
    }

    /// When it next does something on its own, as far as can be said now; [#NEVER] when nothing is
    /// to be done.
    long nextNanos() {
        return woken ? wakeNanos + 1 : stepEndNanos;
    }

    /// Whether anything is left to do after the moment up to which it was advanced.
    boolean busy() {
        return woken || stepEndNanos != NEVER;
    }

    /// Dies, as a killed process does.
    void crash(long nowNanos) {
        woken = false;
        stepEndNanos = NEVER;
        engine.crash(nowNanos);
    }

    private void begin(long nowNanos) {
        stepNanos = engine.begin(nowNanos);
        if (stepNanos == LlmEngine.IDLE) {
            stepEndNanos = NEVER;
            return;
        }
        stepEndNanos = nowNanos + stepNanos;
        count(engine.step().tokens());
    }

    private void count(int tokens) {
        work += tokens;
        recorder.steps++;
        recorder.busyNanos += stepNanos;
        recorder.computedTokens += tokens;
    }

    private void end(long nowNanos) {
        engine.end(nowNanos);
        if (gaps > 0) {
            recorder.itl.record(lookNanos, stepNanos, gaps);
            recorder.outputTokens.add(lookNanos, gaps);
            gaps = 0;
        }
        begin(nowNanos);
    }

    @Override
    public void decoded(long endNanos, int decodes, long nextNanos) {
        recorder.itl.record(lookNanos, stepNanos, decodes);
        recorder.outputTokens.add(lookNanos, decodes);
        stepNanos = nextNanos;
        count(decodes);
    }

    @Override
    public void admitted(long nowNanos, Sequence sequence) {
        if (sequence.preemptions() == 0 && role.reads()) {
            recorder.queueing.record(lookNanos, nowNanos - sequence.arrivalNanos());
            recorder.cachedTokens += sequence.cachedTokens();
            recorder.promptTokens += sequence.request().promptTokens();
        }
    }

    @Override
    public void preempted(long nowNanos, Sequence sequence) {
        recorder.preemptions++;
        recorder.log.add(nowNanos, recorder.preemptedKind, slot, sequence.request().id());
    }

    @Override
    public void firstToken(long nowNanos, Sequence sequence, long nanos) {
        if (role.writes()) {
            recorder.outputTokens.add(lookNanos, 1);
            fate.firstToken(nowNanos, (int) sequence.request().id(), sequence);
        }
    }

    @Override
    public void nextToken(long nowNanos, Sequence sequence, long nanos) {
        if (nanos == stepNanos) {
            gaps++;
        } else {
            recorder.itl.record(lookNanos, nanos);
            recorder.outputTokens.add(lookNanos, 1);
        }
    }

    @Override
    public void finished(long nowNanos, Sequence sequence) {
        if (role.writes()) {
            fate.finished(nowNanos, (int) sequence.request().id(), sequence);
        } else {
            fate.read(nowNanos, (int) sequence.request().id());
        }
    }

    @Override
    public void gaveUp(long nowNanos, Sequence sequence) {
        fate.gaveUp(nowNanos, (int) sequence.request().id());
    }

    @Override
    public void lost(long nowNanos, Sequence sequence) {
        fate.lost(nowNanos, (int) sequence.request().id());
    }
}
