package dev.touchstone.features.internal.table;

import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Collects rows in any order and makes a [ClusteredTable] of them.
///
/// Rows wait as longs in chunks: hash, event, availability, sequence, key number, values, mask.
public final class TableBuilder {
    private static final int CHUNK_BITS = 14;
    private static final int HASH = 0;
    private static final int EVENT = 1;
    private static final int AVAILABLE = 2;
    private static final int SEQUENCE = 3;
    private static final int KEY = 4;
    private static final int VALUES = 5;

    private final TableShape shape;
    private final int stride;
    private final List<long[]> chunks = new ArrayList<>();
    private final Map<EntityKey, Integer> keyNumbers = new HashMap<>();
    private final List<byte[]> keys = new ArrayList<>();
    private final TextCollector texts = new TextCollector();
    private int count;
    private boolean masked;
    private boolean delayed;

    public TableBuilder(TableShape shape) {
        this.shape = shape;
        this.stride = VALUES + shape.features().size() + shape.maskWords();
    }

    /// Rows so far.
    public int count() {
        return count;
    }

    /// Adds a row that fits the view.
    public void add(FeatureRow row) {
        if (shape.wholeKey()) {
            long key = ((Value.Whole) row.entity().parts().getFirst()).value();
            begin(KeyHash.ofWhole(key), 0, row.eventTime());
        } else {
            int number =
                    keyNumbers.computeIfAbsent(
                            row.entity(),
                            key -> {
                                keys.add(KeyHash.encode(key));
                                return keys.size() - 1;
                            });
            begin(KeyHash.ofBytes(keys.get(number)), number, row.eventTime());
        }
        known(row.availableTime(), row.sequence());
        if (row.isTombstone()) {
            mark(0);
            for (int f = 0; f < shape.features().size(); f++) {
                mark(f + 1);
            }
            return;
        }
        for (int f = 0; f < shape.features().size(); f++) {
            Value value = row.values().get(f);
            if (value.equals(Value.MISSING)) {
                mark(f + 1);
            } else {
                set(f, bits(shape.features().get(f), value));
            }
        }
    }

    /// Begins a row of an entity whose key is a whole number; available at its event, every value
    /// zero until [#set].
    public void begin(long key, long eventTime) {
        begin(KeyHash.ofWhole(key), 0, eventTime);
        known(eventTime, count);
    }

    private void begin(long hash, int key, long eventTime) {
        if (count == Integer.MAX_VALUE - 1) {
            throw new IllegalStateException(
                    "a table holds at most %d rows; compact into several".formatted(count));
        }
        if (count >>> CHUNK_BITS == chunks.size()) {
            chunks.add(new long[stride << CHUNK_BITS]);
        }
        count++;
        int row = count - 1;
        put(row, HASH, hash);
        put(row, EVENT, eventTime);
        put(row, KEY, key);
    }

    private void known(long availableTime, long sequence) {
        put(count - 1, AVAILABLE, availableTime);
        put(count - 1, SEQUENCE, sequence);
        delayed |= availableTime != get(count - 1, EVENT);
    }

    /// Sets a value of the row begun last, by its bits.
    public void set(int feature, long bits) {
        put(count - 1, VALUES + feature, bits);
    }

    private void mark(int bit) {
        masked = true;
        int field = VALUES + shape.features().size() + bit / Long.SIZE;
        put(count - 1, field, get(count - 1, field) | 1L << (bit % Long.SIZE));
    }

    private long bits(ColumnType type, Value value) {
        return switch (value) {
            case Value.Real(double real) -> Double.doubleToRawLongBits(real);
            case Value.Whole(long whole) -> whole;
            case Value.Truth(boolean truth) -> truth ? 1 : 0;
            case Value.Text(String text) -> texts.code(text);
            case Value.Missing _ ->
                    throw new IllegalArgumentException("a missing %s has no bits".formatted(type));
        };
    }

