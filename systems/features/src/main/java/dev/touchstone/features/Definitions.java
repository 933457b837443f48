package dev.touchstone.features;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The views of a store, as written in a file under version control.
///
/// ```yaml
/// views:
///   account:
///     owner: payments-risk
///     key: {account: text}
///     features: {balance: double, status: text}
///     boundary: "<="        # or "<"; whether a row may happen at the label's moment
///     delay: 0s             # from available to served
///     maxAge: 7d            # oldest that is served; left out: any age
///     staleness: event      # or availability: what age is counted from
///   card:
///     owner: payments-risk
///     key: {card: text}
///     events: {payment: text, amount: double}   # what an event carries
///     id: payment           # an event that comes again replaces the first; left out: all count
///     features:
///       paid_1h: {sum: amount, window: 1h}
///       payments_7d: {count: amount, window: 7d, hop: 1h}   # its start is rounded down to the hop
///     late: {after: 10m, then: restate}         # or drop, or restate-and-keep
///     tier: streaming       # or micro-batch, or daily
///     sla: 1s               # from an event until it is served; left out: as usual for the tier
///     source: {kafka: {bootstrap: "localhost:9092", topic: payments}}   # or {folder: PATH}
///   check:
///     owner: payments-risk
///     request: {amount: double}                 # what a request brings
///     features:
///       to_usual: {value: "amount / card.paid_1h"}   # computed when it is asked for
/// models:
///   fraud-v3: {owner: payments-risk, features: [account.balance, card.*]}
/// parity: {sample: 0.01, after: 1m, every: 15s, alarm: 0.999, over: 10m}   # left out: so
/// served: {keep: 90d, size: 10 GB}                # what was served; left out: kept for good
/// ```
///
/// @param computed views whose features are computed when they are asked for
/// @param models who reads which features
/// @param serving how all of it is served
public record Definitions(
        List<ViewDefinition> views,
        List<ComputedView> computed,
        List<Model> models,
        Serving serving) {
    private static final String ALL = "*";

    public Definitions {
        views = List.copyOf(views);
        computed = List.copyOf(computed);
        models = List.copyOf(models);
    }

    /// Served as usual.
    public Definitions(
            List<ViewDefinition> views, List<ComputedView> computed, List<Model> models) {
        this(views, computed, models, Serving.DEFAULT);
    }

    /// Views none of which is computed.
    public Definitions(List<ViewDefinition> views, List<Model> models) {
        this(views, List.of(), models);
    }

    /// Views that no model reads.
    public Definitions(List<ViewDefinition> views) {
        this(views, List.of());
    }

    /// Reads definitions.
    ///
    /// @param file its name, for messages
    /// @throws DefinitionException with the file, the line, the field and what to write there
    public static Definitions read(String file, String text) {
        return DefinitionReader.read(file, text);
    }

    /// The definition of a view.
    ///
    /// @throws DefinitionException when there is none, with those there are
    public ViewDefinition view(String name) {
        return find(name)
                .orElseThrow(() ->
                        new DefinitionException(
                                computed(name).isPresent()
                                        ? "view %s is computed on request and has no rows; name a view that it uses"
                                                .formatted(name)
                                        : "no view is called '%s'; %s"
                                                .formatted(
                                                        name,
                                                        Names.instead(name, columns().keySet()))));
    }

    /// The view with rows of that name, if there is one.
    Optional<ViewDefinition> find(String name) {
        return views.stream()
                .filter(definition -> definition.view().name().equals(name))
                .findFirst();
    }

    /// The view of that name whose features are computed, if there is one.
    public Optional<ComputedView> computed(String name) {
        return computed.stream().filter(view -> view.name().equals(name)).findFirst();
    }

    /// A computed feature, given as `view.feature`; empty for those of other views.
    Optional<ComputedView.Computed> computedFeature(String name) {
        int dot = name.indexOf('.');
        return computed(name.substring(0, dot))
                .flatMap(view -> view.feature(name.substring(dot + 1)));
    }

    /// A model.
    ///
    /// @throws DefinitionException when there is none, with those there are
    public Model model(String name) {
        return models.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new DefinitionException(
                                "no model is called '%s'; %s"
                                        .formatted(
                                                name,
                                                Names.instead(
                                                        name,
                                                        models.stream()
                                                                .map(Model::name)
                                                                .toList()))));
    }

    /// The columns that each view serves, by its name: those with rows first.
    public Map<String, List<Column>> columns() {
        Map<String, List<Column>> columns = new LinkedHashMap<>();
        views.forEach(view -> columns.put(view.view().name(), view.view().features()));
        computed.forEach(view -> columns.put(view.name(), view.columns()));
        return columns;
    }

    /// `view.feature` for every feature.
    public List<String> names() {
        return names(columns().keySet().stream().map(view -> view + "." + ALL).toList());
    }

    /// `view.feature` for each wanted feature, once, with `view.*` written out.
    ///
    /// @throws DefinitionException when there is no such feature, with those there are
    public List<String> names(List<String> features) {
        Set<String> names = new LinkedHashSet<>();
        for (String wanted : features) {
            int dot = wanted.indexOf('.');
            if (dot < 0) {
                throw new DefinitionException(
                        "'%s' is no feature; write view.feature or view.*".formatted(wanted));
            }
            String view = wanted.substring(0, dot);
            String feature = wanted.substring(dot + 1);
            List<String> all =
                    computed(view)
                            .map(ComputedView::columns)
                            .orElseGet(() -> view(view).view().features())
                            .stream()
                            .map(Column::name)
                            .toList();
            if (!feature.equals(ALL) && !all.contains(feature)) {
                throw new DefinitionException(
                        "view %s has no feature '%s'; %s"
                                .formatted(view, feature, Names.instead(feature, all)));
            }
            for (String name : feature.equals(ALL) ? all : List.of(feature)) {
                names.add(view + "." + name);
            }
        }
        return List.copyOf(names);
    }
}
