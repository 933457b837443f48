package dev.touchstone.features.internal.window;

import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Value;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What has to be known about one column in each of many tiles, one after another in an array: a
/// read goes through a range of them, and memory is fetched ahead for it.
///
/// A tile's numbers are how many values it has, what of them is no number, the least and the
/// greatest, and the chunks of an exact sum and of one of squares (see [ExactSum]), whose range all
/// tiles share. Texts and rows lie beside them.
final class ColumnTiles {
    private static final int COUNT = 0;
    private static final int SPECIAL = 1;
    private static final int MIN = 2;
    private static final int MAX = 3;
    private static final int SUM_AT = 4;

    private static final int MIN_TEXT = 0;
    private static final int MAX_TEXT = 1;
    private static final int FIRST = 2;
    private static final int LAST = 3;
    private static final int DISTINCT = 4;
    private static final int QUANTILES = 5;
    private static final int OBJECTS = 6;

    private final Input input;
    private final boolean keepsObjects;
    private int capacity;
    private long[] numbers;
    private @Nullable Object[] objects;

    private int stride = SUM_AT;

    /// The numbers of the first chunks, and how many there are.
    private int sumFirst;

    private int sumSize;
    private int squaresFirst;
    private int squaresSize;

    ColumnTiles(Input input, int capacity) {
        this.input = input;
        this.keepsObjects =
                input.needs(Input.ENDS | Input.DISTINCT | Input.QUANTILES)
                        || (input.needs(Input.EXTREMES) && input.type() == ColumnType.TEXT);
        this.capacity = capacity;
        this.numbers = new long[capacity * stride];
        this.objects = new Object[keepsObjects ? capacity * OBJECTS : 0];
    }

    /// Makes room for an empty tile at a position.
    ///
    /// @param size how many there are
    void insert(int at, int size, int newCapacity) {
        if (newCapacity > capacity) {
            capacity = newCapacity;
            numbers = Arrays.copyOf(numbers, capacity * stride);
            objects = Arrays.copyOf(objects, keepsObjects ? capacity * OBJECTS : 0);
        }
        System.arraycopy(numbers, at * stride, numbers, (at + 1) * stride, (size - at) * stride);
        if (keepsObjects) {
            System.arraycopy(
                    objects, at * OBJECTS, objects, (at + 1) * OBJECTS, (size - at) * OBJECTS);
        }
        reset(at);
    }

    /// Forgets the first tiles.
    void removeFirst(int gone, int size) {
        System.arraycopy(numbers, gone * stride, numbers, 0, (size - gone) * stride);
        if (keepsObjects) {
            System.arraycopy(objects, gone * OBJECTS, objects, 0, (size - gone) * OBJECTS);
            Arrays.fill(objects, (size - gone) * OBJECTS, size * OBJECTS, null);
        }
    }

    /// Empties a tile.
    void reset(int at) {
        int base = at * stride;
        Arrays.fill(numbers, base, base + stride, 0);
        numbers[base + MIN] = Long.MAX_VALUE;
        numbers[base + MAX] = Long.MIN_VALUE;
        if (keepsObjects) {
            Arrays.fill(objects, at * OBJECTS, (at + 1) * OBJECTS, null);
        }
    }

    /// Adds an event's value to a tile, if it has one.
    void add(int at, FeatureRow row) {
        Value value = input.valueOf(row);
        if (value instanceof Value.Missing) {
            return;
        }
        if (input.needs(Input.SUM)) {
            addNumber(at, value);
        }
        int base = at * stride;
        numbers[base + COUNT]++;
        if (input.needs(Input.EXTREMES) && !(value instanceof Value.Text)) {
            long ordered = Input.ordered(value);
            numbers[base + MIN] = Math.min(numbers[base + MIN], ordered);
            numbers[base + MAX] = Math.max(numbers[base + MAX], ordered);
        }
        if (keepsObjects) {
            addObjects(at * OBJECTS, row, value);
        }
        if (input.needs(Input.SUM) && numbers[base + COUNT] % ExactSum.ADDITIONS_A_CARRY == 0) {
            ExactSum.carry(numbers, base + SUM_AT, sumSize);
            ExactSum.carry(numbers, base + SUM_AT + sumSize, squaresSize);
        }
    }

    private void addNumber(int at, Value value) {
        boolean squared = input.needs(Input.SQUARES);
        if (value instanceof Value.Whole(long whole)) {
            coverSum(ExactSum.ONES);
            ExactSum.put(whole, numbers, sumAt(at, ExactSum.ONES));
            if (squared) {
                coverSquares(ExactSum.ONES);
                ExactSum.putSquare(whole, numbers, squaresAt(at, ExactSum.ONES));
            }
            return;
        }
        double real = Partial.real(value);
        if (!Double.isFinite(real)) {
            numbers[at * stride + SPECIAL] |= Input.special(real);
        } else if (real != 0) {
            int first = ExactSum.firstChunk(real);
            coverSum(first);
            ExactSum.put(real, numbers, sumAt(at, first));
            if (squared) {
                int firstOfSquare = ExactSum.firstChunkOfSquare(real);
                coverSquares(firstOfSquare);
                ExactSum.putSquare(real, numbers, squaresAt(at, firstOfSquare));
            }
        }
    }

    private int sumAt(int at, int chunk) {
        return at * stride + SUM_AT + chunk - sumFirst;
    }

    private int squaresAt(int at, int chunk) {
        return at * stride + SUM_AT + sumSize + chunk - squaresFirst;
    }

