package dev.touchstone.features;

import dev.touchstone.features.internal.audit.Auditor;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.expression.Formula;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/// Brings the columns of a set that was built elsewhere together with the histories.
final class TrainingSetAudit {
    private final Definitions definitions;
    private final Histories histories;
    private final Map<String, Auditor.Source> sources = new HashMap<>();

    TrainingSetAudit(Definitions definitions, Histories histories) {
        this.definitions = definitions;
        this.histories = histories;
    }

    /// @param columns `view.feature` for each column that holds one; when empty, the columns that
    ///   are named so
    LeakAudit run(
            CsvReader csv,
            String timeColumn,
            Map<String, String> columns,
            Consumer<LeakAudit.Leak> leaks)
            throws IOException {
        var auditor = new Auditor(csv, timeColumn, leaks);
        for (Map.Entry<String, String> column :
                (columns.isEmpty() ? ownNames(csv) : columns).entrySet()) {
            compare(auditor, column.getKey(), column.getValue());
        }
        return auditor.audit();
    }

    private void compare(Auditor auditor, String column, String feature) throws IOException {
        if (!definitions.names(List.of(feature)).equals(List.of(feature))) {
            throw new DefinitionException("'%s' is no single feature; name one".formatted(feature));
        }
        Optional<ComputedView> formulas = definitions.computed(viewOf(feature));
        if (formulas.isEmpty()) {
            auditor.compare(column, source(feature), position(feature));
            return;
        }
        Formula formula =
                ComputedView.formula(
                        definitions.computedFeature(feature).orElseThrow().text(),
                        formulas.get().request(),
                        definitions.views());
        List<Auditor.Input> inputs = new ArrayList<>();
        for (String input : formula.inputs()) {
            Optional<Column> field =
                    formulas.get().request().stream()
                            .filter(one -> one.name().equals(input))
                            .findFirst();
            inputs.add(
                    field.isPresent()
                            ? new Auditor.Input.Field(field.get())
                            : new Auditor.Input.Feature(source(input), position(input)));
        }
        auditor.compare(column, formula, inputs);
    }

    private Auditor.Source source(String feature) throws IOException {
        String view = viewOf(feature);
        if (!sources.containsKey(view)) {
            ViewDefinition definition = definitions.view(view);
            sources.put(view, new Auditor.Source(definition, histories.tables(definition)));
        }
        return Objects.requireNonNull(sources.get(view));
    }

    private static String viewOf(String feature) {
        return feature.substring(0, feature.indexOf('.'));
    }

    private int position(String feature) {
        return definitions
                .view(viewOf(feature))
                .view()
                .position(feature.substring(feature.indexOf('.') + 1));
    }

    private Map<String, String> ownNames(CsvReader csv) {
        List<String> all = definitions.names();
        Map<String, String> own = new LinkedHashMap<>();
        csv.header().stream().filter(all::contains).forEach(name -> own.put(name, name));
        if (own.isEmpty()) {
            throw new IllegalArgumentException(
                    ("%s has no column named view.feature, only %s; say which holds which of %s"
                                    + " with --column NAME=VIEW.FEATURE")
                            .formatted(csv.name(), csv.header(), all));
        }
        return own;
    }
}
