package dev.touchstone.features;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
                readers.add(name, "a new view with " + features(view.view().features().size()));
            }
        });
        readers.computed(before, after);
        readers.models(before, after);
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
            different("key", columns(before.view().key()), columns(now.view().key()))
                    .ifPresent(what -> breaking(name, what));
            rule(before.view().rule(), now.view().rule()).forEach(what -> breaking(name, what));
            if (!before.source().features().equals(now.source().features())) {
                columns(name, before, now);
            }
            if (!before.windows().equals(now.windows())) {
                windows(name, before, now);
            }
            Stream.of(
                            different("owner", before.owner(), now.owner()),
                            different("late events", late(before), late(now)),
                            different("source", feed(before), feed(now)),
                            different("freshness", freshness(before), freshness(now)))
                    .flatMap(Optional::stream)
                    .forEach(what -> add(name, what));
        }

        private static List<String> rule(AsOfRule before, AsOfRule now) {
            return Stream.of(
                            different("boundary", boundary(before), boundary(now)),
                            different(
                                    "delay",
                                    Times.spanText(before.delayNanos()),
                                    Times.spanText(now.delayNanos())),
                            different("maxAge", maxAge(before), maxAge(now)),
                            different("staleness", word(before.staleness()), word(now.staleness())))
                    .flatMap(Optional::stream)
                    .toList();
        }

        private static Optional<String> different(String what, String before, String now) {
            return before.equals(now)
                    ? Optional.empty()
                    : Optional.of("its %s was %s and becomes %s".formatted(what, before, now));
        }

        private static String columns(List<Column> columns) {
            return columns.stream()
                    .map(column -> column.name() + ": " + word(column.type()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }

        private static String word(Enum<?> one) {
            return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static String boundary(AsOfRule rule) {
            return switch (rule.boundary()) {
                case AT_OR_BEFORE -> "<=";
                case BEFORE -> "<";
            };
        }

        private static String maxAge(AsOfRule rule) {
            return rule.maxAgeNanos() == AsOfRule.UNBOUNDED
                    ? "any"
                    : Times.spanText(rule.maxAgeNanos());
        }

        private static String late(ViewDefinition view) {
            return "after %s, then %s"
                    .formatted(Times.spanText(view.late().afterNanos()), word(view.late().then()));
        }

        private static String freshness(ViewDefinition view) {
            return "%s, within %s"
                    .formatted(
                            word(view.freshness().tier()),
                            Times.spanText(view.freshness().slaNanos()));
        }

        private static String feed(ViewDefinition view) {
            return view.feed().map(EventSource::text).orElse("none");
        }

        /// A history has the columns it began with, so that any other set of them is breaking.
        private void columns(String name, ViewDefinition before, ViewDefinition now) {
            breaking(
                    name,
                    "its rows had %s and would have %s; give the changed view a new name, move its models, then drop this one"
                            .formatted(
                                    columns(before.source().features()),
                                    columns(now.source().features())));
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
                            "was %s and becomes %s"
                                    .formatted(text(before, feature), text(now, feature)));
                }
            });
            other.keySet().stream()
                    .filter(feature -> !old.containsKey(feature))
                    .forEach(feature -> add(name + "." + feature, "a new feature"));
            if (!id(before).equals(id(now))) {
                breaking(name, "its events are told apart by another column");
            }
        }

        private static String text(ViewDefinition view, String feature) {
            return view.windows().orElseThrow().text(view.view().position(feature));
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
