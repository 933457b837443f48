package dev.touchstone.features.internal.build;

import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Times;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.join.AsOfJoin;
import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.stream.StreamJoin;
import dev.touchstone.features.internal.stream.WaitingLabels;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Builds a training set in bounded memory.
///
/// 1. Labels are cut into blocks, in their order, as many at a time as memory holds with one view.
/// 2. For each block and view, the history is joined with the block, and what the view gives is
///    written as a part ([CellFile]).
/// 3. When all parts are there, the labels are read once more, and beside each chunk of them what
///    the parts hold for it; that is written as the set, which appears when it is whole.
///
/// A build that was cut off finds its finished parts again, as long as everything that they depend
/// on is as it was.
public final class BlockBuild {
    private static final int MAX_CHUNK = 1 << 17;
    private static final int MIN_CHUNK = 1 << 8;
    private static final int MAX_BLOCK = 1 << 26;
    private static final int MAX_WORDS = 1 << 29;
    private static final int STATUSES = 4;
    private static final int BYTES_PER_TEXT = 64;
    private static final String REBUILT = "rebuilt from history";
    private static final String PLAN = "plan";
    private static final String PART = "block-";
    private static final String SET = "set.unfinished";
    private static final String MANIFEST = "manifest.unfinished";
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /// A view of which features are wanted.
    ///
    /// @param features positions in the view
    /// @param outputs for each of them the position of its column among all features of the set
    public record View(
            ViewDefinition definition,
            List<Integer> features,
            List<Integer> outputs,
            History history) {
        FeatureView view() {
            return definition.view();
        }

        List<Column> columns() {
            return features.stream().map(view().features()::get).toList();
        }

        private long bytesPerLabel() {
            long texts = columns().stream().filter(c -> c.type() == ColumnType.TEXT).count();
            return StreamJoin.bytesPerLabel(features.size())
                    + texts * BYTES_PER_TEXT
                    + view().key().stream()
                            .mapToLong(c -> c.type() == ColumnType.TEXT ? BYTES_PER_TEXT : 16)
                            .sum();
        }
    }

    private final TrainingSetRequest request;
    private final List<View> views;
    private final List<String> names;
    private final LabelFile labels;
    private final List<Column> keys;
    private final int block;
    private final int chunk;
    private final Work work;

    /// @param names of the features' columns
    /// @param memoryBytes to be used, about
    /// @throws IOException when the labels lack a column, or have one of a feature's name
    public BlockBuild(
            TrainingSetRequest request,
            List<View> views,
            List<String> names,
            LabelFile labels,
            long memoryBytes)
            throws IOException {
        this.request = request;
        this.views = List.copyOf(views);
        this.names = List.copyOf(names);
        this.labels = labels;
        this.keys = keys(views);
        for (String name : names) {
            if (labels.columns().stream().anyMatch(column -> column.name().equals(name))) {
                throw new IOException(
                        "%s has a column %s already; leave it out, or do not ask for it"
                                .formatted(labels.name(), name));
            }
        }
        this.chunk =
                Math.clamp(
                        memoryBytes / (4L * Long.BYTES * (names.size() + labels.columns().size())),
                        MIN_CHUNK,
                        MAX_CHUNK);
        this.block = blockLabels(memoryBytes);
        this.work = new Work();
        labels.read(known()).close();
    }

    private int blockLabels(long memoryBytes) {
        long perLabel = views.stream().mapToLong(View::bytesPerLabel).max().orElse(1);
        int widest = views.stream().mapToInt(view -> view.features().size()).max().orElse(1);
        long fitting =
                Math.min(
                        Math.min(memoryBytes / perLabel, MAX_BLOCK),
                        MAX_WORDS / (widest + widest / Long.SIZE + 4));
        return (int) Math.max(1, fitting / chunk) * chunk;
    }

