package dev.touchstone.llm.hardware;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;

/// Executors that know how long a step takes on real GPUs, under vLLM as it is today; see
/// [KernelExecutor#with] for other engines.
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
        String name = accelerator.name();
        HardwareProfile profile =
                HardwareProfile.shipped(
                        name.equals(Accelerator.RTX_PRO_6000.name()) ? name : "h100");
        return executor(profile, model, accelerator, gpus);
    }

    /// The same from other coefficients than the shipped ones.
    public static KernelExecutor executor(
            HardwareProfile profile, ModelArchitecture model, Accelerator accelerator, int gpus) {
        return executor(profile.kernels(accelerator), profile, model, accelerator, gpus);
    }

    /// An executor from kernel times measured on an H100.
    public static KernelExecutor measured(KernelTables tables, ModelArchitecture model, int gpus) {
        return measured(tables, HardwareProfile.shipped("h100"), model, gpus);
    }

    /// The same with coefficients other than the shipped ones for all that the tables do not hold.
    public static KernelExecutor measured(
            KernelTables tables, HardwareProfile profile, ModelArchitecture model, int gpus) {
        return executor(tables, profile, model, Accelerator.H100, gpus);
    }

    /// An executor from the layers of Llama 3.1 8B measured on an RTX PRO 6000: three files in
    /// `folder`, as casys-kaist/LLMServingSim has them.
    ///
    /// @throws MalformedTableException naming file, line and field
    public static KernelExecutor measuredRtxPro6000(Path folder) throws IOException {
        return measuredRtxPro6000(folder, HardwareProfile.shipped("rtx-pro-6000"));
    }

    /// The same with other gaps between the kernels of a layer.
    public static KernelExecutor measuredRtxPro6000(Path folder, HardwareProfile profile)
            throws IOException {
        return new KernelExecutor(
                LayerTables.read(
                        folder,
                        "rtxpro6000-llama-3.1-8b",
                        ModelArchitecture.LLAMA_3_1_8B,
                        profile.number("layer.gap-us"),
                        profile.number("layer.prompt-gap-us")),
                HostOverhead.VLLM);
    }

    static KernelExecutor executor(
            Kernels kernels,
            HardwareProfile profile,
            ModelArchitecture model,
            Accelerator accelerator,
            int gpus) {
        return new KernelExecutor(
                new KernelCosts(
                        kernels, profile.surroundings(accelerator), profile.link(), model, gpus),
                HostOverhead.VLLM);
    }
}
