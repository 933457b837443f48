package dev.touchstone.spark;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.ComputedFormula;
import dev.touchstone.features.ComputedView;
import dev.touchstone.features.Definitions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;

/// A formula and where its inputs are in a row, as it travels to the executors. It is parsed there.
///
/// @param text of the formula
/// @param inputs in the row, one for each of the formula's
/// @param types of the inputs, by the names they have in the formula
/// @param output the feature
record FormulaShape(String text, List<Cells> inputs, Map<String, ColumnType> types, Cells output)
        implements Serializable {
    /// The formulas among some features.
    ///
    /// @param names `view.feature` each
    /// @param row of labels, with the features of other views behind them
    /// @throws IllegalArgumentException when a field of the request is no column of the labels, or
    ///   of another type
    static List<FormulaShape> of(
            Definitions definitions, List<String> names, StructType row, String timeColumn) {
        List<FormulaShape> formulas = new ArrayList<>();
        for (String name : names) {
            int dot = name.indexOf('.');
            Optional<ComputedView> view = definitions.computed(name.substring(0, dot));
            if (view.isPresent()) {
                view.get().features().stream()
                        .filter(one -> one.name().equals(name.substring(dot + 1)))
                        .forEach(one ->
                                formulas.add(of(definitions, view.get(), one, row, timeColumn)));
            }
        }
        return formulas;
    }

    private static FormulaShape of(
            Definitions definitions,
            ComputedView view,
            ComputedView.Computed feature,
            StructType row,
            String timeColumn) {
        List<Cells> inputs = new ArrayList<>();
        Map<String, ColumnType> types = new HashMap<>();
        for (String input : feature.inputs()) {
            ColumnType type = type(definitions, view, input);
            types.put(input, type);
            inputs.add(Cells.of("labels", row, new Column(input, type)));
        }
        Cells time = Cells.of("labels", row, new Column(timeColumn, ColumnType.TIMESTAMP));
        var output = new Column(view.name() + "." + feature.name(), feature.type());
        return new FormulaShape(feature.text(), inputs, types, Cells.made(output, time.spark()));
    }

    private static ColumnType type(Definitions definitions, ComputedView view, String input) {
        int dot = input.indexOf('.');
        List<Column> columns =
                dot < 0
                        ? view.request()
                        : definitions.view(input.substring(0, dot)).view().features();
        return columns.stream()
                .filter(column -> column.name().equals(input.substring(dot + 1)))
                .findFirst()
                .orElseThrow()
                .type();
    }

    ComputedFormula formula() {
        return new ComputedFormula(text, types);
    }
}
