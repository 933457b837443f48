package dev.touchstone.llm.hardware;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;

/// Executors that know how long a step takes on real GPUs.
///
/// Making one prices a model's matrix products for every number of tokens, which takes some
/// milliseconds; what it returns holds no state, so that one serves all replicas that are alike.
public final class Hardware {
    private Hardware() {}

    /// An executor from the coefficients that ship with this library: fitted to measurements for
    /// [Accelerator#H100] and [Accelerator#RTX_PRO_6000]; others are taken to reach the same shares
    /// of their data sheets as an H100, which nobody has checked.
    public static KernelExecutor executor(ModelSpec model, Accelerator accelerator) {
        return executor(ModelArchitecture.of(model), accelerator, 1);
    }

    /// The same for a model split over `gpus` by tensor parallelism.
    public static KernelExecutor executor(
            ModelArchitecture model, Accelerator accelerator, int gpus) {
        HardwareProfile profile = profile(accelerator);
        return new KernelExecutor(
                new KernelCosts(
                        profile.kernels(accelerator),
                        profile.elementwise(accelerator),
                        profile.link(),
                        model,
                        gpus),
                profile.host());
    }

    /// An executor from measured kernel times of an H100 in `folder`; see [KernelTables].
    public static KernelExecutor measured(KernelTables tables, ModelArchitecture model, int gpus) {
        HardwareProfile profile = HardwareProfile.shipped("h100");
        return new KernelExecutor(
                new KernelCosts(
                        tables, profile.elementwise(Accelerator.H100), profile.link(), model, gpus),
                profile.host());
    }

    /// An executor from measured layers of Llama 3.1 8B on an RTX PRO 6000 in `folder`; see
    /// [LayerTables].
    public static KernelExecutor measuredRtxPro6000(Path folder) throws IOException {
        return new KernelExecutor(
                LayerTables.read(folder, "rtxpro6000-llama-3.1-8b", ModelArchitecture.LLAMA_3_1_8B),
                HardwareProfile.shipped("rtx-pro-6000").host());
    }

    private static HardwareProfile profile(Accelerator accelerator) {
        return HardwareProfile.shipped(
                accelerator.name().equals(Accelerator.RTX_PRO_6000.name())
                        ? "rtx-pro-6000"
                        : "h100");
    }
}
