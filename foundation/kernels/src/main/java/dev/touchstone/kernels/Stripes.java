package dev.touchstone.kernels;

import static dev.touchstone.kernels.VectorKernels.BYTES;
import static dev.touchstone.kernels.VectorKernels.FLOATS;
import static dev.touchstone.kernels.VectorKernels.INTS;
import static dev.touchstone.kernels.VectorKernels.LANES;
import static dev.touchstone.kernels.VectorKernels.SHORTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// Stripes of packed weights times tokens. A lane is a row, so nothing is added across lanes, a
/// scale is multiplied once for a block, and a number of a token is broadcast to all rows: per
/// vector of weights that leaves two or three instructions to unpack and one to multiply.
///
/// Memory is read in one stream. A few tokens are multiplied one by one; for more, eight at a time
/// share the weights that two registers hold. A row and a token have the same sums in the same
/// order either way, the plain twin's to the bit.
final class Stripes {
    /// Rows of a stripe: four vectors, as many sums as a processor adds to at once.
    static final int ROWS = 4 * LANES;

    /// Columns of a block.
    private static final int BLOCK = 32;

    /// Tokens that share weights.
    private static final int TOKENS = 8;

    /// What an F16's exponent lacks when its bits are put where a float has its own.
    private static final float REBIAS = 0x1p112f;

    /// Sign, exponent and fraction of such a float.
    private static final int F16_BITS = 0x8FFF_E000;

    private final Matrix matrix;
    private final MemorySegment data;
    private final Tokens tokens;
    private final float[] x;
    private final int columns;

    /// [#ROWS] sums of each token.
    private final float[] scratch;

    /// Tokens up to which one by one is faster: single bytes are quickly unpacked.
    private final int few;

    @SuppressWarnings("UnusedVariable") // kept lest the compiler leave the reading out
    private long fetched;

    Stripes(Matrix matrix, Tokens tokens, float[] scratch) {
        this.matrix = matrix;
        this.data = matrix.data();
        this.tokens = tokens;
        this.x = tokens.input();
        this.columns = matrix.columns();
        this.scratch = scratch;
        this.few = matrix.format() == Format.Q8_0 ? 4 : 3;
    }

    void multiply(int fromRow, int toRow) {
        int last = tokens.count() % TOKENS;
        int shared = last > few ? tokens.count() : tokens.count() - last;
        for (int row = fromRow - fromRow % ROWS; row < toRow; row += ROWS) {
            Arrays.fill(scratch, 0, Math.ceilDiv(tokens.count(), TOKENS) * TOKENS * ROWS, 0);
            multiplyStripe(row, shared);
            int from = Math.max(fromRow, row) - row;
            int to = Math.min(toRow, row + ROWS) - row;
            for (int t = 0; t < tokens.count(); t++) {
                boolean bytes = t >= shared && matrix.format() == Format.Q8_0;
                handOut(t, row, from, to, bytes);
            }
        }
    }

    private void handOut(int token, int row, int from, int to, boolean bytes) {
        int sums = token * ROWS;
        int output = token * matrix.rows() + row;
        if (!bytes) {
            System.arraycopy(scratch, sums + from, tokens.output(), output + from, to - from);
            return;
        }
        for (int r = from; r < to; r++) { // their places, see Matrix
            tokens.output()[output + r] =
                    scratch[sums + r / (2 * LANES) * 2 * LANES + r % LANES * 2 + r / LANES % 2];
        }
    }

    private void multiplyStripe(int row, int shared) {
        int blocks = columns / BLOCK;
        int bytes = ROWS * matrix.format().blockBytes();
        int ahead = VectorKernels.FETCH / bytes;
        for (int from = 0; from < blocks; from += ahead) {
            int to = Math.min(blocks, from + ahead);
            if (slow()) {
                long at = matrix.blockOffset(row, from);
                fetched += VectorKernels.fetch(data, at, (to - from) * bytes);
            }
            for (int block = from; shared > 0 && block < to; block++) {
                share(matrix.blockOffset(row, block), block * BLOCK, shared);
            }
            for (int t = shared; t < tokens.count(); t++) {
                if (matrix.format() == Format.Q8_0) {
                    q8(row, from, to, t);
                } else {
                    q4(row, from, to, t);
                }
            }
        }
    }

    /// Whether the processor, left alone, fetches too little ahead, because there is little to do
    /// with each byte.
    private boolean slow() {
        return matrix.format() == Format.Q8_0 || tokens.count() > few;
    }

