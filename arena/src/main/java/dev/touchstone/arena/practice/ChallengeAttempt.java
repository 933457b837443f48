package dev.touchstone.arena.practice;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An attempt at a challenge: written against the clock, then hints, the model answer, one's own
/// grade, the evidence, and one sentence on what was missed.
///
/// At the deadline whatever was saved counts as submitted. Where nothing was, only [Move.GiveUp]
/// goes on.
///
/// The rating of the outcome: again when it was given up or no level was reached, hard for junior,
/// good for senior and staff, easy for principal; at most hard after a second hint.
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable", "InlineMeSuggester"})
public final class ChallengeAttempt implements Attempt {
    /// Where an attempt stands.
    public enum Phase {
        /// The answer is being written.
        WRITING,
        /// The deadline has passed and nothing was saved: [Move.GiveUp] is all that is left.
        EXPIRED,
        /// The answer is stored; hints and the model answer may be opened.
        SUBMITTED,
        /// The first hint is open, and the answer may be revised for a while.
        REVISING,
        /// The model answer is open; notes may be added, and one's own grade is due.
        ANSWERED,
        /// Grades are open; the sentence on what was missed is due.
        GRADED,
        /// Finished.
        DONE
    }

    private final Brief brief;

    ChallengeAttempt(Brief brief) {
        this.brief = brief;
    }

    public Brief brief() {
        return brief;
    }

    @Override
    public Item item() {
        return brief.item();
    }

    @Override
    public Instant started() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Instant> deadline() {
        throw new UnsupportedOperationException();
    }

    public Phase phase(Instant now) {
        throw new UnsupportedOperationException();
    }

    /// Time left to write or to revise; zero when neither is possible.
    public Duration left(Instant now) {
        throw new UnsupportedOperationException();
    }

    /// Ids of the sections that submitting still needs.
    public List<String> missing() {
        throw new UnsupportedOperationException();
    }

    /// Whether it was given up.
    public boolean givenUp() {
        throw new UnsupportedOperationException();
    }

    /// What was written before the first hint, by section. Never changes after submitting.
    public Map<String, Written> original() {
        throw new UnsupportedOperationException();
    }

    /// What was written after the first hint, by section: only what was saved then.
    public Map<String, Written> revised() {
        throw new UnsupportedOperationException();
    }

    /// The answer that is graded: the original with its revisions, by section.
    public Map<String, Written> answer() {
        throw new UnsupportedOperationException();
    }

    /// Notes made beside the answer once the model answer was open, by section.
    public Map<String, Written> annotations() {
        throw new UnsupportedOperationException();
    }

    /// The hints that are open.
    public List<String> hints() {
        throw new UnsupportedOperationException();
    }

    /// The model answer, once it is open.
    public Optional<Solution> solution() {
        throw new UnsupportedOperationException();
    }

    /// One's own grade, once given.
    public Map<String, Level> selfGrade() {
        throw new UnsupportedOperationException();
    }

    /// The evidence, once one's own grade is stored; never for what was given up.
    public Optional<EvidenceGrade> evidence() {
        throw new UnsupportedOperationException();
    }

    /// What to learn, by dimension, once grades are open.
    public Map<String, Reading> readings() {
        throw new UnsupportedOperationException();
    }

    /// The sentence on what was missed; empty until then.
    public String reflection() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Decision decide(Move move, Instant now) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChallengeAttempt apply(Event event) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Outcome> outcome() {
        throw new UnsupportedOperationException();
    }
}
