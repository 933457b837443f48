package dev.touchstone.features.internal.expression;

import dev.touchstone.features.ColumnType;
import java.util.List;
import java.util.Objects;

/// A step of a formula: computes its arguments, then the value at its own place of a [Frame].
///
/// A missing argument makes a missing value, unless it is said otherwise. So do a division by zero,
/// the logarithm of what is not positive, the root of what is negative, and whole numbers beyond 64
/// bits.
abstract class Operation {
    final int place;
    final ColumnType type;

    Operation(int place, ColumnType type) {
        this.place = place;
        this.type = type;
    }

    abstract void run(Formula.Inputs inputs, Frame frame);

    void real(Frame frame, double value) {
        frame.present[place] = true;
        frame.real[place] = value;
    }

    void whole(Frame frame, long value) {
        frame.present[place] = true;
        frame.whole[place] = value;
        frame.real[place] = value; // whoever asks for a real number gets this one
    }

    void truth(Frame frame, boolean value) {
        whole(frame, value ? 1 : 0);
    }

    void missing(Frame frame) {
        frame.present[place] = false;
    }

    void copy(Frame frame, Operation from) {
        frame.present[place] = frame.present[from.place];
        frame.whole[place] = frame.whole[from.place];
        frame.real[place] = frame.real[from.place];
        frame.text[place] = frame.text[from.place];
    }

    static boolean isTrue(Frame frame, Operation of) {
        return frame.present[of.place] && frame.whole[of.place] != 0;
    }

    static boolean isFalse(Frame frame, Operation of) {
        return frame.present[of.place] && frame.whole[of.place] == 0;
    }

    /// A value that does not change.
    static final class Constant extends Operation {
        private final long whole;
        private final double real;
        private final String text;

        Constant(int place, ColumnType type, long whole, double real, String text) {
            super(place, type);
            this.whole = whole;
            this.real = real;
            this.text = text;
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            frame.present[place] = true;
            frame.whole[place] = whole;
            frame.real[place] = real;
            frame.text[place] = text;
        }
    }

    /// What a request or another feature gives.
    static final class Input extends Operation {
        private final int input;

        Input(int place, ColumnType type, int input) {
            super(place, type);
            this.input = input;
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            if (!inputs.present(input)) {
                missing(frame);
                return;
            }
            switch (type) {
                case DOUBLE -> real(frame, Double.longBitsToDouble(inputs.bits(input)));
                case LONG, TIMESTAMP, BOOLEAN -> whole(frame, inputs.bits(input));
                case TEXT -> {
                    frame.present[place] = true;
                    frame.text[place] = inputs.text(input);
                }
            }
        }
    }

    /// Arithmetic on two numbers.
    static final class Arithmetic extends Operation {
        private static final double NANOS_PER_SECOND = 1e9;

        private final char sign;
        private final Operation left;
        private final Operation right;

        Arithmetic(int place, ColumnType type, char sign, Operation left, Operation right) {
            super(place, type);
            this.sign = sign;
            this.left = left;
            this.right = right;
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            left.run(inputs, frame);
            right.run(inputs, frame);
            if (!frame.present[left.place] || !frame.present[right.place]) {
                missing(frame);
            } else if (type == ColumnType.LONG) {
                whole(frame);
            } else if (left.type == ColumnType.TIMESTAMP) {
                real(frame, seconds(frame.whole[left.place], frame.whole[right.place]));
            } else {
                real(frame);
            }
        }

        private static double seconds(long to, long from) {
            long difference = to - from;
            boolean overflows = ((to ^ from) & (to ^ difference)) < 0;
            return (overflows ? (double) to - from : difference) / NANOS_PER_SECOND;
        }

        private void whole(Frame frame) {
            long a = frame.whole[left.place];
            long b = frame.whole[right.place];
            boolean fits;
            long result;
            switch (sign) {
                case '+' -> {
                    result = a + b;
                    fits = ((a ^ result) & (b ^ result)) >= 0;
                }
                case '-' -> {
                    result = a - b;
                    fits = ((a ^ b) & (a ^ result)) >= 0;
                }
                case '*' -> {
                    result = a * b;
                    fits = Math.multiplyHigh(a, b) == result >> (Long.SIZE - 1);
                }
                default -> {
                    fits = b != 0;
                    result = fits ? a % b : 0;
                }
            }
            if (fits) {
                whole(frame, result);
            } else {
                missing(frame);
            }
        }

        private void real(Frame frame) {
            double a = frame.real[left.place];
            double b = frame.real[right.place];
            if ((sign == '/' || sign == '%') && b == 0) {
                missing(frame);
                return;
            }
            real(
                    frame,
                    switch (sign) {
                        case '+' -> a + b;
                        case '-' -> a - b;
                        case '*' -> a * b;
                        case '/' -> a / b;
                        default -> a % b;
                    });
        }
    }

    /// A comparison of two values of one kind.
    static final class Comparison extends Operation {
        private final String sign;
        private final Operation left;
        private final Operation right;

        Comparison(int place, String sign, Operation left, Operation right) {
            super(place, ColumnType.BOOLEAN);
            this.sign = sign;
            this.left = left;
            this.right = right;
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            left.run(inputs, frame);
            right.run(inputs, frame);
            if (!frame.present[left.place] || !frame.present[right.place]) {
                missing(frame);
                return;
            }
            int order = order(frame);
            truth(
                    frame,
                    switch (sign) {
                        case "<" -> order < 0;
                        case "<=" -> order <= 0;
                        case ">" -> order > 0;
                        case ">=" -> order >= 0;
                        case "!=" -> order != 0;
                        default -> order == 0;
                    });
        }

