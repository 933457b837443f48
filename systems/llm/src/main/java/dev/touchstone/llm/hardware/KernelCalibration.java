package dev.touchstone.llm.hardware;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// Fits the coefficients of [FittedKernels] to measured tables. What is made small is the mean
/// square of relative deviations: relative, so that fast and slow kernels count alike; squared, so
/// that the few that are much slower than the rest pull, since a step is the sum of its kernels.
public final class KernelCalibration {
    private static final AttentionShape RTX_SHAPE =
            AttentionShape.of(ModelArchitecture.LLAMA_3_1_8B, 1);

    /// Matrices of models are larger; smaller ones in the tables would pull the fit towards
    /// launches.
    private static final int LEAST_WIDTH = 2_048;

    /// Caches of this size and more come from memory whatever the L2 keeps.
    private static final double UNCACHED_BYTES = 200e6;

    private static final String OVERLAP = ".overlap";

    /// Prompts from here on are more than a launch.
    private static final int LEAST_PROMPT = 256;

    /// A measurement, and what the model makes of it.
    private record Sample(double micros, ToDoubleFunction<Kernels> model) {}

    private KernelCalibration() {}

    /// Coefficients of an H100 from the tables that [KernelTables] describes; those of serving stay
    /// as they are.
    public static HardwareProfile h100(Path folder, HardwareProfile profile) throws IOException {
        Map<ElementType, String> types =
                Map.of(ElementType.BF16, "bfloat16", ElementType.FP8, "fp8");
        CsvTable gemm = CsvTable.read(folder.resolve("h100-gemm.csv"));
        CsvTable context = CsvTable.read(folder.resolve("h100-context-attention.csv"));
        CsvTable generation = CsvTable.read(folder.resolve("h100-generation-attention.csv"));
        HardwareProfile fitted = profile;
        for (ElementType type : List.of(ElementType.BF16, ElementType.FP8)) {
            String key = type == ElementType.BF16 ? "bf16" : "fp8";
            String word = types.getOrDefault(type, "");
            fitted = fitGemm(Accelerator.H100, fitted, key, gemmSamples(gemm, type, word));
            fitted =
                    fitDecode(Accelerator.H100, fitted, key, decodeSamples(generation, type, word));
        }
        return fitPrefill(Accelerator.H100, fitted, prefillSamples(context));
    }

    /// Coefficients of an RTX PRO 6000 from the tables that [LayerTables] describes. Nothing was
    /// measured in fp8 there; its shares are taken from bf16.
    public static HardwareProfile rtxPro6000(Path folder, HardwareProfile profile)
            throws IOException {
        Accelerator gpu = Accelerator.RTX_PRO_6000;
        String name = "rtxpro6000-llama-3.1-8b";
        CsvTable dense = CsvTable.read(folder.resolve(name + "-dense.csv"));
        CsvTable attention = CsvTable.read(folder.resolve(name + "-attention.csv"));
        HardwareProfile fitted = fitGemm(gpu, profile, "bf16", layerSamples(dense));
        fitted = fitElementwise(gpu, fitted, dense);
        List<Sample> decode = new ArrayList<>();
        List<Sample> beside = new ArrayList<>();
        List<Sample> prefill = new ArrayList<>();
        for (int row = 0; row < attention.size(); row++) {
            int chunk = attention.wholeNumber(row, "prefill_chunk", 0);
            int before = attention.wholeNumber(row, "kv_prefill", 0);
            int sequences = attention.wholeNumber(row, "n_decode", 0);
            int length = attention.wholeNumber(row, "kv_decode", 0);
            double micros = attention.positive(row, "time_us");
            if (chunk == 0) {
                decode.add(
                        new Sample(
                                micros,
                                kernels -> kernels.attention(RTX_SHAPE).decode(sequences, length)));
            } else if (sequences == 0 && chunk >= LEAST_PROMPT) {
                prefill.add(
                        new Sample(
                                micros,
                                kernels -> kernels.attention(RTX_SHAPE).prefill(1, chunk, before)));
            } else if (chunk <= 128 && before == 0 && sequences >= 8 && length >= 256) {
                beside.add(
                        new Sample(
                                micros,
                                kernels ->
                                        kernels.attention(RTX_SHAPE)
                                                .decodeBesidePrefill(sequences, length)));
            }
        }
        fitted = fitDecode(gpu, fitted, "bf16", decode);
        fitted = fit(gpu, fitted, beside, "decode.bf16.beside-prefill");
        for (String key :
                List.of("bandwidth-share", "work-us", "launch-us", "overlap", "beside-prefill")) {
            fitted = fitted.with("decode.fp8." + key, fitted.number("decode.bf16." + key));
        }
        for (String key : List.of("launch-us", "bandwidth-share", "arithmetic-share", "overlap")) {
            fitted = fitted.with("gemm.fp8." + key, fitted.number("gemm.bf16." + key));
        }
        return fitPrefill(gpu, fitted, prefill);
    }

