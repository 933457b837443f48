package dev.touchstone.benchmarks;

import dev.touchstone.llm.PrefixHasher;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RouterConfig;
import dev.touchstone.llm.fleet.RouterConfig.Pool;
import dev.touchstone.llm.fleet.RoutingRequest;
import dev.touchstone.simulation.RandomStreams;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Who gets a prompt of 1,500 tokens: 20,000 conversations, of which 500 tokens are the same for
/// all, were sent to the fleet before. Hashing the prompt's tokens is not part of it.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 5, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class RouterBenchmark {
    private static final int CONVERSATIONS = 20_000;
    private static final int SYSTEM_TOKENS = 500;
    private static final int PROMPT_TOKENS = 1_500;
    private static final int ANSWER_TOKENS = 400;
    private static final long CAPACITY_TOKENS = 305_000;
    private static final long SCRAPE_NANOS = 1_000_000_000;
    private static final long GAP_NANOS = 6_000_000;

    @Param({"22", "100"})
    private int replicas;

    private final Router router = new Router(RouterConfig.DEFAULT);
    private final RoutingRequest[] requests = new RoutingRequest[CONVERSATIONS];
    private final RandomGenerator random = new RandomStreams(1).stream("conversations");
    private long nowNanos;

    @Setup
    public void send() {
        for (int slot = 0; slot < replicas; slot++) {
            router.add("replica-" + slot, Pool.ANY, CAPACITY_TOKENS);
            router.replica(slot).scrapeBegins(0);
            router.replica(slot).scraped(60, 0, 0.4);
        }
        var hasher = new PrefixHasher(16, 1, 2);
        for (int i = 0; i < CONVERSATIONS; i++) {
            int[] prompt = new int[PROMPT_TOKENS];
            for (int token = 0; token < PROMPT_TOKENS; token++) {
                prompt[token] = token < SYSTEM_TOKENS ? token : random.nextInt(32_000);
            }
            requests[i] =
                    new RoutingRequest(i + 1L, PROMPT_TOKENS, ANSWER_TOKENS, hasher.hash(prompt));
            serve(requests[i]);
        }
    }

    private RoutingRequest next() {
        nowNanos += GAP_NANOS;
        if (nowNanos % SCRAPE_NANOS < GAP_NANOS) {
            for (int slot = 0; slot < replicas; slot++) {
                router.replica(slot).scrapeBegins(nowNanos);
                router.replica(slot).scraped(60, 0, 0.4);
            }
        }
        return requests[random.nextInt(CONVERSATIONS)];
    }

    private int serve(RoutingRequest request) {
        int slot = router.choose(request, nowNanos);
        router.sent(slot, request, nowNanos);
        router.answered(slot, router.newTokens());
        router.ended(slot, request, nowNanos, ANSWER_TOKENS, 30e6);
        return slot;
    }

    /// Choosing alone.
    @Benchmark
    public int choose() {
        return router.choose(next(), nowNanos);
    }

    /// All that the router does for a request.
    @Benchmark
    public int chooseAndFollow() {
        return serve(next());
    }
}
