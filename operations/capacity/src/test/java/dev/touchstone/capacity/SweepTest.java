package dev.touchstone.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.capacity.Sweep.Point;
import dev.touchstone.testkit.Seeds;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("A sweep")
class SweepTest {
    private static final List<Plan> ALL = Plans.ALL;

    private final Plan kafka = Plans.named("kafka");

    private static Sweep curveOf(Plan plan) {
        return Sweep.of(plan.derive(), plan.curve().orElseThrow(), 80);
    }

    @Test
    void gives_what_the_plan_gives_at_every_point() {
        Sweep sweep = curveOf(kafka);

        assertThat(sweep.points())
                .hasSize(80)
                .allSatisfy(point -> {
                    var derivation =
                            (Derivation) kafka.read(Map.of("events", point.x() + " events/s"));
                    assertThat(derivation.value(sweep.step()).in(kafka.unit(sweep.step())))
                            .isEqualTo(point.y());
                });
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("ALL")
    void along_a_plans_own_curve_shows_a_change(Plan plan) {
        assertThat(curveOf(plan).points().stream().mapToDouble(Point::y).distinct().count())
                .as(plan.id())
                .isGreaterThan(5);
    }

    @Test
    void leaves_a_gap_and_says_why_where_the_plan_refuses() {
        Plan features = Plans.named("features");
        List<Point> points = curveOf(features).points();

        assertThat(points.getFirst().y()).isNaN();
        assertThat(points.getFirst().refusal()).contains("warming in place never ends");
        assertThat(points.getLast().y()).isZero();
        assertThat(points.getLast().refusal()).isEmpty();
    }

    @Test
    void takes_each_whole_number_once() {
        Plan feed = Plans.named("feed");
        List<Double> batches = curveOf(feed).points().stream().map(Point::x).toList();

        assertThat(batches).doesNotHaveDuplicates().isSorted().startsWith(1.0, 2.0);
    }

    @Test
    void needs_an_input_and_a_step_that_exist() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sweep.of(kafka.derive(), new Plan.Curve("ingest", "disk"), 9))
                .withMessageContaining("ingest is a step of plan kafka");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sweep.of(kafka.derive(), new Plan.Curve("events", "disc"), 9))
                .withMessageContaining("did you mean disk?");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void runs_along_a_slider_whose_positions_and_values_belong_together(long seed) {
        var random = new SplittableRandom(seed);
        Plan plan = ALL.get(random.nextInt(ALL.size()));
        Input.Slider slider = plan.inputs().get(random.nextInt(plan.inputs().size())).slider();
        double position = random.nextDouble();

        assertThat(slider.position(slider.at(position))).isCloseTo(position, within(1e-9));
        assertThat(slider.position(-1)).isZero();
        assertThat(slider.position(1e300)).isEqualTo(1);
    }
}
