package dev.touchstone.llm.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.Step;
import dev.touchstone.testkit.Allocation;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("An executor that adds up kernels")
class KernelExecutorTest {
    private static final ModelArchitecture MODEL = ModelArchitecture.LLAMA_3_1_8B;
    private static final HardwareProfile PROFILE = HardwareProfile.shipped("h100");
    private static final double PROMPT_GAP = 100;

    @TempDir private Path folder = Path.of("");

    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void takes_as_long_as_its_kernels_one_by_one(long seed) throws IOException {
        MadeUpTables.h100(folder);
        KernelTables tables = KernelTables.read(folder, "h100");
        KernelExecutor executor = Hardware.measured(tables, MODEL, 1).with(HostOverhead.NONE);
        Executor checked =
                step -> {
                    long nanos = executor.execute(step);
                    assertThat(nanos / 1e3)
                            .as("%d sequences, %d tokens", step.size(), step.tokens())
                            .isCloseTo(oneByOne(step, tables), Offset.offset(0.01));
                    return nanos;
                };
        var random = new SplittableRandom(seed);
        var engine = engine(checked);
        long now = 0;
        for (int id = 0; id < 60; id++) {
            engine.scheduler()
                    .submit(now, Request.of(id, random.nextInt(2, 3_000), random.nextInt(1, 30)));
            for (int step = random.nextInt(6); step > 0; step--) {
                now = step(engine, now);
            }
        }
    }

    /// Everything again in the plainest way: no sums prepared, each sequence on its own.
    private static double oneByOne(Step step, Kernels kernels) {
        KernelCosts.Surroundings around = PROFILE.surroundings(Accelerator.H100);
        Kernels.Attention attention =
                kernels.attention(new AttentionShape(32, 8, 128, ElementType.BF16));
        int tokens = step.tokens();
        double flops = 2.0 * tokens * 4_096 * (6_144 + 4_096 + 3 * 14_336);
        double passed = 2.0 * tokens * (8 * 4_096 + 3 * 6_144 + 3 * 14_336);
        double layer =
                kernels.gemm(tokens, 6_144, 4_096, ElementType.BF16)
                        + kernels.gemm(tokens, 4_096, 4_096, ElementType.BF16)
                        + kernels.gemm(tokens, 28_672, 4_096, ElementType.BF16)
                        + kernels.gemm(tokens, 4_096, 14_336, ElementType.BF16)
                        + 5 * around.launchMicros()
                        + around.gapMicros()
                        + passed / around.bytesPerMicro()
                        + flops * around.throttleMicrosPerFlop();
        int decodes = 0;
        double length = 0;
        double prefill = 0;
        for (int i = 0; i < step.size(); i++) {
            int computed = step.sequence(i).computed();
            if (step.tokens(i) == 1) {
                decodes++;
                length += computed + 1;
            }
        }
        int prefills = step.size() - decodes;
        for (int i = 0; i < step.size(); i++) {
            int count = step.tokens(i);
            if (count > 1) {
                int computed = step.sequence(i).computed();
                prefill +=
                        (attention.prefill(prefills, count, computed) - attention.launch())
                                / prefills;
            }
        }
        double decode =
                decodes == 0 ? attention.launch() : attention.decode(decodes, length / decodes);
        double head =
                kernels.gemm(step.size(), 128_256, 4_096, ElementType.BF16)
                        + 5 * around.launchMicros()
                        + 8.0 * step.size() * 128_256 / around.bytesPerMicro();
        return 32 * (layer + decode + prefill) + head;
    }

    @Test
    void allocates_nothing() {
        KernelExecutor executor = Hardware.executor(ModelSpec.LLAMA_3_1_8B, Accelerator.H100);
        LlmEngine engine = engine(executor);
        for (int id = 0; id < 100; id++) {
            engine.scheduler().submit(0, Request.of(id, 100, 100));
        }
        for (long now = 0; now < 5_000_000_000L && engine.step().decodes() < 50; ) {
            now = step(engine, now);
        }
        engine.scheduler().submit(0, Request.of(200, 1_000, 10));
        engine.begin(1);

        assertThat(engine.step().prefillTokens()).isPositive();
        assertThat(engine.step().decodes()).isGreaterThan(50);
        assertThat(Allocation.bytes(() -> executor.execute(engine.step()))).isZero();
    }

    @Test
    void adds_what_the_engine_does_or_hides_it_behind_the_gpu() {
        KernelExecutor bare =
                Hardware.executor(ModelSpec.LLAMA_3_1_8B, Accelerator.H100).with(HostOverhead.NONE);
        double gpu = bare.decodeMicros(10, 10_000);

        assertThat(bare.with(new HostOverhead(100, 10, false)).decodeMicros(10, 10_000))
                .isEqualTo(gpu + 200);
        assertThat(bare.with(new HostOverhead(100, 10, true)).decodeMicros(10, 10_000))
                .isEqualTo(gpu);
        assertThat(bare.with(new HostOverhead(100, 1_000_000, true)).decodeMicros(10, 10_000))
                .isEqualTo(10_000_100);
    }

    @Test
    void knows_what_a_model_of_layers_measured_whole_costs() throws IOException {
        MadeUpTables.rtxPro6000(folder);
        HardwareProfile gaps =
                PROFILE.with("layer.gap-us", 0).with("layer.prompt-gap-us", PROMPT_GAP);
        KernelExecutor executor = Hardware.measuredRtxPro6000(folder, gaps).with(HostOverhead.NONE);

        double dense = 32 * 8 * (20 + 0.1 * 512) + 2 * (20 + 0.1 * 512);
        double attention = 32 * (8 + 5e-5 * 512 * (0.5 * 512));
        double gap = 32 * PROMPT_GAP;
        // Attention was measured for chunks of 16 and 2,048: a straight line lies above the curve.
        assertThat(executor.prefillMicros(1, 512, 0) - gap)
                .isBetween(dense + attention + 725, 1.4 * (dense + attention + 725));
        assertThat(executor.denseMicros(512)).isCloseTo(dense, Offset.offset(1e-6));
        assertThat(executor.decodeMicros(1, 15))
                .isCloseTo(
                        executor.denseMicros(1) + 32 * (8 + 3e-3 * 16) + 725, Offset.offset(1e-6));
    }

    private static LlmEngine engine(Executor executor) {
        return new LlmEngine(
                new KvCacheLayout(16, 20_000),
                SchedulerConfig.DEFAULT,
                executor,
                EngineObserver.NONE);
    }

    private static long step(LlmEngine engine, long now) {
        long nanos = engine.begin(now);
        if (nanos != LlmEngine.IDLE) {
            engine.end(now + nanos);
        }
        return now + nanos;
    }
}