    private void q8(int row, int fromBlock, int toBlock, int token) {
        int sums = token * ROWS;
        FloatVector s0 = FloatVector.fromArray(FLOATS, scratch, sums);
        FloatVector s1 = FloatVector.fromArray(FLOATS, scratch, sums + LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, scratch, sums + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, scratch, sums + 3 * LANES);
        long block = matrix.blockOffset(row, fromBlock);
        int first = token * columns;
        for (int c = fromBlock * BLOCK; c < toBlock * BLOCK; c += BLOCK) {
            long at = block + 2L * ROWS;
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = FloatVector.zero(FLOATS);
            FloatVector d = FloatVector.zero(FLOATS);
            FloatVector e = FloatVector.zero(FLOATS);
            for (int i = 0; i < BLOCK; i++) {
                FloatVector v = FloatVector.broadcast(FLOATS, x[first + c + i]);
                a = bytes(at).fma(v, a);
                b = bytes(at + LANES).fma(v, b);
                d = bytes(at + 2L * LANES).fma(v, d);
                e = bytes(at + 3L * LANES).fma(v, e);
                at += ROWS;
            }
            s0 = scales(block).fma(a, s0);
            s1 = scales(block + 2L * LANES).fma(b, s1);
            s2 = scales(block + 4L * LANES).fma(d, s2);
            s3 = scales(block + 6L * LANES).fma(e, s3);
            block = at;
        }
        s0.intoArray(scratch, sums);
        s1.intoArray(scratch, sums + LANES);
        s2.intoArray(scratch, sums + 2 * LANES);
        s3.intoArray(scratch, sums + 3 * LANES);
    }

    private void q4(int row, int fromBlock, int toBlock, int token) {
        int sums = token * ROWS;
        FloatVector s0 = FloatVector.fromArray(FLOATS, scratch, sums);
        FloatVector s1 = FloatVector.fromArray(FLOATS, scratch, sums + LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, scratch, sums + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, scratch, sums + 3 * LANES);
        long block = matrix.blockOffset(row, fromBlock);
        int first = token * columns;
        for (int c = fromBlock * BLOCK; c < toBlock * BLOCK; c += BLOCK) {
            long at = block + 2L * ROWS;
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = FloatVector.zero(FLOATS);
            FloatVector d = FloatVector.zero(FLOATS);
            FloatVector e = FloatVector.zero(FLOATS);
            for (int word = 0; word < BLOCK; word += 8) {
                IntVector p = words(at);
                IntVector q = words(at + 4L * LANES);
                IntVector r = words(at + 8L * LANES);
                IntVector s = words(at + 12L * LANES);
                for (int i = 0; i < 8; i++) {
                    FloatVector v = FloatVector.broadcast(FLOATS, x[first + c + word + i]);
                    a = highest(p).fma(v, a);
                    b = highest(q).fma(v, b);
                    d = highest(r).fma(v, d);
                    e = highest(s).fma(v, e);
                    p = p.lanewise(VectorOperators.LSHL, 4);
                    q = q.lanewise(VectorOperators.LSHL, 4);
                    r = r.lanewise(VectorOperators.LSHL, 4);
                    s = s.lanewise(VectorOperators.LSHL, 4);
                }
                at += 4L * ROWS;
            }
            IntVector scales = words(block);
            s0 = upperF16(scales.lanewise(VectorOperators.LSHL, 16)).fma(a, s0);
            s1 = upperF16(scales).fma(b, s1);
            scales = words(block + 4L * LANES);
            s2 = upperF16(scales.lanewise(VectorOperators.LSHL, 16)).fma(d, s2);
            s3 = upperF16(scales).fma(e, s3);
            block = at;
        }
        s0.intoArray(scratch, sums);
        s1.intoArray(scratch, sums + LANES);
        s2.intoArray(scratch, sums + 2 * LANES);
        s3.intoArray(scratch, sums + 3 * LANES);
    }

    private FloatVector bytes(long at) {
        return (FloatVector)
                ByteVector.fromMemorySegment(BYTES, data, at, LITTLE_ENDIAN)
                        .convertShape(VectorOperators.B2F, FLOATS, 0);
    }

    private IntVector words(long at) {
        return IntVector.fromMemorySegment(INTS, data, at, LITTLE_ENDIAN);
    }

