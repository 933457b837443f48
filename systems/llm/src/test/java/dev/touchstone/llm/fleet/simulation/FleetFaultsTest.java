package dev.touchstone.llm.fleet.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.fleet.Autoscaler;
import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.fleet.simulation.Control.Fault;
import dev.touchstone.llm.fleet.simulation.Control.Kind;
import dev.touchstone.llm.fleet.simulation.FleetReport.Outcomes;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A fleet in trouble")
class FleetFaultsTest {
    private static final List<Kind> KINDS = List.of(Kind.values());

    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void answers_everyone_or_says_why_not_whatever_happens(long seed) {
        var random = new SplittableRandom(seed);
        var faults = new Fault[6];
        for (int i = 0; i < faults.length; i++) {
            Kind kind = KINDS.get(random.nextInt(KINDS.size()));
            faults[i] =
                    new Fault(
                            Duration.ofMillis(random.nextInt(1_000, 100_000)),
                            kind,
                            random.nextInt(4),
                            1 + 5 * random.nextDouble());
        }
        FleetSettings settings = Fleets.of(5, seed).with(Control.NONE.with(faults));
        SessionLoad load = Fleets.users(4_000, Duration.ofMinutes(2));

        FleetReport report = FleetSimulation.run(load, settings, FleetProgress.NONE);
        FleetReport again =
                FleetSimulation.run(load, settings.withCoalescing(false), FleetProgress.NONE);

        Outcomes outcomes = report.outcomes();
        assertThat(outcomes.unfinished()).isZero();
        assertThat(outcomes.finished() + outcomes.failed() + outcomes.rejected())
                .isEqualTo(outcomes.requests());
        assertThat(again.hash()).isEqualTo(report.hash());
    }

    @Test
    void sends_the_requests_of_a_dead_replica_to_others() {
        FleetReport report =
                FleetSimulation.run(
                        Fleets.users(4_000, Duration.ofMinutes(2)),
                        Fleets.of(5, 1)
                                .with(
                                        Control.NONE.with(
                                                Fault.of(Duration.ofSeconds(60), Kind.CRASH, 2))),
                        FleetProgress.NONE);

        assertThat(report.outcomes().retries()).isPositive();
        assertThat(report.outcomes().failed()).isZero();
        assertThat(report.outcomes().finished()).isEqualTo(report.outcomes().requests());
    }

    @Test
    void routes_around_a_slow_replica() {
        Control slow = Control.NONE.with(new Fault(Duration.ofSeconds(20), Kind.SLOW, 0, 8));
        FleetReport well =
                FleetSimulation.run(
                        Fleets.users(6_000, Duration.ofMinutes(4)),
                        Fleets.of(6, 1),
                        FleetProgress.NONE);
        FleetReport report =
                FleetSimulation.run(
                        Fleets.users(6_000, Duration.ofMinutes(4)),
                        Fleets.of(6, 1).with(slow),
                        FleetProgress.NONE);

        assertThat(report.ttft().p50Seconds()).isLessThan(2 * well.ttft().p50Seconds());
        assertThat(report.outcomes().finished()).isEqualTo(report.outcomes().requests());
    }

    @Test
    void balances_by_what_it_sent_when_metrics_stop() {
        Control stale = Control.NONE.with(Fault.of(Duration.ofSeconds(10), Kind.METRICS_STOP, 0));
        FleetReport well =
                FleetSimulation.run(
                        Fleets.users(6_000, Duration.ofMinutes(3)),
                        Fleets.of(5, 1),
                        FleetProgress.NONE);
        FleetReport report =
                FleetSimulation.run(
                        Fleets.users(6_000, Duration.ofMinutes(3)),
                        Fleets.of(5, 1).with(stale),
                        FleetProgress.NONE);

        assertThat(report.load().imbalance()).isLessThan(1.1);
        assertThat(report.ttft().p95Seconds()).isLessThan(1.5 * well.ttft().p95Seconds());
    }

    @Test
    void lets_a_replica_that_was_given_notice_finish_what_it_has() {
        FleetReport report =
                FleetSimulation.run(
                        Fleets.users(4_000, Duration.ofMinutes(3)),
                        Fleets.of(5, 1)
                                .with(
                                        Control.NONE.with(
                                                Fault.of(Duration.ofSeconds(60), Kind.NOTICE, 1))),
                        FleetProgress.NONE);

        assertThat(report.outcomes().retries()).isZero();
        assertThat(report.outcomes().finished()).isEqualTo(report.outcomes().requests());
        assertThat(report.load().meanReplicas()).isBetween(4.0, 4.7);
    }

    @Test
    void grows_before_it_is_full_and_shrinks_when_it_is_not() {
        var autoscaler =
                new Autoscaler.Config(
                        2,
                        20,
                        0.7,
                        2,
                        0.4,
                        Duration.ofSeconds(150),
                        Duration.ofMinutes(10),
                        2.5,
                        50);
        FleetReport report =
                FleetSimulation.run(
                        Fleets.users(6_000, Duration.ofMinutes(40)),
                        Fleets.of(2, 1).with(Control.NONE.with(autoscaler)),
                        FleetProgress.NONE);

        assertThat(report.load().mostReplicas()).isBetween(3, 20);
        assertThat(report.outcomes().finished()).isEqualTo(report.outcomes().requests());
        assertThat(report.load().meanReplicas()).isLessThan(report.load().mostReplicas());
    }

    @Test
    void sheds_and_defers_and_finishes_no_less_when_half_as_many_more_come() {
        Control ladder =
                Control.NONE
                        .with(DegradationLadder.Config.DEFAULT)
                        .withPatience(Duration.ofSeconds(30));
        FleetReport full =
                FleetSimulation.run(
                        Fleets.users(5_000, Duration.ofMinutes(5)),
                        Fleets.of(2, 1).with(ladder),
                        FleetProgress.NONE);
        FleetReport overload =
                FleetSimulation.run(
                        Fleets.users(5_000, Duration.ofMinutes(5)).times(1.5),
                        Fleets.of(2, 1).with(ladder),
                        FleetProgress.NONE);

        assertThat(overload.outcomes().timedOut()).isZero();
        assertThat(overload.outcomes().shed() + overload.outcomes().deferred()).isPositive();
        assertThat(overload.requestsPerSecond()).isGreaterThan(0.95 * full.requestsPerSecond());
    }
}