    private static List<Column> keys(List<View> views) {
        Map<String, Column> keys = new LinkedHashMap<>();
        for (View view : views) {
            for (Column key : view.view().key()) {
                Column other = keys.putIfAbsent(key.name(), key);
                if (other != null && !other.equals(key)) {
                    throw new IllegalArgumentException(
                            "key column %s is %s in view %s and %s in another; rename one"
                                    .formatted(
                                            key.name(),
                                            key.type(),
                                            view.view().name(),
                                            other.type()));
                }
            }
        }
        return List.copyOf(keys.values());
    }

    /// The labels' columns of which we know what they are: their time, then the keys.
    private List<Column> known() {
        List<Column> known = new ArrayList<>();
        known.add(new Column(request.timeColumn(), ColumnType.TIMESTAMP));
        known.addAll(keys);
        return known;
    }

    private int blocks() {
        return (int) Math.ceilDiv(labels.rows(), (long) block);
    }

    private int blockSize(int number) {
        return (int) Math.min(block, labels.rows() - (long) number * block);
    }

    private static String part(int block, int view) {
        return PART + block + ".view-" + view;
    }

    /// How much has been done of all there is to do.
    private final class Work {
        private final double all;
        private double done;

        Work() {
            long rows = views.stream().mapToLong(view -> view.history().rows()).sum();
            this.all = (double) rows * blocks() + labels.rows();
        }

        double share() {
            return all == 0 ? 1 : Math.min(1, done / all);
        }
    }

    /// Builds the set, on from where an earlier build was cut off.
    ///
    /// @param disk the folder of the build
    /// @param out the set's name; Parquet if it ends in `.parquet`, else CSV
    /// @return nothing when `progress` stopped it; then nothing is left on the disk
    public Optional<TrainingSetManifest> run(Disk disk, String out, BuildProgress progress)
            throws IOException {
        List<List<Optional<CellFile.Summary>>> finished = begin(disk);
        try {
            if (!buildParts(disk, finished, progress)) {
                clear(disk);
                return Optional.empty();
            }
            Optional<TrainingSetManifest> made = assemble(disk, out, progress);
            if (made.isPresent()) {
                disk.force();
                disk.rename(MANIFEST, out + ".manifest.json");
                disk.rename(SET, out);
                disk.force();
            }
            clear(disk);
            return made;
        } catch (IOException e) {
            dropUnfinished(disk, e);
            throw e;
        }
    }