    /// The four highest bits as a number from -8 to 7.
    private static FloatVector highest(IntVector words) {
        return (FloatVector)
                words.lanewise(VectorOperators.ASHR, 28)
                        .convertShape(VectorOperators.I2F, FLOATS, 0);
    }

    /// Two bytes or an F16 for each row.
    private IntVector pairs(long at) {
        return (IntVector)
                ShortVector.fromMemorySegment(SHORTS, data, at, LITTLE_ENDIAN)
                        .convertShape(VectorOperators.S2I, INTS, 0);
    }

    private FloatVector scales(long at) {
        return upperF16(pairs(at).lanewise(VectorOperators.LSHL, 16));
    }

    /// The F16 in the upper half of each word, subnormal ones included; infinities become large.
    private static FloatVector upperF16(IntVector words) {
        return words.lanewise(VectorOperators.ASHR, 3)
                .and(F16_BITS)
                .reinterpretAsFloats()
                .mul(REBIAS);
    }

    /// A block times the numbers from column `from` on of so many tokens. Tokens that are lacking
    /// to eight are the last one again; nobody asks for their sums.
    private void share(long block, int from, int count) {
        for (int t = 0; t < count; t += TOKENS) {
            for (int row = 0; row < ROWS; row += 2 * LANES) {
                if (matrix.format() == Format.Q8_0) {
                    eightQ8(block, row, t, from);
                } else {
                    eightQ4(block, row, t, from);
                }
            }
        }
    }

    private int first(int token) {
        return Math.min(token, tokens.count() - 1) * columns;
    }

