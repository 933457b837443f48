package dev.touchstone.capacity.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Dimension;
import dev.touchstone.capacity.Unit;
import dev.touchstone.capacity.drill.Grade.Wrong;
import dev.touchstone.capacity.drill.Template.Ask;
import dev.touchstone.capacity.drill.Template.Mistake;
import dev.touchstone.testkit.Seeds;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The planted answers were worked out by hand from the questions, not by the slips' formulas.
@DisplayName("A wrong answer is traced to its slip:")
class SlipTest {
    /// More than this many candidates tell nobody what went wrong.
    private static final int MAX_CANDIDATES = 3;

    @ParameterizedTest(name = "{0} seed {1}, {2}: {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    D1 | 1  | 39 GPUs           | no spare
                    D1 | 1  | 17                | the utilisation forgotten
                    D1 | 1  | 39.5              | not rounded up
                    D1 | 1  | 38.5 GPUs         | not rounded up, and no spare
                    D1 | 1  | 8                 | multiplied by the utilisation instead of divided
                    D1 | 1  | 78                | a multiply-add counted again
                    D1 | 10 | 33                | no spare
                    D1 | 10 | 14 GPUs           | the utilisation forgotten
                    D1 | 10 | 13                | utilisation and spare forgotten
                    D1 | 8  | 1560 req/s        | the utilisation forgotten
                    D1 | 8  | 2,600 /s          | divided by the utilisation instead of multiplied
                    D1 | 8  | 1872 req/s        | the peak with sparsity
                    D1 | 8  | 0.936 req/s       | a prefix off: a thousand too much or too little
                    D1 | 8  | 936 req/h         | hours and seconds mixed
                    D2 | 0  | 400 GB            | GB for GiB
                    D2 | 0  | 429.5 GiB         | GiB for GB
                    D2 | 0  | 215 GB            | K and V forgotten
                    D2 | 0  | 3.44 TB           | bits for bytes
                    D2 | 0  | 429.5 Gbit        | bits for bytes
                    D2 | 0  | 86 GB             | grouped heads assumed
                    D2 | 0  | 6.71 GB           | one session only
                    D2 | 0  | 52.4 MB           | one token of each session only
                    D2 | 3  | 201 GB            | K and V forgotten
                    D2 | 9  | 1.03 TB           | bytes of a number forgotten
                    D2 | 9  | 32.2 GB           | the length of the vectors forgotten
                    D2 | 2  | 107 GB            | grouping forgotten
                    D2 | 2  | 6.71 GB           | grouped twice
                    D2 | 10 | 10.2 kB           | the layers forgotten
                    D2 | 10 | 12.3 kB           | the heads forgotten
                    D2 | 3  | 375 GB            | GB for GiB
                    D3 | 0  | 2.67              | not rounded up
                    D3 | 10 | 13                | the reserved memory forgotten
                    D3 | 10 | 25                | rounded down
                    D3 | 10 | 205               | bits for bytes
                    D3 | 4  | 3                 | bytes of a number forgotten
                    D3 | 4  | 103 servers       | divided by what is reserved
                    D3 | 4  | 8                 | the reserved memory added
                    D3 | 6  | 12                | the reserved memory forgotten
                    D3 | 7  | 256 GB            | bytes of a number forgotten
                    D3 | 7  | 477 GB            | GB for GiB
                    D3 | 7  | 4 GB              | the length of the rows forgotten
                    D4 | 0  | 40                | the margin forgotten
                    D4 | 0  | 48                | the margin added instead of divided out
                    D4 | 0  | 200               | only the margin used
                    D4 | 0  | 400               | bits for bytes
                    D4 | 0  | 49                | binary prefixes
                    D4 | 0  | 52                | binary and decimal prefixes mixed
                    D4 | 0  | 150 partitions    | copies counted as writes
                    D4 | 3  | 100               | the margin forgotten
                    D4 | 3  | 80                | the margin on the wrong side
                    D4 | 8  | 50                | the margin forgotten
                    D4 | 9  | 129.6 TB          | the copies forgotten
                    D4 | 9  | 353.6 TB          | TB for TiB
                    D4 | 9  | 259 TB            | the original forgotten
                    D5 | 0  | 1.42 days         | the forward pass only
                    D5 | 0  | 1.92 d            | the utilisation forgotten
                    D5 | 0  | 0.71 d            | the 6 forgotten
                    D5 | 0  | 8.44 d            | half the peak
                    D5 | 0  | 2.13 d            | the peak with sparsity, or of 8-bit numbers
                    D5 | 0  | 1092 d            | one GPU only
                    D5 | 0  | 102 d             | days and hours mixed
                    D5 | 10 | 73,000 GPU-h      | the forward pass only
                    D5 | 10 | 856 h             | wall-clock time
                    D6 | 0  | 8.94 GB           | GB for GiB
                    D6 | 0  | 10.4 GB           | ids counted
                    D6 | 0  | 38.4 GB           | four bytes a code
                    D6 | 0  | 307 GB            | the uncompressed size
                    D6 | 12 | 16                | bytes of a number forgotten
                    D6 | 12 | 0.0156            | the wrong way round
                    D6 | 6  | 15.4 GB           | bytes of a number forgotten
                    D6 | 4  | 1536 B            | one centroid of each part
                    D6 | 4  | 12.6 MB           | centroids as long as the vector
                    D7 | 0  | $614,400          | priced per GPU
                    D7 | 0  | $768              | one replica only
                    D7 | 0  | $3,200            | days and hours mixed
                    D7 | 3  | $38,400           | a day instead of a month
                    D7 | 3  | $48,000           | the hours of a day forgotten
                    D7 | 5  | $3.20/1M tokens   | the discount forgotten
                    D7 | 5  | $1.76 per million tokens | the discount paid instead of saved
                    D7 | 5  | $34.56/1M tokens  | dollars of a day over tokens of an hour
                    D7 | 5  | $1.44 per 1k tokens | a prefix off: a thousand too much or too little
                    D8 | 0  | 70 ms             | bits for bytes
                    D8 | 0  | 280 ms            | one way round only
                    D8 | 0  | 143 s             | all GPUs' traffic over one link
                    D8 | 0  | 2.18 ms           | divided by the GPUs
                    D8 | 7  | 2.56 s            | (n − 1) ÷ n forgotten
                    D8 | 7  | 1.28 s            | sent once, as a whole
                    D8 | 8  | 3 GB              | sent once, as a whole
                    D8 | 8  | 378 GB            | the traffic of all GPUs
                    """)
    void planted(String id, long seed, String answer, String slip) {
        Grade grade = Drills.drill(id, seed).grade(answer);

        assertThat(grade).isInstanceOf(Wrong.class);
        assertThat(((Wrong) grade).slips())
                .hasSizeLessThanOrEqualTo(MAX_CANDIDATES)
                .extracting(Slip::name)
                .contains(slip);
    }

    @Test
    void nine_in_ten_of_all_slips_at_all_seeds() {
        int planted = 0;
        int named = 0;
        for (Template template : Templates.ALL) {
            for (long seed = 0; seed < 300; seed++) {
                Drill drill = Drills.drill(template.id(), seed);
                for (Ask ask : template.asks()) {
                    if (!drill.answer().equals(drill.derivation().value(ask.step()))) {
                        continue;
                    }
                    for (Mistake mistake : ask.mistakes()) {
                        if (drill.grade(slipped(drill, mistake)) instanceof Wrong(var slips, _)) {
                            planted++;
                            named +=
                                    slips.size() <= MAX_CANDIDATES
                                                    && slips.stream()
                                                            .anyMatch(slip ->
                                                                    slip.name()
                                                                            .equals(
                                                                                    mistake.slip()
                                                                                            .name()))
                                            ? 1
                                            : 0;
                        }
                    }
                }
            }
        }

        assertThat(planted).isGreaterThan(5_000);
        assertThat((double) named / planted).isGreaterThan(0.9);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(400)
    void never_for_an_answer_that_is_right(long seed) {
        Drill drill = Drills.drill("D" + (1 + seed % 8), seed / 8);
        var random = new SplittableRandom(seed);
        double value =
                drill.answer().in(drill.unit())
                        * (drill.whole() ? 1 : random.nextDouble(0.981, 1.019));

        assertThat(drill.grade(DrillTest.written(value, drill.unit().symbol())))
                .isInstanceOf(Grade.Right.class);
    }

    @Test
    void several_when_they_cannot_be_told_apart() {
        Grade grade = Drills.drill("D2", 0).grade("214.7 GB");

        assertThat(((Wrong) grade).slips())
                .extracting(Slip::name)
                .containsExactly("K and V forgotten", "bytes of a number forgotten");
    }

    @Test
    void with_a_cure() {
        assertThat(allSlips()).allSatisfy(slip -> assertThat(slip.cure()).isNotBlank());
        assertThat(allSlips()).hasSizeGreaterThan(40);
    }

    @Test
    void which_measures_what_the_answer_measures() {
        for (Template template : Templates.ALL) {
            Derivation derivation = Drills.drill(template.id(), 0).derivation();
            for (Ask ask : template.asks()) {
                Dimension asked = derivation.value(ask.step()).dimension();
                assertThat(ask.mistakes())
                        .extracting(Mistake::formula)
                        .allSatisfy(formula ->
                                assertThat(
                                                derivation
                                                        .evaluate(formula)
                                                        .dimension()
                                                        .per(asked)
                                                        .isCount())
                                        .isTrue());
            }
        }
    }

    private static List<Slip> allSlips() {
        return Templates.ALL.stream()
                .flatMap(template -> template.asks().stream())
                .flatMap(ask -> ask.mistakes().stream())
                .map(Mistake::slip)
                .distinct()
                .toList();
    }

    /// The answer of somebody who slips and then rounds to three digits.
    private static String slipped(Drill drill, Mistake mistake) {
        double value = drill.derivation().evaluate(mistake.formula()).base();
        Unit unit = drill.unit();
        double shown = value / unit.factor();
        return drill.whole() && shown == Math.rint(shown)
                ? "%.0f".formatted(shown)
                : "%.3g %s".formatted(shown, unit.symbol());
    }
}
