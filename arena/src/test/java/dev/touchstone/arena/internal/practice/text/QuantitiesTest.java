package dev.touchstone.arena.internal.practice.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import dev.touchstone.testkit.Seeds;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Quantities in prose")
class QuantitiesTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    The peak is 2,778 req/s at noon.                  | 2,778 req/s
                    The peak is 2.8k rps, three times the mean.       | 2.8k rps
                    That takes 430 GB (400 GiB) of HBM.               | 430 GB; 400 GiB
                    about ~51 GPUs, not 6.                            | ~51 GPUs; 6
                    costs $1.56M per year                             | $1.56M per year
                    costs $64/1M tokens                               | $64/1M tokens
                    50.4 requests in flight, by Little's law          | 50.4 requests
                    2778 requests per second                          | 2778 requests per second
                    1,200 q/min                                       | 1,200 q/min
                    18 ms, then 5 ms; together 23ms.                  | 18 ms; 5 ms; 23ms
                    hit rate 92 % to 61%                              | 92 %; 61%
                    minus 31 pp, or 31 percentage points              | 31 pp; 31 percentage points
                    8 to 12 GPUs                                      | 8; 12 GPUs
                    8–12 GPUs                                         | 8; 12 GPUs
                    8-12 GPUs                                         | 8; 12 GPUs
                    4 d 6 h of training                               | 4 d 6 h
                    2 x 10^4 events/s                                 | 2 x 10^4 events/s
                    2e9 FLOP per request                              | 2e9 FLOP per request
                    13B parameters in fp16                            | 13B parameters
                    3.35 TB/s                                         | 3.35 TB/s
                    926 × 3 = 2,778                                   | 926; 3; 2,778
                    16-token pages                                    | 16-token
                    (0.0534 GPUs)                                     | 0.0534 GPUs
                    0.56/s                                            | 0.56/s
                    p99 < 100 ms                                      | 100 ms
                    20k reads/s against 1.6k/s of slack               | 20k reads/s; 1.6k/s
                    a 3x larger fleet                                 | 3x
                    1 in 10 requests                                  | 1; 10 requests
                    7 days later, 24h after                           | 7 days; 24h
                    """)
    void are_found_with_their_units(String prose, String quantities) {
        List<String> found = Quantities.in(prose).stream().map(span -> span.of(prose)).toList();
        assertThat(String.join("; ", found)).isEqualTo(quantities);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v12 of the encoder",
                "p99 went up",
                "an H100",
                "the top-10 list",
                "E13",
                "D7 retention",
                "at 14:05",
                "OC3",
                "int8",
                "fp16",
                "model-13 is old"
            })
    void are_not_names_and_times(String prose) {
        assertThat(Quantities.in(prose)).isEmpty();
    }

    @Test
    void are_not_joined_across_lines_and_sentences() {
        String prose = "We need 6\nGPUs. Then 5. GB of it";
        assertThat(Quantities.in(prose).stream().map(span -> span.of(prose)))
                .containsExactly("6", "5");
    }

    @ParameterizedTest(name = "{0} is {1} {2}: {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    2,778 req/s             | 2778   | request/s    | true
                    2.8k rps                | 2778   | request/s    | true
                    3k rps                  | 2778   | request/s    | false
                    10M requests per hour   | 2778   | request/s    | true
                    2,778                   | 2778   | request/s    | true
                    2800                    | 2778   | request/s    | false
                    2800/s                  | 2778   | request/s    | true
                    2,778 GB                | 2778   | request/s    | false
                    2,778 tokens/s          | 2778   | request/s    | false
                    6 GPUs                  | 6      | GPU          | true
                    6 A100s                 | 6      | GPU          | true
                    6                       | 6      | GPU          | false
                    6 steps                 | 6      | GPU          | false
                    6×                      | 6      | GPU          | false
                    429.5 GB                | 429.5  | GB           | true
                    400 GiB                 | 429.5  | GB           | true
                    0.43 TB                 | 429.5  | GB           | true
                    430                     | 429.5  | GB           | false
                    429.5                   | 429.5  | GB           | true
                    429.5 Gbit              | 429.5  | GB           | false
                    18 ms                   | 18     | ms           | true
                    0.018 s                 | 18     | ms           | true
                    31 pp                   | 31     | %            | true
                    31 per cent             | 31     | %            | true
                    0.31                    | 31     | %            | true
                    31                      | 31     | %            | false
                    14.7                    | 14.7   | ''           | true
                    14.7x                   | 14.7   | ''           | true
                    5                       | 5      | ''           | false
                    5×                      | 5      | ''           | true
                    $1.56M                  | 1.56e6 | $/year       | false
                    $1.56M per year         | 1.56e6 | $/year       | true
                    $64/1M tokens           | 64     | $/1M tokens  | true
                    $64                     | 64     | $/1M tokens  | true
                    """)
    void are_the_right_one_within_tolerance(
            String found, double value, String symbol, boolean right) {
        Unit unit = Unit.of(symbol);
        assertThat(new Amount(Quantity.of(value, unit), unit, 0.02).isIn(found)).isEqualTo(right);
    }

    @ParameterizedTest(name = "{0}: {1} {2} is {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    we need 50 / 9 = 6            | 6    | GPU | true
                    we need about 6               | 6    | GPU | true
                    we need 6                     | 6    | GPU | false
                    we need 6 of them             | 6    | GPU | false
                    0.8 x 14/20 = 0.56            | 0.56 | ''  | true
                    recall is at 56 % then        | 0.56 | ''  | true
                    14/20 of the replicas         | 70   | %   | true
                    = 0.3 of all                  | 30   | %   | true
                    on 14/20/2026                 | 70   | %   | false
                    """)
    void count_as_results_and_as_fractions(
            String prose, double value, String symbol, boolean found) {
        Unit unit = Unit.of(symbol);
        var amount = new Amount(Quantity.of(value, unit), unit, 0.02);
        assertThat(Quantities.find(prose, amount).isPresent()).isEqualTo(found);
    }

    @ParameterizedTest(name = "{0} for {1} {2}: {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    2778        | 2778   | request/s  | true
                    about 2778  | 2778   | request/s  | false
                    6           | 6      | GPU        | true
                    61          | 61     | %          | true
                    0.61        | 61     | %          | true
                    61 %        | 61     | %          | true
                    430 GB      | 429.5  | GB         | true
                    430 MB      | 429.5  | GB         | false
                    """)
    void need_no_unit_where_they_are_asked_for(
            String typed, double value, String symbol, boolean right) {
        Unit unit = Unit.of(symbol);
        assertThat(new Amount(Quantity.of(value, unit), unit, 0.02).isAnswer(typed))
                .isEqualTo(right);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(300)
    void are_found_wherever_they_stand_in_a_sentence(long seed) {
        var random = new SplittableRandom(seed);
        String[] symbols = {"request/s", "GB", "ms", "GPU", "token/s/GPU", "$/h", "TB/s", "%"};
        Unit unit = Unit.of(symbols[random.nextInt(symbols.length)]);
        double value = Math.pow(10, random.nextDouble(-1, 6));
        String written = Quantity.of(value, unit).text(unit);
        String[] before = {"We need ", "so (", "a budget of ", "≈ ", "it is ", "- ", "p99 = "};
        String[] after = {" at peak.", ", no more", ")", "; then we stop", " in all", ".", ""};
        String prose =
                "Version v%d came first. ".formatted(random.nextInt(100))
                        + before[random.nextInt(before.length)]
                        + written
                        + after[random.nextInt(after.length)];
        var amount = new Amount(Quantity.of(value, unit), unit, 0.01);
        assertThat(Quantities.find(prose, amount).map(span -> span.of(prose)))
                .as("in '%s'", prose)
                .isPresent();
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(300)
    void are_looked_for_in_any_text_whatever_without_failing(long seed) {
        var random = new SplittableRandom(seed);
        String alphabet = "0123456789.,:/%$×x·-–~^eE \n\tkMGTBs hgpu()per年µ\"";
        var text = new StringBuilder();
        for (int i = random.nextInt(200); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        String prose = text.toString();
        int at = 0;
        for (Span span : Quantities.in(prose)) {
            assertThat(span.from()).isGreaterThanOrEqualTo(at);
            assertThat(span.to()).isGreaterThan(span.from());
            at = span.to();
        }
    }
}
