package dev.touchstone.capacity.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.capacity.Sheet;
import dev.touchstone.capacity.Unit;
import dev.touchstone.capacity.drill.Grade.Right;
import dev.touchstone.capacity.drill.Grade.UnitMissing;
import dev.touchstone.capacity.drill.Grade.Unreadable;
import dev.touchstone.capacity.drill.Grade.Wrong;
import dev.touchstone.capacity.drill.Grade.WrongMeasure;
import dev.touchstone.testkit.Seeds;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A drill")
class DrillTest {
    private static final Pattern EXAMPLE = Pattern.compile("write it like '([^']+)'$");

    private static Drill anyDrill(long seed) {
        List<String> ids = Drills.ids();
        return Drills.drill(ids.get((int) (seed % ids.size())), seed / ids.size());
    }

    @ParameterizedTest(name = "{0} asks for {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    D1 | 2 GPUs
                    D2 | 429.5 GB (400 GiB)
                    D3 | 3 shards
                    D4 | 50 partitions
                    D5 | 4.267 d
                    D6 | 9.6 GB (8.941 GiB)
                    D7 | $76,800/day
                    D8 | 557.8 ms
                    """)
    void is_the_classic_one_at_seed_0(String id, String answer) {
        assertThat(Drills.drill(id, 0).answerText()).isEqualTo(answer);
    }

    @ParameterizedTest(name = "{0}: {1} is {2} {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    D1 | exact               | 0.0534  | GPU
                    D1 | gpus                | 1       | GPU
                    D1 | deployed            | 2       | GPU
                    D1 | per_gpu             | 93600   | request/s/GPU
                    D2 | per_token           | 819200  | B/token
                    D2 | per_session         | 6.71    | GB/session
                    D2 | per_session         | 6.25    | GiB/session
                    D2 | total               | 429.5   | GB
                    D2 | total               | 400     | GiB
                    D2 | total_grouped       | 85.9    | GB
                    D2 | total_grouped       | 80      | GiB
                    D3 | table               | 128     | GB
                    D3 | shards              | 3       | shard
                    D4 | partitions          | 50      | partition
                    D5 | time                | 4.27    | d
                    D5 | gpu_time            | 26214   | GPU-h
                    D6 | exact               | 307.2   | GB
                    D6 | ratio               | 32      | ×
                    D7 | monthly             | 2304000 | $
                    D7 | unit_cost_reserved  | 38.4    | $/1M tokens
                    D8 | time                | 0.558   | s
                    D8 | ratio               | 0.38    | ×
                    """)
    void has_the_classic_figures(String id, String step, String figure, String unit) {
        double value = Drills.drill(id, 0).derivation().value(step).in(Unit.of(unit));

        var expected = new BigDecimal(figure);
        assertThat(new BigDecimal(value).setScale(expected.scale(), RoundingMode.HALF_UP))
                .isEqualByComparingTo(expected);
    }

