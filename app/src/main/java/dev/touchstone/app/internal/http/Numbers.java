package dev.touchstone.app.internal.http;

/// Reads numbers that came in from outside.
public final class Numbers {
    /// Further from the page than any telemetry.
    private static final double MAX_SECONDS = 1e7;

    private Numbers() {}

    /// A whole number.
    ///
    /// @throws Problem 400 when it is none
    public static long whole(String field, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw Problem.badField(field, "'%s' is not a whole number".formatted(text));
        }
    }

    /// Seconds before or after the page.
    ///
    /// @throws Problem 400 when they are none, or absurd
    static double seconds(String field, String text) {
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
