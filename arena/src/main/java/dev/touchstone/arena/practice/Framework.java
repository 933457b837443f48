package dev.touchstone.arena.practice;

import java.util.List;

/// A way to work through a design or an outage, always open.
public record Framework(String id, String title, String summary, List<Step> steps) {
    public Framework {
        steps = List.copyOf(steps);
    }

    /// One step.
    ///
    /// @param minutes how long it should take; 0 where that cannot be said
    /// @param ask questions to put to oneself
    public record Step(String id, String title, int minutes, String text, List<String> ask) {
        public Step {
            ask = List.copyOf(ask);
        }
    }
}