    /// What failed may have failed for want of room.
    private static void dropUnfinished(Disk disk, IOException cause) {
        try {
            for (String name : disk.list()) {
                if (isOurs(name) && !name.equals(PLAN) && !isPart(name)) {
                    disk.delete(name);
                }
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static boolean isPart(String name) {
        return name.startsWith(PART) && !name.endsWith(".part");
    }

    private static boolean isOurs(String name) {
        return name.startsWith(PART)
                || name.equals(PLAN)
                || name.equals(SET)
                || name.equals(MANIFEST);
    }

    private static void clear(Disk disk) throws IOException {
        for (String name : disk.list()) {
            if (isOurs(name)) {
                disk.delete(name);
            }
        }
    }

    /// Finds the good parts of an earlier build of the very same set.
    private List<List<Optional<CellFile.Summary>>> begin(Disk disk) throws IOException {
        String plan = plan();
        boolean same = disk.list().contains(PLAN) && plan.equals(readPlan(disk));
        if (!same) {
            clear(disk);
            try (var file = new DiskOutput(disk, PLAN)) {
                file.write(plan.getBytes(StandardCharsets.UTF_8));
                file.force();
            }
        }
        List<String> there = disk.list();
        List<List<Optional<CellFile.Summary>>> finished = new ArrayList<>();
        for (int b = 0; b < blocks(); b++) {
            List<Optional<CellFile.Summary>> parts = new ArrayList<>();
            for (int v = 0; v < views.size(); v++) {
                parts.add(
                        there.contains(part(b, v))
                                ? CellFile.check(disk, part(b, v), views.get(v).columns())
                                : Optional.empty());
            }
            finished.add(parts);
        }
        return finished;
    }

    private static String readPlan(Disk disk) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return StandardCharsets.UTF_8.decode(disk.map(PLAN, arena).asByteBuffer()).toString();
        }
    }

    /// Everything that a part depends on.
    private String plan() throws IOException {
        var plan = new StringBuilder("touchstone build 1\n");
        plan.append("%s of %s%n".formatted(request, labels.fingerprint()));
        plan.append("blocks of %d, chunks of %d%n".formatted(block, chunk));
        for (View view : views) {
            plan.append(
                    "%s features %s from %s%n"
                            .formatted(
                                    view.definition(),
                                    view.features(),
                                    view.history().fingerprint()));
        }
        return plan.toString();
    }

    private boolean buildParts(
            Disk disk, List<List<Optional<CellFile.Summary>>> finished, BuildProgress progress)
            throws IOException {
        try (var pass = labels.read(known())) {
            for (int b = 0; b < finished.size(); b++) {
                List<ColumnData> columns = pass.next(blockSize(b));
                if (!buildBlock(disk, b, finished.get(b), columns, progress)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean buildBlock(
            Disk disk,
            int number,
            List<Optional<CellFile.Summary>> finished,
            List<ColumnData> columns,
            BuildProgress progress)
            throws IOException {
        Map<List<Column>, WaitingLabels> waiting = new HashMap<>();
        ColumnData.Longs times = (ColumnData.Longs) columns.getFirst();
        for (int v = 0; v < views.size(); v++) {
            View view = views.get(v);
            String doing = "%s, block %d of %d".formatted(view.view().name(), number + 1, blocks());
            if (finished.get(v).isPresent()) {
                work.done += view.history().rows();
                continue;
            }
            List<ColumnData> key =
                    view.view().key().stream()
                            .map(column -> columns.get(1 + keys.indexOf(column)))
                            .toList();
            var labelsOfView =
                    new History.Block(
                            key,
                            times,
                            request.mode(),
                            () ->
                                    waiting.computeIfAbsent(
                                            view.view().key(), _ -> WaitingLabels.of(key, times)));
            Optional<StreamJoin.Result> result =
                    view.history()
                            .join(
                                    labelsOfView,
                                    view.view(),
                                    view.features(),
                                    rows -> {
                                        work.done += rows;
                                        return progress.at(doing, work.share());
                                    });
            if (result.isEmpty()) {
                return false;
            }
            CellFile.write(
                    disk, part(number, v), summary(result.get(), times), result.get().cells());
        }
        return true;
    }

    private CellFile.Summary summary(StreamJoin.Result result, ColumnData.Longs times) {
        long[] statuses = new long[STATUSES];
        for (byte status : result.status()) {
            statuses[status]++;
        }
        long first = Times.INFINITY;
        long last = Times.MINUS_INFINITY;
        for (int i = 0; i < times.size(); i++) {
            if (!times.missing()[i]) {
                first = Math.min(first, times.values()[i]);
                last = Math.max(last, times.values()[i]);
            }
        }
        return new CellFile.Summary(
                times.size(), chunk, first, last, Arrays.stream(statuses).boxed().toList());
    }

    private Optional<TrainingSetManifest> assemble(Disk disk, String out, BuildProgress progress)
            throws IOException {
        boolean parquet = out.endsWith(".parquet");
        List<Column> own = ownColumns(parquet);
        Column[] features = new Column[names.size()];
        for (View view : views) {
            for (int f = 0; f < view.features().size(); f++) {
                int output = view.outputs().get(f);
                features[output] = new Column(names.get(output), view.columns().get(f).type());
            }
        }
        List<Column> all = new ArrayList<>(own);
        all.addAll(List.of(features));
        var counts = new SetCounts(views.size(), features.length);
        String sha256;
        try (var file = new DiskOutput(disk, SET);
                var pass = labels.read(own)) {
            SetOutput output = SetOutput.of(parquet, file, all);
            for (int b = 0; b < blocks(); b++) {
                if (!assembleBlock(disk, b, pass, output, counts, progress)) {
                    return Optional.empty();
                }
            }
            output.end();
            sha256 = file.force();
        }
        TrainingSetManifest manifest = counts.manifest(sha256, features);
        try (var file = new DiskOutput(disk, MANIFEST)) {
            file.write(JSON.writeValueAsString(manifest).getBytes(StandardCharsets.UTF_8));
            file.force();
        }
        return Optional.of(manifest);
    }

    /// The labels' own columns: what we know of them is typed in Parquet; CSV stays as it was.
    private List<Column> ownColumns(boolean parquet) {
        if (!parquet) {
            return labels.columns();
        }
        Function<Column, Column> typed =
                column ->
                        known().stream()
                                .filter(one -> one.name().equals(column.name()))
                                .findFirst()
                                .orElse(column);
        return labels.columns().stream().map(typed).toList();
    }

    private boolean assembleBlock(
            Disk disk,
            int number,
            LabelFile.Pass pass,
            SetOutput output,
            SetCounts counts,
            BuildProgress progress)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            List<CellFile.Reader> parts = new ArrayList<>();
            for (int v = 0; v < views.size(); v++) {
                parts.add(
                        new CellFile.Reader(
                                part(number, v),
                                disk.map(part(number, v), arena),
                                views.get(v).columns()));
            }
            counts.add(parts.stream().map(CellFile.Reader::summary).toList());
            for (int at = 0; at < blockSize(number); at += chunk) {
                int rows = Math.min(chunk, blockSize(number) - at);
                List<ColumnData> columns = new ArrayList<>(pass.next(rows));
                ColumnData[] features = new ColumnData[names.size()];
                for (int v = 0; v < views.size(); v++) {
                    List<ColumnData> cells = parts.get(v).next();
                    for (int f = 0; f < cells.size(); f++) {
                        features[views.get(v).outputs().get(f)] = cells.get(f);
                    }
                }
                counts.add(features);
                columns.addAll(List.of(features));
                output.write(columns, rows);
                work.done += rows;
                if (!progress.at("writing", work.share())) {
                    return false;
                }
            }
        }
        return true;
    }

    /// What the manifest counts.
    private final class SetCounts {
        private final long[][] statuses;
        private final long[] missing;
        private long first = Times.INFINITY;
        private long last = Times.MINUS_INFINITY;

        SetCounts(int views, int features) {
            this.statuses = new long[views][STATUSES];
            this.missing = new long[features];
        }

        void add(List<CellFile.Summary> parts) {
            for (int v = 0; v < parts.size(); v++) {
                first = Math.min(first, parts.get(v).first());
                last = Math.max(last, parts.get(v).last());
                for (int status = 0; status < STATUSES; status++) {
                    statuses[v][status] += parts.get(v).statuses().get(status);
                }
            }
        }

        void add(ColumnData[] features) {
            for (int f = 0; f < features.length; f++) {
                for (boolean none : features[f].missing()) {
                    missing[f] += none ? 1 : 0;
                }
            }
        }

        TrainingSetManifest manifest(String sha256, Column[] features) {
            List<TrainingSetManifest.ViewPart> viewParts = new ArrayList<>();
            for (int v = 0; v < views.size(); v++) {
                View view = views.get(v);
                viewParts.add(
                        new TrainingSetManifest.ViewPart(
                                view.view().name(),
                                view.definition().owner(),
                                view.history().rows(),
                                view.view().rule(),
                                statuses[v][AsOfJoin.FOUND],
                                statuses[v][AsOfJoin.DELETED],
                                statuses[v][AsOfJoin.STALE],
                                statuses[v][AsOfJoin.NOT_FOUND]));
            }
            long count = labels.rows();
            List<TrainingSetManifest.ColumnPart> columnParts = new ArrayList<>();
            for (int f = 0; f < features.length; f++) {
                columnParts.add(
                        new TrainingSetManifest.ColumnPart(
                                features[f].name(),
                                features[f].type().name(),
                                REBUILT,
                                0,
                                List.of(),
                                missing[f],
                                count == 0 ? 1 : 1 - (double) missing[f] / count));
            }
            return new TrainingSetManifest(
                    request.mode(),
                    count,
                    first > last ? "" : Times.text(first),
                    first > last ? "" : Times.text(last),
                    sha256,
                    viewParts,
                    columnParts);
        }
    }
}
