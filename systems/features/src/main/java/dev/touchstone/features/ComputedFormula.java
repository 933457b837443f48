package dev.touchstone.features;

import dev.touchstone.features.internal.expression.Formula;
import dev.touchstone.features.internal.expression.Frame;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The formula of a computed feature, for engines that bring its inputs together themselves, such
/// as a partition of Spark. Not to be shared between threads.
public final class ComputedFormula {
    private final Formula formula;
    private final Frame frame;

    /// @param text as in [ComputedView.Computed#text]
    /// @param types of the names in it
    /// @throws IllegalArgumentException with the position and the cure
    public ComputedFormula(String text, Map<String, ColumnType> types) {
        this.formula = Formula.parse(text, name -> Optional.ofNullable(types.get(name)));
        this.frame = new Frame(formula.places());
    }

    /// The names that it uses, each once.
    public List<String> inputs() {
        return formula.inputs();
    }

    /// Computes it.
    ///
    /// @param values one for each of [#inputs]
    public Value of(List<Value> values) {
        return formula.of(values, frame);
    }
}
