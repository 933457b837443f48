package dev.touchstone.arena.practice;

/// Whether a move is accepted.
public sealed interface Decision {
    /// It is; it counts once the event is stored and applied.
    record Accepted(Event event) implements Decision {}

    /// It is not.
    ///
    /// @param reason what is wrong, and what can be done instead
    record Refused(Kind kind, String reason) implements Decision {
        /// For a stored event that is refused at its place.
        IllegalArgumentException at(Event event) {
            return new IllegalArgumentException(
                    "%s at %s is refused: %s".formatted(word(event.move()), event.at(), reason));
        }

        private static String word(Move move) {
            return switch (move) {
                case Move.Start _ -> "start";
                case Move.Save save -> "save of " + save.section();
                case Move.Submit _ -> "submit";
                case Move.GiveUp _ -> "give-up";
                case Move.OpenHint _ -> "open-hint";
                case Move.OpenAnswer _ -> "open-answer";
                case Move.Annotate note -> "annotate of " + note.section();
                case Move.SelfGrade _ -> "self-grade";
                case Move.Reflect _ -> "reflect";
                case Move.TryDesign _ -> "try-design";
                case Move.Answer _ -> "answer";
                case Move.Rate _ -> "rate";
            };
        }
    }

    /// Why a move is refused.
    enum Kind {
        /// Not in this phase of the attempt.
        TOO_EARLY,
        /// The time for it has passed.
        TOO_LATE,
        /// Something it needs is missing.
        INCOMPLETE,
        /// It makes no sense: no such section, no such dimension, too long.
        MALFORMED
    }
}
