package dev.touchstone.arena;

import java.time.Duration;
import java.util.List;

/// What came of an action.
public sealed interface Outcome {
    /// It was done; times are relative to the page.
    ///
    /// @param text one or two sentences for the player's log
    /// @param findings what a probe brought to light; each can be cited as evidence
    record Done(Duration startedAt, Duration endedAt, String text, List<Finding> findings)
            implements Outcome {
        public Done {
            findings = List.copyOf(findings);
        }
    }

    /// It was not done and cost no time; `reason` says why and what would work instead.
    record Refused(Kind kind, String reason) implements Outcome {}

    /// Why an action is refused.
    enum Kind {
        /// It names a probe, lever, option, signal or term that the incident does not have.
        UNKNOWN,
        /// The deployment cannot do it as it stands.
        NOT_NOW,
        /// The run is over.
        ENDED,
        /// A value is out of range: an empty or overlong text, a negative duration.
        INVALID
    }

    /// One fact that a probe brought to light.
    ///
    /// @param signal the id under which it can be cited
    /// @param title what was looked at
    /// @param text what was seen, with its numbers
    /// @param table optional rows for a table, the first row being the header; may be empty
    record Finding(String signal, String title, String text, List<List<String>> table) {
        public Finding {
            table = table.stream().map(List::copyOf).toList();
        }
    }
}
