package dev.touchstone.app.internal.pages;

import dev.touchstone.capacity.drill.Grade;
import dev.touchstone.capacity.drill.Slip;
import java.util.List;
import java.util.Locale;

/// A drill's verdict in words.
///
/// @param sentence what it came to
/// @param slips what would give that answer, the likeliest first
public record DrillVerdict(boolean right, String sentence, List<Slip> slips) {
    private static final double EXACT = 0.0005;

    public DrillVerdict {
        slips = List.copyOf(slips);
    }

    public static DrillVerdict of(Grade grade) {
        return switch (grade) {
            case Grade.Right(double deviation) ->
                    new DrillVerdict(
                            true,
                            deviation < EXACT
                                    ? "Right."
                                    : String.format(
                                            Locale.ROOT, "Right, within %.1f %%.", 100 * deviation),
                            List.of());
            case Grade.Wrong(List<Slip> slips, double factor) ->
                    new DrillVerdict(false, "Not right: " + size(factor), slips);
            case Grade.UnitMissing(_, String reason) -> new DrillVerdict(false, reason, List.of());
            case Grade.WrongMeasure(String reason) -> new DrillVerdict(false, reason, List.of());
            case Grade.Unreadable(String reason) -> new DrillVerdict(false, reason, List.of());
        };
    }

    private static String size(double factor) {
        if (!(factor > 0)) {
            return "it has to be more than nothing.";
        }
        return factor > 1
                ? String.format(Locale.ROOT, "%.3g times too large.", factor)
                : String.format(Locale.ROOT, "%.3g times too small.", 1 / factor);
    }
}
