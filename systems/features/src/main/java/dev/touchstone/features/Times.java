package dev.touchstone.features;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Moments as nanoseconds since 1970-01-01T00:00:00Z, from the year 1677 to 2262, with the two
/// infinities at the ends of the `long`.
///
/// No double ever holds a time: it would lose the last eight bits of today's nanoseconds.
public final class Times {
    /// Before every moment.
    public static final long MINUS_INFINITY = Long.MIN_VALUE;

    /// After every moment; as an availability: never known.
    public static final long INFINITY = Long.MAX_VALUE;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final Pattern SPAN = Pattern.compile("([0-9]{1,12})(ns|us|ms|s|m|h|d)");

    private static final List<String> UNITS = List.of("d", "h", "m", "s", "ms", "us");

    private Times() {}

    /// `time - spanNanos`. The infinities stay what they are, and what falls before the first
    /// moment is [#MINUS_INFINITY].
    ///
    /// @param spanNanos not negative
    public static long minus(long time, long spanNanos) {
        if (time == INFINITY || time == MINUS_INFINITY) {
            return time;
        }
        return time < MINUS_INFINITY + spanNanos ? MINUS_INFINITY : time - spanNanos;
    }

    /// `time + spanNanos`. The infinities stay what they are, and what falls behind the last moment
    /// is [#INFINITY].
    ///
    /// @param spanNanos not negative
    public static long plus(long time, long spanNanos) {
        if (time == INFINITY || time == MINUS_INFINITY) {
            return time;
        }
        return time > INFINITY - spanNanos ? INFINITY : time + spanNanos;
    }

    /// The nanoseconds of an instant.
    ///
    /// @throws IllegalArgumentException when it is outside the years 1677 to 2262
    public static long of(Instant instant) {
        try {
            long seconds = instant.getEpochSecond();
            // The first representable second is only reached from the one after it.
            return seconds < 0
                    ? Math.addExact(
                            Math.multiplyExact(seconds + 1, NANOS_PER_SECOND),
                            instant.getNano() - NANOS_PER_SECOND)
                    : Math.addExact(
                            Math.multiplyExact(seconds, NANOS_PER_SECOND), instant.getNano());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s is outside the years 1677 to 2262; use -infinity or infinity for \"always\""
                                    .formatted(instant)
                            + " and \"never\"",
                    e);
        }
    }

    /// Reads `2026-03-01T12:00:00.5Z`, the same with an offset, `infinity` or `-infinity`.
    ///
    /// @throws IllegalArgumentException when it is none of these; a time without a zone is refused,
    ///   because a guess would move every label by hours
    public static long parse(String text) {
        if (text.equals("infinity")) {
            return INFINITY;
        }
        if (text.equals("-infinity")) {
            return MINUS_INFINITY;
        }
        try {
            return of(
                    OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'%s' is no time with a zone; write 2026-03-01T12:00:00Z or …+01:00"
                            .formatted(text),
                    e);
        }
    }

    /// Reads a span such as `500ms`, `90s`, `15m`, `2h` or `7d`.
    ///
    /// @return nanoseconds, at least 0
    /// @throws IllegalArgumentException when it is none, or longer than 292 years
    public static long parseSpan(String text) {
        Matcher parts = SPAN.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "write a span such as 500ms, 90s, 15m, 2h or 7d, got '%s'".formatted(text));
        }
        long unit =
                switch (parts.group(2)) {
                    case "ns" -> 1;
                    case "us" -> 1_000;
                    case "ms" -> 1_000_000;
                    case "s" -> NANOS_PER_SECOND;
                    case "m" -> 60 * NANOS_PER_SECOND;
                    case "h" -> 3600 * NANOS_PER_SECOND;
                    default -> 86_400 * NANOS_PER_SECOND;
                };
        try {
            return Math.multiplyExact(Long.parseLong(parts.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s is longer than 292 years; leave the bound out".formatted(text), e);
        }
    }

    /// The text that [#parseSpan] reads back, in the largest unit that it is a multiple of.
    public static String spanText(long nanos) {
        for (String unit : UNITS) {
            long its = parseSpan("1" + unit);
            if (nanos % its == 0 && (nanos > 0 || unit.equals("s"))) {
                return nanos / its + unit;
            }
        }
        return nanos + "ns";
    }

    /// The text that [#parse] reads back.
    public static String text(long time) {
        if (time == INFINITY) {
            return "infinity";
        }
        if (time == MINUS_INFINITY) {
            return "-infinity";
        }
        return Instant.ofEpochSecond(
                        Math.floorDiv(time, NANOS_PER_SECOND),
                        Math.floorMod(time, NANOS_PER_SECOND))
                .toString();
    }
}
