package dev.touchstone.app.internal.cli;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Amounts of memory as people write them.
final class Bytes {
    private static final Pattern AMOUNT =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?) ?([A-Za-z]*)");

    private static final Map<String, Double> UNITS =
            Map.of(
                    "B", 1.0,
                    "kB", 1e3,
                    "MB", 1e6,
                    "GB", 1e9,
                    "KiB", 1024.0,
                    "MiB", 1024.0 * 1024,
                    "GiB", 1024.0 * 1024 * 1024);

    private Bytes() {}

    /// Reads `4GB`, `512MB` or `1.5GiB`.
    static long parse(String option, String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches() || !UNITS.containsKey(amount.group(2))) {
            throw new IllegalArgumentException(
                    "%s must be an amount such as 4GB, 512MB or 1.5GiB, got '%s'"
                            .formatted(option, text));
        }
        return Math.round(
                Double.parseDouble(amount.group(1))
                        * UNITS.getOrDefault(amount.group(2), Double.NaN));
    }
}
