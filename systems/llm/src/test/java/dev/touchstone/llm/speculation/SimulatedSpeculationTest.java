package dev.touchstone.llm.speculation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.RooflineExecutor;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Speculation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A 13B model on an H100 that decodes answers of 10,000 tokens speculatively")
class SimulatedSpeculationTest {
    private static final int SEQUENCES = 3;
    private static final int ANSWER = 10_000;

    @ParameterizedTest(name = "{1} drafts that hold with {0}")
    @CsvSource({"0.5, 2", "0.8, 4", "0.9, 6"})
    void yields_what_the_algebra_says(double rate, int drafts) {
        Run plain = run(0.5, 1, 0, 7, 1);
        Run run = run(rate, drafts, drafts, 7, 1);

        double expected = AcceptanceMeter.expectedTokens(rate, drafts);
        assertThat(run.meter.rate()).isCloseTo(rate, within(0.02));
        assertThat(run.meter.tokensPerStep()).isCloseTo(expected, within(0.05 * expected));
        assertThat((double) plain.steps / run.steps).isCloseTo(expected, within(0.05 * expected));
        assertThat((double) plain.nanos / run.nanos).isCloseTo(expected, within(0.05 * expected));
    }

    @Test
    void accepts_the_same_drafts_in_any_batch() {
        Run alone = run(0.7, 3, 3, 1, 1);
        Run together = run(0.7, 3, 3, 1, SEQUENCES);

        assertThat(together.accepted.getFirst()).isEqualTo(alone.accepted.getFirst());
        assertThat(together.accepted.get(1)).isNotEqualTo(together.accepted.getFirst());
        assertThat(run(0.7, 3, 3, 2, 1).accepted).isNotEqualTo(alone.accepted);
    }

    @Test
    void counts_the_time_of_a_draft_model_only_where_it_drafts() {
        var executor = new SimulatedSpeculation(_ -> 100, 1, 4, 10, 1);
        LlmEngine engine = engine(executor, 4);
        engine.scheduler().submit(0, Request.of(1, 10, 100));

        assertThat(engine.begin(0)).isEqualTo(100);
        engine.end(100);
        assertThat(engine.begin(100)).isEqualTo(140);
    }

    @Test
    void refuses_what_cannot_be_simulated() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SimulatedSpeculation(_ -> 1, 1.1, 1, 0, 0))
                .withMessage("rate must be from 0 to 1, got 1.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SimulatedSpeculation(_ -> 1, 0.5, 0, 0, 0));
    }

    private record Run(
            int steps, long nanos, AcceptanceMeter meter, List<List<Integer>> accepted) {}

    /// Decodes until all answers are out, with at most `taken` of the proposed drafts a step.
    private static Run run(double rate, int drafts, int taken, long seed, int sequences) {
        var executor =
                new SimulatedSpeculation(
                        new RooflineExecutor(ModelSpec.CHAT_13B, Accelerator.H100, 0.5),
                        rate,
                        drafts,
                        0,
                        seed);
        LlmEngine engine = engine(executor, taken);
        List<List<Integer>> accepted = new ArrayList<>();
        for (int id = 0; id < sequences; id++) {
            engine.scheduler().submit(0, Request.of(id, 100, ANSWER));
            accepted.add(new ArrayList<>());
        }
        int steps = 0;
        long now = 0;
        for (long nanos = engine.begin(now); nanos != LlmEngine.IDLE; nanos = engine.begin(now)) {
            for (int i = 0; i < engine.step().size(); i++) {
                int id = (int) engine.step().sequence(i).request().id();
                accepted.get(id).add(engine.step().accepted(i));
            }
            now += nanos;
            engine.end(now);
            steps++;
        }
        return new Run(steps, now, executor.meter(), accepted);
    }

    private static LlmEngine engine(SimulatedSpeculation executor, int drafts) {
        return new LlmEngine(
                KvCacheLayout.remaining(ModelSpec.CHAT_13B, Accelerator.H100, 0),
                SchedulerConfig.DEFAULT.with(new Speculation(drafts)),
                executor,
                EngineObserver.NONE);
    }
}