    /// Two vectors of rows, from the `row`-th on, and eight tokens.
    private void eightQ8(long block, int row, int token, int from) {
        int sums = token * ROWS + row;
        int x0 = first(token) + from;
        int x1 = first(token + 1) + from;
        int x2 = first(token + 2) + from;
        int x3 = first(token + 3) + from;
        int x4 = first(token + 4) + from;
        int x5 = first(token + 5) + from;
        int x6 = first(token + 6) + from;
        int x7 = first(token + 7) + from;
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        FloatVector b3 = FloatVector.zero(FLOATS);
        FloatVector a4 = FloatVector.zero(FLOATS);
        FloatVector b4 = FloatVector.zero(FLOATS);
        FloatVector a5 = FloatVector.zero(FLOATS);
        FloatVector b5 = FloatVector.zero(FLOATS);
        FloatVector a6 = FloatVector.zero(FLOATS);
        FloatVector b6 = FloatVector.zero(FLOATS);
        FloatVector a7 = FloatVector.zero(FLOATS);
        FloatVector b7 = FloatVector.zero(FLOATS);
        long at = block + 2L * ROWS + row;
        for (int i = 0; i < BLOCK; i++) {
            IntVector pairs = pairs(at);
            FloatVector a =
                    (FloatVector)
                            pairs.lanewise(VectorOperators.LSHL, 24)
                                    .lanewise(VectorOperators.ASHR, 24)
                                    .convertShape(VectorOperators.I2F, FLOATS, 0);
            FloatVector b =
                    (FloatVector)
                            pairs.lanewise(VectorOperators.ASHR, 8)
                                    .convertShape(VectorOperators.I2F, FLOATS, 0);
            FloatVector v = FloatVector.broadcast(FLOATS, x[x0 + i]);
            a0 = a.fma(v, a0);
            b0 = b.fma(v, b0);
            v = FloatVector.broadcast(FLOATS, x[x1 + i]);
            a1 = a.fma(v, a1);
            b1 = b.fma(v, b1);
            v = FloatVector.broadcast(FLOATS, x[x2 + i]);
            a2 = a.fma(v, a2);
            b2 = b.fma(v, b2);
            v = FloatVector.broadcast(FLOATS, x[x3 + i]);
            a3 = a.fma(v, a3);
            b3 = b.fma(v, b3);
            v = FloatVector.broadcast(FLOATS, x[x4 + i]);
            a4 = a.fma(v, a4);
            b4 = b.fma(v, b4);
            v = FloatVector.broadcast(FLOATS, x[x5 + i]);
            a5 = a.fma(v, a5);
            b5 = b.fma(v, b5);
            v = FloatVector.broadcast(FLOATS, x[x6 + i]);
            a6 = a.fma(v, a6);
            b6 = b.fma(v, b6);
            v = FloatVector.broadcast(FLOATS, x[x7 + i]);
            a7 = a.fma(v, a7);
            b7 = b.fma(v, b7);
            at += ROWS;
        }
        IntVector scales = words(block + 2L * row);
        FloatVector r = upperF16(scales.lanewise(VectorOperators.LSHL, 16));
        FloatVector s = upperF16(scales);
        r.fma(a0, FloatVector.fromArray(FLOATS, scratch, sums)).intoArray(scratch, sums);
        s.fma(b0, FloatVector.fromArray(FLOATS, scratch, sums + LANES))
                .intoArray(scratch, sums + LANES);
        r.fma(a1, FloatVector.fromArray(FLOATS, scratch, sums + ROWS))
                .intoArray(scratch, sums + ROWS);
        s.fma(b1, FloatVector.fromArray(FLOATS, scratch, sums + ROWS + LANES))
                .intoArray(scratch, sums + ROWS + LANES);
        r.fma(a2, FloatVector.fromArray(FLOATS, scratch, sums + 2 * ROWS))
                .intoArray(scratch, sums + 2 * ROWS);
        s.fma(b2, FloatVector.fromArray(FLOATS, scratch, sums + 2 * ROWS + LANES))
                .intoArray(scratch, sums + 2 * ROWS + LANES);
        r.fma(a3, FloatVector.fromArray(FLOATS, scratch, sums + 3 * ROWS))
                .intoArray(scratch, sums + 3 * ROWS);
        s.fma(b3, FloatVector.fromArray(FLOATS, scratch, sums + 3 * ROWS + LANES))
                .intoArray(scratch, sums + 3 * ROWS + LANES);
        r.fma(a4, FloatVector.fromArray(FLOATS, scratch, sums + 4 * ROWS))
                .intoArray(scratch, sums + 4 * ROWS);
        s.fma(b4, FloatVector.fromArray(FLOATS, scratch, sums + 4 * ROWS + LANES))
                .intoArray(scratch, sums + 4 * ROWS + LANES);
        r.fma(a5, FloatVector.fromArray(FLOATS, scratch, sums + 5 * ROWS))
                .intoArray(scratch, sums + 5 * ROWS);
        s.fma(b5, FloatVector.fromArray(FLOATS, scratch, sums + 5 * ROWS + LANES))
                .intoArray(scratch, sums + 5 * ROWS + LANES);
        r.fma(a6, FloatVector.fromArray(FLOATS, scratch, sums + 6 * ROWS))
                .intoArray(scratch, sums + 6 * ROWS);
        s.fma(b6, FloatVector.fromArray(FLOATS, scratch, sums + 6 * ROWS + LANES))
                .intoArray(scratch, sums + 6 * ROWS + LANES);
        r.fma(a7, FloatVector.fromArray(FLOATS, scratch, sums + 7 * ROWS))
                .intoArray(scratch, sums + 7 * ROWS);
        s.fma(b7, FloatVector.fromArray(FLOATS, scratch, sums + 7 * ROWS + LANES))
                .intoArray(scratch, sums + 7 * ROWS + LANES);
    }

