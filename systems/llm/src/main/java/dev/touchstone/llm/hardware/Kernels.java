package dev.touchstone.llm.hardware;

import dev.touchstone.llm.ElementType;

/// How long single GPU kernels take, in microseconds: measured ([KernelTables]) or computed from a
/// few coefficients ([FittedKernels]).
public interface Kernels {
    /// A matrix product of `m` rows with an `n` by `k` weight matrix.
    double gemm(int m, int n, int k, ElementType type);

    /// The kernels of attention for the heads that one GPU has.
    Attention attention(AttentionShape shape);

    /// Attention in one layer. Allocates nothing.
    interface Attention {
        /// One new token of each of `sequences` that have `length` cached tokens each on average.
        /// Under a spread of lengths the mean decides, since kernels of today split long sequences
        /// over the whole GPU.
        double decode(double sequences, double length);

        /// The same where one call serves sequences in prefill too.
        default double decodeBesidePrefill(double sequences, double length) {
            return decode(sequences, length);
        }

        /// The next `chunk` prompt tokens of each of `batch` sequences with `context` tokens before
        /// them.
        double prefill(int batch, int chunk, int context);

        /// What any call costs, however little there is to do; the other two contain it.
        double launch();
    }
}
