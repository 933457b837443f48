package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.features.Column;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// How a list of features is read and answered: made once for each list, because callers ask for
/// the same again and again.
///
/// @param shown what the features are called in the answer
/// @param columns what a request may name among its entities: key columns of any view, and what
///   computed features take
record ReadPlan(OnlineReader reader, Set<String> shown, Set<String> columns) {
    /// @throws Problem 404 when there is no such feature, 400 when two are named alike
    static ReadPlan of(ReadRequest.Wanted wanted, Definitions definitions, OnlineStore online) {
        List<String> names = wanted.names(definitions);
        Set<String> shown = new LinkedHashSet<>();
        for (String name : names) {
            if (!shown.add(wanted.shown(name))) {
                throw alike(wanted.shown(name));
            }
        }
        Set<String> columns = new TreeSet<>();
        definitions.views().forEach(view -> add(view.view().key(), columns));
        definitions.computed().forEach(view -> add(view.request(), columns));
        return new ReadPlan(online.reader(new ArrayList<>(names)), shown, columns);
    }

    private static void add(List<Column> columns, Set<String> names) {
        columns.forEach(column -> names.add(column.name()));
    }

    /// @throws Problem 400 when an entity's column is unknown, or named as a feature is
    void check(ReadRequest request) {
        for (String column : request.entities().keySet()) {
            if (!columns.contains(column)) {
                throw Problem.badField(
                        "entities." + column,
                        "no view is kept by it and no feature is computed from it; there are %s"
                                .formatted(columns));
            }
            if (shown.contains(column)) {
                throw alike(column);
            }
        }
    }

    private static Problem alike(String name) {
        return Problem.badField(
                "features", "two are named %s; send \"full_feature_names\": true".formatted(name));
    }
}
