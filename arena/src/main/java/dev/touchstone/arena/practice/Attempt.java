package dev.touchstone.arena.practice;

import java.time.Instant;
import java.util.Optional;

/// One go at an item. It is immutable and knows no clock: its state follows from its events, what
/// is accepted follows from its state and the time passed in.
///
/// ```java
/// switch (attempt.decide(move, now)) {
///     case Decision.Accepted(Event event) -> { store.append(event); attempt = attempt.apply(event); }
///     case Decision.Refused(Decision.Kind kind, String reason) -> …
/// }
/// ```
public sealed interface Attempt permits ChallengeAttempt, DrillAttempt, CardAttempt {
    Item item();

    Instant started();

    /// When writing ends; empty where time is not limited.
    Optional<Instant> deadline();

    /// Whether a move is accepted at this time. Changes nothing.
    Decision decide(Move move, Instant now);

    /// The attempt after an event that [#decide] accepted.
    ///
    /// @throws IllegalArgumentException when it is refused at that point, as from a damaged store
    Attempt apply(Event event);

    /// What it comes to, once it is finished.
    Optional<Outcome> outcome();
}
