package dev.touchstone.llm.fleet.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.fleet.RouterConfig;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import dev.touchstone.llm.replay.Trace;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A simulated fleet")
class FleetSimulationTest {
    @ParameterizedTest(name = "seed {0}")
    @Seeds(40)
    void does_the_same_with_steps_one_by_one_and_many_at_once(long seed) {
        var random = new SplittableRandom(seed);
        // Memory from plenty to so little that sequences are preempted.
        var layout = new KvCacheLayout(16, random.nextInt(1_100, 6_000));
        int replicas = random.nextInt(1, 5);
        SessionLoad load =
                Fleets.users(random.nextInt(50, 1_500) * replicas, Duration.ofMinutes(2));
        FleetSettings settings = Fleets.with(replicas, layout, random.nextInt(256, 2_048), seed);

        FleetReport coalesced = FleetSimulation.run(load, settings, FleetProgress.NONE);
        FleetReport single =
                FleetSimulation.run(load, settings.withCoalescing(false), FleetProgress.NONE);

        assertThat(coalesced.hash()).isEqualTo(single.hash());
        assertThat(coalesced.outcomes()).isEqualTo(single.outcomes());
        assertThat(coalesced.tokens()).isEqualTo(single.tokens());
        assertThat(coalesced.duration()).isEqualTo(single.duration());
        assertThat(coalesced.load()).isEqualTo(single.load());
        assertThat(coalesced.itl()).isEqualTo(single.itl());
    }

    @Test
    void preempts_when_memory_is_short_and_still_answers_everyone() {
        FleetReport report =
                FleetSimulation.run(
                        Fleets.users(4_000, Duration.ofMinutes(2)),
                        Fleets.with(1, new KvCacheLayout(16, 1_500), 512, 1),
                        FleetProgress.NONE);

        assertThat(report.outcomes().preemptions()).isPositive();
        assertThat(report.outcomes().finished()).isEqualTo(report.outcomes().requests());
    }

    @Test
    void depends_on_its_seed_alone() {
        SessionLoad load = Fleets.users(2_000, Duration.ofMinutes(2));

        String first = FleetSimulation.run(load, Fleets.of(2, 7), FleetProgress.NONE).hash();
        String again = FleetSimulation.run(load, Fleets.of(2, 7), FleetProgress.NONE).hash();
        String other = FleetSimulation.run(load, Fleets.of(2, 8), FleetProgress.NONE).hash();

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
    }

    @Test
    void gets_the_load_it_was_promised() {
        SessionLoad load = Fleets.users(20_000, Duration.ofMinutes(10));

        FleetReport report = FleetSimulation.run(load, Fleets.of(12, 1), FleetProgress.NONE);

        double perSecond = report.outcomes().requests() / 600.0;
        double prompt = (double) report.tokens().prompt() / report.outcomes().finished();
        double answer = (double) report.tokens().output() / report.outcomes().finished();
        assertThat(load.peakRequestsPerSecond()).isCloseTo(66.7, within(0.1));
        assertThat(perSecond).isCloseTo(66.7, within(1.5));
        assertThat(prompt).isCloseTo(1_500, within(30.0));
        assertThat(answer).isCloseTo(400, within(5.0));
    }

    @Test
    void finds_most_of_a_shared_system_prompt_in_its_cache() {
        FleetReport report =
                FleetSimulation.run(
                        Fleets.users(5_000, Duration.ofMinutes(5)),
                        Fleets.of(3, 1),
                        FleetProgress.NONE);

        // 80 % of the conversations share 496 tokens of whole blocks.
        assertThat(report.tokens().hitShare()).isBetween(0.25, 0.6);
    }

