package dev.touchstone.llm.hardware;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ElementType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// Named coefficients: how much of a GPU's data sheet its kernels really reach, what launching them
/// costs, what an engine does on the CPU. The shipped ones are files of properties beside this
/// class, written by `touchstone simulate calibrate` from measured tables; docs/validation.md says
/// how far they are from them.
public final class HardwareProfile {
    private final String name;
    private final Map<String, Double> values;

    private HardwareProfile(String name, Map<String, Double> values) {
        this.name = name;
        this.values = values;
    }

    /// A profile that ships: `h100`, `rtx-pro-6000` or `engines`.
    public static HardwareProfile shipped(String name) {
        var properties = new Properties();
        try (InputStream in = HardwareProfile.class.getResourceAsStream(name + ".properties")) {
            if (in == null) {
                throw new IllegalArgumentException("no profile ships under the name " + name);
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the profile " + name, e);
        }
        Map<String, Double> values = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            values.put(key, Double.valueOf(properties.getProperty(key)));
        }
        return new HardwareProfile(name, values);
    }

    /// The same with another value, to the four digits that a file keeps.
    public HardwareProfile with(String key, double value) {
        Map<String, Double> changed = new TreeMap<>(values);
        changed.put(key, Double.valueOf(String.format(Locale.ROOT, "%.3e", value)));
        return new HardwareProfile(name, changed);
    }

    /// A coefficient.
    public double number(String key) {
        Double value = values.get(key);
        if (value == null || !(value >= 0)) {
            throw new IllegalStateException(
                    "profile %s: %s must be a number of at least 0, got %s"
                            .formatted(name, key, value));
        }
        return value;
    }

    /// The file's content.
    public String text() {
        var text =
                new StringBuilder(
                        "# Written by `touchstone simulate calibrate`; docs/validation.md says from what.\n");
        values.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
        return text.toString();
    }

    Kernels kernels(Accelerator accelerator) {
        Map<ElementType, FittedKernels.Gemm> gemm =
                Map.of(
                        ElementType.BF16, gemm("gemm.bf16"),
                        ElementType.FP8, gemm("gemm.fp8"));
        Map<ElementType, FittedKernels.Decode> decode =
                Map.of(
                        ElementType.BF16, decode("decode.bf16"),
                        ElementType.FP8, decode("decode.fp8"));
        var prefill =
                new FittedKernels.Prefill(
                        share("prefill.arithmetic-share"), number("prefill.token-us"));
        return new FittedKernels(accelerator, gemm, decode, prefill);
    }

    KernelCosts.Surroundings surroundings(Accelerator accelerator) {
        return new KernelCosts.Surroundings(
                number("elementwise.launch-us"),
                share("elementwise.bandwidth-share") * accelerator.bytesPerSecond() / 1e6,
                number("gemm.throttle") * 1e6 / accelerator.flopsPerSecond(ElementType.BF16),
                number("layer.gap-us"),
                number("layer.prompt-gap-us"));
    }

    Interconnect link() {
        return new Interconnect(
                number("link.latency-us"), share("link.gigabytes-per-second") * 1e3);
    }

    private FittedKernels.Gemm gemm(String key) {
        return new FittedKernels.Gemm(
                number(key + ".launch-us"),
                share(key + ".bandwidth-share"),
                share(key + ".arithmetic-share"),
                share(key + ".overlap"));
    }

    private FittedKernels.Decode decode(String key) {
        return new FittedKernels.Decode(
                number(key + ".launch-us"),
                share(key + ".bandwidth-share"),
                number(key + ".work-us"),
                share(key + ".overlap"),
                share(key + ".beside-prefill"));
    }

    private double share(String key) {
        double value = number(key);
        if (value == 0) {
            throw new IllegalStateException("profile %s: %s must be above 0".formatted(name, key));
        }
        return value;
    }
}
