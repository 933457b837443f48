package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.stream.StreamJoin;
import dev.touchstone.features.internal.stream.WaitingLabels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/// A block of labels, which takes from one view after another what it gives.
final class BlockJoin {
    private static final int STATUSES = 4;

    private final BuildPlan plan;
    private final List<Column> known;
    private final List<ColumnData> columns;
    private final ColumnData.Longs times;
    private final Map<List<Column>, WaitingLabels> waiting = new HashMap<>();

    /// @param known what the columns are, as [BuildPlan#known] has it
    BlockJoin(BuildPlan plan, List<Column> known, List<ColumnData> columns) {
        this.plan = plan;
        this.known = known;
        this.columns = columns;
        this.times = (ColumnData.Longs) columns.getFirst();
    }

    /// A finished part.
    ///
    /// @param cells as [WantedView#partColumns] has them
    record Part(CellFile.Summary summary, List<ColumnData> cells) {}

    /// Joins the block with a view.
    ///
    /// @param passed hears how many rows have passed, and says whether to go on
    /// @return nothing when it was stopped
    Optional<Part> join(WantedView view, LongPredicate passed) throws IOException {
        List<ColumnData> key =
                view.view().key().stream()
                        .map(column -> columns.get(known.indexOf(column)))
                        .toList();
        var block =
                new History.Block(
                        key,
                        times,
                        plan.request().mode(),
                        () ->
                                waiting.computeIfAbsent(
                                        view.view().key(),
                                        _ -> WaitingLabels.of(key, times, plan.room().threads())),
                        plan.room());
        Optional<StreamJoin.Result> joined =
                view.history().join(block, view.view(), view.features(), passed);
        return joined.map(result -> {
            List<ColumnData> cells = new ArrayList<>(result.cells());
            view.served()
                    .ifPresent(served ->
                            cells.addAll(preferServed(view, served, key, result.cells())));
            return new Part(summary(result.status()), cells);
        });
    }

    private CellFile.Summary summary(byte[] status) {
        long[] statuses = new long[STATUSES];
        for (byte its : status) {
            statuses[its]++;
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
                times.size(), plan.chunk(), first, last, Arrays.stream(statuses).boxed().toList());
    }

    /// Puts what was logged when it was served in the place of what was rebuilt.
    ///
    /// @return for each feature which cells those are
    private List<ColumnData> preferServed(
            WantedView view, ServedCells served, List<ColumnData> key, List<ColumnData> cells) {
        ColumnData rowIds = columns.getLast();
        List<boolean[]> marks = new ArrayList<>();
        cells.forEach(column -> marks.add(new boolean[column.size()]));
        for (int label = 0; label < times.size(); label++) {
            if (times.missing()[label] || rowIds.missing()[label]) {
                continue;
            }
            Optional<EntityKey> entity = entity(key, label);
            Optional<List<Optional<Value>>> logged =
                    entity.isEmpty()
                            ? Optional.empty()
                            : served.at(rowId(rowIds, label), entity.get(), times.values()[label]);
            for (int f = 0; f < cells.size() && logged.isPresent(); f++) {
                Optional<Value> value = logged.get().get(view.features().get(f));
                if (value.isPresent()) {
                    cells.get(f).set(label, value.get());
                    marks.get(f)[label] = true;
                }
            }
        }
        return marks.stream()
                .<ColumnData>map(mark -> new ColumnData.Booleans(mark, new boolean[mark.length]))
                .toList();
    }

    private static String rowId(ColumnData rowIds, int label) {
        return rowIds instanceof ColumnData.Texts(String[] texts, _)
                ? texts[label]
                : Long.toString(((ColumnData.Longs) rowIds).values()[label]);
    }

    private static Optional<EntityKey> entity(List<ColumnData> keys, int label) {
        List<Value> parts = new ArrayList<>(keys.size());
        keys.forEach(key -> parts.add(key.value(label)));
        return parts.contains(Value.MISSING) ? Optional.empty() : Optional.of(new EntityKey(parts));
    }
}
