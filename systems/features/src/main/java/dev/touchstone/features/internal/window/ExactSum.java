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
    private static final int ONES = BIAS / CHUNK_BITS;

    private static final int MANTISSA_BITS = 52;
    private static final int EXPONENT_MASK = 0x7FF;
    private static final long HIDDEN_BIT = 1L << MANTISSA_BITS;

    /// The exponent of the last mantissa bit of a double with exponent field 0 or 1.
    private static final int LEAST_EXPONENT = -1074;

    /// How many additions leave no chunk's carry room used up.
    private static final int MAX_ADDITIONS = 1 << 29;

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
        int place = exponent(bits) + BIAS;
        int shift = place % CHUNK_BITS;
        int at = room(place / CHUNK_BITS, 3);
        long sign = bits < 0 ? -1 : 1;
        chunks[at] += sign * ((mantissa << shift) & CHUNK_MASK);
        chunks[at + 1] += sign * ((mantissa >>> (CHUNK_BITS - shift)) & CHUNK_MASK);
        chunks[at + 2] += sign * (mantissa >>> CHUNK_BITS >>> (CHUNK_BITS - shift));
    }

    /// @param x finite
    void addSquare(double x) {
        long bits = Double.doubleToRawLongBits(x);
        long mantissa = mantissa(bits);
        if (mantissa == 0) {
            return;
        }
        addParts(
                2 * exponent(bits) + BIAS,
                Math.multiplyHigh(mantissa, mantissa),
                mantissa * mantissa);
    }

    void add(long x) {
        int at = room(ONES, 2);
        long magnitude = Math.abs(x); // the least long is its own absolute value, read unsigned
        long sign = x < 0 ? -1 : 1;
        chunks[at] += sign * (magnitude & CHUNK_MASK);
        chunks[at + 1] += sign * (magnitude >>> CHUNK_BITS);
    }

    void addSquare(long x) {
        long magnitude = Math.abs(x);
        addParts(BIAS, Math.unsignedMultiplyHigh(magnitude, magnitude), magnitude * magnitude);
    }

    /// Adds 128 bits, whose last has weight 2^(place − BIAS).
    private void addParts(int place, long high, long rest) {
        int shift = place % CHUNK_BITS;
        int at = room(place / CHUNK_BITS, 5);
        long carried = 0;
        for (int part = 0; part < 5; part++) {
            long word =
                    switch (part) {
                        case 0 -> rest & CHUNK_MASK;
                        case 1 -> rest >>> CHUNK_BITS;
                        case 2 -> high & CHUNK_MASK;
                        case 3 -> high >>> CHUNK_BITS;
                        default -> 0;
                    };
            chunks[at + part] += ((word << shift) & CHUNK_MASK) + carried;
            carried = word >>> (CHUNK_BITS - shift);
        }
    }

    void add(ExactSum other) {
        if (other.chunks.length == 0) {
            return;
        }
        if (additions + other.additions > MAX_ADDITIONS) {
            carry();
            other.carry();
        }
        additions += other.additions;
        int at = room(other.low, other.chunks.length);
        for (int i = 0; i < other.chunks.length; i++) {
            chunks[at + i] += other.chunks[i];
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
