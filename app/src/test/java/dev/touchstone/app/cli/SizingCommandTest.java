package dev.touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.cli.CommandLineInterface;
import dev.touchstone.app.testing.Documents;
import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.Plans;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;

@DisplayName("The commands touchstone plan and drill")
class SizingCommandTest {
    private record Result(int code, String out, String err) {}

    @Test
    void list_the_plans_with_their_questions() {
        Result result = run("", "plan");

        assertThat(result.code()).isZero();
        assertThat(Plans.ALL)
                .allSatisfy(plan -> assertThat(result.out()).contains(plan.id(), plan.question()));
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("dev.touchstone.capacity.Plans#ALL")
    void print_every_plan_within_a_hundred_columns(Plan plan) {
        Result result = run("", "plan", plan.id());

        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(result.out()).contains("Inputs", "Steps", "Sanity checks", "Results");
    }

    @Test
    void show_inputs_formula_substitution_value_assumption_and_checks() {
        assertThat(run("", "plan", "kafka", "--margin", "30%").out())
                .contains(
                        "* margin              30 %                  kept free (drill D4)",
                        "> partitions          58 partitions         partitions for the writes",
                        "= ⌈ingest ÷ usable⌉",
                        "= ⌈2 GB/s ÷ 35 MB/s/partition⌉",
                        "The margin is for catching up after a failure (D4).",
                        "holds  every copy has a broker of its own: 3 ≤ 25 brokers");
        assertThat(run("", "plan", "cost").out())
                .contains("FAILS  GPUs do at least a tenth", "One sanity check fails.");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --kv-heads 40            | 819,200 B/token
                    --kv_heads=40            | 819,200 B/token
                    --kv-per-token 100kB     | 100,000 B/token
                    """)
    void take_inputs_and_measured_steps_as_options(String options, String shown) {
        String[] arguments = ("plan llm " + options).split(" ", -1);

        assertThat(run("", arguments).out()).contains(shown);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    lm                                  | did you mean llm?
                    llm --sesions 80k                   | plan llm has no input 'sesions'; did you mean sessions?
                    llm --mfu 60                        | mfu is 6,000 %; it must lie between 0.1 % and 100 %
                    llm --memory 20GB                   | leave nothing of 20 GB/GPU
                    llm --sessions 1k --turns 4/h --mean-rate 9/s | leave one of them out
                    llm --sessions                      | --sessions needs a value
                    llm sessions=80k                    | write --name value, such as --sessions=80k
                    llm --mfu 50% --mfu 40%             | --mfu is given twice
                    --mfu 50%                           | name the plan before its inputs
                    """)
    void refuse_with_the_reason_and_exit_code_2(String words, String reason) {
        Result result = run("", ("plan " + words).split(" ", -1));

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains(reason).doesNotContain("Exception");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void print_a_plan_as_json() {
        JsonNode sheet =
                Documents.read(run("", "plan", "llm", "--json", "--sessions", "100k").out());

        assertThat(sheet.get("plan").asString()).isEqualTo("llm");
        assertThat(sheet.get("inputs").get(0).get("number").asInt()).isEqualTo(100_000);
        assertThat(sheet.get("inputs").get(0).get("overridden").asBoolean()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("dev.touchstone.capacity.Plans#ALL")
    void list_a_plans_inputs_with_units_defaults_and_sources(Plan plan) {
        Result result = run("", "plan", plan.id(), "--help");

        assertThat(result.code()).isZero();
        assertThat(plan.inputs())
                .allSatisfy(input ->
                        assertThat(result.out())
                                .contains(
                                        "--" + input.id().replace('_', '-') + " ",
                                        plan.derive().text(input.id()),
                                        input.source()));
        assertThat(plan.names())
                .allSatisfy(
                        name -> assertThat(result.out()).contains("--" + name.replace('_', '-')));
    }

    @Test
    void keep_to_signs_that_an_old_terminal_has() {
        Result result = run(StandardCharsets.US_ASCII, "", "plan", "kafka");

        assertThat(result.out()).contains("= ceil(ingest / usable)").doesNotContain("?)");
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    429.5 GB | 0 | Right.
                    400 GiB  | 0 | Right.
                    0.43 TB  | 0 | Right, 0.1 % off.
                    400 GB   | 1 | GB for GiB
                    215 GB   | 1 | K and V forgotten
                    730 GB   | 1 | too much, by less than a factor of two
                    429.5    | 1 | The number is right in some unit: say in which.
                    3 s      | 1 | That measures s, but B is asked for
                    ?        | 1 | 429.5 GB (400 GiB)
                    """)
    void judge_one_answer_and_say_so_in_the_exit_code(String answer, int code, String said) {
        Result result = run("", "drill", "D2", "--seed", "0", "--answer", answer);

        assertThat(result.code()).isEqualTo(code);
        assertThat(result.out()).contains(said);
        assertThat(result.err()).isEmpty();
    }

    @Test
    void take_no_empty_answer_for_giving_up() {
        Result result = run("", "drill", "D2", "--seed=0", "--answer", " ");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("--answer is empty");
    }

    @Test
    void ask_until_the_answer_is_right_and_then_show_how_it_comes_about() {
        Result result = run("400 GB\n400 GiB\nnever read\n", "drill", "d2", "--seed", "0");

        assertThat(result.code()).isZero();
        assertThat(result.out())
                .containsSubsequence(
                        "D2  Memory for keys and values, seed 0",
                        "A model has 40 layers",
                        "GB for GiB",
                        "Right.",
                        "= 6.711 GB/session × 64 sessions",
                        "429.5 GB (400 GiB)",
                        "touchstone drill D2 --seed 0");
    }

    @Test
    void show_the_answer_when_it_is_given_up_but_not_when_somebody_leaves() {
        Result givenUp = run("\n", "drill", "D4", "--seed", "0");
        assertThat(givenUp.code()).isEqualTo(1);
        assertThat(givenUp.out()).contains("Given up;", "50 partitions");

        Result left = run("", "drill", "D4", "--seed", "0");
        assertThat(left.code()).isEqualTo(1);
        assertThat(left.out()).doesNotContain("50 partitions");
    }

    @Test
    void draw_a_drill_that_can_be_asked_again() {
        JsonNode drawn = Documents.read(run("", "drill", "--json").out());
        String seed = drawn.get("seed").asString();

        assertThat(Documents.read(run("", "drill", "--seed", seed, "--json").out()))
                .isEqualTo(drawn);
        assertThat(
                        Documents.read(
                                run(
                                                "",
                                                "drill",
                                                drawn.get("id").asString(),
                                                "--seed",
                                                seed,
                                                "--json")
                                        .out()))
                .isEqualTo(drawn);
        assertThat(drawn.propertyNames())
                .containsExactlyInAnyOrder("id", "seed", "title", "question", "unit", "whole");
    }

    @Test
    void print_a_verdict_as_json() {
        JsonNode verdict =
                Documents.read(
                        run("", "drill", "D2", "--seed", "0", "--json", "--answer", "400 GB")
                                .out());

        assertThat(verdict.get("kind").asString()).isEqualTo("WRONG");
        assertThat(verdict.get("revealed").isNull()).isTrue();
    }

    @Test
    void say_which_drills_there_are() {
        Result unknown = run("", "drill", "D9");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("there is no drill 'D9'; there are D1");
        assertThat(run("", "drill", "--help").out()).contains("D8  Time of an allreduce");
        assertThat(run("", "drill", "D1", "--seed", "one").code()).isEqualTo(2);
    }

    private static Result run(String typed, String... arguments) {
        return run(StandardCharsets.UTF_8, typed, arguments);
    }

    private static Result run(Charset charset, String typed, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code =
                CommandLineInterface.run(
                        arguments,
                        new ByteArrayInputStream(typed.getBytes(charset)),
                        new PrintStream(out, true, charset),
                        new PrintStream(err, true, charset),
                        Map.of());
        return new Result(code, out.toString(charset), err.toString(charset));
    }
}
