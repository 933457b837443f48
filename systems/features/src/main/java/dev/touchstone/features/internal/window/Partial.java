package dev.touchstone.features.internal.window;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Value;
import org.jspecify.annotations.Nullable;

/// What has to be known about a column's values in some events to aggregate them, with more added
/// in whatever order it comes: single events, or [ColumnTiles].
///
/// Only what some aggregate needs is kept.
public final class Partial {
    private static final Value TRUE = Value.of(true);
    private static final Value FALSE = Value.of(false);

    private final Input input;
    private final ExactSum sum = new ExactSum();
    private final ExactSum squares = new ExactSum();

    private long count;
    private int special;
    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;
    private @Nullable Value minText;
    private @Nullable Value maxText;
    private @Nullable FeatureRow first;
    private @Nullable FeatureRow last;
    private final DistinctSketch distinct = new DistinctSketch();
    private final QuantileSketch quantiles = new QuantileSketch();

    /// What was rounded since something was added: windows over the same events share it.
    private int known;

    private double knownMean;
    private double knownSum;
    private double knownVariance;
    private static final int SUM = 1;
    private static final int MEAN = 2;
    private static final int VARIANCE = 4;

    Partial(Input input) {
        this.input = input;
    }

    void reset() {
        if (count == 0) {
            return;
        }
        count = 0;
        special = 0;
        known = 0;
        min = Long.MAX_VALUE;
        max = Long.MIN_VALUE;
        minText = null;
        maxText = null;
        first = null;
        last = null;
        sum.reset();
        squares.reset();
        distinct.reset();
        quantiles.reset();
    }

    /// Adds the value of one event, if it has one.
    void add(FeatureRow row) {
        Value value = input.valueOf(row);
        if (value instanceof Value.Missing) {
            return;
        }
        known = 0;
        count++;
        if (input.needs(Input.SUM)) {
            addNumber(value);
        }
        if (input.needs(Input.EXTREMES)) {
            if (value instanceof Value.Text) {
                addTexts(value, value);
            } else {
                addExtremes(Input.ordered(value), Input.ordered(value));
            }
        }
        if (input.needs(Input.ENDS)) {
            addEnds(row, row);
        }
        if (input.needs(Input.DISTINCT)) {
            distinct.add(value);
        }
        if (input.needs(Input.QUANTILES)) {
            quantiles.add(value);
        }
    }

    private void addNumber(Value value) {
        boolean squared = input.needs(Input.SQUARES);
        if (value instanceof Value.Whole(long number)) {
            sum.add(number);
            if (squared) {
                squares.addSquare(number);
            }
            return;
        }
        double number = real(value);
        if (!Double.isFinite(number)) {
            special |= Input.special(number);
            return;
        }
        sum.add(number);
        if (squared) {
            squares.addSquare(number);
        }
    }

    static double real(Value value) {
        return switch (value) {
            case Value.Real(double real) -> real;
            case Value.Truth(boolean truth) -> truth ? 1 : 0;
            case Value.Whole _, Value.Text _, Value.Missing _ ->
                    throw new IllegalArgumentException("no real number: " + value);
        };
    }

    /// Counts more values, whose sums and extremes are added as well.
    void addCount(long more, int itsSpecial) {
        known = 0;
        count += more;
        special |= itsSpecial;
    }

    ExactSum sum() {
        return sum;
    }

    ExactSum squares() {
        return squares;
    }

    DistinctSketch distinct() {
        return distinct;
    }

    QuantileSketch quantiles() {
        return quantiles;
    }

    void addExtremes(long least, long greatest) {
        min = Math.min(min, least);
        max = Math.max(max, greatest);
    }

    void addTexts(Value least, Value greatest) {
        if (minText == null || Aggregates.compare(least, minText) < 0) {
            minText = least;
        }
        if (maxText == null || Aggregates.compare(greatest, maxText) > 0) {
            maxText = greatest;
        }
    }

    void addEnds(FeatureRow earliest, FeatureRow latest) {
        if (first == null || FeatureRow.BY_PRECEDENCE.compare(earliest, first) < 0) {
            first = earliest;
        }
        if (last == null || FeatureRow.BY_PRECEDENCE.compare(latest, last) > 0) {
            last = latest;
        }
    }

    /// Writes an aggregate of what was added.
    void answer(Aggregate aggregate, Rounding rounding, Cell out) {
        if (aggregate.function() == Aggregate.Function.COUNT) {
            out.whole(count);
            return;
        }
        if (aggregate.function() == Aggregate.Function.DISTINCT) {
            out.whole(distinct.estimate());
            return;
        }
        if (count == 0) {
            out.nothing();
            return;
        }
        switch (aggregate.function()) {
            case QUANTILE -> out.real(quantiles.quantile(aggregate.at(), count));
            case COUNT, DISTINCT -> throw new AssertionError("answered above");
            case MIN -> answerExtreme(min, minText, out);
            case MAX -> answerExtreme(max, maxText, out);
            case FIRST -> out.value(first == null ? null : input.valueOf(first));
            case LAST -> out.value(last == null ? null : input.valueOf(last));
            case SUM -> answerSum(rounding, out);
            case MEAN -> out.real(mean(rounding));
            case VARIANCE -> answerVariance(rounding, false, out);
            case STDDEV -> answerVariance(rounding, true, out);
        }
    }

    private void answerExtreme(long ordered, @Nullable Value text, Cell out) {
        switch (input.type()) {
            case DOUBLE -> out.real(Input.real(ordered));
            case LONG, TIMESTAMP -> out.whole(ordered);
            case BOOLEAN -> out.value(ordered == 0 ? FALSE : TRUE);
            case TEXT -> out.value(text);
        }
    }

    private void answerSum(Rounding rounding, Cell out) {
        if (!input.whole()) {
            if (special != 0) {
                out.real(Input.sumOf(special));
                return;
            }
            if ((known & SUM) == 0) {
                knownSum = rounding.sum(sum);
                known |= SUM;
            }
            out.real(knownSum);
        } else if (rounding.fitsLong(sum)) {
            out.whole(rounding.whole());
        } else {
            out.nothing();
        }
    }

    private double mean(Rounding rounding) {
        if (special != 0) {
            return Input.sumOf(special);
        }
        if ((known & MEAN) == 0) {
            knownMean = rounding.mean(sum, count);
            known |= MEAN;
        }
        return knownMean;
    }

    private void answerVariance(Rounding rounding, boolean root, Cell out) {
        if (count < 2) {
            out.nothing();
            return;
        }
        if (special != 0) {
            out.real(Double.NaN);
            return;
        }
        if ((known & VARIANCE) == 0) {
            knownVariance = rounding.variance(sum, squares, count);
            known |= VARIANCE;
        }
        out.real(root ? Math.sqrt(knownVariance) : knownVariance);
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
