package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.TrainingSetSources;
import dev.touchstone.features.internal.stream.StreamJoin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is to be built, and into how many pieces it is cut.
///
/// @param chunk labels that are written at a time
/// @param block labels that are joined at a time: a multiple of `chunk`
/// @param room for joining them
public record BuildPlan(
        TrainingSetRequest request,
        Wanted wanted,
        LabelFile labels,
        int chunk,
        int block,
        StreamJoin.Room room) {
    private static final int MAX_CHUNK = 1 << 17;
    private static final int MIN_CHUNK = 1 << 8;
    private static final int MAX_BLOCK = 1 << 26;
    private static final int MAX_WORDS = 1 << 29;
    private static final long MOST_FOR_ROWS = 288L << 20;

    /// Cuts the work so that it fits.
    ///
    /// @param sources says how much memory and how many threads may be used, about
    /// @throws IOException when the labels lack a column, or have one of a feature's name
    public static BuildPlan of(
            TrainingSetRequest request, Wanted wanted, LabelFile labels, TrainingSetSources sources)
            throws IOException {
        long forRows = Math.min(sources.memoryBytes() / 4, MOST_FOR_ROWS);
        long memoryBytes = sources.memoryBytes() - forRows;
        int chunk =
                Math.clamp(
                        memoryBytes
                                / (4L
                                        * Long.BYTES
                                        * (wanted.names().size() + labels.columns().size())),
                        MIN_CHUNK,
                        MAX_CHUNK);
        List<WantedView> views = wanted.views();
        long perLabel = views.stream().mapToLong(WantedView::bytesPerLabel).max().orElse(1);
        if (sources.threads() > 1 && views.size() > 1) {
            // While one view is joined, what the one before it gave is being written.
            perLabel += views.stream().mapToLong(WantedView::bytesGivenPerLabel).max().orElse(0);
        }
        int widest = views.stream().mapToInt(view -> view.features().size()).max().orElse(1);
        long fitting =
                Math.min(
                        Math.min(memoryBytes / perLabel, MAX_BLOCK),
                        MAX_WORDS / (widest + widest / Long.SIZE + 4));
        int block = (int) Math.max(1, fitting / chunk) * chunk;
        var plan =
                new BuildPlan(
                        request,
                        wanted,
                        labels,
                        chunk,
                        block,
                        new StreamJoin.Room(sources.threads(), forRows));
        plan.checkNames();
        List<Column> needed = new ArrayList<>(plan.known());
        needed.addAll(wanted.fields());
        labels.check(needed);
        return plan;
    }

    private void checkNames() throws IOException {
        for (Column made : featureColumns()) {
            if (labels.columns().stream().anyMatch(own -> own.name().equals(made.name()))) {
                throw new IOException(
                        "%s has a column %s already; leave it out, or do not ask for it"
                                .formatted(labels.name(), made.name()));
            }
        }
    }

    List<WantedView> views() {
        return wanted.views();
    }

    List<String> names() {
        return wanted.names();
    }

    /// The key columns of all views.
    List<Column> keys() {
        Map<String, Column> keys = new LinkedHashMap<>();
        for (WantedView view : views()) {
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

    /// The labels' columns of which we know what they are: their time, then the keys, then the row
    /// ids if they have any.
    List<Column> known() throws IOException {
        List<Column> known = new ArrayList<>();
        known.add(new Column(request.timeColumn(), ColumnType.TIMESTAMP));
        known.addAll(keys());
        if (request.rowIds().isPresent()) {
            known.add(rowIds(request.rowIds().get().column()));
        }
        return known;
    }

    private Column rowIds(String name) throws IOException {
        Column column =
                labels.columns().stream()
                        .filter(own -> own.name().equals(name))
                        .findFirst()
                        .orElseThrow(() ->
                                new IOException(
                                        "%s has no column '%s'; it has %s"
                                                .formatted(
                                                        labels.name(),
                                                        name,
                                                        labels.columns().stream()
                                                                .map(Column::name)
                                                                .toList())));
        if (column.type() != ColumnType.TEXT && column.type() != ColumnType.LONG) {
            throw new IOException(
                    "column %s of %s is %s; row ids are texts or whole numbers"
                            .formatted(name, labels.name(), column.type()));
        }
        return column;
    }

    /// The labels' own columns as they are written.
    ///
    /// @param typed whether columns of which we know what they are shall be that; otherwise those
    ///   of a CSV file stay as they were
    List<Column> ownColumns(boolean typed) throws IOException {
        if (!typed) {
            return labels.columns();
        }
        Map<String, Column> known = new LinkedHashMap<>();
        known().forEach(column -> known.putIfAbsent(column.name(), column));
        return labels.columns().stream()
                .map(column -> known.getOrDefault(column.name(), column))
                .toList();
    }

    /// The features' columns that are written, without marks.
    List<Column> features() {
        return wanted.columns().subList(0, wanted.written());
    }

    /// Whether a column behind each feature says which of its cells were served.
    boolean marksServed() {
        return request.rowIds().map(TrainingSetRequest.RowIds::marked).orElse(false);
    }

    /// What is written behind the labels' own columns.
    List<Column> featureColumns() {
        if (!marksServed()) {
            return features();
        }
        return features().stream()
                .map(feature ->
                        List.of(
                                feature,
                                new Column(feature.name() + ".served", ColumnType.BOOLEAN)))
                .flatMap(Collection::stream)
                .toList();
    }

    /// What is read of the labels: their own columns, then those that features are computed from.
    List<Column> withFields(List<Column> own) {
        List<Column> all = new ArrayList<>(own);
        all.addAll(wanted.fields());
        return all;
    }

    /// The columns of the set.
    List<Column> withFeatures(List<Column> own) {
        List<Column> all = new ArrayList<>(own);
        all.addAll(featureColumns());
        return all;
    }

    int blocks() {
        return (int) Math.ceilDiv(labels.rows(), (long) block);
    }

    int blockSize(int number) {
        return (int) Math.min(block, labels.rows() - (long) number * block);
    }

    /// Everything that a part depends on.
    String fingerprint() throws IOException {
        var plan = new StringBuilder("touchstone build 2\n");
        plan.append("%s of %s%n".formatted(request, labels.fingerprint()));
        plan.append("blocks of %d, chunks of %d%n".formatted(block, chunk));
        for (WantedView view : views()) {
            plan.append(
                    "%s features %s from %s%n"
                            .formatted(
                                    view.definition(),
                                    view.features(),
                                    view.history().fingerprint()));
            if (view.served().isPresent()) {
                plan.append("served: %s%n".formatted(view.served().get().fingerprint()));
            }
        }
        return plan.toString();
    }
}
