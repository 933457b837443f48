package dev.touchstone.features;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a read of some features takes: cells for the features, in their order, and behind them
/// hidden cells for what some are computed from and nobody asked for.
///
/// @param names `view.feature` for each visible cell, and `columns` their types
/// @param entities the key columns of each kind of entity
/// @param wanted for each view with rows the positions of features, and the cells they go to
/// @param request what computed features take from the request
/// @param hidden how many cells are behind the visible
record ReaderPlan(
        List<String> names,
        List<Column> columns,
        List<List<Column>> entities,
        Map<String, Wanted> wanted,
        List<Column> request,
        List<Computation> computations,
        int hidden) {
    /// What is wanted of a view: features by position, and the cells they go to.
    record Wanted(FeatureView view, List<Integer> features, List<Integer> outputs) {}

    /// @throws DefinitionException when there is no such feature, or two computed ones take
    ///   different things under one name from the request
    static ReaderPlan of(Definitions definitions, List<String> features) {
        List<String> names = definitions.names(features);
        var planner = new Planner(definitions, new ArrayList<>(names));
        List<Column> columns = new ArrayList<>();
        for (int cell = 0; cell < names.size(); cell++) {
            String name = names.get(cell);
            Optional<ComputedView.Computed> computed = definitions.computedFeature(name);
            String feature = name.substring(name.indexOf('.') + 1);
            if (computed.isPresent()) {
                columns.add(new Column(feature, computed.get().type()));
            } else {
                columns.add(planner.read(name, cell));
            }
        }
        for (int cell = 0; cell < names.size(); cell++) {
            planner.compute(names.get(cell), cell);
        }
        return new ReaderPlan(
                names,
                columns,
                planner.entities,
                planner.wanted,
                planner.request,
                planner.computations,
                planner.cells.size() - names.size());
    }

    private static final class Planner {
        private final Definitions definitions;
        private final List<String> cells;
        private final List<List<Column>> entities = new ArrayList<>();
        private final Map<String, Wanted> wanted = new LinkedHashMap<>();
        private final List<Column> request = new ArrayList<>();
        private final List<Computation> computations = new ArrayList<>();

        Planner(Definitions definitions, List<String> cells) {
            this.definitions = definitions;
            this.cells = cells;
        }

        Column read(String name, int cell) {
            int dot = name.indexOf('.');
            FeatureView view = definitions.view(name.substring(0, dot)).view();
            int position = view.position(name.substring(dot + 1));
            Wanted its =
                    wanted.computeIfAbsent(
                            view.name(),
                            _ -> new Wanted(view, new ArrayList<>(), new ArrayList<>()));
            its.features().add(position);
            its.outputs().add(cell);
            if (!entities.contains(view.key())) {
                entities.add(view.key());
            }
            return view.features().get(position);
        }

        void compute(String name, int cell) {
            Optional<ComputedView> view =
                    definitions.computed(name.substring(0, name.indexOf('.')));
            if (view.isEmpty()) {
                return;
            }
            ComputedView.Computed computed = definitions.computedFeature(name).orElseThrow();
            int[] inputs =
                    computed.inputs().stream()
                            .mapToInt(input -> input(view.get(), input))
                            .toArray();
            computations.add(
                    new Computation(
                            ComputedView.formula(
                                    computed.text(), view.get().request(), definitions.views()),
                            cell,
                            inputs));
        }

        private int input(ComputedView view, String name) {
            if (!name.contains(".")) {
                return -1 - field(view, name);
            }
            int cell = cells.indexOf(name);
            if (cell < 0) {
                cell = cells.size();
                cells.add(name);
                read(name, cell);
            }
            return cell;
        }

        private int field(ComputedView view, String name) {
            Column column =
                    view.request().stream()
                            .filter(one -> one.name().equals(name))
                            .findFirst()
                            .orElseThrow();
            for (int field = 0; field < request.size(); field++) {
                if (request.get(field).name().equals(name)) {
                    if (!request.get(field).equals(column)) {
                        throw new DefinitionException(
                                "%s is %s for one feature and %s for another; read them apart"
                                        .formatted(name, request.get(field).type(), column.type()));
                    }
                    return field;
                }
            }
            request.add(column);
            return request.size() - 1;
        }
    }
}
