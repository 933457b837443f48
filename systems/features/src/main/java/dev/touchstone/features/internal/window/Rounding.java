package dev.touchstone.features.internal.window;

import java.util.Arrays;

/// Turns exact sums into the nearest doubles: sum, mean and variance, each rounded once, half to
/// even. A working place that is used again and again; nothing is allocated after the first uses.
final class Rounding {
    private static final int BITS = ExactSum.CHUNK_BITS;
    private static final long MASK = ExactSum.CHUNK_MASK;

    /// Bits of a quotient that decide how it is rounded, and some more.
    private static final int QUOTIENT_BITS = 64;

    /// A divisor has at most so many bits.
    private static final int DIVISOR_BITS = 31;

    /// More than a dividend is ever extended by.
    private static final int SPARE_CHUNKS = 6;

    private static final int MANTISSA = 53;
    private static final int LEAST_EXPONENT = -1074;

    /// Numbers within 2^±900, and their quotients, are far from where doubles end.
    private static final int MOST_SCALE = 700;

    private long[] number = new long[16];
    private long[] other = new long[16];
    private long[] product = new long[32];

    /// Chunks in use in `number`, which chunk of a sum the first of them is, and its exponent.
    private int length;

    private int low;
    private int exponent;
    private boolean negative;
    private boolean inexact;

    /// See [#approximate].
    private double high;

    private double rest;
    private int scale;

    double sum(ExactSum sum) {
        load(sum);
        if (approximate() && certain()) {
            return certainly();
        }
        return rounded();
    }

    /// Whether a sum of whole numbers is one of 64 bits.
    boolean fitsLong(ExactSum sum) {
        load(sum);
        int ones = -exponent / BITS;
        if (length == 0) {
            return true;
        }
        for (int i = ones + 2; i < length; i++) {
            if (number[i] != 0) {
                return false;
            }
        }
        long magnitude = whole(ones);
        return magnitude >= 0 || (negative && magnitude == Long.MIN_VALUE);
    }

    /// The sum of whole numbers, after [#fitsLong] has said yes.
    long whole() {
        long magnitude = whole(-exponent / BITS);
        return negative ? -magnitude : magnitude;
    }

    private long whole(int ones) {
        return at(ones) | at(ones + 1) << BITS;
    }

    private long at(int chunk) {
        return chunk >= 0 && chunk < length ? number[chunk] : 0;
    }

    double mean(ExactSum sum, long count) {
        load(sum);
        if (approximate()) {
            approximateQuotient(count);
            if (certain()) {
                return certainly();
            }
        }
        extend(DIVISOR_BITS);
        divide(count);
        return rounded();
    }

    /// The variance of a sample of at least two.
    double variance(ExactSum sum, ExactSum squares, long count) {
        load(sum);
        int sumLow = low;
        int size = square();
        load(squares);
        multiply(count);
        int squaresLow = low + ExactSum.BIAS / BITS;
        subtractProduct(size, 2 * sumLow - squaresLow);
        exponent = BITS * Math.min(2 * sumLow, squaresLow) - 2 * ExactSum.BIAS;
        if (approximate()) {
            approximateQuotient(count);
            approximateQuotient(count - 1);
            if (certain()) {
                return certainly();
            }
        }
        extend(2 * DIVISOR_BITS);
        divide(count);
        divide(count - 1);
        return rounded();
    }

    /// Sets `high` + `rest` to the number, as far as two doubles can say it, times 2^−`scale`.
    ///
    /// @return whether that is of use: not for 0, nor where doubles end
    private boolean approximate() {
        if (length == 0) {
            return false;
        }
        scale = exponent + BITS * (length - 4);
        if (scale > MOST_SCALE || scale < -MOST_SCALE) {
            return false;
        }
        high = (double) at(length - 1) * 0x1p96;
        rest = 0;
        approximatePlus((double) at(length - 2) * 0x1p64);
        approximatePlus((double) at(length - 3) * 0x1p32);
        approximatePlus((double) at(length - 4));
        return true;
    }

    private void approximatePlus(double part) {
        double sum = high + part;
        double lost = part - (sum - high) + rest;
        high = sum + lost;
        rest = lost - (high - sum);
    }

    /// Divides the approximation.
    private void approximateQuotient(long by) {
        double divisor = (double) by;
        double quotient = high / divisor;
        double left = Math.fma(-quotient, divisor, high) + rest;
        double more = left / divisor;
        high = quotient + more;
        rest = more - (high - quotient);
    }

    /// Whether the approximation is rounded to the same double wherever the number is within its
    /// error, which is below 2^−90 of it: A. Ziv, "Fast evaluation of elementary mathematical
    /// functions with correctly rounded last bit" (1991).
    private boolean certain() {
        double error = high * 0x1p-90;
        return high + (rest - error) == high + (rest + error);
    }

    private double certainly() {
        double magnitude = (high + rest) * Math.scalb(1.0, scale);
        return negative ? -magnitude : magnitude;
    }

