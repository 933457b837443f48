package dev.touchstone.benchmarks;

import dev.touchstone.llm.KvBlockPool;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.PrefixHasher;
import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.simulation.RandomStreams;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// A prompt of 1,500 tokens against a cache of 19,073 blocks (a 13B model on an 80 GB GPU) that is
/// full of earlier prompts, the same one among them.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 5, jvmArgsAppend = "-XX:+UseSerialGC")
@Warmup(iterations = 5, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class PrefixBenchmark {
    private static final int BLOCKS = 19_073;
    private static final int BLOCK_TOKENS = KvCacheLayout.DEFAULT_BLOCK_TOKENS;
    private static final int PROMPT_TOKENS = 1_500;
    private static final int VOCABULARY = 32_000;

    private final KvBlockPool pool = new KvBlockPool(new KvCacheLayout(BLOCK_TOKENS, BLOCKS));
    private final PrefixHasher hasher = new PrefixHasher(BLOCK_TOKENS, 1, 2);
    private final int[][] prompts = new int[BLOCKS / (PROMPT_TOKENS / BLOCK_TOKENS)][];
    private int next;

    @Setup
    public void fill() {
        RandomGenerator random = new RandomStreams(1).stream("prompts");
        for (int i = 0; i < prompts.length; i++) {
            prompts[i] = random.ints(PROMPT_TOKENS, 0, VOCABULARY).toArray();
            PrefixHashes hashes = hasher.hash(prompts[i]);
            for (int block = 0; block < PROMPT_TOKENS / BLOCK_TOKENS; block++) {
                pool.publish(pool.allocate(), hashes.block(block));
            }
        }
    }

    private int[] prompt() {
        next = (next + 1) % prompts.length;
        return prompts[next];
    }

    @Benchmark
    public PrefixHashes hash() {
        return hasher.hash(prompt());
    }

    @Benchmark
    public int hashAndMatch() {
        int[] prompt = prompt();
        PrefixHashes hashes = hasher.hash(prompt);
        int found = 0;
        while (found < PROMPT_TOKENS / BLOCK_TOKENS && pool.find(hashes.block(found)) >= 0) {
            found++;
        }
        if (found < PROMPT_TOKENS / BLOCK_TOKENS) {
            throw new IllegalStateException("only %d blocks were found".formatted(found));
        }
        return found;
    }
}
