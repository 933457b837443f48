package dev.touchstone.app.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.ValidationJson;
import dev.touchstone.app.internal.simulate.ValidationMarkdown;
import dev.touchstone.llm.hardware.validation.ValidationReport;
import dev.touchstone.llm.hardware.validation.ValidationReport.Half;
import dev.touchstone.llm.hardware.validation.ValidationReport.Prediction;
import dev.touchstone.llm.hardware.validation.ValidationReport.Row;
import dev.touchstone.llm.hardware.validation.ValidationReport.Section;
import dev.touchstone.llm.hardware.validation.ValidationReport.Summary;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("touchstone simulate validate")
class SimulateValidateCommandTest {
    private static final ValidationReport REPORT =
            new ValidationReport(
                    List.of(
                            new Section(
                                    "Toys",
                                    "Made up.",
                                    List.of(
                                            new Row(
                                                    "a toy",
                                                    "TPOT",
                                                    "ms",
                                                    Half.HELD_OUT,
                                                    10,
                                                    new Prediction(11, 10.5, 11.5),
                                                    new Prediction(9, 9, 9))),
                                    true,
                                    List.of(new Summary("held out", 1, 0.1, 0.1, 0.1)))));

    @TempDir private Path folder = Path.of("");

    @Test
    void says_where_to_get_the_measurements_when_they_are_not_there() {
        var err = new ByteArrayOutputStream();
        int exit = run(err, "validate", "--data", folder.toString());

        assertThat(exit).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("there is no file " + folder.resolve("llm-hardware/h100-gemm.csv"))
                .contains("docs/validation.md says where to get it");
    }

    @Test
    void asks_for_the_folder_with_the_measurements() {
        var err = new ByteArrayOutputStream();

        assertThat(run(err, "validate")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--data");
    }

    @Test
    void shows_prediction_and_error_beside_each_measurement() {
        assertThat(ValidationMarkdown.of(REPORT))
                .contains("## Toys")
                .contains(
                        "| a toy | TPOT, ms | 10 | 11 (10.5 to 11.5) | +10.0 % | 9 | -10.0 % | held out |")
                .contains("| held out | 1 | +10.0 % | 10.0 % | 10.0 % |");
    }

    @Test
    void replaces_the_tables_in_a_document_and_nothing_else() {
        String once =
                ValidationMarkdown.into(
                        "# Title\n<!-- touchstone simulate validate -->\nold\n<!-- end -->\nTail\n",
                        REPORT);

        assertThat(once).startsWith("# Title\n").endsWith("Tail\n").doesNotContain("old");
        assertThat(ValidationMarkdown.into(once, REPORT)).isEqualTo(once);
    }

    @Test
    void writes_every_row_as_json() {
        Map<?, ?> document =
                Json.read(ValidationJson.text(REPORT).getBytes(StandardCharsets.UTF_8), Map.class);

        assertThat(document.toString())
                .contains("format=touchstone-validation/1")
                .contains("measured=10", "low=10.5", "error=0.1");
    }

    private static int run(ByteArrayOutputStream err, String... arguments) {
        return CommandLineInterface.run(
                Stream.concat(Stream.of("simulate"), Stream.of(arguments)).toArray(String[]::new),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of());
    }
}
