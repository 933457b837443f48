package dev.touchstone.llm.hardware;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ElementType;
import java.util.EnumMap;
import java.util.Map;

/// Kernel times from a few coefficients, each with a meaning: what a launch costs, and what share
/// of the data sheet's bandwidth and arithmetic kernels reach.
///
/// ```
/// product   = launch + (memory^p + arithmetic^p)^(1/p)
/// decode    = launch + sequences · heads of keys · a + bytes of keys and values / bandwidth
/// prefill   = launch + FLOPs / arithmetic + tokens · query heads · b
/// ```
///
/// `p` says how well memory traffic and arithmetic overlap: at infinity the slower one alone
/// decides, at 1 they add up.
final class FittedKernels implements Kernels {
    /// @param launchMicros of each product
    /// @param bandwidthShare of the memory's rated bandwidth
    /// @param arithmeticShare of the rated peak
    /// @param overlap the exponent `p`
    record Gemm(
            double launchMicros, double bandwidthShare, double arithmeticShare, double overlap) {}

    /// @param launchMicros of each call
    /// @param bandwidthShare of the memory's rated bandwidth
    /// @param workMicros for each pair of a sequence and a head of keys
    /// @param besidePrefill share of its speed that decoding keeps in a call that also serves
    ///   prefill
    record Decode(
            double launchMicros, double bandwidthShare, double workMicros, double besidePrefill) {}

    /// @param arithmeticShare of the rated peak in half precision
    /// @param tokenMicros for each token and query head
    record Prefill(double arithmeticShare, double tokenMicros) {}

    private final Accelerator accelerator;
    private final Map<ElementType, Gemm> gemm;
    private final Map<ElementType, Decode> decode;
    private final Prefill prefill;
    private final double bytesPerMicro;

    FittedKernels(
            Accelerator accelerator,
            Map<ElementType, Gemm> gemm,
            Map<ElementType, Decode> decode,
            Prefill prefill) {
        this.accelerator = accelerator;
        this.gemm = new EnumMap<>(gemm);
        this.decode = new EnumMap<>(decode);
        this.prefill = prefill;
        bytesPerMicro = accelerator.bytesPerSecond() / 1e6;
    }

    @Override
    public double gemm(int m, int n, int k, ElementType type) {
        Gemm fit = closest(gemm, type);
        double bytes =
                type.bits() / 8.0 * n * k + (type.bits() == 8 ? 1.0 : 2.0) * m * k + 2.0 * m * n;
        double memory = bytes / (fit.bandwidthShare * bytesPerMicro);
        double arithmetic = 2.0 * m * n * k / (fit.arithmeticShare * peak(accelerator, type));
        double p = fit.overlap;
        double slower = Math.max(memory, arithmetic);
        double faster = Math.min(memory, arithmetic);
        return fit.launchMicros
                + slower * StrictMath.pow(1 + StrictMath.pow(faster / slower, p), 1 / p);
    }

    @Override
    public Attention attention(AttentionShape shape) {
        return new Fitted(closest(decode, shape.kvType()), prefill, shape, this);
    }

    /// Rated FLOPs per microsecond; weights in a type without arithmetic of its own are widened.
    private static double peak(Accelerator accelerator, ElementType type) {
        ElementType used = accelerator.flopsPerSecond().containsKey(type) ? type : ElementType.BF16;
        return accelerator.flopsPerSecond(used) / 1e6;
    }

    private static <T> T closest(Map<ElementType, T> fits, ElementType type) {
        T fit = fits.get(type);
        if (fit != null) {
            return fit;
        }
        T half = fits.get(ElementType.BF16);
        if (half == null) {
            throw new IllegalStateException("no coefficients in half precision");
        }
        return half;
    }

    private static final class Fitted implements Attention {
        private final double launch;
        private final double workMicros;
        private final double microsPerToken;
        private final double besidePrefill;
        private final double microsPerPair;
        private final double microsPerPrompt;

        Fitted(Decode decode, Prefill prefill, AttentionShape shape, FittedKernels kernels) {
            launch = decode.launchMicros;
            workMicros = decode.workMicros * shape.kvHeads();
            besidePrefill = decode.besidePrefill;
            microsPerToken =
                    shape.bytesPerToken() / (decode.bandwidthShare * kernels.bytesPerMicro);
            microsPerPair =
                    4.0
                            * shape.heads()
                            * shape.dimension()
                            / (prefill.arithmeticShare
                                    * peak(kernels.accelerator, ElementType.BF16));
            microsPerPrompt = prefill.tokenMicros * shape.heads();
        }

        @Override
        public double decode(double sequences, double length) {
            return launch + sequences * (workMicros + microsPerToken * length);
        }

        @Override
        public double decodeBesidePrefill(double sequences, double length) {
            return launch + (decode(sequences, length) - launch) / besidePrefill;
        }

        @Override
        public double prefill(int batch, int chunk, int context) {
            double pairs = (double) chunk * context + 0.5 * chunk * (chunk + 1.0);
            double work = pairs * microsPerPair + chunk * microsPerPrompt;
            return launch + batch * Math.max(work, microsPerToken * context);
        }

        @Override
        public double launch() {
            return launch;
        }
    }
}
