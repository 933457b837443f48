package dev.touchstone.features;

import dev.touchstone.features.internal.audit.Auditor;
import dev.touchstone.features.internal.csv.CsvReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Compares training sets that were built elsewhere with the histories: see [FeatureStore#audit].
record TrainingSetAudit(Definitions definitions, Histories histories) {
    LeakAudit run(
            Path file,
            String timeColumn,
            Map<String, String> columns,
            Consumer<LeakAudit.Leak> leaks)
            throws IOException {
        try (var reader = Files.newBufferedReader(file)) {
            var csv = new CsvReader(reader, file.toString());
            var auditor = new Auditor(csv, timeColumn, leaks);
            Map<String, String> wanted = columns.isEmpty() ? ownNames(csv) : columns;
            for (ViewDefinition definition : definitions.views()) {
                FeatureView view = definition.view();
                var source = new Auditor.Source(view, histories.tables(definition));
                for (Map.Entry<String, String> column : wanted.entrySet()) {
                    Feature feature = feature(column.getValue());
                    if (feature.view().equals(view)) {
                        definition.checkPlain();
                        auditor.compare(column.getKey(), source, feature.position());
                    }
                }
            }
            return auditor.audit();
        }
    }

    /// The columns that are called `view.feature`.
    private Map<String, String> ownNames(CsvReader csv) {
        List<String> all =
                definitions.views().stream()
                        .map(ViewDefinition::view)
                        .flatMap(view ->
                                view.features().stream()
                                        .map(column -> view.name() + "." + column.name()))
                        .toList();
        Map<String, String> own =
                csv.header().stream()
                        .filter(all::contains)
                        .collect(
                                Collectors.toMap(
                                        name -> name,
                                        name -> name,
                                        (a, _) -> a,
                                        LinkedHashMap::new));
        if (own.isEmpty()) {
            throw new IllegalArgumentException(
                    ("%s has no column named view.feature, only %s; say which holds which of %s"
                                    + " with --column NAME=VIEW.FEATURE")
                            .formatted(csv.name(), csv.header(), all));
        }
        return own;
    }

    /// A feature and its place in its view.
    private record Feature(FeatureView view, int position) {}

    /// The feature that is meant by `view.feature`.
    private Feature feature(String name) {
        List<String> names = definitions.names(List.of(name));
        if (names.size() != 1 || !names.contains(name)) {
            throw new DefinitionException("'%s' is no single feature; name one".formatted(name));
        }
        int dot = name.indexOf('.');
        FeatureView view = definitions.view(name.substring(0, dot)).view();
        return new Feature(view, view.position(name.substring(dot + 1)));
    }
}