    private void coverSum(int first) {
        int end = first + ExactSum.ADDED;
        if (sumSize == 0) {
            lay(first, ExactSum.ADDED, squaresFirst, squaresSize);
        } else if (first < sumFirst || end > sumFirst + sumSize) {
            int low = Math.min(first, sumFirst);
            lay(low, Math.max(end, sumFirst + sumSize) - low, squaresFirst, squaresSize);
        }
    }

    private void coverSquares(int first) {
        int end = first + ExactSum.SQUARED;
        if (squaresSize == 0) {
            lay(sumFirst, sumSize, first, ExactSum.SQUARED);
        } else if (first < squaresFirst || end > squaresFirst + squaresSize) {
            int low = Math.min(first, squaresFirst);
            lay(sumFirst, sumSize, low, Math.max(end, squaresFirst + squaresSize) - low);
        }
    }

    /// Lays the tiles out for other ranges of chunks, which contain the present ones.
    private void lay(int newSumFirst, int newSumSize, int newSquaresFirst, int newSquaresSize) {
        int newStride = SUM_AT + newSumSize + newSquaresSize;
        long[] wider = new long[capacity * newStride];
        for (int at = 0; at < capacity; at++) {
            int from = at * stride;
            int into = at * newStride;
            System.arraycopy(numbers, from, wider, into, SUM_AT);
            System.arraycopy(
                    numbers,
                    from + SUM_AT,
                    wider,
                    into + SUM_AT + (sumSize == 0 ? 0 : sumFirst - newSumFirst),
                    sumSize);
            System.arraycopy(
                    numbers,
                    from + SUM_AT + sumSize,
                    wider,
                    into
                            + SUM_AT
                            + newSumSize
                            + (squaresSize == 0 ? 0 : squaresFirst - newSquaresFirst),
                    squaresSize);
        }
        numbers = wider;
        stride = newStride;
        sumFirst = newSumFirst;
        sumSize = newSumSize;
        squaresFirst = newSquaresFirst;
        squaresSize = newSquaresSize;
    }

    private void addObjects(int base, FeatureRow row, Value value) {
        if (input.needs(Input.DISTINCT)) {
            if (objects[base + DISTINCT] == null) {
                objects[base + DISTINCT] = new DistinctSketch();
            }
            ((DistinctSketch) Objects.requireNonNull(objects[base + DISTINCT])).add(value);
        }
        if (input.needs(Input.QUANTILES)) {
            if (objects[base + QUANTILES] == null) {
                objects[base + QUANTILES] = new QuantileSketch();
            }
            ((QuantileSketch) Objects.requireNonNull(objects[base + QUANTILES])).add(value);
        }
        if (value instanceof Value.Text && input.needs(Input.EXTREMES)) {
            if (objects[base + MIN_TEXT] == null
                    || Aggregates.compare(value, text(base + MIN_TEXT)) < 0) {
                objects[base + MIN_TEXT] = value;
            }
            if (objects[base + MAX_TEXT] == null
                    || Aggregates.compare(value, text(base + MAX_TEXT)) > 0) {
                objects[base + MAX_TEXT] = value;
            }
        }
        if (!input.needs(Input.ENDS)) {
            return;
        }
        if (objects[base + FIRST] == null
                || FeatureRow.BY_PRECEDENCE.compare(row, row(base + FIRST)) < 0) {
            objects[base + FIRST] = row;
        }
        if (objects[base + LAST] == null
                || FeatureRow.BY_PRECEDENCE.compare(row, row(base + LAST)) > 0) {
            objects[base + LAST] = row;
        }
    }

    private Value text(int at) {
        return (Value) Objects.requireNonNull(objects[at]);
    }

    private FeatureRow row(int at) {
        return (FeatureRow) Objects.requireNonNull(objects[at]);
    }

    /// Adds the tiles from a position up to another.
    void addTo(Partial into, int from, int to) {
        long count = 0;
        long most = 0;
        long special = 0;
        int end = to * stride;
        for (int base = from * stride; base < end; base += stride) {
            count += numbers[base + COUNT];
            most = Math.max(most, numbers[base + COUNT]);
            special |= numbers[base + SPECIAL];
        }
        if (count == 0) {
            return;
        }
        into.addCount(count, (int) special);
        if (input.needs(Input.SUM)) {
            int at = from * stride + SUM_AT;
            into.sum().add(numbers, at, stride, to - from, sumFirst, sumSize, most);
            into.squares()
                    .add(numbers, at + sumSize, stride, to - from, squaresFirst, squaresSize, most);
        }
        if (input.needs(Input.EXTREMES)) {
            addExtremes(into, from, to);
        }
        if (keepsObjects) {
            addObjects(into, from, to);
        }
    }

    private void addExtremes(Partial into, int from, int to) {
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        int end = to * stride;
        for (int base = from * stride; base < end; base += stride) {
            min = Math.min(min, numbers[base + MIN]);
            max = Math.max(max, numbers[base + MAX]);
        }
        into.addExtremes(min, max);
    }

    private void addObjects(Partial into, int from, int to) {
        for (int at = from; at < to; at++) {
            int base = at * OBJECTS;
            if (objects[base + MIN_TEXT] != null) {
                into.addTexts(text(base + MIN_TEXT), text(base + MAX_TEXT));
            }
            if (objects[base + FIRST] != null) {
                into.addEnds(row(base + FIRST), row(base + LAST));
            }
            if (objects[base + DISTINCT] instanceof DistinctSketch sketch) {
                into.distinct().add(sketch);
            }
            if (objects[base + QUANTILES] instanceof QuantileSketch sketch) {
                into.quantiles().add(sketch);
            }
        }
    }
}
