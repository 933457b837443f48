package dev.touchstone.llm.replay;

import dev.touchstone.llm.Admission;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.Scheduler;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.simulation.EventLoop;
import dev.touchstone.simulation.VirtualClock;
import java.time.Instant;

/// Carries a trace through engines under virtual time.
///
/// Each request arrives when it once did, goes to the replica with the fewest requests in flight
/// (the first of them when there are several) and stays there; nobody gives up and nobody asks
/// again. All that arrive in one instant are queued before anyone starts a step. Two kinds of event
/// make up the whole run: an arrival, which schedules the next one, and the end of a step, which
/// begins the replica's next step.
public final class TraceReplay {
    private static final int STEPS_PER_PROGRESS = 1_024;

    private final Trace trace;
    private final ReplaySettings settings;
    private final ReplayProgress progress;
    private final Recorder recorder;
    private final boolean sharesPrefixes;
    private final EventLoop loop = new EventLoop(new VirtualClock(Instant.EPOCH));
    private final Replica[] replicas;
    private int arrived;
    private int stepsSinceProgress;
    private long lastNanos;
    private boolean stopped;

    private TraceReplay(Trace trace, ReplaySettings settings, ReplayProgress progress) {
        this.trace = trace;
        this.settings = settings;
        this.progress = progress;
        sharesPrefixes = settings.sharesPrefixes(trace);
        recorder =
                new Recorder(trace, (double) settings.replicas() * settings.layout().blockCount());
        replicas = new Replica[settings.replicas()];
        SchedulerConfig config =
                ReplaySettings.withPrefixCache(settings.scheduler(), sharesPrefixes);
        for (int i = 0; i < replicas.length; i++) {
            replicas[i] =
                    new Replica(
                            new LlmEngine(
                                    settings.layout(),
                                    config,
                                    settings.executors().get(),
                                    recorder));
        }
    }

    /// Replays the whole trace and everything it leaves in the queues, unless `progress` stops it;
    /// the report then covers what was done so far.
    public static ReplayReport run(Trace trace, ReplaySettings settings, ReplayProgress progress) {
        return new TraceReplay(trace, settings, progress).run();
    }

    private ReplayReport run() {
        reportProgress();
        loop.at(0, this::arrive);
        loop.runUntil(Long.MAX_VALUE);
        reportProgress();
        return recorder.report(lastNanos, replicas.length);
    }

    private void arrive(long nowNanos) {
        if (stopped) {
            return;
        }
        lastNanos = nowNanos;
        while (arrived < trace.size() && trace.arrivalNanos(arrived) == nowNanos) {
            submit(nowNanos, arrived++);
        }
        for (Replica replica : replicas) {
            replica.arrivalsAreIn(nowNanos);
        }
        if (arrived < trace.size()) {
            loop.at(trace.arrivalNanos(arrived), this::arrive);
        }
    }

    private void submit(long nowNanos, int index) {
        PrefixHashes prefix =
                sharesPrefixes
                        ? trace.prefix(index, settings.layout().blockTokens())
                        : PrefixHashes.NONE;
        var request =
                new Request(
                        index,
                        trace.promptTokens(index),
                        trace.outputTokens(index),
                        Request.PATIENT,
                        0,
                        0,
                        prefix);
        Replica replica = leastLoaded();
        switch (replica.scheduler().submit(nowNanos, request)) {
            case Admission.Waiting _ -> replica.hasArrivals = true;
            case Admission.Refused(Admission.Cause cause, String reason) -> {
                switch (cause) {
                    case NEVER_FITS -> recorder.refusedNeverFits();
                    case QUEUE_FULL -> recorder.refusedQueueFull();
                    case NO_ROOM ->
                            throw new IllegalStateException(
                                    "a patient request was refused for now: " + reason);
                }
            }
        }
    }

    private Replica leastLoaded() {
        Replica least = replicas[0];
        for (Replica replica : replicas) {
            if (replica.load() < least.load()) {
                least = replica;
            }
        }
        return least;
    }

    private void countStep() {
        if (++stepsSinceProgress == STEPS_PER_PROGRESS) {
            reportProgress();
        }
    }

    private void reportProgress() {
        stepsSinceProgress = 0;
        if (!progress.reached((double) recorder.settled() / trace.size())) {
            stopped = true;
        }
    }

    /// One engine, whose event is the end of its current step.
    private final class Replica implements EventLoop.Event {
        private final LlmEngine engine;
        private boolean hasArrivals;
        private int running;
        private int waiting;
        private int blocks;

        Replica(LlmEngine engine) {
            this.engine = engine;
        }

        Scheduler scheduler() {
            return engine.scheduler();
        }

        /// Requests in flight.
        int load() {
            return scheduler().running() + scheduler().waiting();
        }

        void arrivalsAreIn(long nowNanos) {
            if (hasArrivals) {
                hasArrivals = false;
                work(nowNanos);
            }
        }

        @Override
        public void fire(long nowNanos) {
            lastNanos = nowNanos;
            engine.end(nowNanos);
            recorder.stepEnded(nowNanos);
            countStep();
            work(nowNanos);
        }

        private void work(long nowNanos) {
            if (!engine.stepping() && !stopped) {
                long nanos = engine.begin(nowNanos);
                if (nanos != LlmEngine.IDLE) {
                    recorder.stepBegins(engine.step(), nanos);
                    loop.at(nowNanos + nanos, this);
                }
            }
            recordLevels(nowNanos);
        }

        private void recordLevels(long nowNanos) {
            int runningNow = scheduler().running();
            int waitingNow = scheduler().waiting();
            int blocksNow = settings.layout().blockCount() - engine.pool().freeBlocks();
            recorder.levelsChanged(
                    nowNanos,
                    runningNow - running,
                    waitingNow - waiting,
                    blocksNow - blocks,
                    (double) blocksNow / settings.layout().blockCount());
            running = runningNow;
            waiting = waitingNow;
            blocks = blocksNow;
        }
    }
}