    /// Reads a sum into `number`, as sign and magnitude.
    private void load(ExactSum sum) {
        int empty = 0;
        while (empty < sum.size() && sum.chunk(empty) == 0) {
            empty++;
        }
        length = sum.size() - empty + 2;
        if (number.length < length + SPARE_CHUNKS) {
            number = new long[2 * length + SPARE_CHUNKS];
        }
        low = sum.low() + empty;
        exponent = BITS * low - ExactSum.BIAS;
        inexact = false;
        long carried = 0;
        for (int i = 0; i < length; i++) {
            int at = empty + i;
            long chunk = carried + (at < sum.size() ? sum.chunk(at) : 0);
            number[i] = chunk & MASK;
            carried = chunk >> BITS;
        }
        negative = carried < 0;
        if (negative) {
            long borrowed = 1;
            for (int i = 0; i < length; i++) {
                long chunk = (~number[i] & MASK) + borrowed;
                number[i] = chunk & MASK;
                borrowed = chunk >>> BITS;
            }
        }
        trim();
    }

    private void trim() {
        while (length > 0 && number[length - 1] == 0) {
            length--;
        }
    }

    /// `product` = `number`².
    ///
    /// @return its chunks
    private int square() {
        int size = 2 * length;
        if (product.length < size) {
            product = new long[2 * size];
        }
        Arrays.fill(product, 0, size, 0);
        for (int i = 0; i < length; i++) {
            long carried = 0;
            for (int j = 0; j < length; j++) {
                long sum = number[i] * number[j] + product[i + j] + carried; // below 2^64
                product[i + j] = sum & MASK;
                carried = sum >>> BITS;
            }
            product[i + length] = carried;
        }
        return size;
    }

    /// @param factor below 2^31
    private void multiply(long factor) {
        long carried = 0;
        for (int i = 0; i < length; i++) {
            long chunk = number[i] * factor + carried;
            number[i] = chunk & MASK;
            carried = chunk >>> BITS;
        }
        if (carried != 0) {
            number[length++] = carried;
        }
    }

    /// Subtracts `product`, which is not greater, and begins `shift` chunks above `number`'s first.
    private void subtractProduct(int size, int shift) {
        int below = Math.max(0, -shift);
        int total = Math.max(length + below, size + Math.max(0, shift));
        if (other.length < total + SPARE_CHUNKS) {
            other = new long[2 * total + SPARE_CHUNKS];
        }
        long borrowed = 0;
        for (int i = 0; i < total; i++) {
            int from = i - Math.max(0, shift);
            long minus = from >= 0 && from < size ? product[from] : 0;
            long chunk = at(i - below) - minus + borrowed;
            other[i] = chunk & MASK;
            borrowed = chunk >> BITS;
        }
        long[] swapped = number;
        number = other;
        other = swapped;
        length = total;
        negative = false;
        trim();
    }

    /// Appends zeros behind the last bit, so that a quotient has all bits that matter.
    ///
    /// @param divisorBits of all divisors together
    private void extend(int divisorBits) {
        int bits = BITS * (length - 1) + 1;
        int chunks = Math.ceilDiv(QUOTIENT_BITS + divisorBits - bits, BITS);
        if (length > 0 && chunks > 0) {
            System.arraycopy(number, 0, number, chunks, length);
            Arrays.fill(number, 0, chunks, 0);
            length += chunks;
            exponent -= BITS * chunks;
        }
    }

    /// Divides, rounding towards zero and remembering whether anything was left.
    ///
    /// @param divisor below 2^31
    private void divide(long divisor) {
        long rest = 0;
        for (int i = length - 1; i >= 0; i--) {
            long part = rest << BITS | number[i];
            number[i] = part / divisor;
            rest = part % divisor;
        }
        inexact |= rest != 0;
        trim();
    }

    private double rounded() {
        if (length == 0) {
            return 0;
        }
        int topBit =
                BITS * (length - 1) + Long.SIZE - 1 - Long.numberOfLeadingZeros(number[length - 1]);
        // The position of the last bit that a double keeps.
        int last = Math.max(topBit - MANTISSA + 1, LEAST_EXPONENT - exponent);
        long kept = bits(last);
        if (last > 0) {
            boolean half = bit(last - 1);
            if (half && ((kept & 1) != 0 || inexact || anyBelow(last - 1))) {
                kept++;
            }
        }
        double magnitude = Math.scalb((double) kept, last + exponent);
        return negative && magnitude != 0 ? -magnitude : magnitude;
    }

    /// The 53 bits and fewer from a position on, which may be before the first.
    private long bits(int position) {
        if (position < 0) {
            return bits(0) << -position; // only when all of the number is that short
        }
        int chunk = position / BITS;
        int shift = position % BITS;
        return at(chunk) >>> shift
                | at(chunk + 1) << (BITS - shift)
                | (shift == 0 ? 0 : at(chunk + 2) << (2 * BITS - shift));
    }

    private boolean bit(int position) {
        return (at(position / BITS) >>> (position % BITS) & 1) != 0;
    }

    private boolean anyBelow(int position) {
        int chunk = position / BITS;
        for (int i = 0; i < chunk; i++) {
            if (number[i] != 0) {
                return true;
            }
        }
        return (at(chunk) & ((1L << (position % BITS)) - 1)) != 0;
    }
}
