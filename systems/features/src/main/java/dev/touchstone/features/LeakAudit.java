package dev.touchstone.features;

import java.util.List;
import java.util.Map;

/// What a training set that was built elsewhere holds, compared with a history: which of its cells
/// nobody could have known at their label's moment.
///
/// @param labels lines of the set
/// @param columns one for each column that was compared
public record LeakAudit(long labels, List<ColumnPart> columns) {
    public LeakAudit {
        columns = List.copyOf(columns);
    }

    /// What a cell turned out to be.
    public enum Finding {
        /// What an as-of join gives, also where that is nothing.
        AS_SERVED,
        /// Held by rows that could not be served yet, and by no row that could: proven.
        LEAKED,
        /// Held by a row that was known, but a stronger one was served, or it was too old, or
        /// deleted.
        OUTDATED,
        /// Empty, although something would have been served.
        EMPTY,
        /// Held by no row of the entity.
        UNEXPLAINED
    }

    /// A column.
    ///
    /// @param name in the set's header
    /// @param cells how many of each finding
    /// @param worstLeadNanos the longest lead of a leaked cell, 0 without one
    public record ColumnPart(String name, Map<Finding, Long> cells, long worstLeadNanos) {
        public ColumnPart {
            cells = Map.copyOf(cells);
        }

        /// How many cells of a finding.
        public long count(Finding finding) {
            return cells.getOrDefault(finding, 0L);
        }
    }

    /// The proof that a cell leaks.
    ///
    /// @param line of the set, the header being 1
    /// @param column its name in the set's header
    /// @param labelTime the moment of the label
    /// @param value what the cell holds
    /// @param row where it can come from at the earliest
    /// @param leadNanos how long after the label that row could first be served; [Times#INFINITY]
    ///   if never
    public record Leak(
            long line,
            String column,
            long labelTime,
            Value value,
            FeatureRow row,
            long leadNanos) {}

    /// Leaked cells in all columns.
    public long leaked() {
        return columns.stream().mapToLong(column -> column.count(Finding.LEAKED)).sum();
    }
}
