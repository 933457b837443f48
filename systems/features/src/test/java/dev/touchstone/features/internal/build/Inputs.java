package dev.touchstone.features.internal.build;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.TrainingSet;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.TrainingSetSources;
import dev.touchstone.features.TrainingSetSources.HistoryFile;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.parquet.ParquetWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Labels and two histories in Parquet files, drawn at random.
final class Inputs {
    private static final int GROUP = 100;

    static final FeatureView ACCOUNT =
            new FeatureView(
                    "account",
                    List.of(new Column("account", ColumnType.TEXT)),
                    List.of(
                            new Column("balance", ColumnType.DOUBLE),
                            new Column("status", ColumnType.TEXT)),
                    new AsOfRule(
                            AsOfRule.Boundary.BEFORE,
                            1_000_000,
                            40_000_000,
                            AsOfRule.StalenessClock.EVENT));

    static final FeatureView MERCHANT =
            new FeatureView(
                    "merchant",
                    List.of(new Column("merchant", ColumnType.LONG)),
                    List.of(
                            new Column("disputes", ColumnType.LONG),
                            new Column("open", ColumnType.BOOLEAN)),
                    AsOfRule.DEFAULT);

    static final TrainingSetRequest REQUEST =
            new TrainingSetRequest(
                    List.of("merchant.disputes", "account.*", "merchant.open"),
                    "at",
                    Mode.KNOWN_AT_THE_TIME);

    static final List<String> NAMES =
            List.of("merchant.disputes", "account.balance", "account.status", "merchant.open");

    private final Path folder;
    private final RandomGenerator random;

    Inputs(Path folder, RandomGenerator random) {
        this.folder = folder;
        this.random = random;
    }

    Path labels() {
        return folder.resolve("labels.parquet");
    }

    Path history(FeatureView view) {
        return folder.resolve(view.name() + ".parquet");
    }

    /// Writes the three files.
    void write(int labels, int rows) throws IOException {
        List<Column> columns =
                List.of(
                        new Column("id", ColumnType.LONG),
                        new Column("at", ColumnType.TIMESTAMP),
                        new Column("account", ColumnType.TEXT),
                        new Column("merchant", ColumnType.LONG),
                        new Column("fraud", ColumnType.BOOLEAN));
        write(
                labels(),
                columns,
                labels,
                i ->
                        List.of(
                                Value.of((long) i),
                                mostly(Value.of(micros(100_000))),
                                mostly(Value.of("a" + random.nextInt(20))),
                                mostly(Value.of((long) random.nextInt(20))),
                                Value.of(random.nextBoolean())));
        writeHistory(ACCOUNT, rows);
        writeHistory(MERCHANT, rows);
    }

    private void writeHistory(FeatureView view, int rows) throws IOException {
        List<Column> columns = new ArrayList<>(view.key());
        columns.addAll(view.features());
        columns.add(new Column("event_time", ColumnType.TIMESTAMP));
        columns.add(new Column("available_time", ColumnType.TIMESTAMP));
        columns.add(new Column("deleted", ColumnType.BOOLEAN));
        write(
                history(view),
                columns,
                rows,
                i -> {
                    List<Value> row = new ArrayList<>();
                    row.add(
                            view.equals(ACCOUNT)
                                    ? Value.of("a" + random.nextInt(20))
                                    : Value.of((long) random.nextInt(20)));
                    if (view.equals(ACCOUNT)) {
                        row.add(mostly(Value.of(random.nextGaussian())));
                        row.add(mostly(Value.of("s" + random.nextInt(3))));
                    } else {
                        row.add(mostly(Value.of((long) i)));
                        row.add(mostly(Value.of(random.nextBoolean())));
                    }
                    long event = micros(100_000);
                    row.add(Value.of(event));
                    row.add(
                            Value.of(
                                    random.nextInt(3) == 0
                                            ? event
                                            : random.nextInt(20) == 0
                                                    ? Times.INFINITY
                                                    : event + micros(30_000)));
                    row.add(mostly(Value.of(random.nextInt(10) == 0)));
                    return row;
                });
    }

    private long micros(int most) {
        return random.nextInt(most) * 1000L;
    }

    private Value mostly(Value value) {
        return random.nextInt(10) == 0 ? Value.MISSING : value;
    }

    interface Line {
        List<Value> at(int i);
    }

    /// A file of row groups of 100 rows.
    static void write(Path file, List<Column> columns, int rows, Line line) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            var writer = new ParquetWriter(out, columns);
            for (int from = 0; from < rows; from += GROUP) {
                int count = Math.min(GROUP, rows - from);
                List<ColumnData> cells = new ArrayList<>();
                for (Column column : columns) {
                    cells.add(ColumnData.allocate(column.type(), count));
                }
                for (int i = 0; i < count; i++) {
                    List<Value> row = line.at(from + i);
                    for (int c = 0; c < cells.size(); c++) {
                        cells.get(c).set(i, row.get(c));
                    }
                }
                writer.write(cells, count);
            }
            writer.finish();
        }
    }

    /// Builds the set of these inputs in blocks of 256 labels, of which 900 make four.
    Optional<TrainingSetManifest> build(Disk disk, BuildProgress progress) throws IOException {
        return build(disk, progress, 1, "set.parquet");
    }

    Optional<TrainingSetManifest> build(Disk disk, BuildProgress progress, int threads, String out)
            throws IOException {
        var sources = new TrainingSetSources(Map.of(), 1 << 14, threads);
        BuildPlan plan =
                BuildPlan.of(REQUEST, wanted(".parquet"), LabelFile.open(labels(), 1), sources);
        return new BlockBuild(plan, disk, progress).run(out);
    }

    /// The same set in memory.
    ///
    /// @param endings of the histories' names
    Optional<TrainingSet> inMemory(long memoryBytes, int threads, String endings)
            throws IOException {
        return MemoryBuild.of(
                        REQUEST,
                        wanted(endings),
                        LabelFile.open(labels(), threads),
                        new TrainingSetSources(Map.of(), memoryBytes, threads),
                        BuildProgress.UNWATCHED)
                .run();
    }

    private Wanted wanted(String endings) throws IOException {
        return new Wanted(
                NAMES,
                NAMES.size(),
                List.of(
                        view(MERCHANT, List.of(0, 3), endings),
                        view(ACCOUNT, List.of(1, 2), endings)),
                List.of());
    }

    private WantedView view(FeatureView view, List<Integer> outputs, String endings)
            throws IOException {
        Path file = folder.resolve(view.name() + endings);
        return new WantedView(
                new ViewDefinition(view, "test"),
                List.of(0, 1),
                outputs,
                History.of(new HistoryFile(file, Map.of()), view, 1),
                Optional.empty());
    }

    /// Writes the histories once more, in the format that the ending of their names says.
    void copyHistories(String ending) throws IOException {
        for (FeatureView view : List.of(ACCOUNT, MERCHANT)) {
            LabelFile from = LabelFile.open(history(view), 1);
            Path to = folder.resolve(view.name() + ending);
            try (var pass = from.read(from.columns());
                    var out = Files.newOutputStream(to)) {
                SetOutput output = SetFormat.of(to).begin(out, from.columns(), false);
                int rows = (int) from.rows();
                output.prepare(pass.next(rows), rows).write();
                output.end();
            }
        }
    }
}
