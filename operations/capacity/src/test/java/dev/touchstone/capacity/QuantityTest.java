package dev.touchstone.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.testkit.Seeds;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A quantity")
class QuantityTest {
    @ParameterizedTest(name = "{0} is {1} {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    429.5 GB          | 429.5e9        | B
                    400 GiB           | 429496729600   | B
                    0.43TB            | 0.43e12        | B
                    ~0.43 tb          | 430            | GB
                    3436 Gbit         | 429.5          | GB
                    3436 Gb           | 429.5          | GB
                    400gib            | 400            | GiB
                    819,200 B         | 819200         | B
                    14 G bytes        | 14             | GB
                    55.6 req/s        | 55.6           | request/s
                    55.6 requests per second | 55.6    | request/s
                    55.6 qps          | 55.6           | request/s
                    200k req/h        | 55.5556        | request/s
                    1.2e9 tokens/day  | 13888.9        | token/s
                    1.2B tokens/day   | 1.2e9          | token/day
                    17.4 tok/s per GPU | 17.4          | token/s/GPU
                    50M tokens / h    | 50e6           | token/h
                    380 Mtok/h        | 380e6          | token/h
                    $76,800/day       | 76800          | $/day
                    USD 76_800 per day | 3200          | $/h
                    76.8k $/d         | 76800          | $/day
                    $2.304M           | 2304000        | $
                    $64/1M tokens     | 64             | $/1M tokens
                    $64 per million tokens | 64        | $/1M tokens
                    $64/Mtok          | 64             | $/1M tokens
                    $0.064/1k tokens  | 64             | $/1M tokens
                    $3/GPU-h          | 3              | $/GPU/h
                    4.27 d            | 4.27           | d
                    4 d 6 h           | 102            | h
                    2 min 30 s        | 150            | s
                    7.8ms             | 0.0078         | s
                    32 µs             | 32e-6          | s
                    52 %              | 0.52           |
                    32x               | 32             |
                    42 ZFLOP          | 4.2e22         | FLOP
                    4.2x10^22 FLOP    | 4.2e22         | FLOP
                    312 TFLOPS        | 312            | TFLOP/s
                    312 tflops/s      | 312            | TFLOP/s
                    400 Gbps          | 50             | GB/s
                    26,214 GPU-h      | 26214          | GPU-h
                    26,214 GPU hours  | 26214          | GPU-h
                    16 H100           | 16             | GPU
                    """)
    void reads_what_people_write(String text, double value, String unit) {
        Unit in = unit == null ? Unit.NONE : Unit.of(unit);

        assertThat(Quantity.parse(text).in(in)).isCloseTo(value, within(value * 1e-5));
    }

    @ParameterizedTest(name = "{0}, where {1} is asked for, is {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    50               | GB             | 50 GB
                    50 MB/s          | MB/s/partition | 50 MB/s/partition
                    5000/s           | request/s      | 5,000 requests/s
                    200k/h           | request/h      | 200,000 requests/h
                    7B               | parameter      | 7B parameters
                    7bn parameters   | parameter      | 7B parameters
                    7 B              | B              | 7 B
                    0.6              | %              | 60 %
                    60 %             | %              | 60 %
                    $64              | $/1M tokens    | $64/1M tokens
                    3                | GPU            | 3 GPUs
                    """)
    void is_understood_by_what_is_asked_for(String text, String unit, String meant) {
        Unit expected = Unit.of(unit);

        assertThat(Quantity.parse(text, expected).text(expected)).isEqualTo(meant);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    lots             | does not begin with a number
                    0,43 TB          | the decimal point is a dot
                    5 tokns          | unknown unit 'tokns'
                    1 000 tokens     | cannot be read at '000 tokens'
                    5 GB 3 s         | cannot be read at
                    1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB 1 GB | at most 200 characters
                    64 s             | measures s, but B is asked for; write it like '1 GB'
                    64 GB/s          | measures B/s, but B is asked for
                    64 GB/request    | measures B/request, but B is asked for
                    """)
    void refuses_what_it_cannot_read_and_says_why(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.parse(text, Unit.of("GB")))
                .withMessageContaining(reason);
    }

    @ParameterizedTest(name = "{0} {1} is written {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    429.4967296e9 | B             | 429.5 GB
                    819200        | B/token       | 819,200 B/token
                    15.56e12      | B             | 15.56 TB
                    80            | GB/GPU        | 80 GB/GPU
                    0.02263       | s             | 22.63 ms
                    368676        | s             | 4.267 d
                    2524          | s             | 42.07 min
                    1             | GPU           | 1 GPU
                    14            | GPU           | 14 GPUs
                    305175.8      | token/GPU     | 305,176 tokens/GPU
                    17578125      | chunk         | 17.58M chunks
                    0.053419      | GPU           | 0.05342 GPUs
                    76800         | $/day         | $76,800/day
                    2304000       | $             | $2.304M
                    4.2e22        | FLOP          | 42 ZFLOP
                    26214         | GPU-h         | 26,214 GPU-h
                    13e9          | parameter     | 13B parameters
                    32            | ×             | 32×
                    999999999.99  | token/h       | 1B tokens/h
                    999.96e9      | B             | 1 TB
                    999.94e9      | B             | 999.9 GB
                    """)
    void is_written_for_people(double value, String unit, String text) {
        assertThat(Quantity.of(value, Unit.of(unit)).text(Unit.of(unit))).isEqualTo(text);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(500)
    void reads_back_what_it_writes(long seed) {
        var random = new SplittableRandom(seed);
        List<String> units =
                List.of(
                        "B",
                        "B/token",
                        "FLOP/s",
                        "s",
                        "token/s/GPU",
                        "GPU",
                        "$/1M tokens",
                        "$",
                        "%",
                        "×",
                        "request/min",
                        "GPU-h",
                        "GB/GPU",
                        "parameter",
                        "Gbit/s",
                        "");
        Unit unit = Unit.of(units.get(random.nextInt(units.size())));
        double value = Math.pow(10, random.nextDouble(-3, 14));

        String text = Quantity.of(value, unit).text(unit);

        assertThat(Quantity.parse(text, unit).in(unit))
                .as(text)
                .isCloseTo(value, within(value * 0.001));
    }

    @Test
    void multiplies_and_divides_what_it_measures() {
        Quantity rate = Quantity.parse("5,000 requests/s");
        Quantity demand = rate.times(Quantity.parse("2 GFLOP/request"));
        Quantity gpus = demand.per(Quantity.parse("187.2 TFLOP/s/GPU"));

        assertThat(demand.text(Unit.of("FLOP/s"))).isEqualTo("10 TFLOP/s");
        assertThat(gpus.text(Unit.of("GPU"))).isEqualTo("0.05342 GPUs");
    }

    @Test
    void adds_only_what_measures_the_same() {
        Quantity weights = Quantity.parse("26 GB");

        assertThat(weights.plus(Quantity.parse("4 GiB")).text(Unit.of("B"))).isEqualTo("30.29 GB");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> weights.plus(Quantity.parse("26 s")))
                .withMessage("cannot add s to B");
    }

    @Test
    void shows_bytes_in_binary_too() {
        assertThat(Quantity.parse("400 GiB").binaryText(Unit.of("B"))).isEqualTo("400 GiB");
        assertThat(Quantity.parse("400 GiB/s").binaryText(Unit.of("B/s"))).isEmpty();
    }
}
