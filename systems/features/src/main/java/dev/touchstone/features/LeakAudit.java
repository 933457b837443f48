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
        /// deleted. Of windows: what was served earlier, or comes of the known events when the
        /// window is taken otherwise.
        OUTDATED,
        /// Empty, although something would have been served.
        EMPTY,
        /// Held by no row of the entity, and given by no set of events that was tried.
        UNEXPLAINED
    }

    /// A column.
    ///
    /// @param name in the set's header
    /// @param cells how many of each finding
    /// @param causes how many of the leaked cells have each cause
    /// @param worstLeadNanos the longest lead of a leaked cell, 0 without one
    public record ColumnPart(
            String name, Map<Finding, Long> cells, Map<Cause, Long> causes, long worstLeadNanos) {
        public ColumnPart {
            cells = Map.copyOf(cells);
            causes = Map.copyOf(causes);
        }

        /// How many cells of a finding.
        public long count(Finding finding) {
            return cells.getOrDefault(finding, 0L);
        }
    }

    /// What a builder must have done to come to a leaked value.
    public enum Cause {
        /// It took rows that had happened, but were not known yet.
        NOT_KNOWN,
        /// It left the view's serving delay out.
        NO_DELAY,
        /// It took rows of the label's very moment, which the boundary `<` leaves out.
        SAME_MOMENT,
        /// It took a row that happened after the label.
        LATER_ROW,
        /// It read the window at, or up to, the end of the label's hour.
        END_OF_HOUR,
        /// … of the label's day, in UTC.
        END_OF_DAY,
        /// … of the label's month, in UTC.
        END_OF_MONTH,
        /// … of the history.
        END_OF_HISTORY
    }

    /// The proof that a cell leaks.
    ///
    /// @param line of the set, the header being 1
    /// @param column its name in the set's header
    /// @param labelTime the moment of the label
    /// @param value what the cell holds
    /// @param evidence where it can come from at the earliest
    public record Leak(long line, String column, long labelTime, Value value, Evidence evidence) {}

    /// Rows that could not be served yet and without which a value cannot be explained.
    ///
    /// @param rows at least one, in the order in which they could be served. Of a view of plain
    ///   rows it is the one that holds the value; of windows, without any of them the value would
    ///   be another
    /// @param leadNanos how long after the label the last of them could first be served;
    ///   [Times#INFINITY] if never
    public record Evidence(Cause cause, List<FeatureRow> rows, long leadNanos) {
        public Evidence {
            rows = List.copyOf(rows);
        }
    }

    /// Leaked cells in all columns.
    public long leaked() {
        return columns.stream().mapToLong(column -> column.count(Finding.LEAKED)).sum();
    }
}
