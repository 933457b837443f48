package dev.touchstone.arena.internal.rules;

import java.time.Duration;
import java.util.Optional;

/// How a rule came out.
///
/// @param why a clause that names the deciding event and its time
/// @param at the deciding event, where there is one
public record Ruling(boolean earned, String why, Optional<Duration> at) {
    static Ruling earned(String why, Duration at) {
        return new Ruling(true, why, Optional.of(at));
    }

    static Ruling lost(String why, Duration at) {
        return new Ruling(false, why, Optional.of(at));
    }

    static Ruling lost(String why) {
        return new Ruling(false, why, Optional.empty());
    }
}
