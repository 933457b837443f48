package dev.touchstone.features;

import java.util.List;

/// Why a label is given what it is given: every row of its entity, and what spoke for or against
/// it.
///
/// @param answer what the label is given
/// @param considered the entity's rows, the strongest first
public record Explanation(Answer answer, List<Considered> considered) {
    public Explanation {
        considered = List.copyOf(considered);
    }

    /// A row and its fate.
    public record Considered(FeatureRow row, Verdict verdict) {}

    /// What became of a row.
    public enum Verdict {
        /// Happened after the label, or at its very moment where the boundary is `<`.
        NOT_HAPPENED,
        /// Had happened, but could not be served yet.
        NOT_KNOWN,
        /// Could have been served, had not a stronger row been there.
        WEAKER,
        /// The strongest that could be served.
        WINS,
        /// The strongest that could be served, and a tombstone.
        WINS_AS_TOMBSTONE,
        /// The strongest, but older than the view serves.
        WINS_BUT_STALE
    }
}
