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
/// Memory is read in one stream. Few tokens are multiplied with weights on their way through
/// registers. For more, a block of all rows is unpacked into the first cache, and four tokens at a
/// time share each load from there. A row and a token have the same sums in the same order either
/// way, the plain twin's to the bit.
final class Stripes {
    /// Rows of a stripe: four vectors, as many sums as a processor adds to at once.
    static final int ROWS = 4 * LANES;

    /// Columns of a block.
    private static final int BLOCK = 32;

    /// Tokens for which unpacking into memory does not pay.
    private static final int FEW = 3;

    /// Where an unpacked block's scales begin in the scratch array, and where the sums do.
    private static final int SCALES = ROWS * BLOCK;

    private static final int SUMS = SCALES + ROWS;

    /// What an F16's exponent lacks when its bits are put where a float has its own.
    private static final float REBIAS = 0x1p112f;

    /// Sign, exponent and fraction of such a float.
    private static final int F16_BITS = 0x8FFF_E000;

    private final Matrix matrix;
    private final MemorySegment data;
    private final Tokens tokens;
    private final float[] x;
    private final int columns;

    /// An unpacked block column by column, its scales, then [#ROWS] sums of each token.
    private final float[] scratch;

    @SuppressWarnings("UnusedVariable") // kept lest the compiler leave the reading out
    private long fetched;

    Stripes(Matrix matrix, Tokens tokens, float[] scratch) {
        this.matrix = matrix;
        this.data = matrix.data();
        this.tokens = tokens;
        this.x = tokens.input();
        this.columns = matrix.columns();
        this.scratch = scratch;
    }

    void multiply(int fromRow, int toRow) {
        for (int row = fromRow - fromRow % ROWS; row < toRow; row += ROWS) {
            Arrays.fill(scratch, SUMS, SUMS + tokens.count() * ROWS, 0);
            multiplyStripe(row);
            int from = Math.max(fromRow, row);
            int to = Math.min(toRow, row + ROWS);
            for (int t = 0; t < tokens.count(); t++) {
                System.arraycopy(
                        scratch,
                        SUMS + t * ROWS + from - row,
                        tokens.output(),
                        t * matrix.rows() + from,
                        to - from);
            }
        }
    }

