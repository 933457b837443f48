package dev.touchstone.capacity.internal;

import dev.touchstone.capacity.Dimension;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import java.util.BitSet;
import java.util.function.IntFunction;

/// An expression over named quantities: checked for units once, computed and shown many times.
///
/// ```
/// formula    = sum [ ("<=" | "<") sum ]
/// sum        = product { ("+" | "-") product }
/// product    = factor { ("*" | "/") factor }
/// factor     = number [ "[" unit "]" ] | name | function "(" sum { "," sum } ")" | "(" sum ")"
/// function   = ceil | floor | min | max | harmonic
/// ```
///
/// `harmonic(n)` is 1 + 1/2 + … + 1/n: how much longer than the mean the longest of n exponential
/// times is.
public final class Formula {
    private final Node root;

    Formula(Node root) {
        this.root = root;
    }

    /// Where names lead.
    public interface Scope {
        /// Where the value of a name stands.
        ///
        /// @throws IllegalArgumentException when there is none
        int slot(String name);

        Dimension dimension(int slot);
    }

    /// Reads a formula.
    ///
    /// @throws IllegalArgumentException when it is not one, uses an unknown name, or adds apples to
    ///   bytes
    public static Formula parse(String text, Scope scope) {
        return new FormulaParser(text, scope).parse();
    }

    /// The value, given those of all names, all in base units. A comparison gives 1 or 0.
    public double evaluate(double[] values) {
        return root.evaluate(values);
    }

    public Dimension dimension() {
        return root.dimension();
    }

    /// The formula as people write it, each name replaced by what `leaf` says of its slot.
    public String show(IntFunction<String> leaf) {
        return root.show(leaf);
    }

    /// The slots it reads.
    public BitSet slots() {
        var slots = new BitSet();
        root.collect(slots);
        return slots;
    }

    /// Part of a formula.
    sealed interface Node {
        double evaluate(double[] values);

        Dimension dimension();

        String show(IntFunction<String> leaf);

        void collect(BitSet slots);

        /// How tightly its text holds together: 0 comparison, 1 sum, 2 product, 3 anything else.
        default int binding() {
            return 3;
        }
    }

    record Literal(Quantity quantity, Unit unit) implements Node {
        @Override
        public double evaluate(double[] values) {
            return quantity.base();
        }

        @Override
        public Dimension dimension() {
            return quantity.dimension();
        }

        @Override
        public String show(IntFunction<String> leaf) {
            return quantity.text(unit);
        }

        @Override
        public void collect(BitSet slots) {}
    }

    record Name(int slot, Dimension dimension) implements Node {
        @Override
        public double evaluate(double[] values) {
            return values[slot];
        }

        @Override
        public String show(IntFunction<String> leaf) {
            return leaf.apply(slot);
        }

        @Override
        public void collect(BitSet slots) {
            slots.set(slot);
        }
    }

    /// What stands between two operands.
    enum Operator {
        ADD("+", 1),
        SUBTRACT("−", 1),
        MULTIPLY("×", 2),
        DIVIDE("÷", 2),
        LESS("<", 0),
        AT_MOST("≤", 0);

        private final String sign;
        private final int binding;

        Operator(String sign, int binding) {
            this.sign = sign;
            this.binding = binding;
        }

        private double apply(double left, double right) {
            return switch (this) {
                case ADD -> left + right;
                case SUBTRACT -> left - right;
                case MULTIPLY -> left * right;
                case DIVIDE -> left / right;
                case LESS -> left < right ? 1 : 0;
                case AT_MOST -> left <= right * (1 + ROUNDING) ? 1 : 0;
            };
        }
    }

    /// What is lost to binary fractions: 50 may come out as 50.000000000000007.
    private static final double ROUNDING = 1e-12;

    record Binary(Operator operator, Node left, Node right, Dimension dimension) implements Node {
        @Override
        public double evaluate(double[] values) {
            return operator.apply(left.evaluate(values), right.evaluate(values));
        }

        @Override
        public String show(IntFunction<String> leaf) {
            return "%s %s %s"
                    .formatted(
                            bracketed(left, operator.binding, leaf),
                            operator.sign,
                            bracketed(right, operator.binding + (groupsRight() ? 0 : 1), leaf));
        }

        /// Whether brackets to the right change nothing: a × (b × c).
        private boolean groupsRight() {
            return operator == Operator.MULTIPLY
                    && right instanceof Binary(Operator inner, _, _, _)
                    && inner == Operator.MULTIPLY;
        }

        private static String bracketed(Node node, int binding, IntFunction<String> leaf) {
            return node.binding() < binding ? "(" + node.show(leaf) + ")" : node.show(leaf);
        }

        @Override
        public int binding() {
            return operator.binding;
        }

        @Override
        public void collect(BitSet slots) {
            left.collect(slots);
            right.collect(slots);
        }
    }

    /// What may stand before brackets.
    enum Function {
        CEIL,
        FLOOR,
        MIN,
        MAX,
        HARMONIC
    }

    /// @param right the same as `left` where the function takes one argument
    record Call(Function function, Node left, Node right, Dimension dimension) implements Node {
        private static final double EULER = 0.577_215_664_901_532_9;

        @Override
        public double evaluate(double[] values) {
            double first = left.evaluate(values);
            return switch (function) {
                case CEIL -> Math.ceil(first * (1 - ROUNDING));
                case FLOOR -> Math.floor(first * (1 + ROUNDING));
                case MIN -> Math.min(first, right.evaluate(values));
                case MAX -> Math.max(first, right.evaluate(values));
                case HARMONIC -> harmonic(first);
            };
        }

        /// Exact to six digits: the sum up to ten, its expansion beyond.
        private static double harmonic(double n) {
            if (n > 10) {
                return StrictMath.log(n) + EULER + 1 / (2 * n) - 1 / (12 * n * n);
            }
            double sum = 0;
            for (int i = 1; i <= n; i++) {
                sum += 1.0 / i;
            }
            return sum;
        }

        @Override
        public String show(IntFunction<String> leaf) {
            String first = left.show(leaf);
            return switch (function) {
                case CEIL -> "⌈" + first + "⌉";
                case FLOOR -> "⌊" + first + "⌋";
                case MIN -> "min(%s, %s)".formatted(first, right.show(leaf));
                case MAX -> "max(%s, %s)".formatted(first, right.show(leaf));
                case HARMONIC -> "H(" + first + ")";
            };
        }

        @Override
        public void collect(BitSet slots) {
            left.collect(slots);
            right.collect(slots);
        }
    }
}
