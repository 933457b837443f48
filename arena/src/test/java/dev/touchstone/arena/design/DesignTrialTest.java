package dev.touchstone.arena.design;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.arena.design.Breach.Kind;
import dev.touchstone.arena.design.FleetDesign.Lane;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import dev.touchstone.llm.fleet.simulation.FleetProgress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A design for the chat challenge, tried,")
class DesignTrialTest {
    private static final FleetDesign SOUND =
            new FleetDesign(23, 512, ElementType.FP16, Lane.NONE, Policy.BALANCED, false);

    private static FleetDesign designOf(int gpus, Lane lane) {
        return new FleetDesign(gpus, 512, ElementType.FP16, lane, Policy.BALANCED, false);
    }

    private static DesignTrial run(FleetDesign design, int times) {
        return DesignTrial.run(design, times, FleetProgress.NONE);
    }

    private static List<Kind> kinds(DesignTrial trial) {
        return trial.breaches().stream().map(Breach::kind).toList();
    }

    @Test
    void keeps_the_promise_with_as_many_gpus_as_are_derived_when_they_take_turns() {
        DesignTrial trial = run(SOUND, 1);

        assertThat(trial.derivation().text("fleet_serial")).isEqualTo("23 GPUs");
        assertThat(trial.kept()).isTrue();
        assertThat(trial.breaches()).isEmpty();
        assertThat(trial.lostShare()).isZero();
        assertThat(trial.report().cost().perMillionTokens()).isBetween(0.05, 0.08);
        assertThat(trial.design().dollarsPerHour()).isEqualTo(69);
    }

    @Test
    void breaks_the_promise_as_the_slide_has_it_and_loses_most_of_its_users() {
        DesignTrial trial = run(FleetDesign.SLIDE, 1);

        assertThat(trial.kept()).isFalse();
        assertThat(kinds(trial)).startsWith(Kind.TTFT).contains(Kind.QUEUE, Kind.MEMORY, Kind.LOST);
        assertThat(trial.lostShare()).isBetween(0.55, 0.75);
        assertThat(trial.breaches().getFirst().value())
                .isGreaterThan(DesignTrial.PROMISE.ttftP95Seconds());
    }

    @Test
    void runs_out_of_arithmetic_before_memory_at_three_times_the_load() {
        DesignTrial trial = run(SOUND, 3);

        assertThat(trial.derivation().text("fleet_serial")).isEqualTo("68 GPUs");
        assertThat(kinds(trial)).containsExactly(Kind.TTFT, Kind.QUEUE, Kind.LOST);
        assertThat(trial.report().load().kvMean()).isBetween(0.4, 0.8);
        assertThat(trial.report().outcomes().timedOut()).isPositive();
    }

    @Test
    void answers_more_people_shorter_with_the_ladder() {
        var ladder = new FleetDesign(23, 512, ElementType.FP16, Lane.NONE, Policy.BALANCED, true);

        DesignTrial trial = run(ladder, 10);

        assertThat(kinds(trial)).contains(Kind.LOST, Kind.SHORTENED);
        assertThat(trial.report().outcomes().shed()).isPositive();
        assertThat(trial.report().outcomes().fallback()).isPositive();
    }

    @Test
    void comes_to_the_same_each_time() {
        FleetDesign small = designOf(2, Lane.NONE);

        assertThat(run(small, 1).report().hash()).isEqualTo(run(small, 1).report().hash());
    }

    @Test
    void lets_a_lane_keep_long_prompts_waiting() {
        var lane =
                new FleetDesign(
                        23, 512, ElementType.FP16, new Lane(4_096, 1, 0), Policy.BALANCED, false);

        assertThat(run(lane, 1).report().ttft().p99Seconds())
                .isGreaterThan(run(SOUND, 1).report().ttft().p99Seconds());
    }

    @Test
    void comes_down_the_ladder_again_after_waits_that_a_lane_made() {
        var both =
                new FleetDesign(
                        23, 512, ElementType.FP16, new Lane(4_096, 1, 0), Policy.BALANCED, true);

        DesignTrial trial = run(both, 1);

        assertThat(trial.report().complete()).isTrue();
        assertThat(trial.report().outcomes().unfinished()).isZero();
        assertThat(trial.lostShare()).isBetween(0.01, 0.6);
    }

    @Test
    void gives_long_prompts_gpus_of_their_own() {
        DesignTrial trial = run(designOf(23, new Lane(3_000, 0, 6)), 1);

        assertThat(trial.report().outcomes().finished())
                .isEqualTo(trial.report().outcomes().requests());
        assertThat(trial.report().hash()).isNotEqualTo(run(SOUND, 1).report().hash());
        assertThatThrownBy(() -> designOf(6, new Lane(3_000, 0, 6)))
                .hasMessageContaining("6 of 6 GPUs for long prompts leave none for the others");
    }

    @Test
    void is_refused_when_a_number_makes_no_sense() {
        assertThatThrownBy(() -> designOf(0, Lane.NONE))
                .hasMessageContaining("gpus must be from 1");
        assertThatThrownBy(() ->
                        new FleetDesign(1, 10, ElementType.FP16, Lane.NONE, Policy.SESSION, false))
                .hasMessageContaining("tokenBudget must be from 64 to 16384, got 10");
    }

    @Test
    void stops_when_told_and_covers_what_was_done() {
        DesignTrial trial = DesignTrial.run(SOUND, 1, (fraction, _, _) -> fraction < 0.1);

        assertThat(trial.report().complete()).isFalse();
        assertThat(trial.kept()).isFalse();
        assertThat(trial.report().outcomes().requests()).isPositive();
    }
}
