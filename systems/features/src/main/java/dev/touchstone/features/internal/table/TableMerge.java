package dev.touchstone.features.internal.table;

import dev.touchstone.features.ColumnType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Makes one table of several, in one pass to count and one to copy.
public final class TableMerge {
    private static final int NO_CODE = -1;

    private final List<ClusteredTable> tables;

    /// The next entity, and the next row of the entity at hand, of each table.
    private final int[] entity;

    private final int[] row;

    private TableMerge(List<ClusteredTable> tables) {
        this.tables = tables;
        this.entity = new int[tables.size()];
        this.row = new int[tables.size()];
    }

    /// Hears the entities in order, and after each its rows in order.
    private interface Visitor {
        void entity(ClusteredTable table, int entity);

        void row(int t, int row);
    }

    /// Merges; all rows are kept.
    public static ClusteredTable merge(List<ClusteredTable> tables, TableShape shape, Arena arena) {
        var merge = new TableMerge(tables);
        int[] entities = {0};
        merge.walk(
                new Visitor() {
                    @Override
                    public void entity(ClusteredTable table, int entity) {
                        entities[0]++;
                    }

                    @Override
                    public void row(int t, int row) {}
                });
        var copy = new Copy(tables, shape, entities[0], arena);
        merge.walk(copy);
        return copy.finish();
    }

    private void walk(Visitor visitor) {
        Arrays.fill(entity, 0);
        while (true) {
            int first = firstEntity();
            if (first < 0) {
                return;
            }
            ClusteredTable table = tables.get(first);
            int its = entity[first];
            visitor.entity(table, its);
            for (int t = 0; t < tables.size(); t++) {
                boolean has = hasEntity(t) && compare(t, entity[t], first, its) == 0;
                row[t] = has ? tables.get(t).firstRow(entity[t]) : 0;
                entity[t] += has ? 1 : 0;
            }
            walkRows(visitor, table, its);
        }
    }

    /// The rows of the entity that was stepped over last.
    private void walkRows(Visitor visitor, ClusteredTable table, int its) {
        int[] end = new int[tables.size()];
        for (int t = 0; t < end.length; t++) {
            boolean has =
                    entity[t] > 0 && compareKeys(tables.get(t), entity[t] - 1, table, its) == 0;
            end[t] = has ? tables.get(t).endRow(entity[t] - 1) : row[t];
        }
        while (true) {
            int best = -1;
            for (int t = 0; t < end.length; t++) {
                if (row[t] < end[t] && (best < 0 || isBefore(t, row[t], best, row[best]))) {
                    best = t;
                }
            }
            if (best < 0) {
                return;
            }
            visitor.row(best, row[best]);
            row[best]++;
        }
    }

    private int firstEntity() {
        int first = -1;
        for (int t = 0; t < tables.size(); t++) {
            if (hasEntity(t) && (first < 0 || compare(t, entity[t], first, entity[first]) < 0)) {
                first = t;
            }
        }
        return first;
    }

    private boolean hasEntity(int t) {
        return entity[t] < tables.get(t).entities().count();
    }

    private int compare(int a, int entityA, int b, int entityB) {
        return compareKeys(tables.get(a), entityA, tables.get(b), entityB);
    }

    private static int compareKeys(ClusteredTable a, int entityA, ClusteredTable b, int entityB) {
        int byHash =
                Long.compareUnsigned(
                        a.entities().hash().getAtIndex(Layouts.LONG, entityA),
                        b.entities().hash().getAtIndex(Layouts.LONG, entityB));
        return byHash != 0 || a.shape().wholeKey()
                ? byHash
                : Arrays.compareUnsigned(
                        a.entities().keys().key(entityA), b.entities().keys().key(entityB));
    }

    private boolean isBefore(int a, int rowA, int b, int rowB) {
        ClusteredTable first = tables.get(a);
        ClusteredTable second = tables.get(b);
        int byEvent = Long.compare(first.eventTime(rowA), second.eventTime(rowB));
        if (byEvent != 0) {
            return byEvent < 0;
        }
        int byAvailability = Long.compare(first.availableTime(rowA), second.availableTime(rowB));
        return byAvailability != 0
                ? byAvailability < 0
                : first.sequence(rowA) < second.sequence(rowB);
    }

