package dev.touchstone.app.internal.practice;

import dev.touchstone.arena.practice.Attempt;
import dev.touchstone.arena.practice.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// An attempt as it stands.
///
/// @param id such as `feed-9f2c61`
/// @param now the server's time, to which phases and time left refer
/// @param due when the item is due again, once the attempt is finished
/// @param earlier outcomes of the same item before this attempt, oldest first
public record Sitting(
        String id,
        String profile,
        Attempt attempt,
        Instant now,
        Optional<Instant> due,
        List<Outcome> earlier) {
    public Sitting {
        earlier = List.copyOf(earlier);
    }
}
