package dev.touchstone.features.internal.table;

import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows of a view, immutable, sorted by entity, event, availability and sequence.
///
/// ```
/// entities   hash, hash, hash …            sorted; found through a directory
/// rowStart   0, 17, 31 …                   an entity's first row; one more at the end
/// event      long a row
/// available  long a row                    the same memory as event when they never differ
/// sequence   long a row
/// payload    words a row: value, value … mask …    mask only where something is missing
/// ```
///
/// The values of a row lie side by side and not in columns, because a join reads single rows, far
/// apart: one cache line for eight features, and not eight lines.
public final class ClusteredTable {
    private static final int MOST_STEP = 1 << 20;

    /// How much is known about the order of availabilities, and so how the last known row is found.
    public enum Availability {
        /// Every row was available at its event.
        AT_EVENT,
        /// In the order of an entity's events, availabilities never decrease.
        IN_ORDER,
        /// Anything else.
        ANY
    }

    private final TableShape shape;
    private final EntityIndex entities;
    private final Rows rows;
    private final Texts texts;
    private final Availability availability;
    private final AvailabilityIndex index;

    /// The rows' parts.
    ///
    /// @param count rows
    /// @param start one int an entity, one more at the end
    /// @param words longs of payload a row
    public record Rows(
            int count, MemorySegment start, Times times, int words, MemorySegment payload) {}

    /// The rows' times and places in the order of arrival, one long a row each.
    public record Times(MemorySegment event, MemorySegment available, MemorySegment sequence) {}

    /// @param arena holds the index of availabilities, if one is needed
    public ClusteredTable(
            TableShape shape, EntityIndex entities, Rows rows, Texts texts, Arena arena) {
        this.shape = shape;
        this.entities = entities;
        this.rows = rows;
        this.texts = texts;
        this.availability = availabilityOf(entities.count(), rows);
        this.index =
                availability == Availability.ANY
                        ? AvailabilityIndex.of(rows.times.available, rows.count, arena)
                        : new AvailabilityIndex(rows.times.available, List.of());
    }

    private static Availability availabilityOf(int entities, Rows rows) {
        if (rows.times.available.equals(rows.times.event)) {
            return Availability.AT_EVENT;
        }
        for (int entity = 0; entity < entities; entity++) {
            int end = rows.start.getAtIndex(Layouts.INT, entity + 1L);
            for (int row = rows.start.getAtIndex(Layouts.INT, entity) + 1; row < end; row++) {
                if (rows.times.available.getAtIndex(Layouts.LONG, row)
                        < rows.times.available.getAtIndex(Layouts.LONG, row - 1L)) {
                    return Availability.ANY;
                }
            }
        }
        return Availability.IN_ORDER;
    }

    /// The same rows with other features.
    ///
    /// @param places for each of its features the one here that it is, or -1 for none: then it is
    ///   missing in every row
    /// @param memory holds the copied values
    public ClusteredTable reshaped(TableShape other, int[] places, Arena memory) {
        int features = places.length;
        boolean masked = hasMask() || Arrays.stream(places).anyMatch(place -> place < 0);
        int words = features + (masked ? other.maskWords() : 0);
        MemorySegment payload = memory.allocate(Layouts.LONG, (long) rows.count * words);
        for (int row = 0; row < rows.count; row++) {
            long start = (long) row * words;
            if (isTombstone(row)) {
                mark(payload, start + features, 0);
            }
            for (int f = 0; f < features; f++) {
                if (places[f] < 0 || isMissing(row, places[f])) {
                    mark(payload, start + features, f + 1);
                } else {
                    payload.setAtIndex(Layouts.LONG, start + f, bits(row, places[f]));
                }
            }
        }
        var its = new Rows(rows.count, rows.start, rows.times, words, payload);
        return new ClusteredTable(other, entities, its, texts, memory);
    }

    private static void mark(MemorySegment payload, long mask, int bit) {
        long word = mask + bit / Long.SIZE;
        payload.setAtIndex(
                Layouts.LONG,
                word,
                payload.getAtIndex(Layouts.LONG, word) | 1L << (bit % Long.SIZE));
    }

    public TableShape shape() {
        return shape;
    }

    public EntityIndex entities() {
        return entities;
    }

    public Rows rows() {
        return rows;
    }

    public Texts texts() {
        return texts;
    }

    public Availability availability() {
        return availability;
    }

    /// Whether rows carry a mask: without one there is neither a tombstone nor a missing value.
    public boolean hasMask() {
        return rows.words > shape.features().size();
    }

