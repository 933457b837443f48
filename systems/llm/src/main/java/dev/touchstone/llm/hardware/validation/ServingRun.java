package dev.touchstone.llm.hardware.validation;

import dev.touchstone.llm.Admission;
import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.Sequence;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Carries requests through one real engine under virtual time and keeps what each of them saw.
final class ServingRun implements EngineObserver {
    private static final long NEVER = Long.MAX_VALUE;

    private final LlmEngine engine;
    private final boolean plansAhead;
    private final int[] promptTokens;
    private final int[] outputTokens;
    private final int distinctPrompts;
    private final long[] arrivalNanos;
    private final long[] firstTokenNanos;
    private final long[] lastTokenNanos;

    /// Requests whose time of arrival is known; each of the others comes when one is done.
    private int announced;

    private int submitted;

    private ServingRun(Server server, Load load, int announced) {
        engine = new LlmEngine(server.layout, server.config, server.executor, this);
        plansAhead = server.plansAhead;
        promptTokens = load.promptTokens;
        outputTokens = load.outputTokens;
        distinctPrompts = load.distinctPrompts;
        arrivalNanos = load.arrivalNanos.clone();
        firstTokenNanos = new long[arrivalNanos.length];
        lastTokenNanos = new long[arrivalNanos.length];
        this.announced = announced;
    }

    /// What the requests are served by.
    ///
    /// @param plansAhead whether the next step is decided when one begins rather than when it ends,
    ///   so that the GPU need not wait for the host; a request then takes part a step later
    record Server(
            KvCacheLayout layout, SchedulerConfig config, Executor executor, boolean plansAhead) {}

    /// Requests in order of arrival.
    static final class Load {
        final long[] arrivalNanos;
        final int[] promptTokens;
        final int[] outputTokens;

        /// Different prompts, asked for in turn; 0 when all are different.
        final int distinctPrompts;

        Load(int size) {
            this(size, 0);
        }

        Load(int size, int distinctPrompts) {
            this.distinctPrompts = distinctPrompts;
            arrivalNanos = new long[size];
            promptTokens = new int[size];
            outputTokens = new int[size];
        }

        int size() {
            return arrivalNanos.length;
        }

        void set(int request, long nanos, int prompt, int output) {
            arrivalNanos[request] = nanos;
            promptTokens[request] = prompt;
            outputTokens[request] = output;
        }
    }

    /// Requests that arrive when the load says.
    static ServingRun open(Server server, Load load) {
        return new ServingRun(server, load, load.size()).run();
    }

    /// Requests of which so many are always in flight: one that is done is followed by the next.
    static ServingRun closed(Server server, Load load, int concurrency) {
        return new ServingRun(server, load, Math.min(concurrency, load.size())).run();
    }

    int size() {
        return arrivalNanos.length;
    }

    /// Milliseconds from arrival to the first token.
    double ttft(int request) {
        return (firstTokenNanos[request] - arrivalNanos[request]) / 1e6;
    }

    /// Mean milliseconds between two tokens; 0 where there is only one.
    double tpot(int request) {
        int gaps = outputTokens[request] - 1;
        return gaps == 0 ? 0 : (lastTokenNanos[request] - firstTokenNanos[request]) / 1e6 / gaps;
    }

    /// Times to first token of some requests, ascending.
    double[] ttft(IntPredicate of) {
        return IntStream.range(0, size()).filter(of).mapToDouble(this::ttft).sorted().toArray();
    }

    /// Times between tokens of some requests, ascending.
    double[] tpot(IntPredicate of) {
        return IntStream.range(0, size()).filter(of).mapToDouble(this::tpot).sorted().toArray();
    }

    /// Milliseconds from arrival to the last token.
    double endToEnd(int request) {
        return (lastTokenNanos[request] - arrivalNanos[request]) / 1e6;
    }

    /// Seconds from the first arrival to the last token.
    double seconds() {
        long last = 0;
        for (long nanos : lastTokenNanos) {
            last = Math.max(last, nanos);
        }
        return (last - arrivalNanos[0]) / 1e9;
    }

    @Override
    public void firstToken(long nowNanos, Sequence sequence, long nanos) {
        firstTokenNanos[(int) sequence.request().id()] = nowNanos;
    }

    @Override
    public void finished(long nowNanos, Sequence sequence) {
        lastTokenNanos[(int) sequence.request().id()] = nowNanos;
        if (announced < size()) {
            arrivalNanos[announced++] = nowNanos;
        }
    }

    private ServingRun run() {
        long now = arrivalNanos[0];
        submitUntil(now);
        while (true) {
            long nanos = engine.begin(now);
            if (nanos == LlmEngine.IDLE) {
                if (nextArrival() == NEVER) {
                    return this;
                }
                now = Math.max(now, nextArrival());
                submitUntil(now);
                continue;
            }
            long end = now + nanos;
            submitUntil(plansAhead ? now : end);
            engine.end(end);
            now = end;
        }
    }

    private PrefixHashes prefix(int request) {
        if (distinctPrompts == 0) {
            return PrefixHashes.NONE;
        }
        long prompt = request % distinctPrompts;
        return block -> (prompt << Integer.SIZE) + block + 1;
    }

    private long nextArrival() {
        return submitted < announced ? arrivalNanos[submitted] : NEVER;
    }

    private void submitUntil(long nanos) {
        while (nextArrival() <= nanos) {
            Request request =
                    new Request(
                            submitted,
                            promptTokens[submitted],
                            outputTokens[submitted],
                            Request.PATIENT,
                            0,
                            0,
                            prefix(submitted));
            if (engine.scheduler().submit(arrivalNanos[submitted], request)
                    instanceof Admission.Refused(_, String reason)) {
                throw new IllegalArgumentException(reason);
            }
            submitted++;
        }
    }
}
