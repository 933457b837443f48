package dev.touchstone.features.internal.expression;

import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Value;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A formula, parsed once and computed as often as wanted without allocating anything.
///
/// Immutable: many threads may share one, each with its own [Frame].
public final class Formula {
    private final List<String> inputs;
    private final int places;
    private final Operation result;

    Formula(List<String> inputs, int places, Operation result) {
        this.inputs = List.copyOf(inputs);
        this.places = places;
        this.result = result;
    }

    /// Reads a formula.
    ///
    /// @param types the type of a name that the formula may use: a request's field, or
    ///   `view.feature`
    /// @throws FormulaException with the position and the cure
    public static Formula parse(String text, Function<String, Optional<ColumnType>> types) {
        return new FormulaParser(text, types).formula();
    }

    /// The names that it uses, each once; [Inputs] are asked by their positions.
    public List<String> inputs() {
        return inputs;
    }

    /// How many places its [Frame] needs.
    public int places() {
        return places;
    }

    /// The type of its value.
    public ColumnType type() {
        return result.type;
    }

    /// What a formula is computed from.
    public interface Inputs {
        /// Whether there is a value.
        boolean present(int input);

        /// A number's bits, 0 or 1.
        long bits(int input);

        @Nullable String text(int input);
    }

    /// Computes it.
    ///
    /// @return whether there is a value; it is at [#bits] or [#text] then
    public boolean compute(Inputs from, Frame frame) {
        result.run(from, frame);
        return frame.present[result.place];
    }

    /// What was computed in a frame: a number's bits, 0 or 1.
    public long bits(Frame frame) {
        return type() == ColumnType.DOUBLE
                ? Double.doubleToRawLongBits(frame.real[result.place])
                : frame.whole[result.place];
    }

    /// What was computed in a frame, of a text.
    public @Nullable String text(Frame frame) {
        return frame.text[result.place];
    }

    /// Computes it from values, for those who do not count nanoseconds.
    ///
    /// @param values one for each of [#inputs]
    public Value of(List<Value> values, Frame frame) {
        boolean present =
                compute(
                        new Inputs() {
                            @Override
                            public boolean present(int input) {
                                return !values.get(input).equals(Value.MISSING);
                            }

                            @Override
                            public long bits(int input) {
                                return switch (values.get(input)) {
                                    case Value.Real(double real) ->
                                            Double.doubleToRawLongBits(real);
                                    case Value.Whole(long whole) -> whole;
                                    case Value.Truth(boolean truth) -> truth ? 1 : 0;
                                    case Value.Text _, Value.Missing _ -> 0;
                                };
                            }

                            @Override
                            public @Nullable String text(int input) {
                                return values.get(input) instanceof Value.Text(String text)
                                        ? text
                                        : null;
                            }
                        },
                        frame);
        return present ? value(frame) : Value.MISSING;
    }

    /// What was computed in a frame, where there is a value.
    public Value value(Frame frame) {
        return switch (type()) {
            case DOUBLE -> Value.of(frame.real[result.place]);
            case LONG, TIMESTAMP -> Value.of(frame.whole[result.place]);
            case BOOLEAN -> Value.of(frame.whole[result.place] != 0);
            case TEXT -> Value.of(String.valueOf(text(frame)));
        };
    }
}
