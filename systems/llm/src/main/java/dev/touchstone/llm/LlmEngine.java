package dev.touchstone.llm;

/// One replica: a scheduler, its cache and an executor, carried from step to step.
///
/// The owner of time drives it. [#begin] decides and carries out a step and says how long it takes;
/// requests that arrive meanwhile are submitted at their own time; [#end] applies the step at the
/// moment it is over. A server calls the two around its real executor, a simulation schedules the
/// end as an event.
public final class LlmEngine {
    /// What [#begin] returns when there is nothing to do.
    public static final long IDLE = 0;

    private final KvBlockPool pool;
    private final Scheduler scheduler;
    private final Executor executor;
    private final DecodeRun decodeRun;
    private Step step = new Step();
    private boolean stepping;

    public LlmEngine(
            KvCacheLayout layout,
            SchedulerConfig config,
            Executor executor,
            EngineObserver observer) {
        this.pool = new KvBlockPool(layout);
        this.scheduler = new Scheduler(pool, config, observer);
        this.executor = executor;
        this.decodeRun = new DecodeRun(scheduler, pool);
    }

    public KvBlockPool pool() {
        return pool;
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    /// Whether a step has begun and not ended.
    public boolean stepping() {
        return stepping;
    }

    /// The step that began last.
    public Step step() {
        return step;
    }

    /// Begins a step and returns how long it takes in nanoseconds, or [#IDLE] when nothing can run.
    /// When [Step#outOfMemory] is set the engine is dead; its owner calls [#crash].
    ///
    /// When the executor throws, so does this, and no step is under way: the owner may begin again,
    /// which tries the same once more, or call [#recover] or [#crash] first.
    public long begin(long nowNanos) {
        if (stepping) {
            throw new IllegalStateException("a step is under way; call end() before begin()");
        }
        step = scheduler.plan(nowNanos);
        if (step.size() == 0) {
            return IDLE;
        }
        long nanos = executor.execute(step);
        stepping = true;
        return Math.max(1, nanos);
    }

    /// Ends the step that began: its tokens come out now.
    public void end(long nowNanos) {
        if (!stepping) {
            throw new IllegalStateException("no step is under way; call begin() before end()");
        }
        stepping = false;
        scheduler.complete(nowNanos, step);
    }

    /// The step that began last failed, at once or before its end: what it computed is thrown away.
    /// Its sequences give their blocks back and are computed again; one that has been in more than
    /// `mostFailures` failed steps is lost instead. Sequences that were not in the step go on, and
    /// requests go on waiting.
    ///
    /// @param mostFailures 0 loses the whole step
    public void recover(long nowNanos, int mostFailures) {
        stepping = false;
        scheduler.recover(nowNanos, step, mostFailures);
    }

    /// Completes steps as long as they only repeat the one under way: all decode, none ends, nobody
    /// waits and memory lasts. The outcome is that of [#end] and [#begin] one by one, nanosecond
    /// for nanosecond, but the observer hears none of it; `listener` does. For executors that tell
    /// the time of a step that only decodes from its totals.
    ///
    /// @param endNanos when the step under way ends
    /// @param untilNanos only steps that end by then are completed; nothing is submitted before
    /// @return when the step that is now under way ends; `endNanos` when nothing was done
    public long coast(long endNanos, long untilNanos, StepListener listener) {
        int most = decodeRun.steps(step, untilNanos);
        if (most < 2 || endNanos > untilNanos) {
            return endNanos;
        }
        decodeRun.begin();
        long end = endNanos;
        long lastEnd = endNanos;
        int done = 0;
        while (end <= untilNanos && done < most && decodeRun.grow()) {
            done++;
            step.repeatDecodes();
            lastEnd = end;
            long nanos = Math.max(1, executor.execute(step));
            listener.decoded(end, step.decodes(), nanos);
            end += nanos;
        }
        if (done > 0) {
            decodeRun.complete(step, done, lastEnd);
        }
        return end;
    }

    /// Hears of steps that [#coast] completes.
    @FunctionalInterface
    public interface StepListener {
        /// At `endNanos` a step ended in which every running sequence decoded; the next one, which
        /// will last `nextNanos`, began.
        void decoded(long endNanos, int decodes, long nextNanos);
    }

    /// Loses everything in flight, as a killed process does.
    public void crash(long nowNanos) {
        stepping = false;
        scheduler.crash(nowNanos);
    }
}
