package dev.touchstone.arena.internal;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `90s`, `5m`, `1h30m`, `-40m`; ISO-8601 (`PT5M`) as well.
public final class Durations {
    /// What to write, for messages.
    public static final String FORM = "write it as 90s, 5m, 1h30m or PT5M";

    private static final Pattern PLAIN =
            Pattern.compile("(-?)(?=[0-9])(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?");

    private Durations() {}

    /// The duration, or nothing where the text is none.
    public static Optional<Duration> parse(String text) {
        Matcher plain = PLAIN.matcher(text);
        if (plain.matches()) {
            Duration length =
                    Duration.ofHours(part(plain, 2))
                            .plusMinutes(part(plain, 3))
                            .plusSeconds(part(plain, 4));
            return Optional.of(plain.group(1).isEmpty() ? length : length.negated());
        }
        if (!text.contains("P")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static long part(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