    private static HardwareProfile fitGemm(
            Accelerator gpu, HardwareProfile profile, String type, List<Sample> samples) {
        String key = "gemm." + type;
        return fit(
                gpu,
                profile,
                samples,
                key + ".launch-us",
                key + ".bandwidth-share",
                key + ".arithmetic-share",
                key + OVERLAP);
    }

    private static HardwareProfile fitDecode(
            Accelerator gpu, HardwareProfile profile, String type, List<Sample> samples) {
        String key = "decode." + type;
        return fit(
                gpu,
                profile,
                samples,
                key + ".launch-us",
                key + ".bandwidth-share",
                key + ".work-us",
                key + OVERLAP);
    }

    private static HardwareProfile fitPrefill(
            Accelerator gpu, HardwareProfile profile, List<Sample> samples) {
        return fit(gpu, profile, samples, "prefill.arithmetic-share", "prefill.token-us");
    }

    private static HardwareProfile fit(
            Accelerator gpu, HardwareProfile profile, List<Sample> samples, String... keys) {
        Function<double[], HardwareProfile> changed =
                values -> {
                    HardwareProfile result = profile;
                    for (int i = 0; i < keys.length; i++) {
                        // Below 1, two kinds of work would take longer than one after the other.
                        double least = keys[i].endsWith(OVERLAP) ? 1 : 0;
                        result = result.with(keys[i], Math.max(least, values[i]));
                    }
                    return result;
                };
        double[] start = new double[keys.length];
        for (int i = 0; i < keys.length; i++) {
            start[i] = profile.number(keys[i]);
        }
        return changed.apply(
                Fit.minimise(
                        start,
                        values -> {
                            Kernels kernels = changed.apply(values).kernels(gpu);
                            double deviations = 0;
                            for (Sample sample : samples) {
                                double micros = sample.model.applyAsDouble(kernels);
                                double deviation = StrictMath.log(micros / sample.micros);
                                deviations += deviation * deviation;
                            }
                            return deviations / samples.size();
                        }));
    }

    /// Kernels that only pass over activations: the two of normalisation, rotation and activation.
    private static HardwareProfile fitElementwise(
            Accelerator gpu, HardwareProfile profile, CsvTable dense) {
        var times = new java.util.TreeMap<Integer, Double>();
        for (int row = 0; row < dense.size(); row++) {
            double micros = dense.positive(row, "time_us");
            double of =
                    switch (dense.text(row, "layer")) {
                        case "layernorm" -> 2 * micros;
                        case "rotary_emb", "act_fn" -> micros;
                        default -> 0;
                    };
            times.merge(dense.wholeNumber(row, "tokens", 1), of, Double::sum);
        }
        ModelArchitecture model = ModelArchitecture.LLAMA_3_1_8B;
        double bytes =
                2.0 * (8.0 * model.hidden() + 2.0 * model.qkvWidth() + 3.0 * model.feedForward());
        double[] found =
                Fit.minimise(
                        new double[] {2, 0.75},
                        values -> {
                            double deviations = 0;
                            for (var entry : times.entrySet()) {
                                double micros =
                                        4 * values[0]
                                                + entry.getKey()
                                                        * bytes
                                                        / (values[1] * gpu.bytesPerSecond() / 1e6);
                                deviations += Math.abs(StrictMath.log(micros / entry.getValue()));
                            }
                            return deviations;
                        });
        return profile.with("elementwise.launch-us", found[0])
                .with("elementwise.bandwidth-share", found[1]);
    }

