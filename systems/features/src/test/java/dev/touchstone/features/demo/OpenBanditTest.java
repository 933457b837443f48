package dev.touchstone.features.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A log in which clicks fall at random")
class OpenBanditTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void promises_what_is_not_there_when_it_is_joined_naively() throws IOException {
        var random = new SplittableRandom(1);
        var log = new StringBuilder(",timestamp,item_id,position,click,propensity_score\n");
        long time = Times.parse("2019-11-24T00:00:00Z");
        for (int line = 0; line < 5_000; line++) {
            time += random.nextLong(1, 120_000_000_000L);
            log.append(
                    "%d,%s,%d,1,%d,0.03%n"
                            .formatted(
                                    line,
                                    Times.text(time).replace('T', ' ').replace("Z", "+00:00"),
                                    random.nextInt(34),
                                    random.nextInt(200) == 0 ? 1 : 0));
        }
        Path file = folder.resolve("men.csv");
        Files.writeString(file, log);

        OpenBandit.Report report = OpenBandit.run(file, folder.resolve("demo"));
        assertThat(report.lines()).isEqualTo(5_000);
        assertThat(report.clicks()).isBetween(10, 45);
        assertThat(report.asOf()).isBetween(0.35, 0.65);
        assertThat(report.naive()).isGreaterThan(0.7);
        assertThat(report.inflation()).isGreaterThan(0.1);
    }
}
