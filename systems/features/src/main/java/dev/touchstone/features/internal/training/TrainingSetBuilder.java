package dev.touchstone.features.internal.training;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Times;
import dev.touchstone.features.TrainingProgress;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.csv.CsvException;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.join.AsOfJoin;
import dev.touchstone.features.internal.join.JoinLabels;
import dev.touchstone.features.internal.join.ViewJoin;
import dev.touchstone.features.internal.window.WindowJoin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives labels their features, a chunk at a time, in the memory of a chunk.
public final class TrainingSetBuilder {
    private static final int CHUNK_LABELS = 1 << 17;
    private static final int STATUSES = 4;
    private static final String REBUILT = "rebuilt from history";
    private static final String SERVED = "logged when served, else rebuilt from history";

    private final TrainingSetRequest request;
    private final List<ViewRequest> views;
    private final List<Column> keys;
    private final ColumnType[] types;
    private final long[] missing;
    private final ServedRanges[] served;
    private final long[][] statuses;
    private long labels;
    private long firstTime = Times.INFINITY;
    private long lastTime = Times.MINUS_INFINITY;

    /// @param views in which all requested features are
    /// @throws IllegalArgumentException when two views have a key column of one name and two types
    public TrainingSetBuilder(TrainingSetRequest request, List<ViewRequest> views, int columns) {
        this.request = request;
        this.views = views;
        this.keys = keys(views);
        this.types = types(views, columns);
        this.missing = new long[columns];
        this.served = new ServedRanges[columns];
        Arrays.setAll(served, _ -> new ServedRanges());
        this.statuses = new long[views.size()][STATUSES];
    }

    private static ColumnType[] types(List<ViewRequest> views, int columns) {
        ColumnType[] types = new ColumnType[columns];
        for (ViewRequest view : views) {
            for (int f = 0; f < view.features().size(); f++) {
                types[view.outputs().get(f)] = view.feature(f).type();
            }
        }
        return types;
    }

    private static List<Column> keys(List<ViewRequest> views) {
        Map<String, Column> keys = new LinkedHashMap<>();
        for (ViewRequest view : views) {
            for (Column key : view.definition().view().key()) {
                Column other = keys.putIfAbsent(key.name(), key);
                if (other != null && !other.equals(key)) {
                    throw new IllegalArgumentException(
                            "key column %s is %s in view %s and %s in another; rename one"
                                    .formatted(
                                            key.name(),
                                            key.type(),
                                            view.definition().view().name(),
                                            other.type()));
                }
            }
        }
        return List.copyOf(keys.values());
    }

    /// Writes the labels' columns and a column for each feature behind them.
    ///
    /// @param names of the features' columns
    /// @return whether it was finished; false when `progress` stopped it
    public boolean write(
            CsvReader file, List<String> names, TrainingOutput out, TrainingProgress progress)
            throws IOException {
        checkNames(file, names);
        out.begin(file, labelColumns(file), outputColumns(names));
        while (true) {
            LabelChunk chunk = LabelChunk.read(file, request.timeColumn(), keys, CHUNK_LABELS);
            if (chunk.size() == 0) {
                out.end();
                return true;
            }
            ColumnData[] cells = join(chunk);
            if (request.rowIdColumn().isPresent()) {
                preferServed(file, chunk, request.rowIdColumn().get(), cells);
            }
            count(chunk, cells);
            out.write(chunk, cells);
            labels += chunk.size();
            if (!progress.after(labels)) {
                return false;
            }
        }
    }

    private static void checkNames(CsvReader file, List<String> names) throws IOException {
        for (String name : names) {
            if (file.header().contains(name)) {
                throw new CsvException(
                        "%s has a column %s already; leave it out, or do not ask for it"
                                .formatted(file.name(), name));
            }
        }
    }

    /// The labels' columns, with the types that are known of them.
    private List<Column> labelColumns(CsvReader file) {
        Map<String, Column> known = new HashMap<>();
        keys.forEach(key -> known.put(key.name(), key));
        known.put(request.timeColumn(), new Column(request.timeColumn(), ColumnType.TIMESTAMP));
        return file.header().stream()
                .map(name -> known.getOrDefault(name, new Column(name, ColumnType.TEXT)))
                .toList();
    }

    private List<Column> outputColumns(List<String> names) {
        List<Column> columns = new ArrayList<>();
        for (int column = 0; column < names.size(); column++) {
            columns.add(new Column(names.get(column), types[column]));
        }
        return columns;
    }

