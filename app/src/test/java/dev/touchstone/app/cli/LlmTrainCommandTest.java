package dev.touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.Main;
import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("touchstone llm train")
class LlmTrainCommandTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir private Path folder = Path.of("");

    @Test
    void goes_on_where_it_was_when_it_was_killed() throws Exception {
        Path model = folder.resolve("model.gguf");
        try (JavaProcess killed = train("--out=" + model, "--steps=50", "--every=2")) {
            killed.awaitLine("3,213,568 weights; 50 steps of 2,048 tokens; seed 1", LIMIT);
            killed.awaitLine("step +4 of 50", LIMIT); // so the checkpoint of step 2 is written
            killed.kill();
        }
        assertThat(model).doesNotExist();
        try (JavaProcess resumed = train("--out=" + model, "--steps=50", "--every=2")) {
            String step = resumed.awaitLine("Goes on from step (\\d+)", LIMIT).group(1);
            assertThat(step).isIn("2", "4", "6");
            resumed.awaitLine("step +%d of 50".formatted(Integer.parseInt(step) + 2), LIMIT);
        }
        try (JavaProcess other = train("--out=" + model, "--steps=60")) {
            assertThat(other.awaitExit(LIMIT)).isEqualTo(1);
            assertThat(other.output()).contains("of a training with other steps, seed or text");
        }
    }

    @Test
    void says_what_is_wrong_before_it_begins() throws Exception {
        assertThat(refusal("--out=" + folder)).contains("must name a file in a folder");
        assertThat(refusal("--out=" + folder.resolve("no/model.gguf")))
                .contains("must name a file");
        assertThat(refusal("--out=" + folder.resolve("m"), "--steps=0"))
                .contains("at least 1 step");
        assertThat(refusal("--out=" + folder.resolve("m"), "--every=0")).contains("--every");
        assertThat(folder).isEmptyDirectory();
    }

    private String refusal(String... options) throws Exception {
        try (JavaProcess process = train(options)) {
            assertThat(process.awaitExit(LIMIT)).isEqualTo(2);
            return process.output();
        }
    }

    private static JavaProcess train(String... options) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-XX:+UseSerialGC",
                                Main.class.getName(),
                                "llm",
                                "train"));
        command.addAll(List.of(options));
        return JavaProcess.start(JavaProcess.testClassPath(), command.toArray(String[]::new));
    }
}