    private void multiplyStripe(int row) {
        int blocks = columns / BLOCK;
        int bytes = ROWS * matrix.format().blockBytes();
        int ahead = VectorKernels.FETCH / bytes;
        for (int from = 0; from < blocks; from += ahead) {
            int to = Math.min(blocks, from + ahead);
            if (slow()) {
                long at = matrix.blockOffset(row, from);
                fetched += VectorKernels.fetch(data, at, (to - from) * bytes);
            }
            if (tokens.count() > FEW) {
                for (int block = from; block < to; block++) {
                    unpack(matrix.blockOffset(row, block));
                    allTokens(block * BLOCK);
                }
                continue;
            }
            for (int t = 0; t < tokens.count(); t++) {
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
        return matrix.format() == Format.Q8_0 || tokens.count() > 1;
    }

    private void q8(int row, int fromBlock, int toBlock, int token) {
        int sums = SUMS + token * ROWS;
        FloatVector s0 = FloatVector.fromArray(FLOATS, scratch, sums);
        FloatVector s1 = FloatVector.fromArray(FLOATS, scratch, sums + LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, scratch, sums + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, scratch, sums + 3 * LANES);
        long block = matrix.blockOffset(row, fromBlock);
        int first = token * columns;
        for (int c = fromBlock * BLOCK; c < toBlock * BLOCK; c += BLOCK) {
            long at = block + 2 * ROWS;
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = FloatVector.zero(FLOATS);
            FloatVector d = FloatVector.zero(FLOATS);
            FloatVector e = FloatVector.zero(FLOATS);
            for (int i = 0; i < BLOCK; i++) {
                FloatVector v = FloatVector.broadcast(FLOATS, x[first + c + i]);
                a = bytes(at).fma(v, a);
                b = bytes(at + LANES).fma(v, b);
                d = bytes(at + 2 * LANES).fma(v, d);
                e = bytes(at + 3 * LANES).fma(v, e);
                at += ROWS;
            }
            s0 = scales(block).fma(a, s0);
            s1 = scales(block + 2 * LANES).fma(b, s1);
            s2 = scales(block + 4 * LANES).fma(d, s2);
            s3 = scales(block + 6 * LANES).fma(e, s3);
            block = at;
        }
        s0.intoArray(scratch, sums);
        s1.intoArray(scratch, sums + LANES);
        s2.intoArray(scratch, sums + 2 * LANES);
        s3.intoArray(scratch, sums + 3 * LANES);
    }

    private void q4(int row, int fromBlock, int toBlock, int token) {
        int sums = SUMS + token * ROWS;
        FloatVector s0 = FloatVector.fromArray(FLOATS, scratch, sums);
        FloatVector s1 = FloatVector.fromArray(FLOATS, scratch, sums + LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, scratch, sums + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, scratch, sums + 3 * LANES);
        long block = matrix.blockOffset(row, fromBlock);
        int first = token * columns;
        for (int c = fromBlock * BLOCK; c < toBlock * BLOCK; c += BLOCK) {
            long at = block + 2 * ROWS;
            FloatVector a = FloatVector.zero(FLOATS);
            FloatVector b = FloatVector.zero(FLOATS);
            FloatVector d = FloatVector.zero(FLOATS);
            FloatVector e = FloatVector.zero(FLOATS);
            for (int word = 0; word < BLOCK; word += 8) {
                IntVector p = words(at);
                IntVector q = words(at + 4 * LANES);
                IntVector r = words(at + 8 * LANES);
                IntVector s = words(at + 12 * LANES);
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
                at += 4 * ROWS;
            }
            s0 = scales(block).fma(a, s0);
            s1 = scales(block + 2 * LANES).fma(b, s1);
            s2 = scales(block + 4 * LANES).fma(d, s2);
            s3 = scales(block + 6 * LANES).fma(e, s3);
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

    /// F16 to float, subnormal ones included; infinities become large.
    private FloatVector scales(long at) {
        return ((IntVector)
                        ShortVector.fromMemorySegment(SHORTS, data, at, LITTLE_ENDIAN)
                                .convertShape(VectorOperators.S2I, INTS, 0))
                .lanewise(VectorOperators.LSHL, 13)
                .and(F16_BITS)
                .reinterpretAsFloats()
                .mul(REBIAS);
    }

    /// A block of all rows and its scales, into the scratch array.
    private void unpack(long block) {
        for (int i = 0; i < ROWS; i += LANES) {
            scales(block + 2 * i).intoArray(scratch, SCALES + i);
        }
        long at = block + 2 * ROWS;
        if (matrix.format() == Format.Q8_0) {
            for (int i = 0; i < ROWS * BLOCK; i += LANES) {
                bytes(at + i).intoArray(scratch, i);
            }
            return;
        }
        for (int word = 0; word < ROWS * BLOCK; word += 8 * ROWS) {
            for (int i = word; i < word + ROWS; i += LANES) {
                IntVector words = words(at);
                for (int column = 0; column < 8 * ROWS; column += ROWS) {
                    highest(words).intoArray(scratch, i + column);
                    words = words.lanewise(VectorOperators.LSHL, 4);
                }
                at += 4 * LANES;
            }
        }
    }

    /// The unpacked block times the tokens' numbers from column `from` on.
    private void allTokens(int from) {
        int t = 0;
        for (; t + 4 <= tokens.count(); t += 4) {
            fourTokens(0, t * columns + from, SUMS + t * ROWS);
            fourTokens(2 * LANES, t * columns + from, SUMS + t * ROWS + 2 * LANES);
        }
        for (; t < tokens.count(); t++) {
            oneToken(t * columns + from, SUMS + t * ROWS);
        }
    }

    private void oneToken(int at, int sums) {
        float[] w = scratch;
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = FloatVector.zero(FLOATS);
        FloatVector c = FloatVector.zero(FLOATS);
        FloatVector d = FloatVector.zero(FLOATS);
        for (int i = 0; i < BLOCK; i++) {
            FloatVector v = FloatVector.broadcast(FLOATS, x[at + i]);
            a = FloatVector.fromArray(FLOATS, w, i * ROWS).fma(v, a);
            b = FloatVector.fromArray(FLOATS, w, i * ROWS + LANES).fma(v, b);
            c = FloatVector.fromArray(FLOATS, w, i * ROWS + 2 * LANES).fma(v, c);
            d = FloatVector.fromArray(FLOATS, w, i * ROWS + 3 * LANES).fma(v, d);
        }
        scaled(a, 0, sums).intoArray(w, sums);
        scaled(b, LANES, sums + LANES).intoArray(w, sums + LANES);
        scaled(c, 2 * LANES, sums + 2 * LANES).intoArray(w, sums + 2 * LANES);
        scaled(d, 3 * LANES, sums + 3 * LANES).intoArray(w, sums + 3 * LANES);
    }

    /// Four tokens and two vectors of rows: eight sums in registers, two loads of weights and four
    /// of tokens for eight products.
    private void fourTokens(int row, int at, int sums) {
        float[] w = scratch;
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        FloatVector b3 = FloatVector.zero(FLOATS);
        for (int i = 0; i < BLOCK; i++) {
            FloatVector a = FloatVector.fromArray(FLOATS, w, row + i * ROWS);
            FloatVector b = FloatVector.fromArray(FLOATS, w, row + i * ROWS + LANES);
            FloatVector v = FloatVector.broadcast(FLOATS, x[at + i]);
            a0 = a.fma(v, a0);
            b0 = b.fma(v, b0);
            v = FloatVector.broadcast(FLOATS, x[at + columns + i]);
            a1 = a.fma(v, a1);
            b1 = b.fma(v, b1);
            v = FloatVector.broadcast(FLOATS, x[at + 2 * columns + i]);
            a2 = a.fma(v, a2);
            b2 = b.fma(v, b2);
            v = FloatVector.broadcast(FLOATS, x[at + 3 * columns + i]);
            a3 = a.fma(v, a3);
            b3 = b.fma(v, b3);
        }
        scaled(a0, row, sums).intoArray(w, sums);
        scaled(b0, row + LANES, sums + LANES).intoArray(w, sums + LANES);
        scaled(a1, row, sums + ROWS).intoArray(w, sums + ROWS);
        scaled(b1, row + LANES, sums + ROWS + LANES).intoArray(w, sums + ROWS + LANES);
        scaled(a2, row, sums + 2 * ROWS).intoArray(w, sums + 2 * ROWS);
        scaled(b2, row + LANES, sums + 2 * ROWS + LANES).intoArray(w, sums + 2 * ROWS + LANES);
        scaled(a3, row, sums + 3 * ROWS).intoArray(w, sums + 3 * ROWS);
        scaled(b3, row + LANES, sums + 3 * ROWS + LANES).intoArray(w, sums + 3 * ROWS + LANES);
    }

    /// The sums at `sums` and, scaled, those of one more block.
    private FloatVector scaled(FloatVector block, int row, int sums) {
        return FloatVector.fromArray(FLOATS, scratch, SCALES + row)
                .fma(block, FloatVector.fromArray(FLOATS, scratch, sums));
    }
}
