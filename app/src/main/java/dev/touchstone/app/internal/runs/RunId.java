package dev.touchstone.app.internal.runs;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A run's name: the incident's id and some chance, such as `wr4-9f2c61`. It names a file too, so
/// what is not exactly of this shape is no run.
public record RunId(String value) implements Comparable<RunId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9]{1,24}-[0-9a-f]{6,16}");

    /// Rejects anything that could not have come from [#of].
    public RunId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("run id '%s' must match %s".formatted(value, SHAPE));
        }
    }

    /// A new run's name.
    ///
    /// @param chance hexadecimal digits that nothing else has
    public static RunId of(String incident, String chance) {
        String word = incident.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return new RunId(word.substring(0, Math.min(word.length(), 24)) + "-" + chance);
    }

    /// Reads what came in from outside.
    public static Optional<RunId> parse(String text) {
        return SHAPE.matcher(text).matches() ? Optional.of(new RunId(text)) : Optional.empty();
    }

    /// As JSON a run's id is its text.
    @Override
    @JsonValue
    public String value() {
        return value;
    }

    @Override
    public int compareTo(RunId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
