package dev.touchstone.features;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One difference between two sets of definitions.
///
/// @param name a view, `view.feature`, or `model NAME`
/// @param what in words
/// @param breaking whether whoever reads it would get something else than before, or nothing
/// @param models that read it after the change as before: they keep a breaking change from being
///   applied
/// @param unreadable whether rows that are in the store could not be read after it; then it is not
///   applied either
public record DefinitionChange(
        String name, String what, boolean breaking, List<Model> models, boolean unreadable) {
    public DefinitionChange {
        models = List.copyOf(models);
    }

    /// A change that no rows stand in the way of.
    DefinitionChange(String name, String what, boolean breaking, List<Model> models) {
        this(name, what, breaking, models, false);
    }

    /// Whether it must not be applied.
    public boolean refused() {
        return unreadable || (breaking && !models.isEmpty());
    }

    /// What changes from one set to another, in the order of the definitions.
    public static List<DefinitionChange> between(Definitions before, Definitions after) {
        List<DefinitionChange> changes = new ArrayList<>();
        Map<String, ViewDefinition> old = byName(before);
        Map<String, ViewDefinition> now = byName(after);
        // Who reads a feature after the change counts, of those who read it before.
        var readers = new Differ(new Lineage(before), after, changes);
        old.forEach((name, view) -> {
            ViewDefinition other = now.get(name);
            if (other == null) {
                readers.breaking(view, "the view is dropped");
            } else {
                readers.view(view, other);
            }
        });
        now.forEach((name, view) -> {
            if (!old.containsKey(name)) {
                readers.add(name, "a new view with " + features(view.view().features().size()));
            }
        });
        readers.computed(before, after);
        readers.models(before, after);
        readers.serving(before.serving(), after.serving());
        return changes;
    }

    private static Map<String, ViewDefinition> byName(Definitions definitions) {
        Map<String, ViewDefinition> views = new LinkedHashMap<>();
        definitions.views().forEach(view -> views.put(view.view().name(), view));
        return views;
    }

    private static String features(int many) {
        return many == 1 ? "1 feature" : "%,d features".formatted(many);
    }

    /// Collects changes.
    private record Differ(Lineage lineage, Definitions after, List<DefinitionChange> changes) {
        void add(String name, String what) {
            changes.add(new DefinitionChange(name, what, false, List.of()));
        }

        private void breaking(String name, String what) {
            breaking(name, name, what);
        }

        /// @param lost what those who depend on it would lose: see [Lineage#breaks]
        private void breaking(String lost, String name, String what) {
            Lineage.Breakage breakage = lineage.breaks(lost);
            List<Model> models =
                    breakage.models().stream()
                            .filter(model ->
                                    after.models().stream()
                                            .anyMatch(other ->
                                                    other.name().equals(model.name())
                                                            && reads(other, breakage)))
                            .toList();
            changes.add(new DefinitionChange(name, what, true, models));
        }

        private static boolean reads(Model model, Lineage.Breakage breakage) {
            return model.features().stream().anyMatch(breakage.features()::contains);
        }

        void breaking(ViewDefinition view, String what) {
            breaking(view.view().name(), what);
        }

        void view(ViewDefinition before, ViewDefinition now) {
            String name = before.view().name();
            if (!before.view().key().equals(now.view().key())) {
                breaking(
                        name,
                        "its key was %s and becomes %s"
                                .formatted(
                                        DefinitionText.of(before.view().key()),
                                        DefinitionText.of(now.view().key())));
            }
            if (!before.view().rule().equals(now.view().rule())) {
                breaking(
                        name,
                        "its rule was %s and becomes %s"
                                .formatted(
                                        DefinitionText.of(before.view().rule()),
                                        DefinitionText.of(now.view().rule())));
            }
            if (!before.source().features().equals(now.source().features())) {
                columns(name, before, now);
            }
            if (!before.windows().equals(now.windows())) {
                windows(name, before, now);
            }
            if (!before.owner().equals(now.owner())) {
                add(name, "its owner was %s and becomes %s".formatted(before.owner(), now.owner()));
            }
            if (!before.late().equals(now.late())) {
                add(
                        name,
                        "late events: was %s, becomes %s"
                                .formatted(
                                        DefinitionText.of(before.late()),
                                        DefinitionText.of(now.late())));
            }
            if (!before.feed().equals(now.feed())) {
                add(name, "its source was %s and becomes %s".formatted(feed(before), feed(now)));
            }
            if (!before.freshness().equals(now.freshness())) {
                add(
                        name,
                        "freshness: was %s, becomes %s"
                                .formatted(
                                        DefinitionText.of(before.freshness()),
                                        DefinitionText.of(now.freshness())));
            }
        }

        private static String feed(ViewDefinition view) {
            return view.feed().map(EventSource::text).orElse("none");
        }

        /// Rows are read by the names of their columns.
        private void columns(String name, ViewDefinition before, ViewDefinition now) {
            Map<String, ColumnType> old = types(before);
            Map<String, ColumnType> other = types(now);
            old.forEach((column, type) -> {
                ColumnType becomes = other.get(column);
                if (becomes == null) {
                    lost(name, column, before);
                } else if (becomes != type) {
                    breaking(
                            name + ":" + column,
                            name + "." + column,
                            "was %s and becomes %s"
                                    .formatted(
                                            DefinitionText.of(type), DefinitionText.of(becomes)));
                }
            });
            other.forEach((column, type) -> {
                if (!old.containsKey(column)) {
                    add(
                            name + "." + column,
                            "a new column, %s; rows from before have none"
                                    .formatted(DefinitionText.of(type)));
                }
            });
            if (old.equals(other)) {
                add(name, "its columns stand in another order, which changes no answer");
            }
        }

        private void lost(String name, String column, ViewDefinition before) {
            String what =
                    "is dropped; its values are left out from now on, and gone for good when the view is compacted. A column that is renamed begins empty";
            if (before.windows().isEmpty()) {
                breaking(name + "." + column, what);
            } else { // who reads features of it hears so of those
                add(name + "." + column, what);
            }
        }

        private static Map<String, ColumnType> types(ViewDefinition view) {
            Map<String, ColumnType> types = new LinkedHashMap<>();
            view.source().features().forEach(column -> types.put(column.name(), column.type()));
            return types;
        }

        private void windows(String name, ViewDefinition before, ViewDefinition now) {
            Map<String, String> old = aggregates(before);
            Map<String, String> other = aggregates(now);
            old.forEach((feature, aggregate) -> {
                String becomes = other.get(feature);
                if (becomes == null) {
                    breaking(name + "." + feature, "the feature is dropped");
                } else if (!becomes.equals(aggregate)) {
                    breaking(
                            name + "." + feature,
                            "was %s and becomes %s".formatted(aggregate, becomes));
                }
            });
            other.forEach((feature, aggregate) -> {
                if (!old.containsKey(feature)) {
                    add(name + "." + feature, "a new feature: " + aggregate);
                }
            });
            if (!List.copyOf(old.keySet()).equals(List.copyOf(other.keySet()))
                    && old.equals(other)) {
                add(name, "its features stand in another order, which changes no answer");
            }
            if (!id(before).equals(id(now))) {
                breaking(
                        name,
                        "its events were told apart by %s and would be by %s"
                                .formatted(id(before), id(now)));
            }
        }

        /// By name, for a column may have changed its place.
        private static String id(ViewDefinition view) {
            return view.windows()
                    .flatMap(WindowedSource::id)
                    .map(id -> view.source().features().get(id).name())
                    .orElse("nothing");
        }

        private static Map<String, String> aggregates(ViewDefinition view) {
            Map<String, String> aggregates = new LinkedHashMap<>();
            view.windows()
                    .ifPresent(source ->
                            source.aggregates()
                                    .forEach(one ->
                                            aggregates.put(
                                                    one.name(), DefinitionText.of(one, source))));
            return aggregates;
        }

        void computed(Definitions before, Definitions now) {
            Map<String, ComputedView.Computed> old = formulas(before);
            Map<String, ComputedView.Computed> other = formulas(now);
            old.forEach((name, feature) -> {
                ComputedView.Computed becomes = other.get(name);
                if (becomes == null) {
                    breaking(name, "the feature is dropped");
                } else if (!becomes.equals(feature)) {
                    breaking(
                            name,
                            "was %s and becomes %s".formatted(feature.text(), becomes.text()));
                }
            });
            other.keySet().stream()
                    .filter(name -> !old.containsKey(name))
                    .forEach(name -> add(name, "a new feature"));
        }

        private static Map<String, ComputedView.Computed> formulas(Definitions definitions) {
            Map<String, ComputedView.Computed> formulas = new LinkedHashMap<>();
            for (ComputedView view : definitions.computed()) {
                view.features().forEach(one -> formulas.put(view.name() + "." + one.name(), one));
            }
            return formulas;
        }

        void serving(Serving before, Serving now) {
            if (!before.parity().equals(now.parity())) {
                add(
                        "parity",
                        "was %s, becomes %s"
                                .formatted(
                                        DefinitionText.of(before.parity()),
                                        DefinitionText.of(now.parity())));
            }
            if (!before.retention().equals(now.retention())) {
                add(
                        "served",
                        "was kept as %s, becomes %s"
                                .formatted(
                                        DefinitionText.of(before.retention()),
                                        DefinitionText.of(now.retention())));
            }
        }

        void models(Definitions before, Definitions now) {
            for (Model model : now.models()) {
                if (!before.models().contains(model)) {
                    add(
                            "model " + model.name(),
                            "reads %s now".formatted(features(model.features().size())));
                }
            }
            for (Model model : before.models()) {
                if (now.models().stream().noneMatch(one -> one.name().equals(model.name()))) {
                    add("model " + model.name(), "reads nothing any more");
                }
            }
        }
    }
}