    private static List<Sample> gemmSamples(CsvTable table, ElementType type, String word) {
        List<Sample> samples = new ArrayList<>();
        for (int row = 0; row < table.size(); row++) {
            int m = table.wholeNumber(row, "m", 1);
            int n = table.wholeNumber(row, "n", 1);
            int k = table.wholeNumber(row, "k", 1);
            if (table.text(row, "gemm_dtype").equals(word) && Math.min(n, k) >= LEAST_WIDTH) {
                samples.add(
                        new Sample(
                                1e3 * table.positive(row, "latency_ms"),
                                kernels -> kernels.gemm(m, n, k, type)));
            }
        }
        return samples;
    }

    private static List<Sample> decodeSamples(CsvTable table, ElementType type, String word) {
        List<Sample> samples = new ArrayList<>();
        for (int row = 0; row < table.size(); row++) {
            var shape = shape(table, row, type);
            int batch = table.wholeNumber(row, "batch_size", 1);
            int length = table.wholeNumber(row, "isl", 1) + table.wholeNumber(row, "step", 0);
            boolean uncached = batch * length * shape.bytesPerToken() >= UNCACHED_BYTES;
            if (table.text(row, "kv_cache_dtype").equals(word) && (uncached || length <= 16)) {
                samples.add(
                        new Sample(
                                1e3 * table.positive(row, "latency_ms"),
                                kernels -> kernels.attention(shape).decode(batch, length)));
            }
        }
        return samples;
    }

    private static List<Sample> prefillSamples(CsvTable table) {
        List<Sample> samples = new ArrayList<>();
        for (int row = 0; row < table.size(); row++) {
            var shape = shape(table, row, ElementType.BF16);
            int batch = table.wholeNumber(row, "batch_size", 1);
            int length = table.wholeNumber(row, "isl", 1);
            if (table.text(row, "kv_cache_dtype").equals("bfloat16") && length >= LEAST_PROMPT) {
                samples.add(
                        new Sample(
                                1e3 * table.positive(row, "latency_ms"),
                                kernels -> kernels.attention(shape).prefill(batch, length, 0)));
            }
        }
        return samples;
    }

    private static List<Sample> layerSamples(CsvTable dense) {
        ModelArchitecture model = ModelArchitecture.LLAMA_3_1_8B;
        int hidden = model.hidden();
        Map<String, int[]> sizes =
                Map.of(
                        "qkv_proj", new int[] {model.qkvWidth(), hidden},
                        "o_proj", new int[] {hidden, model.queryWidth()},
                        "gate_up_proj", new int[] {2 * model.feedForward(), hidden},
                        "down_proj", new int[] {hidden, model.feedForward()});
        List<Sample> samples = new ArrayList<>();
        for (int row = 0; row < dense.size(); row++) {
            int[] size = sizes.get(dense.text(row, "layer"));
            int tokens = dense.wholeNumber(row, "tokens", 1);
            if (size != null) {
                samples.add(
                        new Sample(
                                dense.positive(row, "time_us"),
                                kernels ->
                                        kernels.gemm(tokens, size[0], size[1], ElementType.BF16)));
            }
        }
        return samples;
    }

    private static AttentionShape shape(CsvTable table, int row, ElementType kvType) {
        return new AttentionShape(
                table.wholeNumber(row, "num_heads", 1),
                table.wholeNumber(row, "num_key_value_heads", 1),
                128,
                kvType);
    }
}
