package dev.touchstone.llm.hardware.validation;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.hardware.Fit;
import dev.touchstone.llm.hardware.Hardware;
import dev.touchstone.llm.hardware.HardwareProfile;
import dev.touchstone.llm.hardware.HostOverhead;
import dev.touchstone.llm.hardware.KernelExecutor;
import dev.touchstone.llm.hardware.KernelTables;
import dev.touchstone.llm.hardware.ModelArchitecture;
import dev.touchstone.llm.hardware.validation.StaticBatches.Batch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// Fits what no kernel table holds to one half of the measurements, as [Halves] splits them: three
/// coefficients of the GPUs and their link, two of each engine, and the gaps between kernels on the
/// RTX PRO 6000.
public final class ServingCalibration {
    private static final List<String> ENGINES = List.of("vllm", "trtllm", "sglang");
    private static final String THROTTLE = "gemm.throttle";
    private static final String LATENCY = "link.latency-us";
    private static final String BANDWIDTH = "link.gigabytes-per-second";
    private static final String GAP = "layer.gap-us";
    private static final String PROMPT_GAP = "layer.prompt-gap-us";

    private ServingCalibration() {}

    /// A GPU's coefficients and the engines'.
    public record Result(HardwareProfile gpu, HardwareProfile engines) {}

    /// Fits to the static batches.
    public static Result h100(Path data, Result start) throws IOException {
        KernelTables tables = KernelTables.read(data.resolve("llm-hardware"), "h100");
        List<Batch> batches =
                StaticBatches.read(data.resolve("llm-measured/h100-static-batches.csv")).stream()
                        .filter(batch -> !batch.heldOut())
                        .toList();
        double[] values = new double[3 + 2 * ENGINES.size()];
        values[0] = start.gpu.number(THROTTLE);
        values[1] = start.gpu.number(LATENCY);
        values[2] = start.gpu.number(BANDWIDTH);
        for (int i = 0; i < ENGINES.size(); i++) {
            values[3 + 2 * i] = start.engines.number(ENGINES.get(i) + ".step-us");
            values[4 + 2 * i] = start.engines.number(ENGINES.get(i) + ".sequence-us");
        }
        double[] found = Fit.minimise(values, moved -> deviation(tables, batches, start, moved));
        return result(start, found);
    }

    /// Fits the gaps between an RTX PRO 6000's kernels to requests, as tables and as coefficients
    /// price them: from several starts, because a request that just misses a step makes the
    /// deviation jump.
    public static HardwareProfile rtxPro6000(Path data, HardwareProfile start) throws IOException {
        RequestReplay replay = RequestReplay.read(data.resolve("llm-measured"));
        Path tables = data.resolve("llm-hardware");
        ToDoubleFunction<double[]> deviation = gaps -> deviation(replay, tables, with(start, gaps));
        return Stream.of(10.0, 30.0)
                .flatMap(gap -> Stream.of(30.0, 100.0).map(prompt -> new double[] {gap, prompt}))
                .map(gaps -> Fit.minimise(gaps, deviation))
                .min(Comparator.comparingDouble(deviation))
                .map(gaps -> with(start, gaps))
                .orElseThrow();
    }

    private static double deviation(RequestReplay replay, Path tables, HardwareProfile profile) {
        KernelExecutor byCoefficients =
                Hardware.executor(
                        profile, ModelArchitecture.LLAMA_3_1_8B, Accelerator.RTX_PRO_6000, 1);
        try {
            KernelExecutor byTables = Hardware.measuredRtxPro6000(tables, profile);
            return replay.deviation(byTables) + replay.deviation(byCoefficients);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HardwareProfile with(HardwareProfile profile, double[] gaps) {
        return profile.with(GAP, gaps[0]).with(PROMPT_GAP, gaps[1]);
    }

    private static Result result(Result start, double[] values) {
        HardwareProfile gpu =
                start.gpu
                        .with(THROTTLE, values[0])
                        .with(LATENCY, values[1])
                        .with(BANDWIDTH, values[2]);
        HardwareProfile engines = start.engines;
        for (int i = 0; i < ENGINES.size(); i++) {
            engines =
                    engines.with(ENGINES.get(i) + ".step-us", values[3 + 2 * i])
                            .with(ENGINES.get(i) + ".sequence-us", values[4 + 2 * i]);
        }
        return new Result(gpu, engines);
    }

    private static double deviation(
            KernelTables tables, List<Batch> batches, Result start, double[] values) {
        Result moved = result(start, values);
        Map<String, KernelExecutor> executors = new HashMap<>();
        double deviations = 0;
        for (Batch batch : batches) {
            KernelExecutor executor =
                    executors.computeIfAbsent(
                            batch.model().spec().name() + batch.gpus(),
                            _ -> Hardware.measured(tables, moved.gpu, batch.model(), batch.gpus()));
            var host =
                    new HostOverhead(
                            moved.engines.number(batch.engine() + ".step-us"),
                            moved.engines.number(batch.engine() + ".sequence-us"),
                            false);
            double tpot = StaticBatches.predict(batch, executor.with(host)).tpot();
            deviations += Math.abs(StrictMath.log(tpot / batch.tpot()));
        }
        return deviations / batches.size();
    }
}
