package dev.touchstone.features.internal.audit;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Times;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// Spans between moments, and the calendar's hours, days and months around one, in UTC.
final class Moments {
    static final long HOUR = 3_600_000_000_000L;
    static final long DAY = 24 * HOUR;

    private static final long SECOND = 1_000_000_000L;

    private Moments() {}

    /// How long after a label's moment a row could first be served.
    static long lead(FeatureRow row, AsOfRule rule, long moment) {
        return Math.max(
                span(moment, row.eventTime()),
                span(Times.minus(moment, rule.delayNanos()), row.availableTime()));
    }

    private static long span(long from, long to) {
        try {
            return to == Times.INFINITY ? Times.INFINITY : Math.subtractExact(to, from);
        } catch (ArithmeticException e) {
            return to > from ? Times.INFINITY : Times.MINUS_INFINITY;
        }
    }

    /// The latest multiple of a span that is not after a moment.
    static long floor(long moment, long span) {
        return Times.minus(moment, Math.floorMod(moment, span));
    }

    /// When the month of a moment began.
    static long month(long moment) {
        return start(date(moment).withDayOfMonth(1));
    }

    /// When the month after that of a moment begins.
    static long nextMonth(long moment) {
        return start(date(moment).withDayOfMonth(1).plusMonths(1));
    }

    private static LocalDate date(long moment) {
        return LocalDate.ofInstant(
                Instant.ofEpochSecond(Math.floorDiv(moment, SECOND)), ZoneOffset.UTC);
    }

    private static long start(LocalDate date) {
        long seconds = date.toEpochDay() * (DAY / SECOND);
        if (seconds > Times.INFINITY / SECOND) {
            return Times.INFINITY;
        }
        return seconds < Times.MINUS_INFINITY / SECOND ? Times.MINUS_INFINITY : seconds * SECOND;
    }
}
