package dev.touchstone.features.internal.feast;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A value in a Python file, as far as it can be told without running it.
sealed interface Python {
    record Text(String value) implements Python {}

    record Figure(double value) implements Python {}

    /// A name, with its dots: `driver`, `ValueType.INT64`, `True`.
    record Name(String value) implements Python {}

    /// A list or tuple.
    record Sequence(List<Python> items) implements Python {}

    /// A call such as `FeatureView(name="x", …)`.
    ///
    /// @param function with its dots
    /// @param named in their order
    /// @param line where it begins
    record Call(String function, List<Python> plain, Map<String, Python> named, int line)
            implements Python {
        /// The function without the module before it.
        String simpleName() {
            return function.substring(function.lastIndexOf('.') + 1);
        }

        Optional<Python> argument(String name) {
            return Optional.ofNullable(named.get(name));
        }

        /// An argument by name, or else by position.
        Optional<Python> argument(String name, int position) {
            return argument(name)
                    .or(() ->
                            position < plain.size()
                                    ? Optional.of(plain.get(position))
                                    : Optional.empty());
        }

        Optional<String> text(String name) {
            return argument(name).flatMap(Python::text);
        }
    }

    /// Some features of a view: `driver_stats[["conv_rate"]]`.
    ///
    /// @param of a view, by the name of its variable or its own
    record Part(Python of, List<Python> features) implements Python {}

    /// Anything else.
    record Unknown() implements Python {}

    static Optional<String> text(Python value) {
        return value instanceof Text(String text) ? Optional.of(text) : Optional.empty();
    }

    static List<Python> items(Python value) {
        return value instanceof Sequence(List<Python> items) ? items : List.of(value);
    }
}
