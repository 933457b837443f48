package dev.touchstone.features.internal.window;

import java.util.Arrays;

/// A sum of numbers, or of their squares, without any rounding.
///
/// The sum is kept in chunks of 32 bits, each in a `long`, so that half of it is room for carries;
/// chunk `i` counts multiples of 2^(32 i − [#BIAS]). There are chunks only where there were bits:
/// four or five for amounts of money. The idea is the small superaccumulator of R. Neal, "Fast
/// exact summation using small and large superaccumulators" (2015).
///
/// Adding is associative here, which it is not for doubles: tiles may be merged in any order.
final class ExactSum {
    /// The exponent of chunk 0 is −BIAS: below the square of the smallest double, 2^−2148.
    static final int BIAS = 2176;

    static final int CHUNK_BITS = 32;
    static final long CHUNK_MASK = 0xFFFF_FFFFL;

    /// The chunk that counts ones.
    static final int ONES = BIAS / CHUNK_BITS;

    /// How many chunks a number touches, and how many its square.
    static final int ADDED = 3;

    static final int SQUARED = 5;

    private static final int MANTISSA_BITS = 52;
    private static final int EXPONENT_MASK = 0x7FF;
    private static final long HIDDEN_BIT = 1L << MANTISSA_BITS;

    /// The exponent of the last mantissa bit of a double with exponent field 0 or 1.
    private static final int LEAST_EXPONENT = -1074;

    /// How many additions leave no chunk's carry room used up.
    private static final int MAX_ADDITIONS = 1 << 29;

    /// How many additions to chunks of [ColumnTiles] are followed by a carry.
    static final int ADDITIONS_A_CARRY = 1 << 26;

    private static final int GROWTH = 2;

    private int low;
    private long[] chunks = {};
    private int additions;

    /// The number of the first chunk.
    int low() {
        return low;
    }

    int size() {
        return chunks.length;
    }

    long chunk(int at) {
        return chunks[at];
    }

    void reset() {
        Arrays.fill(chunks, 0);
        additions = 0;
    }

    /// @param x finite
    void add(double x) {
        long bits = Double.doubleToRawLongBits(x);
        long mantissa = mantissa(bits);
        if (mantissa == 0) {
            return;
        }
        int at = room(firstChunk(x), ADDED); // which may change the chunks
        put(x, chunks, at);
    }

    /// The number of the first of the [#ADDED] chunks that a number touches.
    static int firstChunk(double x) {
        return (exponent(Double.doubleToRawLongBits(x)) + BIAS) / CHUNK_BITS;
    }

    /// Adds a number to chunks of which the one at `at` is its first.
    static void put(double x, long[] into, int at) {
        long bits = Double.doubleToRawLongBits(x);
        long mantissa = mantissa(bits);
        int shift = (exponent(bits) + BIAS) % CHUNK_BITS;
        long sign = bits < 0 ? -1 : 1;
        into[at] += sign * ((mantissa << shift) & CHUNK_MASK);
        into[at + 1] += sign * ((mantissa >>> (CHUNK_BITS - shift)) & CHUNK_MASK);
        into[at + 2] += sign * (mantissa >>> CHUNK_BITS >>> (CHUNK_BITS - shift));
    }

    /// @param x finite
    void addSquare(double x) {
        long bits = Double.doubleToRawLongBits(x);
        long mantissa = mantissa(bits);
        if (mantissa == 0) {
            return;
        }
        int at = room(firstChunkOfSquare(x), SQUARED);
        putSquare(x, chunks, at);
    }

    /// The number of the first of the [#SQUARED] chunks that a number's square touches.
    static int firstChunkOfSquare(double x) {
        return (2 * exponent(Double.doubleToRawLongBits(x)) + BIAS) / CHUNK_BITS;
    }

    /// Adds the square of a number to chunks of which the one at `at` is its first.
    static void putSquare(double x, long[] into, int at) {
        long bits = Double.doubleToRawLongBits(x);
        long mantissa = mantissa(bits);
        putParts(
                (2 * exponent(bits) + BIAS) % CHUNK_BITS,
                Math.multiplyHigh(mantissa, mantissa),
                mantissa * mantissa,
                into,
                at);
    }

    void add(long x) {
        int at = room(ONES, ADDED);
        put(x, chunks, at);
    }

