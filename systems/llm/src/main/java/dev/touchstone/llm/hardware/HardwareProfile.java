package dev.touchstone.llm.hardware;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ElementType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;

/// The coefficients of one GPU as a file of properties: how much of its data sheet's figures real
/// kernels reach, and what launching them costs. `touchstone simulate calibrate` writes such a file
/// from measured tables; docs/validation.md says how far it is from them.
final class HardwareProfile {
    private final String name;
    private final Properties values = new Properties();

    private HardwareProfile(String name) {
        this.name = name;
    }

    /// A profile that ships.
    static HardwareProfile shipped(String name) {
        var profile = new HardwareProfile(name + ".properties");
        try (InputStream in = HardwareProfile.class.getResourceAsStream(profile.name)) {
            if (in == null) {
                throw new IllegalStateException("no profile " + profile.name);
            }
            profile.values.load(in);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read profile " + profile.name, e);
        }
        return profile;
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

    KernelCosts.ElementwiseCost elementwise(Accelerator accelerator) {
        return new KernelCosts.ElementwiseCost(
                number("elementwise.launch-us"),
                share("elementwise.bandwidth-share") * accelerator.bytesPerSecond() / 1e6);
    }

    Interconnect link() {
        return new Interconnect(
                number("link.latency-us"), number("link.gigabytes-per-second") * 1e3);
    }

    HostOverhead host() {
        return new HostOverhead(
                number("host.step-us"), number("host.sequence-us"), number("host.request-us"));
    }

    private FittedKernels.Gemm gemm(String key) {
        return new FittedKernels.Gemm(
                number(key + ".launch-us"),
                share(key + ".bandwidth-share"),
                share(key + ".arithmetic-share"),
                number(key + ".overlap"));
    }

    private FittedKernels.Decode decode(String key) {
        return new FittedKernels.Decode(
                number(key + ".launch-us"),
                share(key + ".bandwidth-share"),
                number(key + ".work-us"),
                share(key + ".beside-prefill"));
    }

    private double share(String key) {
        double value = number(key);
        if (value == 0) {
            throw new IllegalStateException("%s: %s must be above 0".formatted(name, key));
        }
        return value;
    }

    private double number(String key) {
        String text = values.getProperty(key, "").strip();
        try {
            double value = Double.parseDouble(text);
            if (value >= 0 && value < Double.POSITIVE_INFINITY) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new IllegalStateException(
                "%s: %s must be a number of at least 0, got '%s'".formatted(name, key, text));
    }
}
