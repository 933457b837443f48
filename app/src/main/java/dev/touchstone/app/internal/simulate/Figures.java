package dev.touchstone.app.internal.simulate;

import java.time.Duration;
import java.util.Locale;

/// How numbers read, in the terminal and on the page.
final class Figures {
    /// What stands where nothing was measured.
    static final String NOTHING = "–";

    private Figures() {}

    /// Three digits and a unit that suits them: `0.83 ms`, `68.2 ms`, `1.59 s`, `2 min 05 s`.
    static String seconds(double seconds) {
        if (!Double.isFinite(seconds)) {
            return NOTHING;
        }
        if (seconds >= 100) {
            return span(Duration.ofMillis(Math.round(seconds * 1e3)));
        }
        return seconds >= 1 ? digits(seconds) + " s" : digits(seconds * 1e3) + " ms";
    }

    /// `45.2 s`, `58 min 24 s`, `1 h 02 min`.
    static String span(Duration span) {
        if (span.toHours() > 0) {
            return format("%d h %02d min", span.toHours(), span.toMinutesPart());
        }
        return span.toSeconds() >= 100
                ? format("%d min %02d s", span.toMinutes(), span.toSecondsPart())
                : format("%.1f s", span.toMillis() / 1e3);
    }

    /// `19,366`.
    static String count(long count) {
        return format("%,d", count);
    }

    /// Three digits at least, whole from 100 on: `5.53`, `6,381`.
    static String rate(double rate) {
        return Double.isFinite(rate) ? digits(rate) : NOTHING;
    }

    /// `55`, `4.4`.
    static String level(double level) {
        if (!Double.isFinite(level)) {
            return NOTHING;
        }
        return level >= 9.95 ? count(Math.round(level)) : format("%.1f", level);
    }

    /// `46.9 %`.
    static String percent(double share) {
        return Double.isFinite(share) ? format("%.1f %%", 100 * share) : NOTHING;
    }

    /// `1 replica`, `4 replicas`.
    static String plural(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    private static String digits(double value) {
        double magnitude = Math.abs(value);
        if (magnitude >= 99.95) {
            return format("%,.0f", value);
        }
        return magnitude >= 9.995 ? format("%.1f", value) : format("%.2f", value);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
