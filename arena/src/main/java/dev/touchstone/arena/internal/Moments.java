package dev.touchstone.arena.internal;

import java.time.Duration;

/// How moments and durations read to people.
public final class Moments {
    private Moments() {}

    /// A moment relative to the page: `at 4:30`, or `12:00 before the page`.
    public static String at(Duration moment) {
        return moment.isNegative()
                ? length(moment.negated()) + " before the page"
                : "at " + length(moment);
    }

    /// A length of time in minutes and seconds: `4:30`.
    public static String length(Duration length) {
        long seconds = length.toSeconds();
        return "%d:%02d".formatted(seconds / 60, seconds % 60);
    }
}
