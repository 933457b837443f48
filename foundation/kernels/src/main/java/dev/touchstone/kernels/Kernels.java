package dev.touchstone.kernels;

/// The operations that a transformer spends its time in. Stateless; any thread may call them.
///
/// Vectors lie in arrays from an offset on. Several tokens lie one after another: the numbers of
/// token `t` begin at `t` times their length.
public abstract sealed class Kernels permits PlainKernels, VectorKernels {
    /// Rows that [#multiply] works on at once when they lie one after another; work is best shared
    /// in multiples of it, and of a matrix's stripe.
    public static final int ROW_TILE = 4;

    /// Numbers of the scratch array that [#multiply] needs for matrices of so many columns or fewer
    /// and so many tokens or fewer.
    public static int scratch(int columns, int tokens) {
        return Math.max(columns, 1024 * ROW_TILE) + 32 * ROW_TILE * tokens;
    }

    Kernels() {}

    /// The plain twins: what each operation means.
    public static Kernels plain() {
        return PlainKernels.INSTANCE;
    }

    /// The fastest there are: the Vector API's when its module is there and the machine's vectors
    /// hold eight numbers or more, the plain ones otherwise.
    public static Kernels best() {
        boolean there = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return there && VectorKernels.fits() ? VectorKernels.INSTANCE : PlainKernels.INSTANCE;
    }

    /// What these are, for a log line: "plain" or the width of the vectors.
    public abstract String describe();

    /// The same weights as these kernels multiply them fastest: the matrix itself, or a copy
    /// outside of Java's heap that lasts as long as anyone refers to it.
    ///
    /// @param workers who shares the work of copying
    /// @throws OutOfMemoryError when `-XX:MaxDirectMemorySize` (Java's default: as large as the
    ///   heap may become) is too small for the copy
    public abstract Matrix arrange(Matrix matrix, Workers workers);

    /// Multiplies rows `fromRow` to `toRow` (excluded) of a matrix with tokens: `output[t·rows + r]
    /// = Σ weight[r][c] · input[t·columns + c]`.
    ///
    /// @param scratch as large as [#scratch(int, int)] says, the caller's alone
    public abstract void multiply(
            Matrix matrix, Tokens tokens, int fromRow, int toRow, float[] scratch);

    /// Unpacks one row into `output` from `offset` on.
    public abstract void unpack(Matrix matrix, int row, float[] output, int offset);

    /// `Σ a[i] · b[i]` of `length` numbers.
    public abstract float dot(float[] a, int aOffset, float[] b, int bOffset, int length);

    /// `sum[i] += scale · a[i]` of `length` numbers.
    public abstract void addScaled(
            float scale, float[] a, int aOffset, float[] sum, int sumOffset, int length);

    /// `a[i] *= sigmoid(a[i]) · b[i]` from `from` to `to` (excluded): the gate of a feed-forward
    /// layer.
    public abstract void gate(float[] a, float[] b, int from, int to);

    /// Divides a vector by its root mean square and multiplies it with `weight`, number by number.
    /// Input and output may be the same.
    ///
    /// @param epsilon added to the mean square
    public final void normalise(
            float[] input, float[] output, int offset, float[] weight, float epsilon) {
        int length = weight.length;
        float square = dot(input, offset, input, offset, length);
        float factor = (float) (1 / Math.sqrt(square / length + epsilon));
        for (int i = 0; i < length; i++) {
            output[offset + i] = input[offset + i] * factor * weight[i];
        }
    }

    /// Turns scores into shares that add up to one.
    public abstract void softmax(float[] scores, int offset, int length);
}
