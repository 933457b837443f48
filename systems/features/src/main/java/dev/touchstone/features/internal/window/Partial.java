package dev.touchstone.features.internal.window;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What has to be known about a column's values in some events to aggregate them with those of
/// other events, in whatever order they come.
///
/// Only what some aggregate needs is kept.
public final class Partial {
    private static final int NOTHING = 0;
    private static final int SUM = 1;
    private static final int SQUARES = 2;
    private static final int EXTREMES = 4;
    private static final int ENDS = 8;

    private final int column;
    private final int needs;
    private final ExactSum sum = new ExactSum();
    private final ExactSum squares;

    private long count;
    private boolean whole;
    private double special;
    private boolean anySpecial;
    private @Nullable Value min;
    private @Nullable Value max;
    private @Nullable FeatureRow first;
    private @Nullable FeatureRow last;

    private static final ExactSum NO_SQUARES = new ExactSum();

    /// @param column the values' position in an event
    /// @param needs from [#needs]
    Partial(int column, int needs) {
        this.column = column;
        this.needs = needs;
        this.squares = (needs & SQUARES) == 0 ? NO_SQUARES : new ExactSum();
    }

    /// What aggregates of one column need, taken together.
    static int needs(List<Aggregate> aggregates) {
        int needs = NOTHING;
        for (Aggregate aggregate : aggregates) {
            needs |=
                    switch (aggregate.function()) {
                        case COUNT -> NOTHING;
                        case SUM, MEAN -> SUM;
                        case VARIANCE, STDDEV -> SUM | SQUARES;
                        case MIN, MAX -> EXTREMES;
                        case FIRST, LAST -> ENDS;
                    };
        }
        return needs;
    }

    void reset() {
        count = 0;
        special = 0;
        anySpecial = false;
        min = null;
        max = null;
        first = null;
        last = null;
        sum.reset();
        if ((needs & SQUARES) != 0) {
            squares.reset();
        }
    }

    /// Adds the value of one event, if it has one.
    void add(FeatureRow row) {
        Value value = row.values().get(column);
        if (value instanceof Value.Missing) {
            return;
        }
        count++;
        if ((needs & SUM) != 0) {
            addNumber(value);
        }
        if ((needs & EXTREMES) != 0) {
            addMin(value);
            addMax(value);
        }
        if ((needs & ENDS) != 0) {
            addEnd(row);
        }
    }

    private void addNumber(Value value) {
        boolean squared = (needs & SQUARES) != 0;
        if (value instanceof Value.Whole(long number)) {
            whole = true;
            sum.add(number);
            if (squared) {
                squares.addSquare(number);
            }
            return;
        }
        double number =
                switch (value) {
                    case Value.Real(double real) -> real;
                    case Value.Truth(boolean truth) -> truth ? 1 : 0;
                    case Value.Whole _, Value.Text _, Value.Missing _ ->
                            throw new IllegalArgumentException("no number: " + value);
                };
        if (!Double.isFinite(number)) {
            special += number;
            anySpecial = true;
            return;
        }
        sum.add(number);
        if (squared) {
            squares.addSquare(number);
        }
    }

    private void addMin(Value value) {
        if (min == null || Aggregates.compare(value, min) < 0) {
            min = value;
        }
    }

    private void addMax(Value value) {
        if (max == null || Aggregates.compare(value, max) > 0) {
            max = value;
        }
    }

    private void addEnd(FeatureRow row) {
        if (first == null || FeatureRow.BY_PRECEDENCE.compare(row, first) < 0) {
            first = row;
        }
        if (last == null || FeatureRow.BY_PRECEDENCE.compare(row, last) > 0) {
            last = row;
        }
    }

    /// Adds what another knows about the same column; the other stays as it is.
    void add(Partial other) {
        if (other.count == 0) {
            return;
        }
        count += other.count;
        if ((needs & SUM) != 0) {
            whole |= other.whole;
            sum.add(other.sum);
            if (other.anySpecial) {
                special += other.special;
                anySpecial = true;
            }
            if ((needs & SQUARES) != 0) {
                squares.add(other.squares);
            }
        }
        if (other.min != null && other.max != null) {
            addMin(other.min);
            addMax(other.max);
        }
        if (other.first != null && other.last != null) {
            addEnd(other.first);
            addEnd(other.last);
        }
    }

    /// Writes an aggregate of what was added.
    void answer(Aggregate.Function function, Rounding rounding, Cell out) {
        switch (function) {
            case COUNT -> out.whole(count);
            case MIN -> out.value(min);
            case MAX -> out.value(max);
            case FIRST -> out.value(first == null ? null : first.values().get(column));
            case LAST -> out.value(last == null ? null : last.values().get(column));
            case SUM -> answerSum(rounding, out);
            case MEAN -> {
                if (count == 0) {
                    out.nothing();
                } else {
                    out.real(anySpecial ? special : rounding.mean(sum, count));
                }
            }
            case VARIANCE -> answerVariance(rounding, false, out);
            case STDDEV -> answerVariance(rounding, true, out);
        }
    }

    private void answerSum(Rounding rounding, Cell out) {
        if (count == 0) {
            out.nothing();
        } else if (!whole) {
            out.real(anySpecial ? special : rounding.sum(sum));
        } else if (rounding.fitsLong(sum)) {
            out.whole(rounding.whole());
        } else {
            out.nothing();
        }
    }

    private void answerVariance(Rounding rounding, boolean root, Cell out) {
        if (count < 2) {
            out.nothing();
            return;
        }
        double variance = anySpecial ? Double.NaN : rounding.variance(sum, squares, count);
        out.real(root ? Math.sqrt(variance) : variance);
    }

    /// Where an answer goes: a method for each kind of value, so that none has to be wrapped.
    public interface Cell {
        void whole(long value);

        void real(double value);

        void nothing();

        /// A value that an event had, or none.
        void value(@Nullable Value value);
    }
}
