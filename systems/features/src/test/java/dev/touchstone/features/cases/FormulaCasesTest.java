package dev.touchstone.features.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.csv.Cells;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every case of formulas through a store and its training sets, from CSV to CSV.
@DisplayName("The cases of formulas")
class FormulaCasesTest {
    private static final Path CASES = Path.of("src/test/resources/cases/formulas");

    @TempDir private Path folder = Path.of("");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void agree_with_what_the_store_builds(Path file) throws IOException {
        FormulaCase one = CaseFile.readFormulas(file.toString(), Files.readString(file));
        Path labels = Files.write(folder.resolve("labels.csv"), labels(one));
        try (var store = FeatureStore.open(folder.resolve("store"), one.definitions())) {
            for (FeatureCase.History history : one.views()) {
                store.append(history.view().name(), history.rows());
            }
            for (Mode mode : one.expectation().expected().keySet()) {
                Path set = folder.resolve(mode + ".csv");
                store.buildTrainingSet(
                        new TrainingSetRequest(List.of(FormulaCase.VIEW + ".*"), "time", mode),
                        labels,
                        set,
                        BuildProgress.UNWATCHED);
                assertThat(cells(one, set))
                        .as("%s, %s: %s", file, mode, one.title())
                        .isEqualTo(one.expectation().expected().get(mode));
            }
        }
    }

    private static List<String> labels(FormulaCase one) throws IOException {
        Set<Column> columns = new LinkedHashSet<>();
        columns.add(new Column("time", ColumnType.TIMESTAMP));
        one.views().forEach(history -> columns.addAll(history.view().key()));
        columns.addAll(one.computed().request());
        List<String> lines = new ArrayList<>();
        lines.add(String.join(",", columns.stream().map(Column::name).toList()));
        for (CaseLabel label : one.expectation().labels()) {
            List<String> cells = new ArrayList<>();
            for (Column column : columns) {
                Value value =
                        column.name().equals("time")
                                ? label.time()
                                : label.columns().getOrDefault(column.name(), Value.MISSING);
                cells.add(text(value, column.type()));
            }
            lines.add(String.join(",", cells));
        }
        return lines;
    }

    private static String text(Value value, ColumnType type) {
        return switch (value) {
            case Value.Missing _ -> "";
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(long whole) ->
                    type == ColumnType.TIMESTAMP ? Times.text(whole) : Long.toString(whole);
            case Value.Text(String text) -> text;
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
        };
    }

    private static List<List<Value>> cells(FormulaCase one, Path set) throws IOException {
        List<List<Value>> cells = new ArrayList<>();
        try (var reader = Files.newBufferedReader(set)) {
            var csv = new CsvReader(reader, set.toString());
            for (Optional<CsvRecord> line = csv.next(); line.isPresent(); line = csv.next()) {
                List<Value> values = new ArrayList<>();
                for (Column column : one.computed().columns()) {
                    int at = csv.column(FormulaCase.VIEW + "." + column.name());
                    values.add(Cells.read(csv, line.get(), at, column));
                }
                cells.add(values);
            }
        }
        return cells;
    }

    @Test
    void that_are_malformed_say_where_and_what_to_write() {
        String file =
                """
                case: formula
                title: t
                views: {v: {key: {k: long}, features: {x: long}, rows: []}}
                request: {}
                formulas: {f: v.y + 1}
                labels: []
                expect: {known-at-the-time: []}
                """;
        assertThatThrownBy(() -> CaseFile.readFormulas("bad.yaml", file))
                .hasMessageContaining("bad.yaml.formulas: ")
                .hasMessageContaining("v.y");
        assertThatThrownBy(
                        () -> CaseFile.readFormulas("bad.yaml", file.replace("formula\n", "x\n")))
                .hasMessageContaining("bad.yaml.case: write formula");
    }
}
