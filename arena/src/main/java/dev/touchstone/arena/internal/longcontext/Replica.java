package dev.touchstone.arena.internal.longcontext;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.Admission;
import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.RooflineExecutor;
import dev.touchstone.simulation.EventLog;
import dev.touchstone.simulation.EventLoop;
import java.time.Duration;

/// One GPU of the simulated service: an engine, carried from step to step by the event loop, that
/// can die and be started again.
final class Replica {
    /// Hears of what happens to the whole replica.
    interface Owner {
        void outOfMemory(long nowNanos, Replica replica);

        void stepped(long nowNanos, Replica replica, long stepNanos);

        void stepEnded(long nowNanos);

        void up(long nowNanos, Replica replica);
    }

    private enum State {
        UP,
        DRAINING,
        DOWN
    }

    /// Loading 26 GB of weights and warming up.
    private static final long RESTART_NANOS = Duration.ofSeconds(45).toNanos();

    private static final long NEVER = -1;

    private final int index;
    private final EventLoop loop;
    private final EventLog log;
    private final int stepKind;
    private final EngineObserver observer;
    private final Owner owner;
    private final long poolBytes;
    private final double watermark;
    private final boolean admitsUnseen;
    private Settings settings;
    private LlmEngine engine;
    private State state = State.UP;

    /// When the events that count come: others were overtaken by a restart.
    private long stepEndsNanos = NEVER;

    private long upAtNanos = NEVER;

    Replica(
            int index,
            EventLoop loop,
            EventLog log,
            EngineObserver observer,
            Owner owner,
            Parameters parameters,
            Settings settings) {
        this.index = index;
        this.loop = loop;
        this.log = log;
        this.stepKind = log.kind("step-" + index);
        this.observer = observer;
        this.owner = owner;
        this.poolBytes = (long) parameters.get("poolBytes");
        this.watermark = parameters.get("watermark");
        this.admitsUnseen = parameters.get("pagedWithoutLimits") > 0;
        this.settings = settings;
        this.engine = newEngine();
    }

    int index() {
        return index;
    }

    LlmEngine engine() {
        return engine;
    }

    boolean takesRequests() {
        return state == State.UP;
    }

    boolean down() {
        return state == State.DOWN;
    }

    Admission submit(long nowNanos, Request request) {
        Admission admission = engine.scheduler().submit(nowNanos, request);
        if (admission instanceof Admission.Waiting) {
            work(nowNanos);
        }
        return admission;
    }

    void closeSession(long session) {
        engine.scheduler().closeSession(session);
    }

    /// Takes over settings that an engine can change while it runs.
    void reconfigure(Settings changed) {
        settings = changed;
        engine.scheduler().reconfigure(changed.scheduler(watermark, admitsUnseen));
    }

    /// Takes no more requests and is started anew with other settings after a grace period.
    void replace(long nowNanos, Duration grace, Settings changed) {
        if (state != State.UP) {
            settings = changed;
            return;
        }
        state = State.DRAINING;
        loop.at(
                nowNanos + grace.toNanos(),
                now -> {
                    if (state == State.DRAINING) {
                        settings = changed;
                        restart(now);
                    }
                });
    }

    /// Dies with everything in it and comes back a little later.
    void restart(long nowNanos) {
        state = State.DOWN;
        stepEndsNanos = NEVER;
        upAtNanos = nowNanos + RESTART_NANOS;
        engine.crash(nowNanos);
        loop.at(upAtNanos, this::comeUp);
    }

    private void comeUp(long nowNanos) {
        if (nowNanos != upAtNanos) {
            return;
        }
        engine = newEngine();
        state = State.UP;
        owner.up(nowNanos, this);
    }

    private LlmEngine newEngine() {
        return new LlmEngine(
                KvCacheLayout.fitting(settings.model(), poolBytes),
                settings.scheduler(watermark, admitsUnseen),
                new RooflineExecutor(
                        settings.model(), Accelerator.H100, RooflineExecutor.DEFAULT_UTILISATION),
                observer);
    }

    private void work(long nowNanos) {
        if (state == State.DOWN || engine.stepping()) {
            return;
        }
        long stepNanos = engine.begin(nowNanos);
        if (engine.step().outOfMemory()) {
            owner.outOfMemory(nowNanos, this);
            restart(nowNanos);
            return;
        }
        if (stepNanos == LlmEngine.IDLE) {
            return;
        }
        owner.stepped(nowNanos, this, stepNanos);
        stepEndsNanos = nowNanos + stepNanos;
        loop.at(stepEndsNanos, this::endStep);
    }

    private void endStep(long nowNanos) {
        if (nowNanos != stepEndsNanos) {
            return;
        }
        log.add(nowNanos, stepKind, engine.step().size(), engine.step().tokens());
        engine.end(nowNanos);
        owner.stepEnded(nowNanos);
        // After whatever users do at this moment in answer to the tokens that just came out.
        loop.at(nowNanos, this::work);
    }
}
