package dev.touchstone.llm.training;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// What is done to each element of a row, and sums over rows, on vectors.
///
/// A sum has sixteen running parts whatever the width of the vectors, which are then added from
/// first to last: its bits are the same everywhere. Rows have a multiple of sixteen elements.
final class Lanes {
    /// The widest vectors that the machine has, up to sixteen floats.
    static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > 16
                    ? FloatVector.SPECIES_512
                    : FloatVector.SPECIES_PREFERRED;

    private static final int LANES = SPECIES.length();
    private static final int PARTS = 16;

    // exp(x) = 2^n · e^r with n the nearest whole number to x / ln 2.
    private static final float LOG2_E = 1.442695f;
    private static final float LN2_HIGH = 0.6933594f;
    private static final float LN2_LOW = -2.1219444e-4f;
    private static final float LOWEST = -87;
    private static final float HIGHEST = 88;

    /// Adding it to a small number rounds that to a whole one, in the lowest bits.
    private static final float ROUNDER = 12_582_912f;

    private static final int ONE_BITS = 0x3F80_0000;
    private static final int MANTISSA_BITS = 23;

    private Lanes() {}

    /// `Σ a[i] · b[i]`.
    static float dot(float[] a, int aFrom, float[] b, int bFrom, int n) {
        var parts = new float[PARTS];
        for (int lane = 0; lane < PARTS; lane += LANES) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = lane; i < n; i += PARTS) {
                sum = load(a, aFrom + i).fma(load(b, bFrom + i), sum);
            }
            sum.intoArray(parts, lane);
        }
        float total = 0;
        for (float part : parts) {
            total += part;
        }
        return total;
    }

    /// Turns `row[from .. from + n)` into `exp(row · scale - max)` and returns the sum.
    static float exponentials(float[] row, int from, int n, float scale) {
        float max = max(row, from, n) * scale;
        var parts = new float[PARTS];
        for (int lane = 0; lane < PARTS; lane += LANES) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = from + lane; i < from + n; i += PARTS) {
                FloatVector e = exp(load(row, i).mul(scale).sub(max));
                e.intoArray(row, i);
                sum = sum.add(e);
            }
            sum.intoArray(parts, lane);
        }
        float total = 0;
        for (float part : parts) {
            total += part;
        }
        return total;
    }

    private static float max(float[] row, int from, int n) {
        FloatVector max = load(row, from);
        for (int i = from + LANES; i < from + n; i += LANES) {
            max = max.max(load(row, i));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    /// `row *= factor`.
    static void scale(float[] row, int from, int n, float factor) {
        for (int i = from; i < from + n; i += LANES) {
            load(row, i).mul(factor).intoArray(row, i);
        }
    }

    /// `to = (to - shift) · by`, element by element: the gradient of a softmax.
    static void softmaxGradient(
            float[] to, int toFrom, float[] by, int byFrom, int n, float shift) {
        for (int i = 0; i < n; i += LANES) {
            load(to, toFrom + i).sub(shift).mul(load(by, byFrom + i)).intoArray(to, toFrom + i);
        }
    }

    /// `out = gate · sigmoid(gate) · up`.
    static void gated(float[] out, float[] gate, float[] up) {
        for (int i = 0; i < out.length; i += LANES) {
            FloatVector g = load(gate, i);
            g.mul(sigmoid(g)).mul(load(up, i)).intoArray(out, i);
        }
    }

    /// Takes the gradient of [#gated] back: what was in `gate` and `up` becomes their gradient.
    static void gatedGradient(float[] out, float[] gate, float[] up) {
        for (int i = 0; i < out.length; i += LANES) {
            FloatVector d = load(out, i);
            FloatVector g = load(gate, i);
            FloatVector s = sigmoid(g);
            FloatVector slope = g.mul(s.neg().add(1)).add(1).mul(s);
            d.mul(load(up, i)).mul(slope).intoArray(gate, i);
            d.mul(g.mul(s)).intoArray(up, i);
        }
    }

    private static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(SPECIES, 1).div(exp(x.neg()).add(1));
    }

    private static FloatVector exp(FloatVector argument) {
        FloatVector x = argument.max(LOWEST).min(HIGHEST);
        FloatVector rounded = x.fma(all(LOG2_E), all(ROUNDER));
        FloatVector n = rounded.sub(ROUNDER);
        FloatVector r = n.fma(all(-LN2_HIGH), x);
        r = n.fma(all(-LN2_LOW), r);
        FloatVector e = all(1.9875691e-4f);
        e = e.fma(r, all(1.3981999e-3f));
        e = e.fma(r, all(8.333452e-3f));
        e = e.fma(r, all(4.1665796e-2f));
        e = e.fma(r, all(1.6666666e-1f));
        e = e.fma(r, all(5.0e-1f));
        e = e.fma(r.mul(r), r).add(1);
        var power =
                rounded.reinterpretAsInts()
                        .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
                        .add(ONE_BITS)
                        .reinterpretAsFloats();
        return e.mul(power);
    }

    private static FloatVector load(float[] array, int at) {
        return FloatVector.fromArray(SPECIES, array, at);
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