    @Test
    void of_any_kind_comes_from_a_seed_alone() {
        assertThat(Drills.drill(17).seed()).isEqualTo(17);
        assertThat(Drills.drill(17).question()).isEqualTo(Drills.drill(17).question());
        assertThat(LongStream.range(0, 200).mapToObj(seed -> Drills.drill(seed).id()).distinct())
                .hasSameElementsAs(Drills.ids());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    D2 | 429.5 GB
                    D2 | 400 GiB
                    D2 | 0.43 TB
                    D2 | 3436 Gbit
                    D2 | 430 gb
                    D3 | 3
                    D3 | 3 servers
                    D4 | 50 partitions
                    D5 | 102 h
                    D5 | 4 d 6 h
                    D7 | $76,800
                    D7 | $76.8k/day
                    D7 | $3,200/h
                    D8 | 0.56 s
                    """)
    void takes_any_sensible_unit(String id, String answer) {
        assertThat(Drills.drill(id, 0).grade(answer)).isInstanceOf(Right.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(800)
    void takes_the_right_answer_in_every_equivalent_unit(long seed) {
        Drill drill = anyDrill(seed);
        var random = new SplittableRandom(seed);

        for (String symbol : equivalents(drill.unit().symbol())) {
            double exact = in(Unit.of(symbol), drill);
            String answer =
                    drill.whole()
                            ? "%.0f %s".formatted(exact, symbol)
                            : written(exact * random.nextDouble(0.985, 1.015), symbol);
            assertThat(drill.grade(answer)).as(answer).isInstanceOf(Right.class);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(800)
    void does_not_take_an_answer_three_percent_off(long seed) {
        Drill drill = anyDrill(seed);

        for (double off : new double[] {0.97, 1.03}) {
            double value = drill.answer().in(drill.unit()) * off;
            assertThat(drill.grade(written(value, drill.unit().symbol())))
                    .isInstanceOf(Wrong.class);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(800)
    void asks_in_full_and_shows_how_its_answer_comes_about(long seed) {
        Drill drill = anyDrill(seed);
        List<Sheet.Step> steps = drill.derivation().sheet().steps();

        assertThat(drill.question()).doesNotContain("{").contains("?");
        assertThat(drill.answerText()).startsWith(steps.getLast().text());
        assertThat(Drills.drill(drill.id(), drill.seed()).question()).isEqualTo(drill.question());
    }

    @Test
    void says_when_a_unit_is_missing_and_whether_the_number_is_right() {
        Drill drill = Drills.drill("D2", 0);

        assertThat(drill.grade("429.5"))
                .isEqualTo(new UnitMissing(true, "the unit is missing; write it like '1 kB'"));
        assertThat(drill.grade("17"))
                .isInstanceOfSatisfying(
                        UnitMissing.class, missing -> assertThat(missing.fits()).isFalse());
    }

    @Test
    void says_when_an_answer_measures_something_else_or_nothing() {
        Drill drill = Drills.drill("D2", 0);

        assertThat(drill.grade("3 s"))
                .isEqualTo(
                        new WrongMeasure(
                                "that measures s, but B is asked for; write it like '1 kB'"));
        assertThat(drill.grade("a lot")).isInstanceOf(Unreadable.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(800)
    void shows_how_an_answer_is_written_but_never_the_answer(long seed) {
        Drill drill = anyDrill(seed);
        var told = new ArrayList<String>();
        for (String typed : List.of("banana", "7 GB!", "17", "3 dollars", "x".repeat(201))) {
            switch (drill.grade(typed)) {
                case Unreadable(String message) -> told.add(message);
                case UnitMissing(_, String message) -> told.add(message);
                case WrongMeasure(String message) -> told.add(message);
                case Right _, Wrong _ -> {}
            }
        }
        assertThat(told).hasSizeGreaterThanOrEqualTo(3);
        for (String message : told) {
            Matcher example = EXAMPLE.matcher(message);
            assertThat(example.find()).as(message).isTrue();
            assertThat(drill.grade(example.group(1))).as(message).isInstanceOf(Wrong.class);
        }
    }

    @Test
    void says_how_far_off_an_answer_is_that_no_slip_explains() {
        assertThat(Drills.drill("D2", 0).grade("730 GB"))
                .isInstanceOfSatisfying(
                        Wrong.class,
                        wrong -> {
                            assertThat(wrong.slips()).isEmpty();
                            assertThat(wrong.factor()).isBetween(1.69, 1.71);
                        });
    }

    @Test
    void is_known_by_D1_to_D8() {
        assertThat(Drills.ids()).containsExactly("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8");
        assertThat(Drills.drill("d5", 3).id()).isEqualTo("D5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Drills.drill("D9", 0))
                .withMessage("there is no drill 'D9'; there are D1, D2, D3, D4, D5, D6, D7, D8");
    }

    static String written(double value, String symbol) {
        String number = String.format(Locale.ROOT, "%.5g", value);
        return symbol.startsWith("$") ? "$" + number + symbol.substring(1) : number + " " + symbol;
    }

    /// A day's dollars are as good as dollars a day, and a month's.
    private static double in(Unit unit, Drill drill) {
        boolean sameMeasure = unit.dimension().agreesWith(drill.unit().dimension());
        return drill.answer().in(sameMeasure ? unit : drill.unit());
    }

    private static List<String> equivalents(String symbol) {
        return switch (symbol) {
            case "B" -> List.of("B", "MB", "GB", "TB", "MiB", "GiB", "TiB", "Gbit", "Tb", "gb");
            case "B/token" -> List.of("B/token", "kB", "KiB/token", "MB per token", "kbit/token");
            case "s" -> List.of("s", "ms", "min", "h", "d", "days", "weeks", "us");
            case "GPU-h" -> List.of("GPU-h", "GPU hours", "GPU-d", "GPU·days", "h");
            case "request/s/GPU" -> List.of("req/s/GPU", "/s", "qps", "requests per hour", "krps");
            case "$/day" -> List.of("$/day", "$/h", "$/month", "$/s", "$");
            case "$" -> List.of("$", "$/month");
            case "$/1M tokens" ->
                    List.of("$/1M tokens", "$/token", "$/1k tokens", "$ per million tokens");
            case "GPU" -> List.of("GPU", "GPUs", "", "replicas", "H100");
            case "shard", "partition" -> List.of("shards", "partitions", "", "servers");
            default -> List.of("×", "x", "");
        };
    }
}
