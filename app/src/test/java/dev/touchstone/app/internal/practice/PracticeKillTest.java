package dev.touchstone.app.internal.practice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.arena.practice.ChallengeAttempt;
import dev.touchstone.arena.practice.Written;
import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A desk whose process is killed")
class PracticeKillTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void has_everything_that_was_acknowledged(@TempDir Path data) throws Exception {
        int acknowledged = -1;
        for (int round = 1; round <= 3; round++) {
            try (var process = start(data)) {
                for (int i = 0; i < 10 * round; i++) {
                    acknowledged =
                            Integer.parseInt(process.awaitLine("^saved (\\d+)$", LIMIT).group(1));
                }
                process.kill();
            }
            try (var toy = ToyDesk.open(data)) {
                var attempt =
                        (ChallengeAttempt)
                                toy.desk.sitting(Profile.DEFAULT, "toy-0000a1").attempt();
                String text =
                        Optional.ofNullable(attempt.original().get("text/skeleton"))
                                .map(Written::text)
                                .orElse("draft -1");
                // One more may have been written whose answer the kill cut off.
                assertThat(Integer.parseInt(text.substring("draft ".length())))
                        .isGreaterThanOrEqualTo(acknowledged);
            }
        }
    }

    @Test
    void has_its_data_to_itself_while_it_runs(@TempDir Path data) throws Exception {
        try (var process = start(data)) {
            assertThat(process.awaitLine("^attempt (.+)$", LIMIT).group(1)).isEqualTo("toy-0000a1");
            assertThatThrownBy(() -> ToyDesk.open(data))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another Touchstone is using")
                    .hasMessageContaining("--data");
        }
    }

    private static JavaProcess start(Path data) throws IOException {
        return JavaProcess.start(
                JavaProcess.testClassPath(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                PracticeProcess.class.getName(),
                data.toString(),
                Path.of("../arena/src/test/resources/practice").toString());
    }
}
