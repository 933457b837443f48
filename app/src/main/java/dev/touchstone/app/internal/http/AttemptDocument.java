package dev.touchstone.app.internal.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.touchstone.app.internal.practice.Sitting;
import dev.touchstone.arena.practice.Back;
import dev.touchstone.arena.practice.CardAttempt;
import dev.touchstone.arena.practice.ChallengeAttempt;
import dev.touchstone.arena.practice.Check;
import dev.touchstone.arena.practice.DrillAttempt;
import dev.touchstone.arena.practice.EvidenceGrade;
import dev.touchstone.arena.practice.Face;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Level;
import dev.touchstone.arena.practice.Outcome;
import dev.touchstone.arena.practice.Solution;
import dev.touchstone.arena.practice.TriedDesign;
import dev.touchstone.arena.practice.Written;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Sheet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An attempt as the API tells it: what its events have opened, and nothing else.
@JsonInclude(JsonInclude.Include.NON_ABSENT)
sealed interface AttemptDocument {
    static AttemptDocument of(Sitting sitting) {
        return switch (sitting.attempt()) {
            case ChallengeAttempt attempt -> challenge(sitting, attempt);
            case DrillAttempt attempt -> drill(sitting, attempt);
            case CardAttempt attempt -> card(sitting, attempt);
        };
    }

    /// A challenge's.
    ///
    /// @param answer what counts, by section
    /// @param designs that were run within it, the first first
    record Challenge(
            String id,
            Item item,
            Instant started,
            String phase,
            Duration left,
            List<String> missing,
            Map<String, Written> answer,
            Map<String, Written> original,
            Map<String, Written> annotations,
            List<TriedDesign> designs,
            List<String> hints,
            Optional<Solution> solution,
            Map<String, Level> selfGrade,
            Optional<EvidenceGrade> evidence,
            Optional<Outcome> outcome,
            Optional<Instant> due)
            implements AttemptDocument {}

    /// A drill's.
    record Drilled(
            String id,
            Item item,
            Instant started,
            String question,
            String unit,
            boolean whole,
            Duration left,
            int triesLeft,
            List<DrillAttempt.Try> tries,
            boolean over,
            Optional<String> answer,
            Optional<Sheet> derivation,
            Optional<Outcome> outcome,
            Optional<Instant> due)
            implements AttemptDocument {}

    /// A card's.
    record Card(
            String id,
            Item item,
            Instant started,
            Face face,
            Optional<Written> typed,
            Optional<Back> back,
            Optional<Check> check,
            Optional<Outcome> outcome,
            Optional<Instant> due)
            implements AttemptDocument {}

    private static Challenge challenge(Sitting sitting, ChallengeAttempt attempt) {
        return new Challenge(
                sitting.id(),
                attempt.item(),
                attempt.started(),
                attempt.phase(sitting.now()).name(),
                attempt.left(sitting.now()),
                attempt.missing(),
                attempt.answer(),
                attempt.original(),
                attempt.annotations(),
                attempt.designs(),
                attempt.hints(),
                attempt.solution(),
                attempt.selfGrade(),
                attempt.evidence(),
                attempt.outcome(),
                sitting.due());
    }

    private static Drilled drill(Sitting sitting, DrillAttempt attempt) {
        return new Drilled(
                sitting.id(),
                attempt.item(),
                attempt.started(),
                attempt.question(),
                attempt.unit(),
                attempt.whole(),
                attempt.left(sitting.now()),
                attempt.triesLeft(),
                attempt.tries(),
                attempt.over(),
                attempt.answer(),
                attempt.derivation().map(Derivation::sheet),
                attempt.outcome(),
                sitting.due());
    }

    private static Card card(Sitting sitting, CardAttempt attempt) {
        return new Card(
                sitting.id(),
                attempt.item(),
                attempt.started(),
                attempt.face(),
                attempt.typed(),
                attempt.back(),
                attempt.check(),
                attempt.outcome(),
                sitting.due());
    }
}
