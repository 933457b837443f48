package dev.touchstone.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("An input's influence on a step")
class InfluenceTest {
    private static Influence of(String input, String step, Map<String, String> given) {
        var derivation = (Derivation) Plans.named("training").read(given);
        return Influence.on(derivation, step).stream()
                .filter(influence -> influence.input().id().equals(input))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void is_what_the_plan_gives_a_tenth_to_either_side() {
        Influence mfu = of("mfu", "gpu_time", Map.of());
        double exact = Plans.named("training").derive().value("gpu_time").base();

        assertThat(mfu.less().orElseThrow().base()).isCloseTo(exact * 1.1, within(exact * 1e-9));
        assertThat(mfu.more().orElseThrow().base()).isCloseTo(exact / 1.1, within(exact * 1e-9));
    }

    @Test
    void changes_whole_numbers_by_one_at_least() {
        Influence gpus = of("gpus", "time", Map.of("gpus", "3"));

        assertThat(gpus.less().orElseThrow().base() / gpus.more().orElseThrow().base())
                .isCloseTo(2, within(1e-9));
    }

    @Test
    void stops_at_the_limits_of_the_input() {
        Influence mfu = of("mfu", "gpu_time", Map.of("mfu", "95 %"));

        assertThat(mfu.more().orElseThrow().base() / mfu.now().base())
                .isCloseTo(0.95, within(1e-9));
    }

    @Test
    void is_open_to_the_side_on_which_the_plan_refuses() {
        Derivation features = Plans.named("features").derive();

        assertThat(Influence.on(features, "origin_after").getFirst())
                .satisfies(first -> {
                    assertThat(first.input().id()).isEqualTo("hit_rate_after");
                    assertThat(first.less()).isEmpty();
                    assertThat(first.more()).isPresent();
                });
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("dev.touchstone.capacity.Plans#ALL")
    void is_listed_for_the_inputs_that_have_one_the_greatest_first(Plan plan) {
        Derivation derivation = plan.derive();
        for (String step : plan.headline()) {
            List<Influence> influences = Influence.on(derivation, step);

            assertThat(influences).as(step).isNotEmpty();
            assertThat(influences)
                    .isSortedAccordingTo(Comparator.comparingDouble(Influence::reach).reversed());
            assertThat(influences).allSatisfy(one -> assertThat(one.reach()).isPositive());
        }
    }
}
