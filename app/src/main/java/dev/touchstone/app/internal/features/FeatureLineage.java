package dev.touchstone.app.internal.features;

import dev.touchstone.features.Column;
import dev.touchstone.features.ComputedView;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EventSource;
import dev.touchstone.features.Model;
import dev.touchstone.features.ViewDefinition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What comes from what: for each view what it is made of, and for each of its features who uses
/// it.
public record FeatureLineage(List<View> views) {
    /// A view.
    ///
    /// @param from its rows' columns, its events' columns, or what a request brings
    /// @param source where rows come from by themselves; empty when they are pushed
    /// @param uses features of other views that it is computed from
    public record View(
            String name,
            String owner,
            String from,
            String source,
            List<String> uses,
            List<Feature> features) {}

    /// A feature.
    ///
    /// @param readBy models
    /// @param usedBy features that are computed from it
    public record Feature(String name, List<String> readBy, List<String> usedBy) {}

    public static FeatureLineage of(Definitions definitions) {
        List<View> views = new ArrayList<>();
        for (ViewDefinition view : definitions.views()) {
            String kind = view.windows().isPresent() ? "events: " : "rows: ";
            views.add(
                    new View(
                            view.view().name(),
                            view.owner(),
                            kind + names(view.source().features()),
                            view.feed().map(EventSource::text).orElse(""),
                            List.of(),
                            features(definitions, view.view().name(), view.view().features())));
        }
        for (ComputedView view : definitions.computed()) {
            Set<String> uses = new LinkedHashSet<>();
            view.features().forEach(feature -> uses.addAll(feature.features()));
            views.add(
                    new View(
                            view.name(),
                            view.owner(),
                            "request: " + names(view.request()),
                            "",
                            List.copyOf(uses),
                            features(definitions, view.name(), view.columns())));
        }
        return new FeatureLineage(views);
    }

    private static String names(List<Column> columns) {
        return String.join(", ", columns.stream().map(Column::name).toList());
    }

    private static List<Feature> features(
            Definitions definitions, String view, List<Column> columns) {
        List<Feature> features = new ArrayList<>();
        for (Column column : columns) {
            String name = view + "." + column.name();
            List<String> readBy =
                    definitions.models().stream()
                            .filter(model -> model.features().contains(name))
                            .map(Model::name)
                            .toList();
            List<String> usedBy = new ArrayList<>();
            for (ComputedView computed : definitions.computed()) {
                computed.features().stream()
                        .filter(one -> one.features().contains(name))
                        .forEach(one -> usedBy.add(computed.name() + "." + one.name()));
            }
            features.add(new Feature(column.name(), readBy, usedBy));
        }
        return features;
    }
}
