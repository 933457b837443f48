package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.TrainingSetSources.HistoryFile;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.join.AsOfJoin;
import dev.touchstone.features.internal.join.JoinLabels;
import dev.touchstone.features.internal.join.ViewJoin;
import dev.touchstone.features.internal.parquet.ParquetColumns;
import dev.touchstone.features.internal.stream.StreamJoin;
import dev.touchstone.features.internal.stream.WaitingLabels;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.window.WindowJoin;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
            StreamJoin.Room room) {
        /// A join of these labels with a history that is about to pass by.
        StreamJoin begin(FeatureView view, List<Column> features) {
            return new StreamJoin(
                    waiting.get(),
                    view.rule(),
                    mode,
                    features.stream().map(Column::type).toList(),
                    room);
        }
    }

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

    /// Opens a file for a moment, to see that it fits the view. It is Parquet unless its name ends
    /// as that of an Arrow or a CSV file.
    ///
    /// @param threads that decode
    static History of(HistoryFile from, FeatureView view, int threads) throws IOException {
        String name = from.file().toString().toLowerCase(Locale.ROOT);
        if (SetFormat.of(from.file()) != SetFormat.ARROW && !name.endsWith(".csv")) {
            return Parquet.of(from, view, threads);
        }
        LabelFile file = LabelFile.open(from.file(), threads);
        var columns = new HistoryColumns(from, file.columns().stream().map(Column::name).toList());
        file.check(columns.of(view, view.features()));
        return new Plain(from, file, columns);
    }

    /// A history in a Parquet file, in any order: it streams past the labels.
    ///
    /// @param threads that decode
    record Parquet(HistoryFile from, long rows, int threads) implements History {
        /// Opens a file for a moment, to see that it fits the view.
        public static Parquet of(HistoryFile from, FeatureView view, int threads)
                throws IOException {
            try (var file = ParquetColumns.open(from.file(), threads)) {
                file.check(new HistoryColumns(from, file.names()).of(view, view.features()));
                return new Parquet(from, file.rows(), threads);
            }
        }

        @Override
        public String fingerprint() throws IOException {
            return History.fingerprint(from);
        }

        @Override
        public Optional<StreamJoin.Result> join(
                Block labels, FeatureView view, List<Integer> wanted, LongPredicate passed)
                throws IOException {
            List<Column> features = wanted.stream().map(view.features()::get).toList();
            StreamJoin join = labels.begin(view, features);
            try (var file = ParquetColumns.open(from.file(), threads)) {
                var its = new HistoryColumns(from, file.names());
                List<Column> columns = its.of(view, features);
                try (var batches = file.read(columns, ParquetColumns.batchRows(columns.size()))) {
                    while (batches.next()) {
                        List<ColumnData> cells = new ArrayList<>();
                        for (int c = 0; c < columns.size(); c++) {
                            cells.add(
                                    its.isRequired(c, view, features)
                                            ? batches.required(c)
                                            : batches.column(c));
                        }
                        join.add(its.rows(batches.count(), cells, view, features));
                        if (!passed.test(batches.count())) {
                            return Optional.empty();
                        }
                    }
                }
            }
            return Optional.of(join.finish());
        }
    }

    /// What must be the same for a file to be the same.
    private static String fingerprint(HistoryFile from) throws IOException {
        return "%s %d %s %s"
                .formatted(
                        from.file().toAbsolutePath(),
                        Files.size(from.file()),
                        Files.getLastModifiedTime(from.file()),
                        new TreeMap<>(from.columns()));
    }

    /// A history in an Arrow or a CSV file, which streams past the labels as a Parquet file does.
    record Plain(HistoryFile from, LabelFile file, HistoryColumns its) implements History {
        @Override
        public long rows() {
            return file.rows();
        }

        @Override
        public String fingerprint() throws IOException {
            return History.fingerprint(from);
        }

        @Override
        public Optional<StreamJoin.Result> join(
                Block labels, FeatureView view, List<Integer> wanted, LongPredicate passed)
                throws IOException {
            List<Column> features = wanted.stream().map(view.features()::get).toList();
            StreamJoin join = labels.begin(view, features);
            List<Column> columns = its.of(view, features);
            int most = ParquetColumns.batchRows(columns.size());
            try (var pass = file.read(columns)) {
                for (long before = 0; before < rows(); ) {
                    List<ColumnData> cells = pass.next(most);
                    int count = cells.getFirst().size();
                    its.refuseMissing(before, cells, view, features);
                    join.add(its.rows(count, cells, view, features));
                    before += count;
                    if (!passed.test(count)) {
                        return Optional.empty();
                    }
                }
            }
            return Optional.of(join.finish());
        }
    }
}
