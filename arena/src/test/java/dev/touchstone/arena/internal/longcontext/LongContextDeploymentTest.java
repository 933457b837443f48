package dev.touchstone.arena.internal.longcontext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.internal.Scene;
import dev.touchstone.simulation.EventLog;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;

/// Holds the simulated service to the figures that the incident states. They are averages over
/// eight seeds, two GPUs and 45 minutes each, and come from the scheduler, the cache and the
/// roofline: nothing below sets them.
@DisplayName("A 13B chat service that is opened to documents of 32k tokens")
class LongContextDeploymentTest {
    private static final Duration PAGE = Duration.ofMinutes(20);
    private static final Duration CLOCK = Duration.ofMinutes(45);
    private static final Duration ONSET = PAGE.minusMinutes(12);

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class with_nobody_acting {
        private static final int SEEDS = 8;

        private final Map<String, Double> before = new HashMap<>();
        private final Map<String, Double> after = new HashMap<>();

        @BeforeAll
        void run_every_seed() {
            for (int i = 0; i < SEEDS; i++) {
                LongContextDeployment service = service(3L * (i + 1), Map.of());
                service.advanceTo(PAGE.plus(CLOCK).toNanos());
                service.figures(Duration.ofMinutes(1), ONSET)
                        .forEach((id, value) -> before.merge(id, value / SEEDS, Double::sum));
                service.figures(PAGE, PAGE.plus(CLOCK))
                        .forEach((id, value) -> after.merge(id, value / SEEDS, Double::sum));
            }
        }

        @Test
        void throughput_falls_from_2400_to_710_tokens_a_second() {
            assertThat(figure(before, "tokensPerGpu")).isCloseTo(2_400, tenPercentOf(2_400));
            assertThat(figure(after, "tokensPerGpu")).isCloseTo(710, tenPercentOf(710));
            double fall = 1 - figure(after, "tokensPerGpu") / figure(before, "tokensPerGpu");
            assertThat(fall).isCloseTo(0.704, tenPercentOf(0.704));
        }

        @Test
        void concurrency_falls_from_38_to_9_sequences() {
            assertThat(figure(before, "sequencesPerGpu")).isCloseTo(38, tenPercentOf(38));
            assertThat(figure(after, "sequencesPerGpu")).isCloseTo(9, tenPercentOf(9));
        }

        @Test
        void kv_occupancy_rises_from_62_to_97_percent() {
            assertThat(figure(before, "kvOccupancy")).isCloseTo(0.62, tenPercentOf(0.62));
            assertThat(figure(after, "kvOccupancy")).isCloseTo(0.97, tenPercentOf(0.97));
        }

        @Test
        void short_users_wait_210_instead_of_48_ms_for_one_token_in_a_hundred() {
            assertThat(figure(before, "shortItlP99Ms")).isCloseTo(48, tenPercentOf(48));
            assertThat(figure(after, "shortItlP99Ms")).isCloseTo(210, tenPercentOf(210));
        }

        @Test
        void the_mean_time_per_token_improves_from_15_8_to_12_7_ms() {
            assertThat(figure(before, "meanTpotMs")).isCloseTo(15.8, tenPercentOf(15.8));
            assertThat(figure(after, "meanTpotMs")).isCloseTo(12.7, tenPercentOf(12.7));
        }

        @Test
        void the_first_token_of_short_prompts_comes_as_fast_as_before() {
            assertThat(figure(after, "shortTtftP50Ms") / figure(before, "shortTtftP50Ms"))
                    .isCloseTo(1, within(0.05));
        }

        @Test
        void seven_percent_of_requests_are_long() {
            assertThat(figure(before, "longShareOfTraffic")).isZero();
            assertThat(figure(after, "longShareOfTraffic")).isCloseTo(0.07, tenPercentOf(0.07));
        }

        @Test
        void an_engine_runs_out_of_memory_once_an_hour() {
            assertThat(figure(before, "oomKillsPerGpuHour")).isZero();
            assertThat(figure(after, "oomKillsPerGpuHour")).isCloseTo(1, tenPercentOf(1));
        }

        private static Offset<Double> tenPercentOf(double value) {
            return within(value / 10);
        }
    }

    @Nested
    class under_its_levers {
        /// Figures from twelve to twenty minutes after the levers were set at the page, averaged
        /// over three seeds.
        private Map<String, Double> after(String... levers) {
            Map<String, Double> mean = new HashMap<>();
            for (long seed = 3; seed <= 9; seed += 3) {
                LongContextDeployment service = service(seed, Map.of());
                service.advanceTo(PAGE.toNanos());
                for (String lever : levers) {
                    String[] parts = lever.split("=");
                    assertThat(service.objection(parts[0], parts[1])).isEmpty();
                    service.pull(parts[0], parts[1]);
                }
                service.advanceTo(PAGE.plusMinutes(20).toNanos());
                service.figures(PAGE.plusMinutes(12), PAGE.plusMinutes(20))
                        .forEach((id, value) -> mean.merge(id, value / 3, Double::sum));
            }
            return mean;
        }

