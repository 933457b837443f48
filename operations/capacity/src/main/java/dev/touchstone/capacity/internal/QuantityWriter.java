package dev.touchstone.capacity.internal;

import dev.touchstone.capacity.Unit;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/// Writes numbers with units for people: four significant digits, whole numbers below a million in
/// full. [QuantityReader] reads them back.
public final class QuantityWriter {
    private static final MathContext FOUR_DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);
    private static final String[] DECIMAL = {"", "k", "M", "G", "T", "P", "E", "Z"};
    private static final String[] BINARY = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    private static final String[] COUNTS = {"", "k", "M", "B", "T"};

    /// Values from here on are scaled.
    private static final double SCALED_FROM = 1e6;

    /// What rounds up to the next prefix is written with it: `1B`, not `1000M`.
    private static final double ROUNDS_UP = 1 - 5e-5;

    private QuantityWriter() {}

    /// A value in its unit.
    public static String text(double value, Unit unit) {
        String symbol = unit.symbol();
        if (symbol.isEmpty()) {
            return count(value);
        }
        if (symbol.startsWith("$")) {
            return "$" + count(value) + symbol.substring(1);
        }
        if (symbol.equals("%") || symbol.equals("×")) {
            return number(value) + (symbol.equals("%") ? " %" : "×");
        }
        int end = firstWordEnd(symbol);
        String rest = symbol.substring(end);
        return switch (symbol.substring(0, end)) {
            case "B" -> prefixed(value, 1000, DECIMAL, "B") + rest;
            case "FLOP" -> prefixed(value, 1000, DECIMAL, "FLOP") + rest;
            case "s" -> time(value) + rest;
            case String word when isNoun(word) && !rest.startsWith("-") ->
                    "%s %s%s%s".formatted(count(value), word, value == 1 ? "" : "s", rest);
            default -> "%s %s".formatted(count(value), symbol);
        };
    }

    /// In binary prefixes where the unit is plain bytes and there is at least one KiB; else empty.
    public static String binaryText(double value, Unit unit) {
        return unit.symbol().equals("B") && value >= SCALED_FROM
                ? prefixed(value, 1024, BINARY, "B")
                : "";
    }

    private static int firstWordEnd(String symbol) {
        int end = 0;
        while (end < symbol.length() && Character.isLetterOrDigit(symbol.charAt(end))) {
            end++;
        }
        return end;
    }

    /// Whether it takes an s: `token`, `GPU`, but not `h`, `min`, `Gbit` or the `GPU` of `GPU-h`.
    private static boolean isNoun(String word) {
        return word.equals("GPU")
                || (word.length() >= 3
                        && !word.equals("min")
                        && word.chars().allMatch(Character::isLowerCase));
    }

    private static String prefixed(double value, double step, String[] prefixes, String symbol) {
        int power = 0;
        double scaled = value;
        if (Math.abs(value) >= SCALED_FROM * ROUNDS_UP) {
            while (Math.abs(scaled) >= step * ROUNDS_UP && power < prefixes.length - 1) {
                scaled /= step;
                power++;
            }
        }
        return number(scaled) + " " + prefixes[power] + symbol;
    }

    private static String time(double seconds) {
        double size = Math.abs(seconds);
        if (size >= 1_000 * 86_400.0) {
            return number(seconds / (365 * 86_400.0)) + " y";
        } else if (size >= 2 * 86_400.0) {
            return number(seconds / 86_400.0) + " d";
        } else if (size >= 2 * 3_600.0) {
            return number(seconds / 3_600.0) + " h";
        } else if (size >= 2 * 60.0) {
            return number(seconds / 60.0) + " min";
        } else if (size >= 1 || size == 0) {
            return number(seconds) + " s";
        } else if (size >= 1e-3) {
            return number(seconds * 1e3) + " ms";
        }
        return size >= 1e-6 ? number(seconds * 1e6) + " µs" : number(seconds * 1e9) + " ns";
    }

    private static String count(double value) {
        int power = 0;
        double scaled = value;
        if (Math.abs(value) >= SCALED_FROM * ROUNDS_UP) {
            while (Math.abs(scaled) >= 1000 * ROUNDS_UP && power < COUNTS.length - 1) {
                scaled /= 1000;
                power++;
            }
        }
        return number(scaled) + COUNTS[power];
    }

    private static String number(double value) {
        double size = Math.abs(value);
        if (!Double.isFinite(value)) {
            return value > 0 ? "infinite" : "undefined";
        }
        if (size >= 1000) {
            return size < 1e15
                    ? grouped(Math.round(value))
                    : String.format(Locale.ROOT, "%.4g", value);
        }
        BigDecimal rounded = new BigDecimal(value).round(FOUR_DIGITS).stripTrailingZeros();
        return size >= 1e-4 || size == 0 ? rounded.toPlainString() : rounded.toString();
    }

    private static String grouped(long value) {
        var digits = new StringBuilder(Long.toString(value));
        for (int i = digits.length() - 3; i > (value < 0 ? 1 : 0); i -= 3) {
            digits.insert(i, ',');
        }
        return digits.toString();
    }
}
