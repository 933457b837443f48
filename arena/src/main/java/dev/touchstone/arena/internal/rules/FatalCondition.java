package dev.touchstone.arena.internal.rules;

import java.util.List;

/// What makes a response fatal.
public sealed interface FatalCondition {
    /// The levers it speaks of.
    List<ActionRef> levers();

    /// `pulled(x)` or `pulled(x) >= 3`: took effect that often. `never(x)` says the same as
    /// `pulled(x)`.
    record Pulled(List<ActionRef> levers, int times) implements FatalCondition {
        public Pulled {
            levers = List.copyOf(levers);
        }
    }

    /// `only(x)`: took effect, and none of the incident's structural levers did.
    record Only(List<ActionRef> levers) implements FatalCondition {
        public Only {
            levers = List.copyOf(levers);
        }
    }
}