        @Test
        void a_lane_of_one_gives_throughput_and_latency_back_and_makes_documents_wait() {
            Map<String, Double> figures = after("long-lane=1");
            assertThat(figure(figures, "tokensPerGpu")).isGreaterThan(2_000);
            assertThat(figure(figures, "shortItlP99Ms")).isLessThan(60);
            assertThat(figure(figures, "longShareOfTraffic")).isLessThan(0.04);
        }

        @Test
        void a_context_cap_gives_throughput_back_but_not_latency() {
            Map<String, Double> figures = after("context-cap=8k");
            assertThat(figure(figures, "tokensPerGpu")).isGreaterThan(1_600);
            assertThat(figure(figures, "shortItlP99Ms")).isGreaterThan(100);
        }

        @Test
        void smaller_chunks_give_latency_back_but_not_throughput() {
            Map<String, Double> figures = after("prefill-chunk=512");
            assertThat(figure(figures, "shortItlP99Ms")).isLessThan(60);
            assertThat(figure(figures, "tokensPerGpu")).isLessThan(1_000);
        }

        @Test
        void paged_memory_ends_the_kills() {
            Map<String, Double> figures = after("kv-allocation=paged");
            assertThat(figure(figures, "oomKillsPerGpuHour")).isZero();
            assertThat(figure(figures, "tokensPerGpu")).isBetween(800.0, 2_000.0);
        }

        @Test
        void chunks_pages_fp8_and_a_lane_of_four_serve_everyone() {
            Map<String, Double> figures =
                    after("prefill-chunk=512", "kv-allocation=paged", "kv-type=fp8", "long-lane=4");
            assertThat(figure(figures, "tokensPerGpu")).isGreaterThan(2_000);
            assertThat(figure(figures, "shortItlP99Ms")).isLessThan(60);
            assertThat(figure(figures, "longShareOfTraffic")).isGreaterThan(0.063);
            assertThat(figure(figures, "servedLongShare")).isGreaterThan(0.9);
            assertThat(figure(figures, "refusedShortShare")).isLessThan(0.05);
        }

        @Test
        void more_gpus_shorter_answers_and_restarts_change_little() {
            for (String lever : new String[] {"gpus=plus-1", "max-output=half", "restart=now"}) {
                assertThat(figure(after(lever), "tokensPerGpu")).as(lever).isLessThan(1_400);
            }
        }

        @Test
        void the_prefix_cache_needs_pages() {
            LongContextDeployment service = service(0, Map.of());
            assertThat(service.objection("prefix-cache", "on")).isPresent();
            service.pull("kv-allocation", "paged");
            assertThat(service.objection("prefix-cache", "on")).isEmpty();
        }
    }

    @Test
    void counts_contexts_that_have_grown_beyond_the_limit() {
        LongContextDeployment service = service(0, Map.of("documentsAtLimit", 1.0));
        service.pull("kv-allocation", "paged");
        for (int second = 8 * 60; second < 14 * 60; second++) {
            service.advanceTo(Duration.ofSeconds(second).toNanos());
            Outcome.Finding contexts = service.probe("context-histogram");
            int counted = 0;
            for (List<String> row : contexts.table().subList(1, contexts.table().size())) {
                counted += Integer.parseInt(row.get(1));
            }
            assertThat(contexts.text()).contains("of %d running".formatted(counted));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(10)
    void is_the_same_run_however_time_is_cut(long seed) {
        EventLog whole = new EventLog();
        EventLog pieces = new EventLog();
        service(seed, Map.of(), whole).advanceTo(Duration.ofMinutes(12).toNanos());
        LongContextDeployment cut = service(seed, Map.of(), pieces);
        for (int second = 7; second <= 720; second += 23) {
            cut.advanceTo(Duration.ofSeconds(second).toNanos());
        }
        cut.advanceTo(Duration.ofMinutes(12).toNanos());
        assertThat(pieces.hash()).isEqualTo(whole.hash());
    }

    private static double figure(Map<String, Double> figures, String id) {
        assertThat(figures).containsKey(id);
        return figures.getOrDefault(id, Double.NaN);
    }

    private static LongContextDeployment service(long seed, Map<String, Double> parameters) {
        return service(seed, parameters, new EventLog());
    }

    private static LongContextDeployment service(
            long seed, Map<String, Double> parameters, EventLog log) {
        return new LongContextDeployment(
                new Scene(seed, parameters, true, PAGE.toNanos(), PAGE.plus(CLOCK).toNanos(), log));
    }
}
