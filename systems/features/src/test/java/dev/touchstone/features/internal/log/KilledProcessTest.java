package dev.touchstone.features.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Value;
import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A process that is killed while it appends and compacts")
class KilledProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int BATCH = 3;

    @Test
    void leaves_every_acknowledged_row_behind(@TempDir Path folder) throws Exception {
        int acknowledged = 0;
        for (int kill = 0; kill < 9; kill++) {
            acknowledged =
                    JavaProcess.lastNumber(
                            runAndKill(folder, acknowledged + 20 * kill), "acknowledged");
            try (Disk disk = FolderDisk.open(folder);
                    var history = new ViewHistory(disk, ViewHistoryTest.VIEW)) {
                List<FeatureRow> rows = ViewHistoryTest.rows(history);
                assertThat(rows.size()).isGreaterThanOrEqualTo(acknowledged);
                assertThat(rows.size() % BATCH).isZero();
                assertThat(rows).isEqualTo(Writer.rows(0, rows.size()));
            }
        }
        assertThat(acknowledged).isGreaterThan(300);
    }

    private static String runAndKill(Path folder, int rowsBefore) throws Exception {
        try (var writer =
                JavaProcess.start(
                        JavaProcess.testClassPath(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        Writer.class.getName(),
                        folder.toString())) {
            // Rows come in threes, so one of any three numbers in a row is the end of a batch.
            String end =
                    Stream.of(0, 1, 2)
                            .map(i -> "" + (rowsBefore + 90 + i))
                            .collect(Collectors.joining("|"));
            writer.awaitLine("acknowledged (%s)$".formatted(end), LIMIT);
            writer.kill();
            writer.awaitExit(LIMIT);
            return writer.output();
        }
    }

    /// The program that is killed: appends threes of rows for ever, compacts now and then, and says
    /// how many rows are safe.
    static final class Writer {
        public static void main(String[] arguments) throws IOException {
            try (Disk disk = FolderDisk.open(Path.of(arguments[0]));
                    var history = new ViewHistory(disk, ViewHistoryTest.VIEW)) {
                while (true) {
                    int from = (int) history.rowCount();
                    history.append(rows(from, BATCH));
                    System.out.println("acknowledged " + (from + BATCH));
                    if (from / BATCH % 10 == 9) {
                        history.compact();
                    }
                }
            }
        }

        static List<FeatureRow> rows(int from, int count) {
            return Stream.iterate(from, next -> next + 1)
                    .limit(count)
                    .map(next ->
                            new FeatureRow(
                                    new EntityKey(List.of(Value.of(next % 7L), Value.of("bank"))),
                                    next / 2,
                                    next,
                                    next,
                                    List.of(
                                            Value.of((double) next),
                                            Value.of("s" + next % 5),
                                            Value.MISSING)))
                    .toList();
        }
    }
}
