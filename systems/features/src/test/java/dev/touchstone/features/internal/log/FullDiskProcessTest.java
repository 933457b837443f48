package dev.touchstone.features.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The kernel refuses to write past the limit that a shell set for the process, in the middle of a
/// frame or of a segment: what a full disk does, without needing one.
@DisplayName("A process that can write no more")
class FullDiskProcessTest {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final int BATCH = 3;

    @ParameterizedTest(name = "{0} blocks")
    @ValueSource(ints = {5, 9, 40})
    void leaves_every_acknowledged_row_behind(int blocks, @TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(SHELL), "limits are set by a shell");
        String output = run(blocks, folder);

        assertThat(output).containsPattern("refused: .*(File too large|No space)");
        int acknowledged = JavaProcess.lastNumber(output, "acknowledged");
        try (Disk disk = FolderDisk.open(folder);
                var history = new ViewHistory(disk, ViewHistoryTest.VIEW)) {
            List<FeatureRow> rows = ViewHistoryTest.rows(history);
            assertThat(rows).isEqualTo(KilledProcessTest.Writer.rows(0, acknowledged));
            history.append(KilledProcessTest.Writer.rows(acknowledged, BATCH));
            history.compact();
            assertThat(ViewHistoryTest.rows(history)).hasSize(acknowledged + BATCH);
        }
    }

    private static String run(int blocks, Path folder) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                SHELL.toString(),
                                "-c",
                                "ulimit -f \"$0\" && exec \"$@\"",
                                Integer.toString(blocks),
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:-UsePerfData",
                                "-cp",
                                JavaProcess.testClassPath(),
                                Writer.class.getName(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /// Appends threes of rows and compacts now and then, until it is refused.
    static final class Writer {
        public static void main(String[] arguments) throws IOException {
            try (Disk disk = FolderDisk.open(Path.of(arguments[0]));
                    var history = new ViewHistory(disk, ViewHistoryTest.VIEW)) {
                for (int from = 0; true; from += BATCH) {
                    history.append(KilledProcessTest.Writer.rows(from, BATCH));
                    System.out.println("acknowledged " + (from + BATCH));
                    if (from / BATCH % 20 == 19) {
                        history.compact();
                    }
                }
            } catch (IOException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }
}
