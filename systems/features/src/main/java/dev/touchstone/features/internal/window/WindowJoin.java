package dev.touchstone.features.internal.window;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.join.AsOfJoin;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gives labels the windowed aggregates that would have been served at their moments, entity by
/// entity, with the arithmetic of the online store.
public final class WindowJoin {
    private final FeatureView source;
    private final Optional<Integer> id;
    private final WindowReader reader;
    private final List<ClusteredTable> tables;
    private final Mode mode;

    /// @param definition of a view that has windows
    /// @param features the positions of the wanted ones
    public WindowJoin(
            ViewDefinition definition,
            List<ClusteredTable> tables,
            List<Integer> features,
            Mode mode) {
        this.source = definition.source();
        this.id = definition.windows().orElseThrow().id();
        var plan = new WindowPlan(definition.windows().orElseThrow());
        this.reader = new WindowReader(plan, features);
        this.tables = tables;
        this.mode = mode;
    }

    /// Fills a cell for each label and wanted feature.
    ///
    /// @param keys the labels' key columns
    /// @param status an [AsOfJoin] status for each label: found when the entity has any event
    public void join(
            List<ColumnData> keys, ColumnData.Longs times, List<ColumnData> cells, byte[] status) {
        Map<EntityKey, List<Integer>> byEntity = new LinkedHashMap<>();
        for (int label = 0; label < status.length; label++) {
            Optional<EntityKey> entity = entity(keys, label);
            if (times.missing()[label] || entity.isEmpty()) {
                for (ColumnData column : cells) {
                    column.missing()[label] = true;
                }
            } else {
                byEntity.computeIfAbsent(entity.get(), _ -> new ArrayList<>()).add(label);
            }
        }
        var out = new LabelCells(cells);
        byEntity.forEach((entity, labels) -> {
            var events = new KnownEvents(rows(entity), source.rule(), mode, id);
            for (int label : labels) {
                long time = times.values()[label];
                long end = Versions.end(source.rule(), time);
                events.at(time);
                out.label = label;
                reader.read(events, time, end, out);
                if (events.any(end)) {
                    status[label] = AsOfJoin.FOUND;
                }
            }
        });
    }

    private static Optional<EntityKey> entity(List<ColumnData> keys, int label) {
        List<Value> parts = new ArrayList<>(keys.size());
        for (ColumnData key : keys) {
            if (key.missing()[label]) {
                return Optional.empty();
            }
            parts.add(key.value(label));
        }
        return Optional.of(new EntityKey(parts));
    }

    private List<FeatureRow> rows(EntityKey entity) {
        List<FeatureRow> rows = new ArrayList<>();
        for (ClusteredTable table : tables) {
            rows.addAll(table.rowsOf(entity));
        }
        return rows;
    }

    /// The aggregates of one entity whose rows are all given.
    ///
    /// @param rows of the entity, in any order
    public List<Value> answer(List<FeatureRow> rows, List<Column> features, long time) {
        List<ColumnData> cells =
                features.stream().map(feature -> ColumnData.allocate(feature.type(), 1)).toList();
        var events = new KnownEvents(rows, source.rule(), mode, id);
        events.at(time);
        reader.read(events, time, Versions.end(source.rule(), time), new LabelCells(cells));
        return cells.stream().map(column -> column.value(0)).toList();
    }

    /// The cells of one label.
    private static final class LabelCells implements WindowReader.Answers {
        private final List<ColumnData> columns;
        private int label;
        private int feature;

        LabelCells(List<ColumnData> columns) {
            this.columns = columns;
        }

        @Override
        public void at(int wanted) {
            feature = wanted;
        }

        @Override
        public void whole(long value) {
            ((ColumnData.Longs) columns.get(feature)).values()[label] = value;
        }

        @Override
        public void real(double value) {
            ((ColumnData.Doubles) columns.get(feature)).values()[label] = value;
        }

        @Override
        public void nothing() {
            columns.get(feature).missing()[label] = true;
        }

        @Override
        public void value(@Nullable Value value) {
            switch (value) {
                case null -> nothing();
                case Value.Real(double real) -> real(real);
                case Value.Whole(long whole) -> whole(whole);
                case Value.Text(String text) ->
                        ((ColumnData.Texts) columns.get(feature)).values()[label] = text;
                case Value.Truth(boolean truth) ->
                        ((ColumnData.Booleans) columns.get(feature)).values()[label] = truth;
                case Value.Missing _ -> nothing();
            }
        }
    }
}
