package dev.touchstone.features;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What depends on what: event columns, features, models. Built once, asked often.
public final class Lineage {
    private final Map<String, ViewDefinition> views = new HashMap<>();

    /// For each `view.feature` the models that read it.
    private final Map<String, List<Model>> models = new HashMap<>();

    public Lineage(Definitions definitions) {
        definitions.views().forEach(view -> views.put(view.view().name(), view));
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
        ViewDefinition view = views.get(name.substring(0, end));
        if (view == null) {
            throw new DefinitionException(
                    "no view is called '%s'; name a view, view.feature or view:column"
                            .formatted(name.substring(0, end)));
        }
        List<String> features = new ArrayList<>();
        Set<Model> readers = new LinkedHashSet<>();
        Set<String> owners = new TreeSet<>();
        owners.add(view.owner());
        for (int f = 0; f < view.view().features().size(); f++) {
            if (depends(view, f, name.substring(end))) {
                String feature = view.view().name() + "." + view.view().features().get(f).name();
                features.add(feature);
                for (Model model : models.getOrDefault(feature, List.of())) {
                    readers.add(model);
                    owners.add(model.owner());
                }
            }
        }
        if (features.isEmpty() && end < name.length()) {
            checkThere(view, name, end);
        }
        return new Breakage(features, List.copyOf(readers), List.copyOf(owners));
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
                            .formatted(
                                    name,
                                    view.view().name(),
                                    there.stream().map(Column::name).toList()));
        }
    }
}
