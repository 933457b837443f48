package dev.touchstone.app.internal.practice;

import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Outcome;
import java.time.Instant;
import java.util.Optional;

/// A line in the list of attempts.
///
/// @param outcome empty while it is not finished
public record PastAttempt(
        String id, Item item, String title, Instant started, Optional<Outcome> outcome) {}
