package dev.touchstone.features.internal.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.BuildProgress;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A process that is killed while it builds a training set")
class KilledBuildTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void leaves_no_set_and_is_carried_on_by_the_next(@TempDir Path folder) throws Exception {
        inputs(folder).write(900, 1500);
        Path out = folder.resolve("set.parquet");
        for (String stop : new String[] {"merchant, block 2", "account, block 3", "writing"}) {
            try (var builder =
                    JavaProcess.start(
                            JavaProcess.testClassPath(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            Builder.class.getName(),
                            folder.toString(),
                            stop)) {
                builder.awaitLine("stands at %s.*$".formatted(stop), LIMIT);
                builder.kill();
                builder.awaitExit(LIMIT);
            }
            assertThat(out).doesNotExist();
            assertThat(BuildFolder.folder(out)).isDirectoryContaining("glob:**block-0.view-0");
        }
        // All parts are there now: the last process died while it wrote the set.
        assertThat(BuildFolder.folder(out)).isDirectoryContaining("glob:**block-3.view-1");

        build(folder, BuildProgress.UNWATCHED);

        byte[] carriedOn = Files.readAllBytes(out);
        assertThat(BuildFolder.folder(out)).doesNotExist();
        Files.delete(out);
        build(folder, BuildProgress.UNWATCHED);
        assertThat(out).hasBinaryContent(carriedOn);
    }

    private static Inputs inputs(Path folder) {
        return new Inputs(folder, new RandomStreams(1).stream("build"));
    }

    private static void build(Path folder, BuildProgress progress) throws IOException {
        try (var disk = BuildFolder.open(folder.resolve("set.parquet"))) {
            assertThat(inputs(folder).build(disk, progress)).isPresent();
        }
    }

    /// The program that is killed: builds until it comes to a place, says so, and waits there.
    static final class Builder {
        public static void main(String[] arguments) throws IOException {
            build(
                    Path.of(arguments[0]),
                    (doing, _) -> {
                        if (doing.startsWith(arguments[1])) {
                            System.out.println("stands at " + doing);
                            while (true) {
                                Thread.onSpinWait();
                            }
                        }
                        return true;
                    });
        }
    }
}
