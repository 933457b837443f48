package dev.touchstone.app.internal.practice;

import dev.touchstone.arena.practice.Event;
import dev.touchstone.arena.practice.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Everything of a profile as a document. Reviews are not in it: they follow from the outcomes.
///
/// @param touchstone always `practice`, to tell the document from others
/// @param version of this form
record Export(
        String touchstone,
        int version,
        String profile,
        Instant exported,
        List<ExportedAttempt> attempts) {
    static final String KIND = "practice";
    static final int VERSION = 1;

    Export {
        attempts = List.copyOf(attempts);
    }

    /// An attempt.
    ///
    /// @param outcome empty while it is not finished
    record ExportedAttempt(String id, List<Event> events, Optional<Outcome> outcome) {
        ExportedAttempt {
            events = List.copyOf(events);
        }
    }
}
