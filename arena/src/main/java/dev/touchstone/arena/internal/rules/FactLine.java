package dev.touchstone.arena.internal.rules;

import java.util.Locale;

/// A figure in the report.
///
/// @param format how [String#format] writes its value
public record FactLine(String label, String figure, String format) {
    /// A value as the line shows it; a dash where there is none.
    public String written(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
    }
}
