package dev.touchstone.app.internal.pages;

import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Where an axis is marked, and what the marks say. Times are marked at times that people know.
///
/// @param values in the unit of the axis
record Ticks(List<Double> values, List<String> labels) {
    private static final int MOST = 7;
    private static final double HOUR = 3_600;
    private static final double DAY = 24 * HOUR;

    /// Seconds that a logarithmic axis of times is marked at.
    private static final double[] TIMES = {
        1e-9,
        1e-8,
        1e-7,
        1e-6,
        1e-5,
        1e-4,
        1e-3,
        0.01,
        0.1,
        1,
        10,
        60,
        600,
        HOUR,
        6 * HOUR,
        DAY,
        7 * DAY,
        30 * DAY,
        365 * DAY,
        3_650 * DAY
    };

    static Ticks of(double min, double max, boolean logarithmic, Unit unit) {
        boolean time = unit.symbol().equals("s");
        DoubleStream all =
                logarithmic
                        ? time ? DoubleStream.of(TIMES) : decades(min, max)
                        : steps(min, max, time ? scale(max) : 1);
        double slack = 1e-9 * (max - min);
        List<Double> inside =
                all.filter(value -> value >= min - slack && value <= max + slack).boxed().toList();
        List<Double> few = thinned(inside);
        return new Ticks(few, few.stream().map(value -> label(value, unit)).toList());
    }

    /// The smallest round number that is not less.
    static double ceiling(double value, Unit unit) {
        if (!(value > 0)) {
            return 1;
        }
        double scale = unit.symbol().equals("s") ? scale(value) : 1;
        double power = Math.pow(10, Math.floor(Math.log10(value / scale)));
        return DoubleStream.of(1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10)
                .map(step -> step * power * scale)
                .filter(candidate -> candidate >= value * (1 - 1e-9))
                .findFirst()
                .orElse(10 * power * scale);
    }

    /// A value without the part of its unit that the axis' title names.
    private static String label(double value, Unit unit) {
        String text = Quantity.of(value, unit).text(unit);
        if (named(unit).isEmpty()) {
            return text;
        }
        String whole = text.contains("/") ? text.substring(0, text.indexOf('/')) : text;
        return keepsPrefix(unit) ? whole : whole.replaceFirst(" .*", "");
    }

    /// The part of a unit that labels leave out and the axis' title names.
    static String named(Unit unit) {
        String symbol = unit.symbol();
        if (keepsPrefix(unit)) {
            int slash = symbol.indexOf('/');
            return slash < 0 ? "" : symbol.substring(slash);
        }
        return symbol.equals("%") || symbol.equals("×") ? "" : symbol;
    }

    /// Whether the unit changes from value to value: `800 kB`, `1.2 MB`.
    private static boolean keepsPrefix(Unit unit) {
        return unit.symbol().startsWith("$") || unit.symbol().matches("(?:B|FLOP|s)(?:/.*)?");
    }

    /// 1, 2, 5, 10, …
    private static DoubleStream decades(double min, double max) {
        return IntStream.rangeClosed(
                        (int) Math.floor(Math.log10(min)), (int) Math.ceil(Math.log10(max)))
                .boxed()
                .flatMapToDouble(power ->
                        DoubleStream.of(1, 2, 5).map(digit -> digit * Math.pow(10, power)));
    }

    private static DoubleStream steps(double min, double max, double scale) {
        double step = step((max - min) / scale / 5) * scale;
        return IntStream.rangeClosed((int) Math.ceil(min / step), (int) Math.floor(max / step))
                .mapToDouble(i -> i * step);
    }

    /// The next 1, 2, 2.5 or 5 times a power of ten; 1 where there is no distance to divide.
    static double step(double rough) {
        if (!(rough > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        return DoubleStream.of(1, 2, 2.5, 5, 10)
                .map(factor -> factor * power)
                .filter(step -> step >= rough * 0.999)
                .findFirst()
                .orElse(10 * power);
    }

    /// Seconds of the unit in which a time of this size is written.
    private static double scale(double seconds) {
        if (seconds >= 1_000 * DAY) {
            return 365 * DAY;
        } else if (seconds >= 2 * DAY) {
            return DAY;
        } else if (seconds >= 2 * HOUR) {
            return HOUR;
        }
        return seconds >= 120 ? 60 : 1;
    }

    /// Every second, third … of them, beginning with the first, until they are few.
    private static List<Double> thinned(List<Double> values) {
        int every = (values.size() + MOST - 1) / MOST;
        return IntStream.range(0, values.size())
                .filter(i -> i % Math.max(every, 1) == 0)
                .mapToObj(values::get)
                .toList();
    }
}
