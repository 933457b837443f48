package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.TrainingSetSources.HistoryFile;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.join.AsOfJoin;
import dev.touchstone.features.internal.join.JoinLabels;
import dev.touchstone.features.internal.join.ViewJoin;
import dev.touchstone.features.internal.parquet.ParquetColumns;
import dev.touchstone.features.internal.stream.RowBatch;
import dev.touchstone.features.internal.stream.StreamJoin;
import dev.touchstone.features.internal.stream.WaitingLabels;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.window.WindowJoin;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/// Where a view's rows are, and how labels are joined with them.
public sealed interface History {
    long rows();

    /// What must be the same for a part that was built earlier to be good still.
    String fingerprint() throws IOException;

    /// Gives a block of labels the wanted features.
    ///
    /// @param wanted positions in the view
    /// @param passed hears how many rows have passed, and says whether to go on
    /// @return nothing when it was stopped
    Optional<StreamJoin.Result> join(
            Block labels, FeatureView view, List<Integer> wanted, LongPredicate passed)
            throws IOException;

    /// A block of labels as one view sees it.
    ///
    /// @param keys the view's key columns
    /// @param waiting the same labels in the order of [WaitingLabels]; made when first asked for
    /// @param room for joining them
    record Block(
            List<ColumnData> keys,
            ColumnData.Longs times,
            Mode mode,
            Supplier<WaitingLabels> waiting,
            StreamJoin.Room room) {}

    /// A history of the store: clustered, so labels look their rows up.
    ///
    /// @param definition says whether the rows are the view's, or events that it aggregates
    /// @param identity changes whenever the history may have become another
    record Tables(ViewDefinition definition, List<ClusteredTable> tables, String identity)
            implements History {
        @Override
        public long rows() {
            return tables.stream().mapToLong(table -> table.rows().count()).sum();
        }

        @Override
        public String fingerprint() {
            return "%d rows of the store in %s".formatted(rows(), identity);
        }

        @Override
        public Optional<StreamJoin.Result> join(
                Block labels, FeatureView view, List<Integer> wanted, LongPredicate passed) {
            int size = labels.times().size();
            List<ColumnData> cells =
                    wanted.stream()
                            .map(f -> ColumnData.allocate(view.features().get(f).type(), size))
                            .toList();
            var join =
                    new ViewJoin(
                            view.rule(),
                            tables,
                            wanted.stream().mapToInt(Integer::intValue).toArray(),
                            cells,
                            new byte[size]);
            if (definition.windows().isPresent()) {
                new WindowJoin(definition, tables, wanted, labels.mode())
                        .join(labels.keys(), labels.times(), cells, join.status());
            } else {
                AsOfJoin.run(
                        JoinLabels.partition(labels.keys(), labels.times(), rows()),
                        labels.mode(),
                        List.of(join));
            }
            return passed.test(rows())
                    ? Optional.of(new StreamJoin.Result(cells, join.status()))
                    : Optional.empty();
        }
    }

    /// A history in a Parquet file, in any order: it streams past the labels.
    ///
    /// @param threads that decode
    record Parquet(HistoryFile from, long rows, int threads) implements History {
        private static final String EVENT = "event_time";
        private static final String AVAILABLE = "available_time";
        private static final String DELETED = "deleted";

        /// Opens a file for a moment, to see that it fits the view.
        public static Parquet of(HistoryFile from, FeatureView view, int threads)
                throws IOException {
            try (var file = ParquetColumns.open(from.file(), threads)) {
                var columns = new ArrayList<>(named(view.key(), from));
                columns.addAll(named(view.features(), from));
                columns.addAll(times(file, from));
                file.check(columns);
                return new Parquet(from, file.rows(), threads);
            }
        }

        private static List<Column> named(List<Column> columns, HistoryFile from) {
            return columns.stream()
                    .map(column -> new Column(from.nameOf(column.name()), column.type()))
                    .toList();
        }

        /// `event_time`, and whichever of the two optional columns the file has.
        private static List<Column> times(ParquetColumns file, HistoryFile from) {
            List<Column> columns = new ArrayList<>();
            columns.add(new Column(from.nameOf(EVENT), ColumnType.TIMESTAMP));
            if (isThere(file, from, AVAILABLE)) {
                columns.add(new Column(from.nameOf(AVAILABLE), ColumnType.TIMESTAMP));
            }
            if (isThere(file, from, DELETED)) {
                columns.add(new Column(from.nameOf(DELETED), ColumnType.BOOLEAN));
            }
            return columns;
        }

        /// Whether to read an optional column; one that the caller named must be there.
        private static boolean isThere(ParquetColumns file, HistoryFile from, String column) {
            return from.columns().containsKey(column) || file.has(column);
        }

        @Override
        public String fingerprint() throws IOException {
            return "%s %d %s %s"
                    .formatted(
                            from.file().toAbsolutePath(),
                            Files.size(from.file()),
                            Files.getLastModifiedTime(from.file()),
                            new TreeMap<>(from.columns()));
        }

        @Override
        public Optional<StreamJoin.Result> join(
                Block labels, FeatureView view, List<Integer> wanted, LongPredicate passed)
                throws IOException {
            List<Column> features = wanted.stream().map(view.features()::get).toList();
            var join =
                    new StreamJoin(
                            labels.waiting().get(),
                            view.rule(),
                            labels.mode(),
                            features.stream().map(Column::type).toList(),
                            labels.room());
            try (var file = ParquetColumns.open(from.file(), threads)) {
                List<Column> columns = new ArrayList<>(named(view.key(), from));
                columns.addAll(named(features, from));
                columns.addAll(times(file, from));
                try (var batches = file.read(columns, ParquetColumns.batchRows(columns.size()))) {
                    var reader = new Rows(batches, view.key().size(), features.size());
                    boolean delayed = isThere(file, from, AVAILABLE);
                    boolean deleted = isThere(file, from, DELETED);
                    while (batches.next()) {
                        join.add(reader.rows(delayed, deleted));
                        if (!passed.test(batches.count())) {
                            return Optional.empty();
                        }
                    }
                }
            }
            return Optional.of(join.finish());
        }

        /// Makes rows of a batch: keys first, then features, then times.
        private record Rows(ParquetColumns.Batches batches, int keys, int features) {
            RowBatch rows(boolean delayed, boolean deleted) throws IOException {
                List<ColumnData> key = new ArrayList<>();
                for (int k = 0; k < keys; k++) {
                    key.add(batches.required(k));
                }
                List<ColumnData> values = new ArrayList<>();
                for (int f = 0; f < features; f++) {
                    values.add(batches.column(keys + f));
                }
                int at = keys + features;
                long[] event = ((ColumnData.Longs) batches.required(at)).values();
                long[] available =
                        delayed ? ((ColumnData.Longs) batches.required(at + 1)).values() : event;
                return new RowBatch(
                        batches.count(),
                        key,
                        event,
                        available,
                        deleted ? tombstones(at + (delayed ? 2 : 1)) : new boolean[0],
                        values);
            }

            private boolean[] tombstones(int at) throws IOException {
                var flags = (ColumnData.Booleans) batches.column(at);
                boolean[] deleted = new boolean[batches.count()];
                for (int row = 0; row < deleted.length; row++) {
                    deleted[row] = flags.values()[row] && !flags.missing()[row];
                }
                return deleted;
            }
        }
    }
}
