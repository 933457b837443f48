package dev.touchstone.features.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A folder that a process holds")
class FolderDiskTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir private Path folder = Path.of("");

    @Test
    void stays_its_own_when_it_opens_the_folder_again() throws Exception {
        try (Disk _ = FolderDisk.open(folder)) {
            assertThatThrownBy(() -> FolderDisk.open(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is open already; close it first");
            Path byAnotherName = folder.resolve("..").resolve(folder.getFileName());
            assertThatThrownBy(() -> FolderDisk.open(byAnotherName))
                    .hasMessageContaining("is open already");
            assertThat(openedElsewhere())
                    .contains("is in use by process " + ProcessHandle.current().pid());
        }
        assertThat(openedElsewhere()).contains("opened");
    }

    private String openedElsewhere() throws Exception {
        try (var other =
                JavaProcess.start(
                        JavaProcess.testClassPath(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        Opener.class.getName(),
                        folder.toString())) {
            other.awaitExit(LIMIT);
            return other.output();
        }
    }

    /// Another process, which opens the folder and says what came of it.
    static final class Opener {
        public static void main(String[] arguments) {
            try (Disk _ = FolderDisk.open(Path.of(arguments[0]))) {
                System.out.println("opened");
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void can_be_opened_again_once_it_was_closed_or_could_not_be_opened() throws IOException {
        Path lock = Files.createDirectory(folder.resolve("lock"));
        assertThatThrownBy(() -> FolderDisk.open(folder)).isInstanceOf(IOException.class);
        Files.delete(lock);
        Disk first = FolderDisk.open(folder);
        first.close();
        try (Disk _ = FolderDisk.open(folder)) {
            first.close();
            assertThatThrownBy(() -> FolderDisk.open(folder))
                    .hasMessageContaining("is open already");
        }
    }
}
