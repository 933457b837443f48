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
public record DefinitionChange(String name, String what, boolean breaking, List<Model> models) {
    public DefinitionChange {
        models = List.copyOf(models);
    }

    /// Whether it must not be applied.
    public boolean refused() {
        return breaking && !models.isEmpty();
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
                readers.add(
                        name,
                        "a new view with %d features".formatted(view.view().features().size()));
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

    /// Collects changes.
    private record Differ(Lineage lineage, Definitions after, List<DefinitionChange> changes) {
        void add(String name, String what) {
            changes.add(new DefinitionChange(name, what, false, List.of()));
        }

        private void breaking(String name, String what) {
            Lineage.Breakage breakage = lineage.breaks(name);
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
                                .formatted(before.view().key(), now.view().key()));
            }
            if (!before.view().rule().equals(now.view().rule())) {
                breaking(
                        name,
                        "its rule was %s and becomes %s"
                                .formatted(before.view().rule(), now.view().rule()));
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
                add(name, "late events: was %s, becomes %s".formatted(before.late(), now.late()));
            }
            if (!before.feed().equals(now.feed())) {
                add(name, "its source was %s and becomes %s".formatted(feed(before), feed(now)));
            }
            if (!before.freshness().equals(now.freshness())) {
                add(
                        name,
                        "freshness: was %s, becomes %s"
                                .formatted(before.freshness(), now.freshness()));
            }
        }

        private static String feed(ViewDefinition view) {
            return view.feed().map(EventSource::text).orElse("none");
        }

        /// A history has the columns it began with, so that any other set of them is breaking.
        private void columns(String name, ViewDefinition before, ViewDefinition now) {
            breaking(
                    name,
                    "its rows had %s and would have %s; give the changed view a new name, move its models, then drop this one"
                            .formatted(before.source().features(), now.source().features()));
        }

        private void windows(String name, ViewDefinition before, ViewDefinition now) {
            Map<String, Aggregate> old = aggregates(before);
            Map<String, Aggregate> other = aggregates(now);
            old.forEach((feature, aggregate) -> {
                Aggregate becomes = other.get(feature);
                if (becomes == null) {
                    breaking(name + "." + feature, "the feature is dropped");
                } else if (!becomes.equals(aggregate)) {
                    breaking(
                            name + "." + feature,
                            "was %s and becomes %s".formatted(aggregate, becomes));
                }
            });
            other.keySet().stream()
                    .filter(feature -> !old.containsKey(feature))
                    .forEach(feature -> add(name + "." + feature, "a new feature"));
            if (!id(before).equals(id(now))) {
                breaking(name, "its events are told apart by another column");
            }
        }

        private static String id(ViewDefinition view) {
            return view.windows().flatMap(WindowedSource::id).map(id -> "" + id).orElse("");
        }

        private static Map<String, Aggregate> aggregates(ViewDefinition view) {
            Map<String, Aggregate> aggregates = new LinkedHashMap<>();
            view.windows()
                    .ifPresent(source ->
                            source.aggregates().forEach(one -> aggregates.put(one.name(), one)));
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
                add("parity", "was %s, becomes %s".formatted(before.parity(), now.parity()));
            }
            if (!before.retention().equals(now.retention())) {
                add(
                        "served",
                        "was kept as %s, becomes %s"
                                .formatted(before.retention(), now.retention()));
            }
        }

        void models(Definitions before, Definitions now) {
            for (Model model : now.models()) {
                if (!before.models().contains(model)) {
                    add(
                            "model " + model.name(),
                            "reads %d features now".formatted(model.features().size()));
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
