package dev.touchstone.app.internal.sizing;

import dev.touchstone.capacity.drill.Drill;

/// A drill as it is asked, without its answer.
///
/// @param unit what the answer is measured in; another unit of the kind does as well
/// @param whole whether only one whole number is right
public record Question(
        String id, long seed, String title, String question, String unit, boolean whole) {
    public static Question of(Drill drill) {
        return new Question(
                drill.id(),
                drill.seed(),
                drill.title(),
                drill.question(),
                drill.unit().symbol(),
                drill.whole());
    }

    /// What answers are judged by.
    public String rule() {
        return whole ? "A whole number; any unit that fits." : "±2 %, in any unit that fits.";
    }
}
