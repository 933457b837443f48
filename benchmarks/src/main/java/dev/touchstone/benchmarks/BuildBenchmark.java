package dev.touchstone.benchmarks;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.TrainingSetSources;
import dev.touchstone.features.TrainingSetSources.HistoryFile;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.parquet.ParquetWriter;
import dev.touchstone.simulation.RandomStreams;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Training sets from Parquet to Parquet, in a fresh process each, two decoding threads.
///
/// ```sh
/// java -Xmx4g -cp benchmarks/target/benchmarks.jar dev.touchstone.benchmarks.BuildBenchmark /tmp/build views 3
/// java -Xmx1g -cp … dev.touchstone.benchmarks.BuildBenchmark /tmp/build wide 3
/// java -Xmx1g -cp … dev.touchstone.benchmarks.BuildBenchmark /tmp/build large 1
/// ```
///
/// `views`: 10 M labels, three views of 10 M rows and four features, 1 M keys, unsorted. `wide`:
/// 17,000 labels, ten views of 50,000 rows and 100 features. `large`: 20 M labels, one view of 100
/// M rows and three features, 10 M keys. Rows and labels are drawn at random, keys unsorted; the
/// files are written first, uncompressed, unless they are there.
public final class BuildBenchmark {
    private static final long SPAN_MICROS = 30L * 86_400 * 1_000_000;
    private static final int MICRO = 1000;
    private static final int GROUP = 1 << 18;

    /// A shape of work.
    private record Shape(int labels, int views, int rows, int features, int keys) {
        static Shape of(String name) {
            return switch (name) {
                case "views" -> new Shape(10_000_000, 3, 10_000_000, 4, 1_000_000);
                case "wide" -> new Shape(17_000, 10, 50_000, 100, 17_000);
                case "large" -> new Shape(20_000_000, 1, 100_000_000, 3, 10_000_000);
                default -> throw new IllegalArgumentException("views, wide or large: " + name);
            };
        }

        FeatureView view(int number) {
            List<Column> columns = new ArrayList<>();
            for (int f = 0; f < features; f++) {
                columns.add(new Column("f" + f, ColumnType.DOUBLE));
            }
            return new FeatureView(
                    "v" + number,
                    List.of(new Column("entity", ColumnType.LONG)),
                    columns,
                    AsOfRule.DEFAULT);
        }
    }

    private final Path folder;
    private final Shape shape;

    private BuildBenchmark(Path folder, Shape shape) {
        this.folder = folder;
        this.shape = shape;
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]).resolve(arguments[1]);
        Files.createDirectories(folder);
        new BuildBenchmark(folder, Shape.of(arguments[1])).run(Integer.parseInt(arguments[2]));
    }

    private void run(int rounds) throws IOException {
        write("labels", shape.labels, List.of());
        List<ViewDefinition> views = new ArrayList<>();
        Map<String, HistoryFile> files = new LinkedHashMap<>();
        List<String> wanted = new ArrayList<>();
        for (int v = 0; v < shape.views; v++) {
            FeatureView view = shape.view(v);
            write(view.name(), shape.rows, view.features());
            views.add(new ViewDefinition(view, "benchmark"));
            files.put(view.name(), new HistoryFile(file(view.name()), Map.of()));
            wanted.add(view.name() + ".*");
        }
        var definitions = new Definitions(views);
        long memory = Runtime.getRuntime().maxMemory() / 2;
        for (int round = 0; round < rounds; round++) {
            Path out = folder.resolve("set.parquet");
            Files.deleteIfExists(out);
            long cpu = cpuNanos();
            long start = System.nanoTime();
            TrainingSetManifest made;
            try (var store = FeatureStore.open(folder.resolve("store"), definitions)) {
                made =
                        store.buildTrainingSet(
                                        new TrainingSetRequest(
                                                wanted, "event_time", Mode.KNOWN_AT_THE_TIME),
                                        new TrainingSetSources(files, memory, 2),
                                        file("labels"),
                                        out,
                                        BuildProgress.UNWATCHED)
                                .orElseThrow();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "%,d labels in %.2f s (%.2f s of CPU): %.2f M a second; coverage %.3f, %,d MB,"
                            + " heap at most %,d MB%n",
                    made.labels(),
                    seconds,
                    (cpuNanos() - cpu) / 1e9,
                    made.labels() / seconds / 1e6,
                    made.columns().getFirst().coverage(),
                    Files.size(out) >> 20,
                    Runtime.getRuntime().maxMemory() >> 20);
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getProcessCpuTime()
                : 0;
    }

    private Path file(String name) {
        return folder.resolve(name + ".parquet");
    }

    private void write(String name, int rows, List<Column> features) throws IOException {
        if (Files.exists(file(name))) {
            return;
        }
        RandomGenerator random = new RandomStreams(1).stream(name);
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("entity", ColumnType.LONG));
        columns.add(new Column("event_time", ColumnType.TIMESTAMP));
        columns.addAll(features);
        Path unfinished = folder.resolve(name + ".unfinished");
        try (var out = new BufferedOutputStream(Files.newOutputStream(unfinished))) {
            var writer = new ParquetWriter(out, columns);
            int group = features.size() > 10 ? GROUP / 16 : GROUP;
            for (int from = 0; from < rows; from += group) {
                int count = Math.min(group, rows - from);
                List<ColumnData> cells = new ArrayList<>();
                for (Column column : columns) {
                    cells.add(ColumnData.allocate(column.type(), count));
                }
                fill(cells, random);
                writer.write(cells, count);
            }
            writer.finish();
        }
        Files.move(unfinished, file(name));
    }

    private void fill(List<ColumnData> cells, RandomGenerator random) {
        for (int c = 0; c < cells.size(); c++) {
            switch (cells.get(c)) {
                case ColumnData.Longs(long[] values, _) -> {
                    for (int i = 0; i < values.length; i++) {
                        values[i] =
                                c == 0
                                        ? random.nextInt(shape.keys)
                                        : random.nextLong(SPAN_MICROS) * MICRO;
                    }
                }
                case ColumnData.Doubles(double[] values, _) -> {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = random.nextDouble();
                    }
                }
                case ColumnData.Booleans _, ColumnData.Texts _ ->
                        throw new IllegalStateException("no such column here");
            }
        }
    }
}