    /// Two vectors of rows, from the `row`-th on, and eight tokens.
    private void eightQ4(long block, int row, int token, int from) {
        int sums = token * ROWS + row;
        int x0 = first(token) + from;
        int x1 = first(token + 1) + from;
        int x2 = first(token + 2) + from;
        int x3 = first(token + 3) + from;
        int x4 = first(token + 4) + from;
        int x5 = first(token + 5) + from;
        int x6 = first(token + 6) + from;
        int x7 = first(token + 7) + from;
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        FloatVector b3 = FloatVector.zero(FLOATS);
        FloatVector a4 = FloatVector.zero(FLOATS);
        FloatVector b4 = FloatVector.zero(FLOATS);
        FloatVector a5 = FloatVector.zero(FLOATS);
        FloatVector b5 = FloatVector.zero(FLOATS);
        FloatVector a6 = FloatVector.zero(FLOATS);
        FloatVector b6 = FloatVector.zero(FLOATS);
        FloatVector a7 = FloatVector.zero(FLOATS);
        FloatVector b7 = FloatVector.zero(FLOATS);
        long at = block + 2L * ROWS + 4L * row;
        for (int word = 0; word < BLOCK; word += 8) {
            IntVector p = words(at);
            IntVector q = words(at + 4L * LANES);
            for (int i = word; i < word + 8; i++) {
                FloatVector a = highest(p);
                FloatVector b = highest(q);
                p = p.lanewise(VectorOperators.LSHL, 4);
                q = q.lanewise(VectorOperators.LSHL, 4);
                FloatVector v = FloatVector.broadcast(FLOATS, x[x0 + i]);
                a0 = a.fma(v, a0);
                b0 = b.fma(v, b0);
                v = FloatVector.broadcast(FLOATS, x[x1 + i]);
                a1 = a.fma(v, a1);
                b1 = b.fma(v, b1);
                v = FloatVector.broadcast(FLOATS, x[x2 + i]);
                a2 = a.fma(v, a2);
                b2 = b.fma(v, b2);
                v = FloatVector.broadcast(FLOATS, x[x3 + i]);
                a3 = a.fma(v, a3);
                b3 = b.fma(v, b3);
                v = FloatVector.broadcast(FLOATS, x[x4 + i]);
                a4 = a.fma(v, a4);
                b4 = b.fma(v, b4);
                v = FloatVector.broadcast(FLOATS, x[x5 + i]);
                a5 = a.fma(v, a5);
                b5 = b.fma(v, b5);
                v = FloatVector.broadcast(FLOATS, x[x6 + i]);
                a6 = a.fma(v, a6);
                b6 = b.fma(v, b6);
                v = FloatVector.broadcast(FLOATS, x[x7 + i]);
                a7 = a.fma(v, a7);
                b7 = b.fma(v, b7);
            }
            at += 4L * ROWS;
        }
        IntVector scales = words(block + 2L * row);
        FloatVector r = upperF16(scales.lanewise(VectorOperators.LSHL, 16));
        FloatVector s = upperF16(scales);
        r.fma(a0, FloatVector.fromArray(FLOATS, scratch, sums)).intoArray(scratch, sums);
        s.fma(b0, FloatVector.fromArray(FLOATS, scratch, sums + LANES))
                .intoArray(scratch, sums + LANES);
        r.fma(a1, FloatVector.fromArray(FLOATS, scratch, sums + ROWS))
                .intoArray(scratch, sums + ROWS);
        s.fma(b1, FloatVector.fromArray(FLOATS, scratch, sums + ROWS + LANES))
                .intoArray(scratch, sums + ROWS + LANES);
        r.fma(a2, FloatVector.fromArray(FLOATS, scratch, sums + 2 * ROWS))
                .intoArray(scratch, sums + 2 * ROWS);
        s.fma(b2, FloatVector.fromArray(FLOATS, scratch, sums + 2 * ROWS + LANES))
                .intoArray(scratch, sums + 2 * ROWS + LANES);
        r.fma(a3, FloatVector.fromArray(FLOATS, scratch, sums + 3 * ROWS))
                .intoArray(scratch, sums + 3 * ROWS);
        s.fma(b3, FloatVector.fromArray(FLOATS, scratch, sums + 3 * ROWS + LANES))
                .intoArray(scratch, sums + 3 * ROWS + LANES);
        r.fma(a4, FloatVector.fromArray(FLOATS, scratch, sums + 4 * ROWS))
                .intoArray(scratch, sums + 4 * ROWS);
        s.fma(b4, FloatVector.fromArray(FLOATS, scratch, sums + 4 * ROWS + LANES))
                .intoArray(scratch, sums + 4 * ROWS + LANES);
        r.fma(a5, FloatVector.fromArray(FLOATS, scratch, sums + 5 * ROWS))
                .intoArray(scratch, sums + 5 * ROWS);
        s.fma(b5, FloatVector.fromArray(FLOATS, scratch, sums + 5 * ROWS + LANES))
                .intoArray(scratch, sums + 5 * ROWS + LANES);
        r.fma(a6, FloatVector.fromArray(FLOATS, scratch, sums + 6 * ROWS))
                .intoArray(scratch, sums + 6 * ROWS);
        s.fma(b6, FloatVector.fromArray(FLOATS, scratch, sums + 6 * ROWS + LANES))
                .intoArray(scratch, sums + 6 * ROWS + LANES);
        r.fma(a7, FloatVector.fromArray(FLOATS, scratch, sums + 7 * ROWS))
                .intoArray(scratch, sums + 7 * ROWS);
        s.fma(b7, FloatVector.fromArray(FLOATS, scratch, sums + 7 * ROWS + LANES))
                .intoArray(scratch, sums + 7 * ROWS + LANES);
    }
}