    private long get(int row, int field) {
        return chunks.get(row >>> CHUNK_BITS)[(row & ((1 << CHUNK_BITS) - 1)) * stride + field];
    }

    private void put(int row, int field, long value) {
        chunks.get(row >>> CHUNK_BITS)[(row & ((1 << CHUNK_BITS) - 1)) * stride + field] = value;
    }

    /// Makes the table; its memory belongs to the arena.
    public ClusteredTable build(Arena arena) {
        int[] order = RowSort.sort(count, row -> get(row, HASH), this::compare);
        int entityCount = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || !sameEntity(order[i - 1], order[i])) {
                entityCount++;
            }
        }
        MemorySegment hash = arena.allocate(Layouts.LONG, entityCount);
        MemorySegment start = arena.allocate(Layouts.INT, entityCount + 1L);
        int[] entityKeys = new int[shape.wholeKey() ? 0 : entityCount];
        int entity = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || !sameEntity(order[i - 1], order[i])) {
                hash.setAtIndex(Layouts.LONG, entity, get(order[i], HASH));
                start.setAtIndex(Layouts.INT, entity, i);
                if (!shape.wholeKey()) {
                    entityKeys[entity] = (int) get(order[i], KEY);
                }
                entity++;
            }
        }
        start.setAtIndex(Layouts.INT, entityCount, count);
        EntityIndex entities = EntityIndex.of(entityCount, hash, keysOf(entityKeys, arena), arena);
        int words = shape.features().size() + (masked ? shape.maskWords() : 0);
        var rows =
                new ClusteredTable.Rows(
                        count, start, times(order, arena), words, payload(order, words, arena));
        return new ClusteredTable(shape, entities, rows, texts.build(arena), arena);
    }

    private int compare(int a, int b) {
        int byHash = Long.compareUnsigned(get(a, HASH), get(b, HASH));
        if (byHash != 0) {
            return byHash;
        }
        if (get(a, KEY) != get(b, KEY)) {
            return Arrays.compareUnsigned(keys.get((int) get(a, KEY)), keys.get((int) get(b, KEY)));
        }
        int byEvent = Long.compare(get(a, EVENT), get(b, EVENT));
        if (byEvent != 0) {
            return byEvent;
        }
        int byAvailability = Long.compare(get(a, AVAILABLE), get(b, AVAILABLE));
        return byAvailability != 0
                ? byAvailability
                : Long.compare(get(a, SEQUENCE), get(b, SEQUENCE));
    }

    private boolean sameEntity(int a, int b) {
        return get(a, HASH) == get(b, HASH) && get(a, KEY) == get(b, KEY);
    }

    private EntityIndex.Keys keysOf(int[] entityKeys, Arena arena) {
        List<byte[]> sorted = new ArrayList<>();
        for (int key : entityKeys) {
            sorted.add(keys.get(key));
        }
        TextCollector.Packed packed = TextCollector.pack(sorted, arena);
        return new EntityIndex.Keys(packed.end(), packed.bytes());
    }

    private ClusteredTable.Times times(int[] order, Arena arena) {
        MemorySegment event = column(order, EVENT, arena);
        return new ClusteredTable.Times(
                event,
                delayed ? column(order, AVAILABLE, arena) : event,
                column(order, SEQUENCE, arena));
    }

    private MemorySegment column(int[] order, int field, Arena arena) {
        MemorySegment column = arena.allocate(Layouts.LONG, count);
        for (int i = 0; i < count; i++) {
            column.setAtIndex(Layouts.LONG, i, get(order[i], field));
        }
        return column;
    }

    private MemorySegment payload(int[] order, int words, Arena arena) {
        MemorySegment payload = arena.allocate(Layouts.LONG, (long) count * words);
        for (int i = 0; i < count; i++) {
            for (int word = 0; word < words; word++) {
                payload.setAtIndex(
                        Layouts.LONG, (long) i * words + word, get(order[i], VALUES + word));
            }
        }
        return payload;
    }
}