    public int firstRow(int entity) {
        return rows.start.getAtIndex(Layouts.INT, entity);
    }

    /// The row after the entity's last.
    public int endRow(int entity) {
        return rows.start.getAtIndex(Layouts.INT, entity + 1L);
    }

    public long eventTime(int row) {
        return rows.times.event.getAtIndex(Layouts.LONG, row);
    }

    public long availableTime(int row) {
        return rows.times.available.getAtIndex(Layouts.LONG, row);
    }

    public long sequence(int row) {
        return rows.times.sequence.getAtIndex(Layouts.LONG, row);
    }

    public boolean isTombstone(int row) {
        return hasMask() && (maskWord(row, 0) & 1) != 0;
    }

    /// Whether a feature has no value in a row, by a tombstone or by itself.
    public boolean isMissing(int row, int feature) {
        int bit = feature + 1;
        return hasMask() && (maskWord(row, bit / Long.SIZE) >>> (bit % Long.SIZE) & 1) != 0;
    }

    private long maskWord(int row, int word) {
        return rows.payload.getAtIndex(
                Layouts.LONG, (long) row * rows.words + shape.features().size() + word);
    }

    /// A value as it is stored: a number's bits, a text's code, 0 or 1.
    public long bits(int row, int feature) {
        return rows.payload.getAtIndex(Layouts.LONG, (long) row * rows.words + feature);
    }

    /// The first of the rows from `from` up to `end` that happened after `time`, or `end`.
    public int firstAfter(int from, int end, long time) {
        return firstAfter(rows.times.event, from, end, time);
    }

    /// As [#firstAfter], in few steps when it is near `from`.
    public int firstAfterNear(int from, int end, long time) {
        int low = from;
        int step = 1;
        while (step < end - low && eventTime(low + step - 1) <= time) {
            low += step;
            step = Math.min(2 * step, MOST_STEP);
        }
        return firstAfter(low, Math.min(end, low + step), time);
    }

    /// The last row from `row` back to `first` that was available at `known`, or one before
    /// `first`. All rows from `first` to `row` are of one entity.
    public int lastKnown(int first, int row, long known) {
        return switch (availability) {
            case AT_EVENT, IN_ORDER -> firstAfter(rows.times.available, first, row + 1, known) - 1;
            case ANY -> index.lastKnown(first, row, known);
        };
    }

    private static int firstAfter(MemorySegment times, int from, int end, long time) {
        int low = from;
        int length = end - from;
        while (length > 0) {
            int half = length >>> 1;
            if (times.getAtIndex(Layouts.LONG, low + half) <= time) {
                low += half + 1;
                length -= half + 1;
            } else {
                length = half;
            }
        }
        return low;
    }

    /// The key of an entity.
    public EntityKey key(int entity) {
        return shape.wholeKey()
                ? EntityKey.of(KeyHash.wholeOf(entities.hash().getAtIndex(Layouts.LONG, entity)))
                : KeyHash.decode(entities.keys().key(entity));
    }

    /// A row as it was put in.
    public FeatureRow row(int entity, int row) {
        List<Value> values = new ArrayList<>();
        for (int f = 0; f < shape.features().size() && !isTombstone(row); f++) {
            values.add(
                    isMissing(row, f)
                            ? Value.MISSING
                            : value(shape.features().get(f), bits(row, f)));
        }
        return new FeatureRow(
                key(entity), eventTime(row), availableTime(row), sequence(row), values);
    }

    private Value value(ColumnType type, long bits) {
        return switch (type) {
            case DOUBLE -> Value.of(Double.longBitsToDouble(bits));
            case LONG, TIMESTAMP -> Value.of(bits);
            case BOOLEAN -> Value.of(bits != 0);
            case TEXT -> Value.of(texts.get((int) bits));
        };
    }

    /// All rows of an entity, in their order; none when it is not there.
    public List<FeatureRow> rowsOf(EntityKey key) {
        int entity =
                shape.wholeKey()
                        ? entities.find(
                                KeyHash.ofWhole(((Value.Whole) key.parts().getFirst()).value()))
                        : entities.find(KeyHash.ofBytes(KeyHash.encode(key)), KeyHash.encode(key));
        List<FeatureRow> found = new ArrayList<>();
        if (entity != EntityIndex.ABSENT) {
            for (int row = firstRow(entity); row < endRow(entity); row++) {
                found.add(row(entity, row));
            }
        }
        return found;
    }
}
