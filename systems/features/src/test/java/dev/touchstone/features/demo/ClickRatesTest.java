package dev.touchstone.features.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.simulation.RandomStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Click rates of a log")
class ClickRatesTest {
    @TempDir private Path folder = Path.of("");

    private Path log(int impressions, boolean itemsDiffer) throws IOException {
        RandomGenerator random = new RandomStreams(1).stream("clicks");
        List<String> lines = new ArrayList<>(List.of(",timestamp,item_id,position,click"));
        for (int i = 0; i < impressions; i++) {
            int item = random.nextInt(40);
            double rate = itemsDiffer ? item / 100.0 : 0.01;
            lines.add(
                    "%d,2019-11-%02d 00:%02d:%02d.%06d+00:00,%d,1,%d"
                            .formatted(
                                    i,
                                    1 + i * 28 / impressions,
                                    i % 3600 / 60,
                                    i % 60,
                                    i,
                                    item,
                                    random.nextDouble() < rate ? 1 : 0));
        }
        return Files.write(folder.resolve("log.csv"), lines);
    }

    @Test
    void promise_what_is_not_there_when_they_are_taken_at_the_end() throws IOException {
        ClickRates.Report report = ClickRates.measure(log(8000, false));

        // All items are alike: no rate can say anything, and the honest one does not.
        assertThat(report.asOf().area()).isBetween(0.5 - report.asOf().error(), 0.56);
        assertThat(report.naive().area()).isGreaterThan(0.6);
        assertThat(report.inflation()).isGreaterThan(0.08);
        assertThat(report.items()).isEqualTo(40);
    }

    @Test
    void are_honest_where_items_really_differ() throws IOException {
        ClickRates.Report report = ClickRates.measure(log(8000, true));
        assertThat(report.asOf().area()).isGreaterThan(0.65);
        assertThat(report.inflation()).isBetween(0.0, 0.06);
    }

    @Test
    void need_a_click_and_a_time_with_a_zone() throws IOException {
        Path silent =
                Files.writeString(
                        folder.resolve("silent.csv"),
                        "timestamp,item_id,click\n2019-11-24 00:00:00+00:00,1,0\n");
        assertThatThrownBy(() -> ClickRates.measure(silent))
                .hasMessageContaining("has 0 clicks in 1 impressions");
        Path zoneless =
                Files.writeString(
                        folder.resolve("zoneless.csv"),
                        "timestamp,item_id,click\n2019-11-24 00:00:00,1,0\n");
        assertThatThrownBy(() -> ClickRates.measure(zoneless))
                .hasMessageContainingAll("zoneless.csv line 2", "no time with a zone");
    }
}