    /// Adds a whole number to chunks of which the one at `at` counts ones.
    static void put(long x, long[] into, int at) {
        long magnitude = Math.abs(x); // the least long is its own absolute value, read unsigned
        long sign = x < 0 ? -1 : 1;
        into[at] += sign * (magnitude & CHUNK_MASK);
        into[at + 1] += sign * (magnitude >>> CHUNK_BITS);
    }

    void addSquare(long x) {
        int at = room(ONES, SQUARED);
        putSquare(x, chunks, at);
    }

    /// Adds the square of a whole number to chunks of which the one at `at` counts ones.
    static void putSquare(long x, long[] into, int at) {
        long magnitude = Math.abs(x);
        putParts(
                0,
                Math.unsignedMultiplyHigh(magnitude, magnitude),
                magnitude * magnitude,
                into,
                at);
    }

    /// Adds 128 bits, whose last is `shift` bits above the last of the chunk at `at`.
    private static void putParts(int shift, long high, long rest, long[] into, int at) {
        long carried = 0;
        for (int part = 0; part < SQUARED; part++) {
            long word =
                    switch (part) {
                        case 0 -> rest & CHUNK_MASK;
                        case 1 -> rest >>> CHUNK_BITS;
                        case 2 -> high & CHUNK_MASK;
                        case 3 -> high >>> CHUNK_BITS;
                        default -> 0;
                    };
            into[at + part] += ((word << shift) & CHUNK_MASK) + carried;
            carried = word >>> (CHUNK_BITS - shift);
        }
    }

    /// Adds sums that lie in an array.
    ///
    /// @param from chunks of the first sum at `at`, of each next one `stride` further on
    /// @param first the number of the first of its chunks, of which there are `size`
    /// @param most how many additions the largest of the sums holds
    void add(long[] from, int at, int stride, int sums, int first, int size, long most) {
        if (size == 0) {
            return;
        }
        long added = sums * (1 + Math.min(most, ADDITIONS_A_CARRY));
        if (additions + added > MAX_ADDITIONS) {
            carry();
        }
        if (additions + added > MAX_ADDITIONS) {
            for (int i = 0; i < sums; i++) { // each of them fits
                add(from, at + i * stride, stride, 1, first, size, most);
            }
            return;
        }
        int into = room(first, size);
        additions += (int) added;
        for (int chunk = 0; chunk < size; chunk++) {
            long total = chunks[into + chunk];
            int place = at + chunk;
            for (int i = 0; i < sums; i++) {
                total += from[place];
                place += stride;
            }
            chunks[into + chunk] = total;
        }
    }

    /// Moves what exceeds 32 bits of a chunk to the next; the last keeps all of its own.
    static void carry(long[] chunks, int at, int size) {
        for (int i = at; i < at + size - 1; i++) {
            chunks[i + 1] += chunks[i] >> CHUNK_BITS;
            chunks[i] &= CHUNK_MASK;
        }
    }

    /// Makes room for chunks and for one more addition.
    ///
    /// @return the position of the first of them
    private int room(int first, int count) {
        if (++additions >= MAX_ADDITIONS) {
            carry();
        }
        if (chunks.length == 0) {
            low = first;
            chunks = new long[count];
        } else if (first < low || first + count > low + chunks.length) {
            grow(first, count);
        }
        return first - low;
    }

    private void grow(int first, int count) {
        int newLow = first < low ? Math.max(0, Math.min(first, low - GROWTH)) : low;
        int end = Math.max(first + count, low + chunks.length);
        long[] larger = new long[end - newLow];
        System.arraycopy(chunks, 0, larger, low - newLow, chunks.length);
        low = newLow;
        chunks = larger;
    }

    /// Moves what exceeds 32 bits to the next chunk; the last keeps its sign and may grow one.
    private void carry() {
        additions = 1;
        long carried = 0;
        for (int i = 0; i < chunks.length; i++) {
            long chunk = chunks[i] + carried;
            carried = chunk >> CHUNK_BITS;
            chunks[i] = chunk & CHUNK_MASK;
        }
        if (carried != 0) {
            chunks = Arrays.copyOf(chunks, chunks.length + 1);
            chunks[chunks.length - 1] = carried;
        }
    }

    private static long mantissa(long bits) {
        long fraction = bits & (HIDDEN_BIT - 1);
        return exponentField(bits) == 0 ? fraction : fraction | HIDDEN_BIT;
    }

    private static int exponent(long bits) {
        return Math.max(exponentField(bits), 1) - 1 + LEAST_EXPONENT;
    }

    private static int exponentField(long bits) {
        return (int) (bits >>> MANTISSA_BITS) & EXPONENT_MASK;
    }
}
