package dev.touchstone.features;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What depends on what: event columns, features, models. Built once, asked often.
public final class Lineage {
    private final Map<String, ViewDefinition> views = new HashMap<>();
    private final Map<String, ComputedView> computed = new HashMap<>();

    /// For each `view.feature` the computed ones that use it.
    private final Map<String, List<String>> uses = new HashMap<>();

    /// For each `view.feature` the models that read it.
    private final Map<String, List<Model>> models = new HashMap<>();

    public Lineage(Definitions definitions) {
        definitions.views().forEach(view -> views.put(view.view().name(), view));
        for (ComputedView view : definitions.computed()) {
            computed.put(view.name(), view);
            for (ComputedView.Computed feature : view.features()) {
                for (String input : feature.features()) {
                    uses.computeIfAbsent(input, _ -> new ArrayList<>())
                            .add(view.name() + "." + feature.name());
                }
            }
        }
        for (Model model : definitions.models()) {
            for (String feature : model.features()) {
                models.computeIfAbsent(feature, _ -> new ArrayList<>()).add(model);
            }
        }
    }

    /// What breaks when something goes.
    ///
    /// @param features `view.feature` each
    /// @param owners of those features and models, whom to ask first
    public record Breakage(List<String> features, List<Model> models, List<String> owners) {}

    /// What breaks when a view goes, a feature (`view.feature`), or a column of a view's events
    /// (`view:column`).
    ///
    /// @throws DefinitionException when there is no such thing
    public Breakage breaks(String name) {
        int end = end(name);
        ComputedView formulas = computed.get(name.substring(0, end));
        if (formulas != null) {
            return breaks(formulas, name, end);
        }
        ViewDefinition view = views.get(name.substring(0, end));
        if (view == null) {
            throw new DefinitionException(
                    "no view is called '%s'; %s; name one, or view.feature or view:column"
                            .formatted(
                                    name.substring(0, end),
                                    Names.instead(name.substring(0, end), all())));
        }
        Set<String> features = new LinkedHashSet<>();
        for (int f = 0; f < view.view().features().size(); f++) {
            if (depends(view, f, name.substring(end))) {
                features.add(view.view().name() + "." + view.view().features().get(f).name());
            }
        }
        if (features.isEmpty() && end < name.length()) {
            checkThere(view, name, end);
        }
        List.copyOf(features).forEach(one -> features.addAll(uses.getOrDefault(one, List.of())));
        return breakage(features, view.owner());
    }

    private Breakage breaks(ComputedView view, String name, int end) {
        String part = name.substring(end);
        Set<String> features = new LinkedHashSet<>();
        for (ComputedView.Computed feature : view.features()) {
            boolean depends =
                    part.isEmpty()
                            || part.equals("." + feature.name())
                            || (part.charAt(0) == ':'
                                    && feature.inputs().contains(part.substring(1)));
            if (depends) {
                features.add(view.name() + "." + feature.name());
            }
        }
        if (features.isEmpty()) {
            throw new DefinitionException(
                    "%s is not there; view %s computes %s from %s of the request"
                            .formatted(
                                    name,
                                    view.name(),
                                    names(view.columns()),
                                    names(view.request())));
        }
        return breakage(features, view.owner());
    }

    private Breakage breakage(Set<String> features, String owner) {
        Set<Model> readers = new LinkedHashSet<>();
        Set<String> owners = new TreeSet<>();
        owners.add(owner);
        for (String feature : features) {
            ComputedView formulas = computed.get(feature.substring(0, feature.indexOf('.')));
            if (formulas != null) {
                owners.add(formulas.owner());
            }
            for (Model model : models.getOrDefault(feature, List.of())) {
                readers.add(model);
                owners.add(model.owner());
            }
        }
        return new Breakage(List.copyOf(features), List.copyOf(readers), List.copyOf(owners));
    }

    private List<String> all() {
        return Stream.concat(views.keySet().stream(), computed.keySet().stream()).sorted().toList();
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }

    private static int end(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '.' || name.charAt(i) == ':') {
                return i;
            }
        }
        return name.length();
    }

    /// @param part empty for the whole view, or `.feature`, or `:column`
    private static boolean depends(ViewDefinition view, int feature, String part) {
        if (part.isEmpty()) {
            return true;
        }
        String wanted = part.substring(1);
        if (part.charAt(0) == '.') {
            return view.view().features().get(feature).name().equals(wanted);
        }
        return view.windows()
                .map(source ->
                        source.columns()
                                .get(source.aggregates().get(feature).column())
                                .name()
                                .equals(wanted))
                .orElseGet(() -> view.view().features().get(feature).name().equals(wanted));
    }

    private static void checkThere(ViewDefinition view, String name, int end) {
        List<Column> there =
                name.charAt(end) == '.' ? view.view().features() : view.source().features();
        if (there.stream().noneMatch(column -> column.name().equals(name.substring(end + 1)))) {
            throw new DefinitionException(
                    "%s is not there; view %s has %s"
                            .formatted(name, view.view().name(), names(there)));
        }
    }
}
