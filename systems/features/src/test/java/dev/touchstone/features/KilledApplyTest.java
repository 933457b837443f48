package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A process that is killed while it applies definitions")
class KilledApplyTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KILLS = 6;

    @Test
    void leaves_the_version_before_or_the_new_one_as_a_whole(@TempDir Path folder)
            throws Exception {
        int version = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int acknowledged = runAndKill(folder, version + 5 + 3 * kill);
            try (var registry = Registry.open(folder)) {
                Registry.Applied current = registry.current().orElseThrow();
                assertThat(current.version()).isBetween(acknowledged, acknowledged + 1);
                assertThat(registry.all()).hasSize(current.version());
                assertThat(current.definitions())
                        .isEqualTo(
                                Definitions.read("a.yaml", Applier.definitions(current.version())));
                version = current.version();
            }
        }
    }

    /// @param enough versions after which it is killed, at whatever it does then
    /// @return the last version that was acknowledged
    private static int runAndKill(Path folder, int enough) throws Exception {
        try (var applier =
                JavaProcess.start(
                        JavaProcess.testClassPath(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        Applier.class.getName(),
                        folder.toString())) {
            applier.awaitLine("applied %d$".formatted(enough), LIMIT);
            applier.kill();
            applier.awaitExit(LIMIT);
            return JavaProcess.lastNumber(applier.output(), "applied");
        }
    }

    /// The program that is killed: applies one version after another, each with a view more.
    static final class Applier {
        public static void main(String[] arguments) throws IOException {
            try (var registry = Registry.open(Path.of(arguments[0]))) {
                while (true) {
                    int next = registry.current().map(Registry.Applied::version).orElse(0) + 1;
                    registry.apply("a.yaml", definitions(next), next);
                    System.out.println("applied " + next);
                }
            }
        }

        static String definitions(int version) {
            return IntStream.rangeClosed(1, 1 + version % 40)
                    .mapToObj(view ->
                            "  v%d: {owner: team-%d, key: {k: long}, features: {x: double}}%n"
                                    .formatted(view, version))
                    .collect(Collectors.joining("", "views:\n", ""));
        }
    }
}
