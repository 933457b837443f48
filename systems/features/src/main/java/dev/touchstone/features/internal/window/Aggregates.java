package dev.touchstone.features.internal.window;

import dev.touchstone.features.Aggregate.Function;
import dev.touchstone.features.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;

/// The aggregate functions over values in the order of their events.
final class Aggregates {
    private Aggregates() {}

    /// @param values none of them missing, all of one type, earliest event first
    static Value of(Function function, List<Value> values) {
        return of(function, 0, values);
    }

    /// @param at which quantile
    static Value of(Function function, double at, List<Value> values) {
        if (function == Function.COUNT) {
            return Value.of((long) values.size());
        }
        if (function == Function.DISTINCT) {
            var sketch = new DistinctSketch();
            values.forEach(sketch::add);
            return Value.of(sketch.estimate());
        }
        if (values.isEmpty()) {
            return Value.MISSING;
        }
        return switch (function) {
            case QUANTILE -> {
                var sketch = new QuantileSketch();
                values.forEach(sketch::add);
                yield Value.of(sketch.quantile(at, values.size()));
            }
            case COUNT, DISTINCT -> throw new AssertionError("handled above");
            case FIRST -> values.getFirst();
            case LAST -> values.getLast();
            case MIN -> values.stream().reduce((a, b) -> compare(b, a) < 0 ? b : a).orElseThrow();
            case MAX -> values.stream().reduce((a, b) -> compare(b, a) > 0 ? b : a).orElseThrow();
            case SUM -> sum(values);
            case MEAN -> Value.of(mean(values));
            case VARIANCE -> variance(values);
            case STDDEV ->
                    variance(values) instanceof Value.Real(double variance)
                            ? Value.of(Math.sqrt(variance))
                            : Value.MISSING;
        };
    }

    /// Compares two values of one type, reals as [Double#compare] does.
    static int compare(Value a, Value b) {
        return switch (a) {
            case Value.Real(double x) -> Double.compare(x, ((Value.Real) b).value());
            case Value.Whole(long x) -> Long.compare(x, ((Value.Whole) b).value());
            case Value.Text(String x) -> x.compareTo(((Value.Text) b).value());
            case Value.Truth(boolean x) -> Boolean.compare(x, ((Value.Truth) b).value());
            case Value.Missing _ ->
                    throw new IllegalArgumentException("missing values have no order");
        };
    }

    /// Whole numbers stay whole; a sum beyond 64 bits is missing.
    private static Value sum(List<Value> values) {
        if (values.getFirst() instanceof Value.Whole) {
            BigInteger sum = exactSum(values, 1).toBigIntegerExact();
            return sum.bitLength() < Long.SIZE ? Value.of(sum.longValueExact()) : Value.MISSING;
        }
        double special = special(values);
        return Value.of(special == 0 ? exactSum(values, 1).doubleValue() : special);
    }

    private static double mean(List<Value> values) {
        double special = special(values);
        return special == 0
                ? nearest(exactSum(values, 1), BigDecimal.valueOf(values.size()))
                : special;
    }

    private static Value variance(List<Value> values) {
        int n = values.size();
        if (n < 2) {
            return Value.MISSING;
        }
        if (special(values) != 0) {
            return Value.of(Double.NaN);
        }
        BigDecimal sum = exactSum(values, 1);
        BigDecimal spread =
                exactSum(values, 2).multiply(BigDecimal.valueOf(n)).subtract(sum.multiply(sum));
        return Value.of(
                nearest(spread, BigDecimal.valueOf(n).multiply(BigDecimal.valueOf(n - 1L))));
    }

    /// The double nearest to a quotient, among equals the even one: of a guess and its neighbours
    /// the one with the least error, which is compared without any rounding.
    private static double nearest(BigDecimal dividend, BigDecimal divisor) {
        double guess = dividend.divide(divisor, MathContext.DECIMAL128).doubleValue();
        double best = guess;
        for (double other : new double[] {Math.nextDown(guess), Math.nextUp(guess)}) {
            if (Double.isFinite(guess) && Double.isFinite(other)) {
                int worse =
                        error(other, dividend, divisor).compareTo(error(best, dividend, divisor));
                boolean even = (Double.doubleToRawLongBits(other) & 1) == 0;
                best = worse < 0 || (worse == 0 && even) ? other : best;
            }
        }
        return best + 0.0; // no negative zero
    }

    private static BigDecimal error(double value, BigDecimal dividend, BigDecimal divisor) {
        return new BigDecimal(value).multiply(divisor).subtract(dividend).abs();
    }

    private static BigDecimal exactSum(List<Value> values, int power) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Value value : values) {
            BigDecimal exact =
                    value instanceof Value.Whole(long whole)
                            ? BigDecimal.valueOf(whole)
                            : new BigDecimal(real(value));
            sum = sum.add(exact.pow(power));
        }
        return sum;
    }

    /// The sum where it is an infinity or NaN, 0 where all values are finite.
    private static double special(List<Value> values) {
        double special = 0;
        for (Value value : values) {
            double real = real(value);
            if (!Double.isFinite(real)) {
                special += real;
            }
        }
        return special;
    }

    private static double real(Value value) {
        return switch (value) {
            case Value.Real(double real) -> real;
            case Value.Whole(long whole) -> whole;
            case Value.Truth(boolean truth) -> truth ? 1 : 0;
            case Value.Text _, Value.Missing _ ->
                    throw new IllegalArgumentException(
                            "%s cannot be added; sums need numbers".formatted(value));
        };
    }
}
