package dev.touchstone.app.internal.runs;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.touchstone.arena.Action;
import java.time.Duration;
import java.time.Instant;

/// A line of a run's journal.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "entry")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JournalEntry.Started.class, name = "started"),
    @JsonSubTypes.Type(value = JournalEntry.Acted.class, name = "acted"),
    @JsonSubTypes.Type(value = JournalEntry.Graded.class, name = "graded"),
})
public sealed interface JournalEntry {
    /// The first line: what is played.
    record Started(String incident, long seed, Instant created) implements JournalEntry {}

    /// An action that was done.
    ///
    /// @param at the virtual time after it, relative to the page. A replay that arrives at another
    ///   time has not played the same incident, and says so.
    record Acted(Duration at, Action action) implements JournalEntry {}

    /// The score, once somebody has asked for the report.
    record Graded(int score) implements JournalEntry {}
}
