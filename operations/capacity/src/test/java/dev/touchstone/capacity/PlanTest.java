package dev.touchstone.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.testkit.Seeds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("A plan")
class PlanTest {
    private static final List<Plan> ALL = Plans.ALL;

    private final Plan llm = Plans.named("llm");

    private static Derivation derived(Sizing sizing) {
        assertThat(sizing).isInstanceOf(Derivation.class);
        return (Derivation) sizing;
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sesions=80k       | sesions | plan llm has no input 'sesions'; did you mean sessions?
                    kv-head=8         | kv-head | did you mean kv_heads?
                    mfu=1.2           | mfu     | mfu is 120 %; it must lie between 0.1 % and 100 % (a bare number is the share itself: 0.6 is 60 %)
                    mfu=60            | mfu     | mfu is 6,000 %
                    layers=2.5        | layers  | layers is 2.5 layers; it must be a whole number
                    layers=0          | layers  | it must lie between 1 layer and 1,000 layers
                    prompt=2 GB       | prompt  | measures B, but token/request is asked for; write it like '1 token/request'
                    prompt=long       | prompt  | does not begin with a number
                    memory=20 GB      | memory  | weights of 26 GB and 4 GB/GPU of scratch leave nothing of 20 GB/GPU
                    memory=30.2 GB    | memory  | cannot hold one sequence of 1,900 tokens/request
                    kv_heads=64       | kv_heads | kv_heads is 64 heads/layer and heads 40 heads/layer
                    memory=31 GB,output=9k |    | cannot hold one sequence of 10,500 tokens/request
                    shared_prefix=2000 | shared_prefix | shared_prefix is 2,000 tokens/request, but the whole prompt is 1,500 tokens/request
                    step_time=-1 s    | step_time | step_time is negative
                    sessions=50k,turns=4/h,mean_rate=100/s | mean_rate | mean_rate is given as 100 requests/s, but sessions × turns = 50,000 sessions × 4 requests/session/h makes it 55.56 requests/s; leave one of them out
                    """)
    void refuses_what_cannot_be_and_says_what_to_change(String given, String input, String reason) {
        var overrides = new HashMap<String, String>();
        for (String pair : given.split(",")) {
            overrides.put(pair.split("=")[0], pair.split("=")[1]);
        }

        Sizing sizing = llm.read(overrides);

        assertThat(sizing).isInstanceOf(Refusal.class);
        assertThat(((Refusal) sizing).input()).isEqualTo(input == null ? "" : input);
        assertThat(((Refusal) sizing).reason()).contains(reason);
    }

    @Test
    void lets_a_measured_value_take_the_place_of_its_formula() {
        Derivation derivation = derived(llm.read(Map.of("mean_rate", "100/s", "turns", "4/h")));

        assertThat(derivation.text("peak_rate")).isEqualTo("300 requests/s");
        assertThat(derivation.sheet().steps().getFirst())
                .returns(true, Sheet.Step::given)
                .returns("given; the formula makes 55.56 requests/s", Sheet.Step::substitution);
    }

    @Test
    void takes_a_value_that_agrees_with_the_inputs_behind_it() {
        assertThat(llm.read(Map.of("sessions", "50k", "turns", "4/h", "mean_rate", "55.6/s")))
                .isInstanceOf(Derivation.class);
    }

    @Test
    void shows_formula_substitution_value_and_note_of_every_step() {
        Sheet.Step step =
                llm.derive().sheet().steps().stream()
                        .filter(line -> line.id().equals("kv_per_token"))
                        .findFirst()
                        .orElseThrow();

        assertThat(step.formula()).isEqualTo("2 × layers × kv_heads × head_dim × kv_element");
        assertThat(step.substitution())
                .isEqualTo("2 × 40 layers × 8 heads/layer × 128 numbers/head × 2 B/number");
        assertThat(step.text()).isEqualTo("163,840 B/token");
        assertThat(step.number()).isEqualTo(163_840);
        assertThat(step.note()).isNotEmpty();
    }

    @Test
    void shows_only_what_leads_to_a_step_when_asked() {
        Sheet sheet = Plans.named("kafka").derive().of("partitions").sheet();

        assertThat(sheet.steps())
                .extracting(Sheet.Step::id)
                .containsExactly("ingest", "usable", "partitions");
        assertThat(sheet.inputs())
                .extracting(Sheet.Given::id)
                .containsExactly("events", "event", "partition", "margin");
    }

    @Test
    void says_whether_its_checks_hold() {
        assertThat(Plans.named("cost").derive().sheet().checks())
                .extracting(Sheet.Check::holds)
                .containsExactly(false, true);
        assertThat(derived(llm.read(Map.of("tpot_slo", "20 ms"))).sheet().checks())
                .filteredOn(check -> !check.holds())
                .extracting(Sheet.Check::substitution)
                .containsExactly("22.63 ms ≤ 20 ms");
    }

    @Test
    void is_found_by_name_or_the_nearest_one_is_told() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Plans.named("feeds"))
                .withMessageStartingWith(
                        "there is no plan 'feeds'; did you mean feed?; plans are llm");
    }

    @Test
    void is_checked_for_units_when_it_is_built() {
        PlanBuilder builder =
                Plan.named("p", "", "")
                        .input("size", "", "GB", 1, 0, 9, "")
                        .input("rate", "", "GB/s", 1, 0, 9, "");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.step("t", "", "size * rate", "s", ""))
                .withMessage("t = size * rate measures B·B/s, not 's'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.step("t", "", "size / rat", "s", ""))
                .withMessageContaining("did you mean rate?");
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("ALL")
    void explains_itself(Plan plan) {
        Sheet sheet = plan.derive().sheet();

        assertThat(sheet.question()).endsWith("?");
        assertThat(sheet.inputs())
                .allSatisfy(given -> {
                    assertThat(given.label()).isNotBlank();
                    assertThat(given.source()).as(given.id()).isNotBlank();
                });
        assertThat(sheet.steps())
                .allSatisfy(step -> {
                    assertThat(step.label()).isNotBlank();
                    assertThat(step.note()).as(step.id()).endsWith(".").contains(" ");
                });
        assertThat(sheet.headline()).hasSizeBetween(3, 4);
        assertThat(plan.curve()).isPresent();
        assertThat(sheet.steps()).anyMatch(step -> step.role() == Sheet.Role.RESULT);
        assertThat(sheet.checks()).hasSizeGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("ALL")
    void reads_back_every_default_as_a_number_with_its_unit(Plan plan) {
        for (Input input : plan.inputs()) {
            String unit = input.unit().symbol();
            assertThat(Quantity.parse(input.value() + " " + unit, input.unit()).in(input.unit()))
                    .as(input.id())
                    .isCloseTo(input.value(), within(1e-9 * input.value()));
        }
    }

    @Test
    void is_derived_anew_with_one_more_value_given() {
        Derivation once = derived(llm.read(Map.of("turns", "8/h")));
        Derivation twice = derived(once.with("sessions", Quantity.parse("100k")));

        assertThat(twice.text("mean_rate")).isEqualTo("222.2 requests/s");
        assertThat(twice.given()).containsOnlyKeys("turns", "sessions");
        assertThat(once.with("mfu", Quantity.parse("2"))).isInstanceOf(Refusal.class);
    }

    @Test
    void refuses_to_be_built_with_a_headline_or_curve_of_what_is_not_there() {
        PlanBuilder builder =
                Plan.named("p", "", "")
                        .input("size", "", "GB", 1, 0, 9, "")
                        .step("half", "", "size / 2", "B", "");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.headline("halve").build())
                .withMessageContaining("'halve' is none; did you mean half?");
        builder.headline("half");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.curve("half", "half").build())
                .withMessageContaining("'half', which is no input");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(300)
    void gives_finite_numbers_or_a_reason_wherever_its_sliders_stand(long seed) {
        var random = new SplittableRandom(seed);
        Plan plan = ALL.get(random.nextInt(ALL.size()));
        var given = new HashMap<String, Quantity>();
        for (Input input : plan.inputs()) {
            if (random.nextInt(3) == 0) {
                Input.Slider slider = input.slider();
                double value = slider.at(random.nextDouble());
                given.put(
                        input.id(),
                        Quantity.of(input.whole() ? Math.rint(value) : value, input.unit()));
            }
        }

        switch (plan.derive(given)) {
            case Derivation derivation ->
                    assertThat(derivation.sheet().steps())
                            .allSatisfy(step -> assertThat(step.number()).isFinite());
            case Refusal refusal -> assertThat(refusal.reason()).isNotBlank();
        }
    }
}
