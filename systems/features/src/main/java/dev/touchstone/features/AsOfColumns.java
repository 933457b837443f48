package dev.touchstone.features;

import dev.touchstone.features.internal.stream.RowBatch;
import dev.touchstone.features.internal.stream.StreamJoin;
import dev.touchstone.features.internal.stream.WaitingLabels;
import java.util.ArrayList;
import java.util.List;

/// The as-of join of labels and a history that are in memory as columns.
///
/// ```java
/// List<ColumnData> cells =
///         AsOfColumns.join(
///                 view,
///                 Mode.KNOWN_AT_THE_TIME,
///                 new AsOfColumns.Labels(List.of(accounts), times),
///                 new AsOfColumns.Rows(List.of(rowAccounts), events, List.of(balances)),
///                 2);
/// ```
///
/// Nothing is copied but what wins. Of rows with equal event and availability, the one that stands
/// later wins.
public final class AsOfColumns {
    private AsOfColumns() {}

    /// Labels as columns.
    ///
    /// @param key the view's key columns
    /// @param times their moments, in nanoseconds
    public record Labels(List<ColumnData> key, ColumnData.Longs times) {
        /// Refuses columns of different lengths.
        public Labels {
            key = List.copyOf(key);
            key.forEach(column -> checkSize(column, times.size()));
        }
    }

    /// A history as columns, in any order.
    ///
    /// @param key the view's key columns, nothing missing in them
    /// @param event when each row happened, in nanoseconds
    /// @param available when each could first be served; the same column as `event` when that is
    ///   the same
    /// @param deleted whether each is a tombstone; of no cells when none is
    /// @param features the view's features
    public record Rows(
            List<ColumnData> key,
            ColumnData.Longs event,
            ColumnData.Longs available,
            ColumnData.Booleans deleted,
            List<ColumnData> features) {
        /// Refuses columns of different lengths, and rows without a key or a time.
        public Rows {
            key = List.copyOf(key);
            features = List.copyOf(features);
            List<ColumnData> required = new ArrayList<>(key);
            required.add(event);
            required.add(available);
            for (ColumnData column : required) {
                checkSize(column, event.size());
                for (boolean missing : column.missing()) {
                    if (missing) {
                        throw new IllegalArgumentException(
                                "a row has no key or no time; leave it out");
                    }
                }
            }
            features.forEach(column -> checkSize(column, event.size()));
            if (deleted.size() > 0) {
                checkSize(deleted, event.size());
            }
        }

        /// Rows that were available when they happened, no tombstones among them.
        public Rows(List<ColumnData> key, ColumnData.Longs event, List<ColumnData> features) {
            this(
                    key,
                    event,
                    event,
                    new ColumnData.Booleans(new boolean[0], new boolean[0]),
                    features);
        }
    }

    private static void checkSize(ColumnData column, int size) {
        if (column.size() != size) {
            throw new IllegalArgumentException(
                    "a column has %d cells and another one %d".formatted(column.size(), size));
        }
    }

    /// Joins what is in memory already.
    ///
    /// @param threads that may join
    /// @return a column for each feature of the view, a cell for each label in the order given
    /// @throws IllegalArgumentException when columns are not those of the view
    public static List<ColumnData> join(
            FeatureView view, Mode mode, Labels labels, Rows rows, int threads) {
        checkTypes("key of the labels", view.key(), labels.key());
        checkTypes("key of the rows", view.key(), rows.key());
        checkTypes("features", view.features(), rows.features());
        var join =
                new StreamJoin(
                        WaitingLabels.of(labels.key(), labels.times(), threads),
                        view.rule(),
                        mode,
                        view.features().stream().map(Column::type).toList(),
                        new StreamJoin.Room(threads, 0));
        return join.finish(
                        new RowBatch(
                                rows.event().size(),
                                rows.key(),
                                rows.event().values(),
                                rows.available().values(),
                                rows.deleted().values(),
                                rows.features()))
                .cells();
    }

    private static void checkTypes(String what, List<Column> wanted, List<ColumnData> columns) {
        boolean fit = wanted.size() == columns.size();
        for (int c = 0; fit && c < wanted.size(); c++) {
            fit =
                    ColumnData.allocate(wanted.get(c).type(), 0)
                            .getClass()
                            .equals(columns.get(c).getClass());
        }
        if (!fit) {
            throw new IllegalArgumentException(
                    "the %s must be %s, in that order".formatted(what, wanted));
        }
    }
}
