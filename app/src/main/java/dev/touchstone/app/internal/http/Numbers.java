package dev.touchstone.app.internal.http;

/// Reads numbers that came in from outside.
final class Numbers {
    /// Further from the page than any telemetry.
    private static final double MAX_SECONDS = 1e7;

    private Numbers() {}

    /// @throws Problem 400 when it is none, or absurd
    static double parse(String field, String text) {
        try {
            double number = Double.parseDouble(text);
            if (Math.abs(number) <= MAX_SECONDS) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw Problem.badField(
                field,
                "'%s' is not a number of seconds between -%2$.0f and %2$.0f"
                        .formatted(text, MAX_SECONDS));
    }
}
