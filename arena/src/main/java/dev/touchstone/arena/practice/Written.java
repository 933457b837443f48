package dev.touchstone.arena.practice;

import java.time.Instant;
import java.util.Optional;

/// What stands in a section.
///
/// @param certainty how sure a question's answer is: 1, 2 or 3
/// @param at when it was saved last
public record Written(String text, Optional<Integer> certainty, Instant at) {
    /// What is wrong with a certainty; empty when nothing is.
    static Optional<Decision.Refused> objection(Optional<Integer> certainty) {
        return certainty
                .filter(sure -> sure < 1 || sure > 3)
                .map(sure ->
                        new Decision.Refused(
                                Decision.Kind.MALFORMED, "certainty is 1, 2 or 3, not " + sure));
    }
}