    /// Copies what it hears into a new table.
    private static final class Copy implements Visitor {
        private final List<ClusteredTable> tables;
        private final TableShape shape;
        private final Arena arena;
        private final int words;
        private final boolean delayed;
        private final MemorySegment hash;
        private final MemorySegment start;
        private final MemorySegment event;
        private final MemorySegment available;
        private final MemorySegment sequence;
        private final MemorySegment payload;
        private final List<byte[]> keys = new ArrayList<>();
        private final TextCollector texts = new TextCollector();
        private final int[][] codes;
        private int entities;
        private int rows;

        Copy(List<ClusteredTable> tables, TableShape shape, int entityCount, Arena arena) {
            this.tables = tables;
            this.shape = shape;
            this.arena = arena;
            int count =
                    Math.toIntExact(tables.stream().mapToLong(table -> table.rows().count()).sum());
            boolean masked = tables.stream().anyMatch(ClusteredTable::hasMask);
            this.words = shape.features().size() + (masked ? shape.maskWords() : 0);
            this.delayed =
                    tables.stream()
                            .anyMatch(table ->
                                    table.availability() != ClusteredTable.Availability.AT_EVENT);
            this.hash = arena.allocate(Layouts.LONG, entityCount);
            this.start = arena.allocate(Layouts.INT, entityCount + 1L);
            this.event = arena.allocate(Layouts.LONG, count);
            this.available = delayed ? arena.allocate(Layouts.LONG, count) : event;
            this.sequence = arena.allocate(Layouts.LONG, count);
            this.payload = arena.allocate(Layouts.LONG, (long) count * words);
            this.codes = new int[tables.size()][];
            for (int t = 0; t < codes.length; t++) {
                codes[t] = new int[tables.get(t).texts().count()];
                Arrays.fill(codes[t], NO_CODE);
            }
        }

        @Override
        public void entity(ClusteredTable table, int entity) {
            hash.setAtIndex(
                    Layouts.LONG,
                    entities,
                    table.entities().hash().getAtIndex(Layouts.LONG, entity));
            start.setAtIndex(Layouts.INT, entities, rows);
            if (!shape.wholeKey()) {
                keys.add(table.entities().keys().key(entity));
            }
            entities++;
        }

        @Override
        public void row(int t, int row) {
            ClusteredTable table = tables.get(t);
            event.setAtIndex(Layouts.LONG, rows, table.eventTime(row));
            if (delayed) {
                available.setAtIndex(Layouts.LONG, rows, table.availableTime(row));
            }
            sequence.setAtIndex(Layouts.LONG, rows, table.sequence(row));
            long to = (long) rows * words;
            MemorySegment.copy(
                    table.rows().payload(),
                    (long) row * table.rows().words() * Long.BYTES,
                    payload,
                    to * Long.BYTES,
                    (long) table.rows().words() * Long.BYTES);
            for (int f = 0; f < shape.features().size(); f++) {
                if (shape.features().get(f) == ColumnType.TEXT && !table.isMissing(row, f)) {
                    payload.setAtIndex(Layouts.LONG, to + f, code(t, (int) table.bits(row, f)));
                }
            }
            rows++;
        }

        private int code(int t, int code) {
            if (codes[t][code] == NO_CODE) {
                codes[t][code] = texts.code(tables.get(t).texts().get(code));
            }
            return codes[t][code];
        }

        ClusteredTable finish() {
            start.setAtIndex(Layouts.INT, entities, rows);
            TextCollector.Packed packed = TextCollector.pack(keys, arena);
            return new ClusteredTable(
                    shape,
                    EntityIndex.of(
                            entities,
                            hash,
                            new EntityIndex.Keys(packed.end(), packed.bytes()),
                            arena),
                    new ClusteredTable.Rows(
                            rows,
                            start,
                            new ClusteredTable.Times(event, available, sequence),
                            words,
                            payload),
                    texts.build(arena),
                    arena);
        }
    }
}
