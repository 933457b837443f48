package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.LeakScreen.ColumnPart;
import dev.touchstone.features.LeakScreen.Sign;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A screen for leaks without a history")
class LeakScreenTest {
    private static final int ROWS = 2000;
    private static final int CLEAN = 60;

    @TempDir private Path folder = Path.of("");

    /// In each file 60 clean columns, some of them good features with an AUC up to 0.9, and one
    /// leak of each kind.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void finds_every_planted_leak_and_flags_no_clean_column(long seed) throws IOException {
        LeakScreen screen = screen(generated(new RandomStreams(seed).stream("screen")));

        assertThat(screen.labels()).isEqualTo(ROWS);
        assertThat(screen.columns())
                .filteredOn(column -> column.name().startsWith("clean"))
                .hasSize(CLEAN)
                .allSatisfy(column -> assertThat(column.signs()).isEmpty());
        assertThat(column(screen, "copy").signs()).containsExactly(new Sign.SameAsLabel());
        assertThat(column(screen, "disputes_later").signs())
                .singleElement()
                .isInstanceOf(Sign.TooGood.class);
        assertThat(column(screen, "outcome_code").signs())
                .singleElement()
                .isInstanceOf(Sign.TooGood.class);
        assertThat(column(screen, "refund_reason").signs())
                .singleElement()
                .isInstanceOf(Sign.OnlyFor.class);
        assertThat(column(screen, "closed_at").signs())
                .singleElement()
                .isInstanceOfSatisfying(
                        Sign.AfterLabel.class,
                        sign -> assertThat(sign.worstNanos()).isEqualTo(86_400_000_000_000L));
        assertThat(screen.suspects()).isEqualTo(5);
    }

    /// Files of other sizes and shares of positives, with kinds of columns that are hard to tell:
    /// of 6,000 clean ones at most 0.2 % may be flagged, of 800 planted leaks 95 % must be found.
    @Test
    void keeps_its_promise_over_a_hundred_files_of_all_shapes() throws IOException {
        int clean = 0;
        int flagged = 0;
        int leaks = 0;
        int found = 0;
        for (int seed = 0; seed < 100; seed++) {
            var file = new ScreenedFile(new RandomStreams(seed).stream("shapes"));
            for (ColumnPart column : screen(file.lines()).columns()) {
                boolean seen = !column.signs().isEmpty();
                if (column.name().startsWith("clean")) {
                    clean++;
                    flagged += seen ? 1 : 0;
                } else if (column.name().startsWith("leak")) {
                    leaks++;
                    found += seen ? 1 : 0;
                }
            }
        }
        assertThat(clean).isEqualTo(6_000);
        assertThat(leaks).isEqualTo(800);
        assertThat(flagged).isLessThanOrEqualTo(clean / 500);
        assertThat(found).isGreaterThanOrEqualTo(leaks * 95 / 100);
    }

    private static ColumnPart column(LeakScreen screen, String name) {
        return screen.columns().stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private LeakScreen screen(List<String> lines) throws IOException {
        return LeakScreen.of(Files.write(folder.resolve("set.csv"), lines), "fraud", "time", 0.95);
    }

    private static List<String> generated(RandomGenerator random) {
        var header =
                new StringBuilder(
                        "id,time,fraud,copy,disputes_later,outcome_code,refund_reason,closed_at");
        for (int c = 0; c < CLEAN; c++) {
            header.append(",clean").append(c);
        }
        List<String> lines = new ArrayList<>(List.of(header.toString()));
        for (int i = 0; i < ROWS; i++) {
            boolean fraud = random.nextInt(10) == 0;
            var line = new StringBuilder();
            line.append(i).append(",2026-01-02T00:00:00Z,").append(fraud ? 1 : 0);
            line.append(fraud ? ",yes" : ",no");
            line.append(',').append(fraud ? 3 + random.nextInt(5) : random.nextInt(4));
            line.append(fraud ? ",code" + random.nextInt(3) : ",code" + (3 + random.nextInt(4)));
            line.append(fraud && random.nextInt(10) > 0 ? ",chargeback" : ",");
            line.append(i % 7 == 0 ? ",2026-01-03T00:00:00Z" : ",2026-01-01T00:00:00Z");
            for (int c = 0; c < CLEAN; c++) {
                line.append(',').append(clean(random, c, fraud));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static String clean(RandomGenerator random, int column, boolean fraud) {
        return switch (column % 4) {
            // A good feature: 1.8 standard deviations apart is an AUC of 0.90.
            case 0 ->
                    String.format(
                            Locale.ROOT,
                            "%.4f",
                            random.nextGaussian() + (fraud ? 1.8 * column / CLEAN : 0));
            case 1 -> random.nextInt(5) == 0 ? "" : Integer.toString(random.nextInt(100));
            case 2 -> "user" + random.nextInt(1_000_000); // a name that hardly ever comes again
            default -> "city" + random.nextInt(20);
        };
    }

    @Test
    void refuses_an_outcome_that_is_none() {
        assertThatThrownBy(() -> screen(List.of("time,fraud,x", ",maybe,1")))
                .hasMessageContainingAll("set.csv line 2, column fraud", "write 0 or 1", "'maybe'");
        assertThatThrownBy(() -> screen(List.of("time,x", ",1")))
                .hasMessageContaining("has no column 'fraud'");
    }

    @Test
    void says_nothing_about_columns_with_too_few_rows() throws IOException {
        List<String> lines = new ArrayList<>(List.of("fraud,x"));
        for (int i = 0; i < 40; i++) {
            lines.add(i % 2 + "," + i % 2);
        }
        assertThat(screen(lines).columns().getFirst().auc()).isNaN();
    }
}