        private int order(Frame frame) {
            if (left.type == ColumnType.TEXT) {
                return Objects.requireNonNull(frame.text[left.place])
                        .compareTo(Objects.requireNonNull(frame.text[right.place]));
            }
            if (left.type == ColumnType.DOUBLE || right.type == ColumnType.DOUBLE) {
                // Adding 0 makes the two zeros one.
                return Double.compare(frame.real[left.place] + 0.0, frame.real[right.place] + 0.0);
            }
            return Long.compare(frame.whole[left.place], frame.whole[right.place]);
        }
    }

    /// `and` and `or` with three values: what one side alone decides does not need the other.
    static final class Logic extends Operation {
        private final boolean and;
        private final Operation left;
        private final Operation right;

        Logic(int place, boolean and, Operation left, Operation right) {
            super(place, ColumnType.BOOLEAN);
            this.and = and;
            this.left = left;
            this.right = right;
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            left.run(inputs, frame);
            right.run(inputs, frame);
            boolean decided =
                    and
                            ? isFalse(frame, left) || isFalse(frame, right)
                            : isTrue(frame, left) || isTrue(frame, right);
            if (decided) {
                truth(frame, !and);
            } else if (frame.present[left.place] && frame.present[right.place]) {
                truth(frame, and);
            } else {
                missing(frame);
            }
        }
    }

    /// `not`.
    static final class Not extends Operation {
        private final Operation of;

        Not(int place, Operation of) {
            super(place, ColumnType.BOOLEAN);
            this.of = of;
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            of.run(inputs, frame);
            if (frame.present[of.place]) {
                truth(frame, isFalse(frame, of));
            } else {
                missing(frame);
            }
        }
    }

    /// Whether a value is missing, which is never missing itself.
    static final class IsMissing extends Operation {
        private final Operation of;

        IsMissing(int place, Operation of) {
            super(place, ColumnType.BOOLEAN);
            this.of = of;
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            of.run(inputs, frame);
            truth(frame, !frame.present[of.place]);
        }
    }

    /// `if(condition, then, else)`; missing when the condition is.
    static final class Choice extends Operation {
        private final Operation condition;
        private final Operation then;
        private final Operation otherwise;

        Choice(int place, ColumnType type, List<Operation> arguments) {
            super(place, type);
            this.condition = arguments.get(0);
            this.then = arguments.get(1);
            this.otherwise = arguments.get(2);
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            condition.run(inputs, frame);
            if (!frame.present[condition.place]) {
                missing(frame);
                return;
            }
            Operation chosen = isTrue(frame, condition) ? then : otherwise;
            chosen.run(inputs, frame);
            copy(frame, chosen);
        }
    }

    /// The first of several values that is there.
    static final class Coalesce extends Operation {
        private final Operation[] of;

        Coalesce(int place, ColumnType type, List<Operation> of) {
            super(place, type);
            this.of = of.toArray(Operation[]::new);
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            for (Operation one : of) {
                one.run(inputs, frame);
                if (frame.present[one.place]) {
                    copy(frame, one);
                    return;
                }
            }
            missing(frame);
        }
    }

    /// The least or greatest of several numbers.
    static final class Extreme extends Operation {
        private final boolean least;
        private final Operation[] of;

        Extreme(int place, ColumnType type, boolean least, List<Operation> of) {
            super(place, type);
            this.least = least;
            this.of = of.toArray(Operation[]::new);
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            Operation best = of[0];
            for (Operation one : of) {
                one.run(inputs, frame);
                if (!frame.present[one.place]) {
                    missing(frame);
                    return;
                }
                int order =
                        type == ColumnType.LONG
                                ? Long.compare(frame.whole[one.place], frame.whole[best.place])
                                : Double.compare(frame.real[one.place], frame.real[best.place]);
                if (least ? order < 0 : order > 0) {
                    best = one;
                }
            }
            copy(frame, best);
        }
    }

    /// A function of one number. Of the libraries' two, the one that is the same on all machines.
    static final class OfOne extends Operation {
        private final String name;
        private final Operation of;

        OfOne(int place, ColumnType type, String name, Operation of) {
            super(place, type);
            this.name = name;
            this.of = of;
        }

        @Override
        void run(Formula.Inputs inputs, Frame frame) {
            of.run(inputs, frame);
            if (!frame.present[of.place]) {
                missing(frame);
            } else if (type == ColumnType.LONG) {
                long x = frame.whole[of.place];
                boolean stays = !name.equals("-") && !(name.equals("abs") && x < 0);
                if (!stays && x == Long.MIN_VALUE) {
                    missing(frame);
                } else {
                    whole(frame, stays ? x : -x);
                }
            } else {
                real(frame, name, frame.real[of.place]);
            }
        }

        private void real(Frame frame, String function, double x) {
            if ((function.equals("log") && x <= 0) || (function.equals("sqrt") && x < 0)) {
                missing(frame);
                return;
            }
            real(
                    frame,
                    switch (function) {
                        case "-" -> -x;
                        case "abs" -> Math.abs(x);
                        case "log" -> StrictMath.log(x);
                        case "exp" -> StrictMath.exp(x);
                        case "sqrt" -> Math.sqrt(x);
                        case "floor" -> Math.floor(x);
                        case "ceil" -> Math.ceil(x);
                        default -> Math.rint(x);
                    });
        }
    }
}
