package dev.touchstone.kernels;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The operations on vectors of 8 or 16 floats.
///
/// A product is summed in one vector, column by column, each step a fused multiply-add; at the end
/// the lanes are added in a fixed order ([#sum]), because the Vector API's own reduction promises
/// none. All paths through [#multiply] keep to that, so all give the same bits: one token straight
/// from the packed weights ([OneToken]), many tokens from [#ROW_TILE] unpacked rows. Unpacking is
/// exact: byte times F16 scale has fewer bits than a float.
final class VectorKernels extends Kernels {
    static final VectorKernels INSTANCE = new VectorKernels();

    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final int LANES = FLOATS.length();

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, LANES * 16)));
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * 8)));

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

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
    public void multiply(Matrix matrix, Tokens tokens, int fromRow, int toRow, float[] scratch) {
        int columns = matrix.columns();
        float[] lanes = new float[LANES];
        int row = fromRow;
        if (columns % LANES == 0) {
            boolean direct = tokens.count() == 1 && matrix.format() != Format.F16;
            for (; row + ROW_TILE <= toRow; row += ROW_TILE) {
                if (direct) {
                    OneToken.multiply(matrix, row, tokens, lanes);
                } else {
                    for (int r = 0; r < ROW_TILE; r++) {
                        unpack(matrix, row + r, scratch, r * columns);
                    }
                    multiplyUnpacked(matrix, row, tokens, scratch, lanes);
                }
            }
        }
        for (; row < toRow; row++) {
            unpack(matrix, row, scratch, 0);
            for (int t = 0; t < tokens.count(); t++) {
                tokens.output()[t * matrix.rows() + row] =
                        dot(scratch, 0, tokens.input(), t * columns, columns);
            }
        }
    }

    private static void multiplyUnpacked(
            Matrix matrix, int row, Tokens tokens, float[] weights, float[] lanes) {
        int columns = matrix.columns();
        int rows = matrix.rows();
        int t = 0;
        for (; t + 4 <= tokens.count(); t += 4) {
            fourTokens(
                    weights,
                    columns,
                    tokens.input(),
                    t * columns,
                    new Sums(tokens, t, row, rows, lanes));
        }
        for (; t < tokens.count(); t++) {
            oneToken(
                    weights,
                    columns,
                    tokens.input(),
                    t * columns,
                    new Sums(tokens, t, row, rows, lanes));
        }
    }

    /// Where the sums of a tile go: four rows from `row` on, tokens from `token` on.
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Sums(Tokens tokens, int token, int row, int rows, float[] lanes) {
        void put(int token, FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
            int at = (this.token + token) * rows + row;
            float[] output = tokens.output();
            output[at] = sum(a, lanes);
            output[at + 1] = sum(b, lanes);
            output[at + 2] = sum(c, lanes);
            output[at + 3] = sum(d, lanes);
        }
    }

    private static void oneToken(float[] w, int columns, float[] x, int xOffset, Sums sums) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < columns; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, xOffset + i);
            a = FloatVector.fromArray(FLOATS, w, i).fma(v, a);
            b = FloatVector.fromArray(FLOATS, w, i + columns).fma(v, b);
            c = FloatVector.fromArray(FLOATS, w, i + 2 * columns).fma(v, c);
            d = FloatVector.fromArray(FLOATS, w, i + 3 * columns).fma(v, d);
        }
        sums.put(0, a, b, c, d);
    }

    /// Four rows by four tokens: sixteen sums in registers, each loaded number used four times.
    private static void fourTokens(float[] w, int columns, float[] x, int xOffset, Sums sums) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = a0, a2 = a0, a3 = a0;
        FloatVector b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        FloatVector c0 = a0, c1 = a0, c2 = a0, c3 = a0;
        FloatVector d0 = a0, d1 = a0, d2 = a0, d3 = a0;
        for (int i = 0; i < columns; i += LANES) {
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, xOffset + i);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, xOffset + columns + i);
            FloatVector x2 = FloatVector.fromArray(FLOATS, x, xOffset + 2 * columns + i);
            FloatVector x3 = FloatVector.fromArray(FLOATS, x, xOffset + 3 * columns + i);
            FloatVector v = FloatVector.fromArray(FLOATS, w, i);
            a0 = v.fma(x0, a0);
            a1 = v.fma(x1, a1);
            a2 = v.fma(x2, a2);
            a3 = v.fma(x3, a3);
            v = FloatVector.fromArray(FLOATS, w, i + columns);
            b0 = v.fma(x0, b0);
            b1 = v.fma(x1, b1);
            b2 = v.fma(x2, b2);
            b3 = v.fma(x3, b3);
            v = FloatVector.fromArray(FLOATS, w, i + 2 * columns);
            c0 = v.fma(x0, c0);
            c1 = v.fma(x1, c1);
            c2 = v.fma(x2, c2);
            c3 = v.fma(x3, c3);
            v = FloatVector.fromArray(FLOATS, w, i + 3 * columns);
            d0 = v.fma(x0, d0);
            d1 = v.fma(x1, d1);
            d2 = v.fma(x2, d2);
            d3 = v.fma(x3, d3);
        }
        sums.put(0, a0, b0, c0, d0);
        sums.put(1, a1, b1, c1, d1);
        sums.put(2, a2, b2, c2, d2);
        sums.put(3, a3, b3, c3, d3);
    }

    /// Adds the lanes: halves upon each other until one is left.
    static float sum(FloatVector v, float[] lanes) {
        v.intoArray(lanes, 0);
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    @Override
    public void unpack(Matrix matrix, int row, float[] output, int offset) {
        MemorySegment data = matrix.data();
        long at = matrix.rowOffset(row);
        int columns = matrix.columns();
        if (columns % LANES != 0) {
            Kernels.plain().unpack(matrix, row, output, offset);
            return;
        }
        switch (matrix.format()) {
            case F32 ->
                    MemorySegment.copy(
                            data, ValueLayout.JAVA_FLOAT_UNALIGNED, at, output, offset, columns);
            case F16 -> {
                for (int c = 0; c < columns; c++) {
                    output[offset + c] = Float.float16ToFloat(data.get(SHORT, at + 2L * c));
                }
            }
            case BF16 -> {
                for (int c = 0; c < columns; c += LANES) {
                    bf16(data, at + 2L * c).intoArray(output, offset + c);
                }
            }
            case Q8_0 -> {
                for (int c = 0; c < columns; c += 32, at += 34) {
                    float scale = scale(data, at);
                    for (int i = 0; i < 32; i += LANES) {
                        bytes(data, at + 2 + i).mul(scale).intoArray(output, offset + c + i);
                    }
                }
            }
            case Q4_0 -> {
                for (int c = 0; c < columns; c += 32, at += 18) {
                    float scale = scale(data, at);
                    for (int i = 0; i < 16; i += LANES) {
                        IntVector pairs = pairs(data, at + 2 + i);
                        low(pairs, scale).intoArray(output, offset + c + i);
                        high(pairs, scale).intoArray(output, offset + c + 16 + i);
                    }
                }
            }
        }
    }

    static float scale(MemorySegment data, long at) {
        return Float.float16ToFloat(data.get(SHORT, at));
    }

    static FloatVector bf16(MemorySegment data, long at) {
        ShortVector halves = ShortVector.fromMemorySegment(SHORTS, data, at, LITTLE_ENDIAN);
        IntVector bits = (IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    static FloatVector bytes(MemorySegment data, long at) {
        return (FloatVector)
                ByteVector.fromMemorySegment(BYTES, data, at, LITTLE_ENDIAN)
                        .convertShape(VectorOperators.B2F, FLOATS, 0);
    }

    /// Bytes that hold two weights each.
    static IntVector pairs(MemorySegment data, long at) {
        return (IntVector)
                ByteVector.fromMemorySegment(BYTES, data, at, LITTLE_ENDIAN)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
    }

    /// The weights in the lower halves. Nothing is rounded: 15 times an F16 fits into a float.
    static FloatVector low(IntVector pairs, float scale) {
        return weights(pairs.lanewise(VectorOperators.AND, 15), scale);
    }

    static FloatVector high(IntVector pairs, float scale) {
        return weights(pairs.lanewise(VectorOperators.LSHR, 4), scale);
    }

    private static FloatVector weights(IntVector nibbles, float scale) {
        FloatVector v = (FloatVector) nibbles.convertShape(VectorOperators.I2F, FLOATS, 0);
        return v.fma(
                FloatVector.broadcast(FLOATS, scale), FloatVector.broadcast(FLOATS, -8 * scale));
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
        float sum = sum(sums, new float[LANES]);
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
        float sum = sum(sums, new float[LANES]);
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
