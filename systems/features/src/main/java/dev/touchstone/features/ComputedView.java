package dev.touchstone.features;

import dev.touchstone.features.internal.expression.Formula;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Features that are computed when they are asked for, from what the request brings and from
/// features of other views. It has no rows: online the request's fields come with the question, in
/// a training set they are columns of the labels.
///
/// @param name how features are addressed: `name.feature`
/// @param request what a request brings, with its types
/// @param features at least one
public record ComputedView(
        String name, String owner, List<Column> request, List<Computed> features) {
    public ComputedView {
        request = List.copyOf(request);
        features = List.copyOf(features);
        if (owner.isBlank()) {
            throw new IllegalArgumentException(
                    "view %s needs an owner: a team or a person".formatted(name));
        }
        Set<String> names = new HashSet<>();
        for (Computed feature : features) {
            if (!names.add(feature.name())) {
                throw new IllegalArgumentException(
                        "view %s has two features named %s; rename one"
                                .formatted(name, feature.name()));
            }
        }
        if (features.isEmpty()) {
            throw new IllegalArgumentException(
                    "view %s needs at least one feature".formatted(name));
        }
    }

    /// A feature and the formula behind it.
    ///
    /// @param text the formula as it was written: two are equal when their texts are
    /// @param type of its value
    /// @param inputs fields of the request, and `view.feature`s
    public record Computed(String name, String text, ColumnType type, List<String> inputs) {
        public Computed {
            inputs = List.copyOf(inputs);
        }

        /// The features among the inputs.
        public List<String> features() {
            return inputs.stream().filter(input -> input.contains(".")).toList();
        }
    }

    /// Reads a feature's formula.
    ///
    /// @param views whose features it may use
    /// @throws IllegalArgumentException with the position and the cure
    static Computed computed(
            String name, String text, List<Column> request, List<ViewDefinition> views) {
        Formula formula = formula(text, request, views);
        return new Computed(name, text, formula.type(), formula.inputs());
    }

    /// Reads all formulas of a view.
    ///
    /// @param formulas by the names of the features
    /// @param views whose features they may use
    /// @throws IllegalArgumentException with the position and the cure
    public static ComputedView of(
            String name,
            String owner,
            List<Column> request,
            Map<String, String> formulas,
            List<ViewDefinition> views) {
        List<Computed> features = new ArrayList<>();
        formulas.forEach((feature, text) -> features.add(computed(feature, text, request, views)));
        return new ComputedView(name, owner, request, features);
    }

    static Formula formula(String text, List<Column> request, List<ViewDefinition> views) {
        return Formula.parse(text, name -> type(name, request, views));
    }

    private static Optional<ColumnType> type(
            String name, List<Column> request, List<ViewDefinition> views) {
        List<Column> columns = request;
        int dot = name.indexOf('.');
        if (dot >= 0) {
            columns =
                    views.stream()
                            .filter(view -> view.view().name().equals(name.substring(0, dot)))
                            .findFirst()
                            .map(view -> view.view().features())
                            .orElse(List.of());
        }
        return columns.stream()
                .filter(column -> column.name().equals(name.substring(dot + 1)))
                .map(Column::type)
                .findFirst();
    }

    /// A feature by its name.
    Optional<Computed> feature(String feature) {
        return features.stream().filter(one -> one.name().equals(feature)).findFirst();
    }

    /// The features as columns.
    public List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        features.forEach(feature -> columns.add(new Column(feature.name(), feature.type())));
        return columns;
    }
}
