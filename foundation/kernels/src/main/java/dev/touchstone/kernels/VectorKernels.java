package dev.touchstone.kernels;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The operations on vectors of 8 or 16 floats.
///
/// A product is summed in two vectors, one for every other group of columns, each step a fused
/// multiply-add; at the end the sums are added in a fixed order, because the Vector API's own
/// reduction promises none. How many tokens are multiplied at once makes no difference to that
/// order, so it makes none to a bit. Unpacking is exact: byte times F16 scale has fewer bits than a
/// float.
///
/// A vector must not be handed to a method that the compiler might not inline: it would be put into
/// an object, and so would those of every iteration before. Hence no helpers in the loops here, and
/// sums that are stored before they are added up.
final class VectorKernels extends Kernels {
    static final VectorKernels INSTANCE = new VectorKernels();

    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final int LANES = FLOATS.length();

    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, LANES * 16)));
    static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * 8)));

    static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /// Tokens for which unpacking the weights into memory does not pay.
    private static final int FEW = 3;

    /// Bytes of weights that are fetched at once: they fit into the second cache.
    static final int FETCH = 1 << 17;

    /// Bytes of a cache line.
    private static final int LINE = 64;

    /// Columns that are gone through at once, into two vectors of sums: one sum would wait for
    /// itself.
    static final int STEP = 2 * LANES;

    /// Columns that are unpacked at once: those of [#ROW_TILE] rows and of four tokens fit into the
    /// first cache together.
    private static final int CHUNK = 1024;

    private static final VectorShuffle<Float> UPPER_8 = VectorShuffle.iota(FLOATS, 8, 1, true);
    private static final VectorShuffle<Float> UPPER_4 = VectorShuffle.iota(FLOATS, 4, 1, true);
    private static final VectorShuffle<Float> UPPER_2 = VectorShuffle.iota(FLOATS, 2, 1, true);

    private VectorKernels() {}

    /// Whether the machine's vectors are wide enough for the conversions between number types.
    static boolean fits() {
        return LANES == 8 || LANES == 16;
    }

    @Override
    public String describe() {
        return "Vector API, %d bits".formatted(FLOATS.vectorBitSize());
    }

    @Override
    public Matrix arrange(Matrix matrix, Workers workers) {
        boolean packed = matrix.format().blockWeights() > 1 && matrix.stripe() == 1;
        return packed ? Striping.stripes(matrix, Stripes.ROWS, workers) : matrix;
    }

    @Override
    public void multiply(Matrix matrix, Tokens tokens, int fromRow, int toRow, float[] scratch) {
        if (matrix.stripe() == Stripes.ROWS) {
            new Stripes(matrix, tokens, scratch).multiply(fromRow, toRow);
        } else if (matrix.format().blockWeights() > 1) {
            Kernels.plain().multiply(matrix, tokens, fromRow, toRow, scratch);
        } else if (matrix.columns() % STEP != 0) {
            multiplyRowByRow(matrix, tokens, fromRow, toRow, scratch);
        } else if (tokens.count() <= FEW && matrix.format() != Format.F16) {
            new OneToken(matrix, tokens, scratch).multiply(fromRow, toRow);
        } else {
            new Tile(matrix, tokens, scratch).multiplyRows(fromRow, toRow);
        }
    }

    private void multiplyRowByRow(
            Matrix matrix, Tokens tokens, int fromRow, int toRow, float[] scratch) {
        int columns = matrix.columns();
        for (int row = fromRow; row < toRow; row++) {
            unpack(matrix, row, scratch, 0);
            for (int t = 0; t < tokens.count(); t++) {
                tokens.output()[t * matrix.rows() + row] =
                        dot(scratch, 0, tokens.input(), t * columns, columns);
            }
        }
    }

    /// Rows on their way through all tokens: a chunk of their columns is unpacked once, then
    /// multiplied with each token; the sums wait beside it for the next chunk.
    private static final class Tile {
        private final Matrix matrix;
        private final float[] input;
        private final float[] output;
        private final int tokens;
        private final int columns;

        /// [#CHUNK] columns of each row, then [#STEP] sums of each token and row.
        private final float[] scratch;

        @SuppressWarnings("UnusedVariable") // kept lest the compiler leave the reading out
        private long fetched;

        Tile(Matrix matrix, Tokens tokens, float[] scratch) {
            this.matrix = matrix;
            this.input = tokens.input();
            this.output = tokens.output();
            this.tokens = tokens.count();
            this.columns = matrix.columns();
            this.scratch = scratch;
        }

        void multiplyRows(int fromRow, int toRow) {
            int ahead = rowsToFetch(matrix);
            for (int row = fromRow; row < toRow; row += ROW_TILE) {
                if ((row - fromRow) % ahead == 0) {
                    fetched = fetch(matrix, row, Math.min(toRow, row + ahead));
                }
                multiply(row, Math.min(ROW_TILE, toRow - row));
            }
        }

        private void multiply(int row, int rows) {
            int sums = ROW_TILE * CHUNK;
            int sumsOfToken = ROW_TILE * STEP;
            Arrays.fill(scratch, sums, sums + tokens * sumsOfToken, 0);
            for (int from = 0; from < columns; from += CHUNK) {
                int count = Math.min(CHUNK, columns - from);
                for (int r = 0; r < rows; r++) {
                    unpackChunk(matrix, matrix.rowOffset(row + r), from, count, scratch, r * CHUNK);
                }
                allTokens(from, count);
            }
            for (int t = 0; t < tokens; t++) {
                for (int r = 0; r < rows; r++) {
                    output[t * matrix.rows() + row + r] =
                            total(scratch, sums + t * sumsOfToken + r * STEP);
                }
            }
        }

        /// The unpacked rows, from column `block` of the chunk on, times all tokens.
        private void allTokens(int at, int count) {
            int sums = ROW_TILE * CHUNK;
            int t = 0;
            for (; t + 4 <= tokens; t += 4) {
                int s = sums + t * ROW_TILE * STEP;
                fourTokens(0, t * columns + at, count, s);
                fourTokens(LANES, t * columns + at + LANES, count, s + LANES);
            }
            for (; t < tokens; t++) {
                int s = sums + t * ROW_TILE * STEP;
                oneToken(0, t * columns + at, count, s);
                oneToken(2 * CHUNK, t * columns + at, count, s + 2 * STEP);
            }
        }

        /// Two rows and one token.
        private void oneToken(int weights, int at, int count, int sums) {
            float[] w = scratch;
            float[] x = input;
            FloatVector a = FloatVector.fromArray(FLOATS, w, sums);
            FloatVector a1 = FloatVector.fromArray(FLOATS, w, sums + LANES);
            FloatVector b = FloatVector.fromArray(FLOATS, w, sums + STEP);
            FloatVector b1 = FloatVector.fromArray(FLOATS, w, sums + STEP + LANES);
            for (int i = 0; i < count; i += STEP) {
                FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
                a = FloatVector.fromArray(FLOATS, w, weights + i).fma(v, a);
                b = FloatVector.fromArray(FLOATS, w, weights + CHUNK + i).fma(v, b);
                v = FloatVector.fromArray(FLOATS, x, at + i + LANES);
                a1 = FloatVector.fromArray(FLOATS, w, weights + i + LANES).fma(v, a1);
                b1 = FloatVector.fromArray(FLOATS, w, weights + CHUNK + i + LANES).fma(v, b1);
            }
            a.intoArray(w, sums);
            a1.intoArray(w, sums + LANES);
            b.intoArray(w, sums + STEP);
            b1.intoArray(w, sums + STEP + LANES);
        }

        /// Every other vector of four rows and four tokens: sixteen sums in registers, each loaded
        /// number used four times.
        private void fourTokens(int weights, int at, int count, int s) {
            float[] w = scratch;
            float[] x = input;
            int next = ROW_TILE * STEP;
            FloatVector a0 = FloatVector.fromArray(FLOATS, w, s);
            FloatVector b0 = FloatVector.fromArray(FLOATS, w, s + STEP);
            FloatVector c0 = FloatVector.fromArray(FLOATS, w, s + 2 * STEP);
            FloatVector d0 = FloatVector.fromArray(FLOATS, w, s + 3 * STEP);
            FloatVector a1 = FloatVector.fromArray(FLOATS, w, s + next);
            FloatVector b1 = FloatVector.fromArray(FLOATS, w, s + STEP + next);
            FloatVector c1 = FloatVector.fromArray(FLOATS, w, s + 2 * STEP + next);
            FloatVector d1 = FloatVector.fromArray(FLOATS, w, s + 3 * STEP + next);
            FloatVector a2 = FloatVector.fromArray(FLOATS, w, s + 2 * next);
            FloatVector b2 = FloatVector.fromArray(FLOATS, w, s + STEP + 2 * next);
            FloatVector c2 = FloatVector.fromArray(FLOATS, w, s + 2 * STEP + 2 * next);
            FloatVector d2 = FloatVector.fromArray(FLOATS, w, s + 3 * STEP + 2 * next);
            FloatVector a3 = FloatVector.fromArray(FLOATS, w, s + 3 * next);
            FloatVector b3 = FloatVector.fromArray(FLOATS, w, s + STEP + 3 * next);
            FloatVector c3 = FloatVector.fromArray(FLOATS, w, s + 2 * STEP + 3 * next);
            FloatVector d3 = FloatVector.fromArray(FLOATS, w, s + 3 * STEP + 3 * next);
            for (int i = 0; i < count; i += STEP) {
                FloatVector a = FloatVector.fromArray(FLOATS, w, weights + i);
                FloatVector b = FloatVector.fromArray(FLOATS, w, weights + CHUNK + i);
                FloatVector c = FloatVector.fromArray(FLOATS, w, weights + 2 * CHUNK + i);
                FloatVector d = FloatVector.fromArray(FLOATS, w, weights + 3 * CHUNK + i);
                FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
                a0 = a.fma(v, a0);
                b0 = b.fma(v, b0);
                c0 = c.fma(v, c0);
                d0 = d.fma(v, d0);
                v = FloatVector.fromArray(FLOATS, x, at + columns + i);
                a1 = a.fma(v, a1);
                b1 = b.fma(v, b1);
                c1 = c.fma(v, c1);
                d1 = d.fma(v, d1);
                v = FloatVector.fromArray(FLOATS, x, at + 2 * columns + i);
                a2 = a.fma(v, a2);
                b2 = b.fma(v, b2);
                c2 = c.fma(v, c2);
                d2 = d.fma(v, d2);
                v = FloatVector.fromArray(FLOATS, x, at + 3 * columns + i);
                a3 = a.fma(v, a3);
                b3 = b.fma(v, b3);
                c3 = c.fma(v, c3);
                d3 = d.fma(v, d3);
            }
            a0.intoArray(w, s);
            b0.intoArray(w, s + STEP);
            c0.intoArray(w, s + 2 * STEP);
            d0.intoArray(w, s + 3 * STEP);
            a1.intoArray(w, s + next);
            b1.intoArray(w, s + STEP + next);
            c1.intoArray(w, s + 2 * STEP + next);
            d1.intoArray(w, s + 3 * STEP + next);
            a2.intoArray(w, s + 2 * next);
            b2.intoArray(w, s + STEP + 2 * next);
            c2.intoArray(w, s + 2 * STEP + 2 * next);
            d2.intoArray(w, s + 3 * STEP + 2 * next);
            a3.intoArray(w, s + 3 * next);
            b3.intoArray(w, s + STEP + 3 * next);
            c3.intoArray(w, s + 2 * STEP + 3 * next);
            d3.intoArray(w, s + 3 * STEP + 3 * next);
        }
    }

    /// Rows whose weights are fetched at once, a multiple of [#ROW_TILE].
    static int rowsToFetch(Matrix matrix) {
        int tiles = (int) (FETCH / (ROW_TILE * matrix.rowBytes()));
        return Math.max(1, tiles) * ROW_TILE;
    }

    static long fetch(Matrix matrix, int fromRow, int toRow) {
        long from = matrix.rowOffset(fromRow);
        return fetch(matrix.data(), from, (int) (matrix.rowOffset(toRow) - from));
    }

    /// Reads a number of each cache line: nothing waits for one of them, so many are on their way
    /// from memory at once. Returns their sum, to be kept lest the compiler leave it all out.
    static long fetch(MemorySegment data, long from, int bytes) {
        long sum = 0;
        for (int i = 0; i + Long.BYTES <= bytes; i += LINE) {
            sum += data.get(LONG, from + i);
        }
        return sum;
    }

    /// Adds [#STEP] sums: halves upon each other until one is left.
    static float total(float[] sums, int offset) {
        FloatVector v =
                FloatVector.fromArray(FLOATS, sums, offset)
                        .add(FloatVector.fromArray(FLOATS, sums, offset + LANES));
        if (LANES == 16) {
            v = v.add(v.rearrange(UPPER_8));
        }
        v = v.add(v.rearrange(UPPER_4));
        v = v.add(v.rearrange(UPPER_2));
        return v.lane(0) + v.lane(1);
    }

    @Override
    public void unpack(Matrix matrix, int row, float[] output, int offset) {
        if (matrix.columns() % STEP != 0 || matrix.format().blockWeights() > 1) {
            Kernels.plain().unpack(matrix, row, output, offset);
        } else {
            unpackChunk(matrix, matrix.rowOffset(row), 0, matrix.columns(), output, offset);
        }
    }

    private static void unpackChunk(
            Matrix matrix, long rowOffset, int from, int count, float[] output, int offset) {
        MemorySegment data = matrix.data();
        long at = rowOffset + matrix.format().bytes(from);
        switch (matrix.format()) {
            case F32 ->
                    MemorySegment.copy(
                            data, ValueLayout.JAVA_FLOAT_UNALIGNED, at, output, offset, count);
            case F16 -> f16(data, at, count, output, offset);
            case BF16 -> bf16(data, at, count, output, offset);
            case Q8_0, Q4_0 -> throw new IllegalArgumentException("blocks are unpacked plainly");
        }
    }

    private static void f16(MemorySegment data, long at, int count, float[] output, int offset) {
        for (int i = 0; i < count; i++) {
            output[offset + i] = Float.float16ToFloat(data.get(SHORT, at + 2L * i));
        }
    }

    private static void bf16(MemorySegment data, long at, int count, float[] output, int offset) {
        for (int i = 0; i < count; i += LANES) {
            ((IntVector)
                            ShortVector.fromMemorySegment(SHORTS, data, at + 2L * i, LITTLE_ENDIAN)
                                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0))
                    .lanewise(VectorOperators.LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(output, offset + i);
        }
    }

    @Override
    public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        FloatVector sums = FloatVector.zero(FLOATS);
        int bound = FLOATS.loopBound(length);
        for (int i = 0; i < bound; i += LANES) {
            sums =
                    FloatVector.fromArray(FLOATS, a, aOffset + i)
                            .fma(FloatVector.fromArray(FLOATS, b, bOffset + i), sums);
        }
        var lanes = new float[STEP];
        sums.intoArray(lanes, 0);
        float sum = total(lanes, 0);
        for (int i = bound; i < length; i++) {
            sum = Math.fma(a[aOffset + i], b[bOffset + i], sum);
        }
        return sum;
    }

    @Override
    public void addScaled(
            float scale, float[] a, int aOffset, float[] sum, int sumOffset, int length) {
        int bound = FLOATS.loopBound(length);
        FloatVector scales = FloatVector.broadcast(FLOATS, scale);
        for (int i = 0; i < bound; i += LANES) {
            FloatVector.fromArray(FLOATS, a, aOffset + i)
                    .fma(scales, FloatVector.fromArray(FLOATS, sum, sumOffset + i))
                    .intoArray(sum, sumOffset + i);
        }
        for (int i = bound; i < length; i++) {
            sum[sumOffset + i] = Math.fma(a[aOffset + i], scale, sum[sumOffset + i]);
        }
    }

    @Override
    public void gate(float[] a, float[] b, int from, int to) {
        int bound = from + FLOATS.loopBound(to - from);
        for (int i = from; i < bound; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, a, i);
            v.div(exp(v.neg()).add(1)).mul(FloatVector.fromArray(FLOATS, b, i)).intoArray(a, i);
        }
        Kernels.plain().gate(a, b, bound, to);
    }

    @Override
    public void softmax(float[] scores, int offset, int length) {
        int bound = FLOATS.loopBound(length);
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            highest = Math.max(highest, scores[offset + i]);
        }
        FloatVector sums = FloatVector.zero(FLOATS);
        for (int i = 0; i < bound; i += LANES) {
            FloatVector v = exp(FloatVector.fromArray(FLOATS, scores, offset + i).sub(highest));
            v.intoArray(scores, offset + i);
            sums = sums.add(v);
        }
        var lanes = new float[STEP];
        sums.intoArray(lanes, 0);
        float sum = total(lanes, 0);
        for (int i = bound; i < length; i++) {
            scores[offset + i] = (float) Math.exp(scores[offset + i] - highest);
            sum += scores[offset + i];
        }
        for (int i = 0; i < length; i++) {
            scores[offset + i] /= sum;
        }
    }

    /// e to each number, within two units in the last place: 2 to the nearest whole power, times a
    /// polynomial for what is left (Cephes' expf; Moshier, "Methods and programs for mathematical
    /// functions", 1989).
    private static FloatVector exp(FloatVector x) {
        FloatVector bounded = x.max(-87f).min(88f);
        FloatVector rounding = FloatVector.broadcast(FLOATS, 0x1.8p23f);
        FloatVector power =
                bounded.fma(FloatVector.broadcast(FLOATS, 1.442695f), rounding).sub(rounding);
        FloatVector rest = power.fma(FloatVector.broadcast(FLOATS, -0.6933594f), bounded);
        rest = power.fma(FloatVector.broadcast(FLOATS, 0.00021219444f), rest);
        FloatVector p = FloatVector.broadcast(FLOATS, 0.00019875691f);
        p = p.fma(rest, FloatVector.broadcast(FLOATS, 0.0013981999f));
        p = p.fma(rest, FloatVector.broadcast(FLOATS, 0.008333452f));
        p = p.fma(rest, FloatVector.broadcast(FLOATS, 0.041665796f));
        p = p.fma(rest, FloatVector.broadcast(FLOATS, 0.16666666f));
        p = p.fma(rest, FloatVector.broadcast(FLOATS, 0.5f));
        p = p.fma(rest.mul(rest), rest.add(1));
        IntVector exponent =
                ((IntVector) power.convertShape(VectorOperators.F2I, INTS, 0))
                        .add(127)
                        .lanewise(VectorOperators.LSHL, 23);
        return p.mul(exponent.reinterpretAsFloats());
    }
}
