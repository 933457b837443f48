package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The expected times are worked out by hand in round figures, hence the 3 %.
@DisplayName("A 13B model in fp16 on an H100 at half its peak arithmetic")
class RooflineExecutorTest {
    private static final double TOLERATED = 0.03;

    @Test
    void decodes_one_sequence_in_the_time_it_takes_to_read_the_weights() {
        assertMillis(decodeNanos(1, 16), 7.8);
    }

    @Test
    void decodes_164_sequences_of_1900_tokens_in_the_time_it_takes_to_read_their_cache_too() {
        assertMillis(decodeNanos(164, 1_900), 23.0);
    }

    @Test
    void reads_a_prompt_of_1500_tokens_at_the_rate_of_its_arithmetic() {
        LlmEngine engine = engine(2_048);
        engine.scheduler().submit(0, Request.of(1, 1_500, 2));

        long nanos = engine.begin(0);

        assertThat(engine.step().prefillTokens()).isEqualTo(1_500);
        assertMillis(nanos, 79);
    }

    /// Attention to 30,000 earlier tokens costs as much as the weights do.
    @ParameterizedTest(name = "{0} tokens in {1} ms")
    @CsvSource({"2048, 219", "512, 55"})
    void reads_the_last_chunk_of_a_long_prompt_at_less_than_half_that_rate(
            int chunk, double millis) {
        LlmEngine engine = engine(chunk);
        engine.scheduler().submit(0, Request.of(1, 32 * 1_024, 2));
        long nanos = 0;
        long now = 0;
        for (int read = 0; read < 32 * 1_024; read += chunk) {
            nanos = step(engine, now);
            now += nanos;
            assertThat(engine.step().tokens()).isEqualTo(chunk);
        }

        assertThat(engine.scheduler().running(0).generated()).isEqualTo(1);
        assertMillis(nanos, millis);
    }

    @Test
    void takes_twice_as_long_for_a_prompt_at_half_the_utilisation_and_as_long_to_decode() {
        Step prefill = planned(Request.of(1, 1_500, 2));
        Step decode = planned(Request.of(1, 1, 2));

        assertThat(executor(0.25).execute(prefill))
                .isCloseTo(2 * executor(0.5).execute(prefill), within(2L));
        assertThat(executor(0.25).execute(decode)).isEqualTo(executor(0.5).execute(decode));
    }

    @Test
    void cannot_reach_more_than_its_peak_or_nothing_of_it() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> executor(1.01))
                .withMessage("utilisation must be above 0 and at most 1, got 1.01");
        assertThatIllegalArgumentException().isThrownBy(() -> executor(0));
        assertThatIllegalArgumentException().isThrownBy(() -> executor(Double.NaN));
    }

    /// Time of the first step in which all sequences decode, each with `context` tokens cached.
    private static long decodeNanos(int sequences, int context) {
        LlmEngine engine = engine(sequences * context);
        for (int i = 0; i < sequences; i++) {
            engine.scheduler().submit(0, Request.of(i, context, 3));
        }
        long prefillNanos = step(engine, 0);
        long nanos = step(engine, prefillNanos);
        assertThat(engine.step().decodes()).isEqualTo(sequences).isEqualTo(engine.step().tokens());
        assertThat(engine.step().contextTokens()).isEqualTo((long) sequences * context);
        return nanos;
    }

    private static long step(LlmEngine engine, long nowNanos) {
        long nanos = engine.begin(nowNanos);
        engine.end(nowNanos + nanos);
        return nanos;
    }

    private static Step planned(Request request) {
        LlmEngine engine = engine(2_048);
        engine.scheduler().submit(0, request);
        engine.begin(0);
        return engine.step();
    }

    private static LlmEngine engine(int tokenBudget) {
        int sequences = Math.min(tokenBudget, 256);
        var batching =
                new Batching(BatchingMode.CONTINUOUS, tokenBudget, sequences, Integer.MAX_VALUE);
        return new LlmEngine(
                KvCacheLayout.remaining(ModelSpec.CHAT_13B, Accelerator.H100, 0),
                SchedulerConfig.DEFAULT.with(batching),
                executor(RooflineExecutor.DEFAULT_UTILISATION),
                EngineObserver.NONE);
    }

    private static RooflineExecutor executor(double utilisation) {
        return new RooflineExecutor(ModelSpec.CHAT_13B, Accelerator.H100, utilisation);
    }

    private static void assertMillis(long nanos, double millis) {
        assertThat(nanos / 1e6).isCloseTo(millis, within(TOLERATED * millis));
    }
}