    @Test
    void sends_a_trace_when_it_says_and_finishes_it() {
        var trace = new Trace.Builder();
        for (int i = 0; i < 500; i++) {
            trace.add(i * 20_000_000L, 600, 50, i / 10, 1_000 + i);
        }
        FleetReport report =
                FleetSimulation.run(
                        new TraceLoad(trace.build(), 2), Fleets.of(2, 1), FleetProgress.NONE);

        assertThat(report.complete()).isTrue();
        assertThat(report.outcomes().finished()).isEqualTo(500);
        assertThat(report.duration()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7));
        assertThat(report.tokens().cached()).isGreaterThan(350 * 512);
    }

    @Test
    void shares_prefixes_where_the_router_looks_for_them() {
        var random = new SplittableRandom(5);
        var trace = new Trace.Builder();
        for (int i = 0; i < 3_000; i++) {
            int topic = random.nextInt(300);
            trace.add(
                    i * 20_000_000L,
                    2_600,
                    60,
                    topic,
                    1_000 + topic,
                    2_000 + topic,
                    3_000 + topic,
                    4_000 + topic,
                    10_000 + i);
        }
        var load = new TraceLoad(trace.build(), 1);
        var layout = new KvCacheLayout(16, 100_000);
        FleetSettings settings = Fleets.with(8, layout, 2_048, 1);
        FleetReport balanced = FleetSimulation.run(load, settings, FleetProgress.NONE);
        FleetReport least =
                FleetSimulation.run(
                        load,
                        settings.with(RouterConfig.DEFAULT.with(Policy.LEAST_REQUESTS)),
                        FleetProgress.NONE);

        // All but the first request of a topic could find five sixths of its prompt.
        double ideal = 2_700.0 / 3_000 * 2_560 / 2_600;
        assertThat(balanced.tokens().hitShare()).isGreaterThan(0.9 * ideal);
        assertThat(balanced.load().imbalance()).isLessThan(1.2);
        assertThat(least.tokens().hitShare()).isLessThan(0.7 * ideal);
    }

    @Test
    void stops_when_told_and_says_so() {
        FleetReport report =
                FleetSimulation.run(
                        Fleets.users(2_000, Duration.ofHours(1)),
                        Fleets.of(2, 1),
                        (fraction, _, _) -> fraction < 0.1);

        assertThat(report.complete()).isFalse();
        assertThat(report.duration()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(7));
        assertThat(report.outcomes().finished()).isPositive();
    }

    @Test
    void finds_the_smallest_fleet_that_keeps_a_promise() {
        SessionLoad load = Fleets.users(4_000, Duration.ofMinutes(3));
        FleetSearch.Found found =
                FleetSearch.smallest(load, Fleets.of(4, 1), Slo.COURSE, _ -> FleetProgress.NONE);

        assertThat(found.replicas()).isBetween(2, 3);
        assertThat(found.tried().entrySet())
                .allSatisfy(tried ->
                        assertThat(Slo.COURSE.isMetBy(tried.getValue()))
                                .isEqualTo(tried.getKey() >= found.replicas()));
        assertThat(found.tried()).containsKey(found.replicas() - 1);
    }

    @Test
    void reads_promises() {
        assertThat(Slo.parse("ttft-p95<800ms,tpot-p95<60ms")).isEqualTo(Slo.COURSE);
        assertThat(Slo.parse("ttft-p95 < 1.5s")).isEqualTo(new Slo(1.5, Double.POSITIVE_INFINITY));
        assertThatThrownBy(() -> Slo.parse("ttft-p99<1s")).hasMessageContaining("'ttft-p99<1s'");
        assertThatThrownBy(() -> Slo.parse("tpot-p95<60")).hasMessageContaining("for example");
    }

    @Test
    void asks_most_at_the_peak_and_as_often_as_promised_over_a_day() {
        for (double peak : new double[] {1, 1.5, 3, 6, 12}) {
            var curve = new DailyCurve(peak);
            double sum = 0;
            for (int minute = 0; minute < 1_440; minute++) {
                double factor = curve.at(60.0 * minute);
                assertThat(factor).isBetween(0.09, peak + 1e-9);
                sum += factor;
            }
            assertThat(curve.at(0)).isCloseTo(peak, within(1e-9));
            assertThat(sum / 1_440).isCloseTo(1, within(1e-3));
        }
    }
}
