package dev.touchstone.arena;

import java.util.List;

/// A run as data: all that is needed to play it again, to the same event-log hash.
///
/// @param incident the incident's id
/// @param seed decides the variant and every random draw
public record RunRecord(String incident, long seed, List<Action> actions) {
    public RunRecord {
        actions = List.copyOf(actions);
    }
}
