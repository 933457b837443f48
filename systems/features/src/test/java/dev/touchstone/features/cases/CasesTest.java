package dev.touchstone.features.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.Mode;
import dev.touchstone.features.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs every case file, and those in the folder that `-Dfeatures.cases=FOLDER` names.
@DisplayName("The cases")
class CasesTest {
    private static final Path OURS = Path.of("src/test/resources/cases");

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void agree_with_the_naive_join(Path file) throws IOException {
        FeatureCase one = read(file);
        one.expected()
                .forEach((mode, cells) ->
                        assertThat(NaiveEngine.join(one, mode))
                                .as("%s, %s: %s", file, mode, one.title())
                                .isEqualTo(cells));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void agree_with_the_fast_join(Path file) throws IOException {
        if (read(file) instanceof FeatureCase.AsOf one) {
            one.expected()
                    .forEach((mode, cells) ->
                            assertThat(FastEngine.join(one, mode))
                                    .as("%s, %s: %s", file, mode, one.title())
                                    .isEqualTo(cells));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void agree_with_the_streamed_join(Path file) throws IOException {
        if (read(file) instanceof FeatureCase.AsOf one) {
            one.expected()
                    .forEach((mode, cells) ->
                            assertThat(FastEngine.joinStreamed(one, mode))
                                    .as("%s, %s: %s", file, mode, one.title())
                                    .isEqualTo(cells));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void agree_with_a_history_on_disk(Path file, @TempDir Path folder) throws IOException {
        if (read(file) instanceof FeatureCase.AsOf one) {
            one.expected()
                    .forEach((mode, cells) ->
                            assertThat(
                                            FastEngine.joinFromDisk(
                                                    one, mode, folder.resolve(mode.name())))
                                    .as("%s, %s: %s", file, mode, one.title())
                                    .isEqualTo(cells));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void agree_with_what_is_served_online(Path file) throws IOException {
        FeatureCase one = read(file);
        List<List<Value>> known = one.expected().get(Mode.KNOWN_AT_THE_TIME);
        if (known != null && OnlineEngine.canAnswer(one)) {
            assertThat(OnlineEngine.answer(one)).as("%s: %s", file, one.title()).isEqualTo(known);
        }
    }

    @Test
    void are_at_least_twenty() throws IOException {
        assertThat(files()).hasSizeGreaterThanOrEqualTo(20);
    }

    @Test
    void that_are_malformed_say_where_and_what_to_write() {
        String file =
                """
                case: as-of
                title: t
                timeUnit: s
                views:
                  f: {key: {k: long}, features: {v: long}, rows: [{key: [1], event: noon, values: [1]}]}
                labels: []
                expect: {known-at-the-time: []}
                """;
        assertThatThrownBy(() -> CaseFile.read("bad.yaml", file))
                .hasMessageContaining("bad.yaml.views.f.rows[0].event: write a time")
                .hasMessageContaining("2026-03-01T12:00:00Z");
        assertThatThrownBy(() -> CaseFile.read("bad.yaml", file.replace("features:", "feature:")))
                .hasMessageContaining("bad.yaml.views.f: unknown field 'feature'")
                .hasMessageContaining("features");
        assertThatThrownBy(() -> CaseFile.read("bad.yaml", file.replace("noon", "1.5")))
                .hasMessageContaining("rows[0].event: write a whole number");
        assertThatThrownBy(() -> CaseFile.read("bad.yaml", "case: [as-of"))
                .hasMessageContaining("bad.yaml is no YAML");
    }

    static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>(yaml(OURS));
        Optional<String> more = Optional.ofNullable(System.getProperty("features.cases"));
        if (more.isPresent()) {
            files.addAll(yaml(Path.of(more.get())));
        }
        return files;
    }

    static FeatureCase read(Path file) throws IOException {
        return CaseFile.read(file.getFileName().toString(), Files.readString(file));
    }

    private static List<Path> yaml(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }
}
