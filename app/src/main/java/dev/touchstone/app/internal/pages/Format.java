package dev.touchstone.app.internal.pages;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// How times and numbers read. A story's times are UTC, as its logs would be.
public final class Format {
    private static final DateTimeFormatter CLOCK = formatter("HH:mm:ss");
    private static final DateTimeFormatter MINUTE = formatter("HH:mm");
    private static final DateTimeFormatter DAY = formatter("EEE d MMM");
    private static final DateTimeFormatter DATE = formatter("d MMM yyyy, HH:mm");

    private Format() {}

    /// `14:07:12`.
    public static String clock(Instant instant) {
        return CLOCK.format(instant);
    }

    /// `14:07`.
    public static String minute(Instant instant) {
        return MINUTE.format(instant);
    }

    /// `Thu 19 Nov`.
    public static String day(Instant instant) {
        return DAY.format(instant);
    }

    /// `19 Nov 2026, 14:07`.
    public static String date(Instant instant) {
        return DATE.format(instant);
    }

    /// What something costs: `free`, `45 s`, `3 min`, `1 h 30 min`.
    public static String cost(Duration duration) {
        return duration.isZero() ? "free" : span(duration);
    }

    /// `45 s`, `3 min`, `2 min 30 s`, `1 h 30 min`.
    public static String span(Duration duration) {
        var text = new StringBuilder();
        part(text, duration.toHours(), "h");
        part(text, duration.toMinutesPart(), "min");
        if (duration.toHours() == 0) {
            part(text, duration.toSecondsPart(), "s");
        }
        return text.isEmpty() ? "0 s" : text.toString();
    }

    /// Relative to the page: `+7:12`, `−23:00`.
    public static String offset(Duration duration) {
        return (duration.isNegative() ? "−" : "+") + minutes(duration.abs());
    }

    /// `52:48`; hours count as minutes.
    public static String minutes(Duration duration) {
        return "%d:%02d".formatted(duration.toMinutes(), duration.toSecondsPart());
    }

    /// A whole number with its thousands apart.
    public static String count(double number) {
        return String.format(Locale.ROOT, "%,d", Math.round(number));
    }

    /// Points: `7`, `3.5`, `−2`.
    public static String points(double points) {
        String size =
                points == Math.rint(points)
                        ? Long.toString(Math.round(Math.abs(points)))
                        : String.format(Locale.ROOT, "%.1f", Math.abs(points));
        return points < 0 ? "−" + size : size;
    }

    private static void part(StringBuilder text, long amount, String unit) {
        if (amount > 0) {
            text.append(text.isEmpty() ? "" : " ").append(amount).append(' ').append(unit);
        }
    }

    private static DateTimeFormatter formatter(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }
}
