package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Runs every case file, and those in the folder that `-Dllm.cases=FOLDER` names.
@DisplayName("The engine's cases")
class CasesTest {
    private static final YAMLMapper MAPPER =
            YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final Path OURS = Path.of("src/test/resources/cases");

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void come_out_as_written(Path file) throws IOException {
        JsonNode tree = MAPPER.readTree(Files.readString(file));
        var settings = new CaseEntry(file.getFileName().toString(), tree);
        assertThat(settings.text("title")).isNotBlank();
        assertThat(settings.text("source")).isNotBlank();
        Consumer<CaseEntry> runner =
                switch (settings.text("case")) {
                    case "cache" -> new CacheCase(settings)::run;
                    case "schedule" -> new ScheduleCase(settings)::run;
                    default ->
                            throw new AssertionError(
                                    file + " is of no known kind: write case: cache or schedule");
                };
        int entries = 0;
        for (JsonNode entry : settings.get("do")) {
            runner.accept(new CaseEntry("%s, entry %d".formatted(file, ++entries), entry));
        }
        assertThat(entries).isPositive();
        settings.close();
    }

    @Test
    void are_there() throws IOException {
        assertThat(files()).hasSizeGreaterThanOrEqualTo(20);
    }

    static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>(yaml(OURS));
        Optional<String> others = Optional.ofNullable(System.getProperty("llm.cases"));
        if (others.isPresent()) {
            files.addAll(yaml(Path.of(others.get())));
        }
        return files;
    }

    private static List<Path> yaml(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }
}
