package dev.touchstone.llm.hardware;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ElementType;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;

/// Kernel times from a few coefficients, each with a meaning: what a launch costs, and what share
/// of the data sheet's bandwidth and arithmetic kernels reach.
///
/// ```
/// product   = launch + (memory^p + arithmetic^p)^(1/p)
/// decode    = launch + (memory^q + work^q)^(1/q),  work = sequences · heads of keys · a
/// prefill   = launch + FLOPs / arithmetic + tokens · query heads · b
/// ```
///
/// `p` and `q` say how well memory traffic overlaps with what is done beside it: at infinity the
/// slower one alone decides, at 1 they add up.
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
    /// @param overlap the exponent `q`
    /// @param besidePrefill share of its speed that decoding keeps in a call that also serves
    ///   prefill
    record Decode(
            double launchMicros,
            double bandwidthShare,
            double workMicros,
            double overlap,
            double besidePrefill) {}

    /// @param arithmeticShare of the rated peak in half precision
    /// @param tokenMicros for each token and query head
    record Prefill(double arithmeticShare, double tokenMicros) {}

    /// Lengths of a sequence whose decoding is priced once; straight lines lie between.
    private static final double LENGTH_STEP = 1.05;

    private static final double LONGEST = 1 << 20;

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
        return fit.launchMicros + overlapped(memory, arithmetic, fit.overlap);
    }

    /// What two kinds of work take beside one another.
    private static double overlapped(double one, double other, double exponent) {
        double slower = Math.max(one, other);
        double ratio = Math.min(one, other) / slower;
        return slower * StrictMath.pow(1 + StrictMath.pow(ratio, exponent), 1 / exponent);
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
        private final double microsPerToken;

        /// What one sequence takes, by its length.
        private final Line sequence;

        private final double besidePrefill;
        private final double microsPerPair;
        private final double microsPerPrompt;

        Fitted(Decode decode, Prefill prefill, AttentionShape shape, FittedKernels kernels) {
            launch = decode.launchMicros;
            besidePrefill = decode.besidePrefill;
            microsPerToken =
                    shape.bytesPerToken() / (decode.bandwidthShare * kernels.bytesPerMicro);
            double work = decode.workMicros * shape.kvHeads();
            sequence = priced(length -> overlapped(microsPerToken * length, work, decode.overlap));
            microsPerPair =
                    4.0
                            * shape.heads()
                            * shape.dimension()
                            / (prefill.arithmeticShare
                                    * peak(kernels.accelerator, ElementType.BF16));
            microsPerPrompt = prefill.tokenMicros * shape.heads();
        }

        private static Line priced(DoubleUnaryOperator micros) {
            double[] lengths =
                    DoubleStream.concat(
                                    DoubleStream.of(0),
                                    DoubleStream.iterate(1, x -> x < LONGEST, x -> LENGTH_STEP * x))
                            .toArray();
            return new Line(lengths, DoubleStream.of(lengths).map(micros).toArray());
        }

        @Override
        public double decode(double sequences, double length) {
            return launch + sequences * sequence.at(length);
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
