package dev.touchstone.llm.fleet.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.fleet.simulation.Control.Fault;
import dev.touchstone.llm.fleet.simulation.Control.Kind;
import dev.touchstone.llm.fleet.simulation.FleetReport.Outcomes;
import dev.touchstone.llm.replay.Trace;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A fleet that divides its work")
class FleetTopologyTest {
    private static final long KV_BYTES = 163_840;
    private static final double LINK = 50e9;

    @Test
    void sets_at_least_one_replica_apart_and_leaves_at_least_one() {
        var split = new Topology.Split(0.3, LINK, KV_BYTES);

        assertThat(Topology.TOGETHER.apart(10)).isZero();
        assertThat(split.apart(1)).isZero();
        assertThat(split.apart(2)).isEqualTo(1);
        assertThat(split.apart(10)).isEqualTo(3);
        assertThat(new Topology.ByLength(0.99, 8_000).apart(10)).isEqualTo(9);
    }

    @Test
    void stalls_no_answer_for_a_long_prompt_when_these_have_replicas_of_their_own() {
        // One prompt in 25 has 12,000 tokens, the others have 500; steps have 8,192.
        var trace = new Trace.Builder();
        for (int i = 0; i < 4_000; i++) {
            trace.add(i * 15_000_000L, i % 25 == 7 ? 12_000 : 500, 100);
        }
        var load = new TraceLoad(trace.build(), 1);
        FleetSettings settings = Fleets.with(6, Fleets.H100_LAYOUT, 8_192, 1);

        FleetReport together = FleetSimulation.run(load, settings, FleetProgress.NONE);
        FleetReport apart =
                FleetSimulation.run(
                        load, settings.with(new Topology.ByLength(0.5, 8_000)), FleetProgress.NONE);

        assertThat(apart.outcomes().finished()).isEqualTo(4_000);
        assertThat(apart.itl().p99Seconds()).isLessThan(0.2 * together.itl().p99Seconds());
    }

    @Test
    void keeps_answers_steady_when_prompts_are_read_elsewhere() {
        SessionLoad load = Fleets.users(7_000, Duration.ofMinutes(3));

        FleetReport together = FleetSimulation.run(load, Fleets.of(4, 1), FleetProgress.NONE);
        FleetReport split = FleetSimulation.run(load, split(0.5, LINK), FleetProgress.NONE);

        assertThat(split.outcomes().finished()).isEqualTo(split.outcomes().requests());
        assertThat(split.tokens().output()).isEqualTo(together.tokens().output());
        assertThat(split.tokens().copied()).isPositive();
        assertThat(split.itl().p99Seconds()).isLessThan(0.6 * together.itl().p99Seconds());
    }

    @Test
    void waits_for_the_copy_before_the_first_token() {
        // Far apart in time, so that nothing waits for anything: 4,000 tokens of 163,840 bytes.
        var trace = new Trace.Builder();
        for (int i = 0; i < 50; i++) {
            trace.add(i * 2_000_000_000L, 4_000, 20);
        }
        var load = new TraceLoad(trace.build(), 1);

        FleetReport free = FleetSimulation.run(load, split(0.5, 1e15), FleetProgress.NONE);
        FleetReport slow = FleetSimulation.run(load, split(0.5, 1e9), FleetProgress.NONE);

        assertThat(slow.ttft().meanSeconds() - free.ttft().meanSeconds())
                .isCloseTo(4_000 * 163_840 / 1e9, within(0.01));
        assertThat(slow.tpot().meanSeconds()).isCloseTo(free.tpot().meanSeconds(), within(1e-4));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(10)
    void answers_everyone_or_says_why_not_whatever_happens(long seed) {
        var random = new SplittableRandom(seed);
        var kinds = Kind.values();
        var faults = new Fault[4];
        for (int i = 0; i < faults.length; i++) {
            faults[i] =
                    new Fault(
                            Duration.ofMillis(random.nextInt(1_000, 60_000)),
                            kinds[random.nextInt(kinds.length)],
                            random.nextInt(6),
                            1 + 3 * random.nextDouble());
        }
        FleetSettings settings = split(0.5, 20e9).withReplicas(6).with(Control.NONE.with(faults));
        SessionLoad load = Fleets.users(4_000, Duration.ofSeconds(90));

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
    void keeps_no_place_at_a_writer_that_has_no_room() {
        // Prompts come in faster than the one writer, eight answers at a time, can follow.
        FleetSettings settings = narrow(1, LINK, Control.NONE);
        var simulation = new FleetSimulation(burst(), settings, FleetProgress.NONE);

        Outcomes outcomes = simulation.run().outcomes();

        assertThat(outcomes.failed()).isPositive();
        assertThat(outcomes.finished()).isPositive();
        assertThat(simulation.routed()).isZero();
    }

    @Test
    void waits_no_longer_in_all_than_its_user_has_patience() {
        Control control =
                new Control(
                        Optional.empty(),
                        Optional.empty(),
                        Slo.COURSE,
                        Duration.ofSeconds(4),
                        List.of());
        // A link on which copies queue for more than a second.
        FleetSettings settings = narrow(Integer.MAX_VALUE, 2e9, control);

        FleetReport report = FleetSimulation.run(burst(), settings, FleetProgress.NONE);

        assertThat(report.outcomes().timedOut()).isPositive();
        assertThat(report.ttft().maxSeconds()).isBetween(3.0, 4.5);
    }

    /// A hundred prompts a second for four seconds.
    private static Load burst() {
        var trace = new Trace.Builder();
        for (int i = 0; i < 400; i++) {
            trace.add(i * 10_000_000L, 500, 100);
        }
        return new TraceLoad(trace.build(), 1);
    }

    /// Three replicas that read and one that writes, each for eight at a time.
    private static FleetSettings narrow(int mostWaiting, double link, Control control) {
        FleetSettings settings = split(0.75, link).with(control);
        var batching = new Batching(BatchingMode.CONTINUOUS, 512, 8, mostWaiting);
        return settings.with(settings.scheduler().with(batching));
    }

    @Test
    void adds_the_way_to_its_users_and_back_to_what_they_wait() {
        SessionLoad load = Fleets.users(1_000, Duration.ofMinutes(2));

        FleetReport near = FleetSimulation.run(load, Fleets.of(2, 1), FleetProgress.NONE);
        FleetReport far =
                FleetSimulation.run(
                        load,
                        Fleets.of(2, 1).withRoundTrip(Duration.ofMillis(150)),
                        FleetProgress.NONE);

        assertThat(far.ttft().meanSeconds() - near.ttft().meanSeconds())
                .isCloseTo(0.15, within(1e-3));
        assertThat(far.tpot()).isEqualTo(near.tpot());
    }

    private static FleetSettings split(double prefillShare, double bytesPerSecond) {
        return Fleets.of(4, 1).with(new Topology.Split(prefillShare, bytesPerSecond, KV_BYTES));
    }
}