    private ColumnData[] join(LabelChunk chunk) {
        ColumnData[] cells = new ColumnData[types.length];
        Map<List<Column>, List<ViewJoin>> byKey = new LinkedHashMap<>();
        Map<List<Column>, Long> rows = new HashMap<>();
        List<ViewJoin> joins = new ArrayList<>();
        for (ViewRequest view : views) {
            List<ColumnData> wanted = new ArrayList<>();
            for (int f = 0; f < view.features().size(); f++) {
                ColumnType type = view.feature(f).type();
                int output = view.outputs().get(f);
                ColumnData column = ColumnData.allocate(type, chunk.size());
                wanted.add(column);
                cells[output] = column;
            }
            FeatureView its = view.definition().view();
            byte[] status = new byte[chunk.size()];
            var join =
                    new ViewJoin(
                            its.rule(),
                            view.tables(),
                            view.features().stream().mapToInt(Integer::intValue).toArray(),
                            wanted,
                            status);
            joins.add(join);
            if (view.definition().windows().isPresent()) {
                new WindowJoin(view.definition(), view.tables(), view.features(), request.mode())
                        .join(chunk.key(its.key()), chunk.times(), wanted, status);
                continue;
            }
            byKey.computeIfAbsent(its.key(), _ -> new ArrayList<>()).add(join);
            rows.merge(its.key(), view.rows(), Math::max);
        }
        byKey.forEach((key, group) ->
                AsOfJoin.run(
                        JoinLabels.partition(
                                chunk.key(key), chunk.times(), rows.getOrDefault(key, 0L)),
                        request.mode(),
                        group));
        for (int v = 0; v < joins.size(); v++) {
            for (byte status : joins.get(v).status()) {
                statuses[v][status]++;
            }
        }
        return cells;
    }

    /// Puts what was logged when it was served in the place of what was rebuilt.
    private void preferServed(
            CsvReader file, LabelChunk chunk, String rowIdColumn, ColumnData[] cells)
            throws IOException {
        int at = file.column(rowIdColumn);
        for (ViewRequest view : views) {
            List<ColumnData> keys = chunk.key(view.definition().view().key());
            for (int label = 0; label < chunk.size(); label++) {
                String rowId = chunk.lines().get(label).cells()[at];
                Optional<EntityKey> entity = entity(keys, label);
                if (!chunk.times().missing()[label] && !rowId.isEmpty() && entity.isPresent()) {
                    Optional<List<Optional<Value>>> logged =
                            view.served()
                                    .orElseThrow()
                                    .at(rowId, entity.get(), chunk.times().values()[label]);
                    if (logged.isPresent()) {
                        put(view, label, logged.get(), cells);
                    }
                }
            }
        }
    }

    private static Optional<EntityKey> entity(List<ColumnData> keys, int label) {
        List<Value> parts = new ArrayList<>(keys.size());
        keys.forEach(key -> parts.add(key.value(label)));
        return parts.contains(Value.MISSING) ? Optional.empty() : Optional.of(new EntityKey(parts));
    }

    private void put(
            ViewRequest view, int label, List<Optional<Value>> values, ColumnData[] cells) {
        for (int f = 0; f < view.features().size(); f++) {
            int output = view.outputs().get(f);
            values.get(view.features().get(f))
                    .ifPresent(value -> {
                        cells[output].set(label, value);
                        served[output].add(labels + label);
                    });
        }
    }

    private void count(LabelChunk chunk, ColumnData[] cells) {
        for (int i = 0; i < chunk.size(); i++) {
            for (int column = 0; column < cells.length; column++) {
                missing[column] += cells[column].missing()[i] ? 1 : 0;
            }
            if (!chunk.times().missing()[i]) {
                firstTime = Math.min(firstTime, chunk.times().values()[i]);
                lastTime = Math.max(lastTime, chunk.times().values()[i]);
            }
        }
    }

    /// What was written.
    ///
    /// @param names of the features' columns
    public TrainingSetManifest manifest(List<String> names, String sha256) {
        List<TrainingSetManifest.ViewPart> viewParts = new ArrayList<>();
        for (int v = 0; v < views.size(); v++) {
            ViewRequest view = views.get(v);
            viewParts.add(
                    new TrainingSetManifest.ViewPart(
                            view.definition().view().name(),
                            view.definition().owner(),
                            view.rows(),
                            view.definition().view().rule(),
                            statuses[v][AsOfJoin.FOUND],
                            statuses[v][AsOfJoin.DELETED],
                            statuses[v][AsOfJoin.STALE],
                            statuses[v][AsOfJoin.NOT_FOUND]));
        }
        return new TrainingSetManifest(
                request.mode(),
                labels,
                firstTime > lastTime ? "" : Times.text(firstTime),
                firstTime > lastTime ? "" : Times.text(lastTime),
                sha256,
                viewParts,
                columnParts(names));
    }

    private List<TrainingSetManifest.ColumnPart> columnParts(List<String> names) {
        List<TrainingSetManifest.ColumnPart> parts = new ArrayList<>();
        for (int column = 0; column < names.size(); column++) {
            parts.add(
                    new TrainingSetManifest.ColumnPart(
                            names.get(column),
                            types[column].name(),
                            request.rowIdColumn().isPresent() ? SERVED : REBUILT,
                            served[column].count(),
                            served[column].ranges(),
                            missing[column],
                            labels == 0 ? 1 : 1 - (double) missing[column] / labels));
        }
        return parts;
    }
}
