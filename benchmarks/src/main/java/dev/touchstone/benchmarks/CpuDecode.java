package dev.touchstone.benchmarks;

import dev.touchstone.kernels.Format;
import dev.touchstone.kernels.Workers;
import dev.touchstone.kernels.threads.WorkerThreads;
import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.cpu.CpuModel;
import dev.touchstone.llm.cpu.CpuSettings;
import dev.touchstone.llm.cpu.LanguageModels;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.Sampling;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/// How fast a model of a billion weights answers on this CPU, and how much of the memory's speed that
/// is. After each decoding step the same file is read once by the same threads, so that whatever else
/// the machine does slows both. With one thread its CPU time is measured, with more the wall's.
///
///     java --add-modules jdk.incubator.vector -Xmx4g -cp benchmarks.jar \
///         dev.touchstone.benchmarks.CpuDecode FOLDER [THREADS [STEPS [FORMAT]]]
///
/// Files of 0.7 to 2.5 GB are written to the folder unless they are there.
public final class CpuDecode {
    private static final int PART = 1 << 20;
    private static final int PROMPT = 500;
    private static final int PROMPTS = 2;

    private CpuDecode() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        int steps = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 24;
        Format[] formats =
                arguments.length > 3
                        ? new Format[] {Format.valueOf(arguments[3])}
                        : new Format[] {Format.BF16, Format.Q8_0, Format.Q4_0};
        try (WorkerThreads workers = WorkerThreads.start(threads)) {
            System.out.println(CpuSettings.DEFAULT.kernels().describe() + ", threads: " + threads);
            System.out.println(
                    "format batch  ms/step best median   tokens/s  GB/s of weights  read GB/s  share of"
                            + " read: median, of bests");
            for (Format format : formats) {
                Path file = folder.resolve("random-1b-" + format + ".gguf");
                if (!Files.exists(file)) {
                    RandomGguf.write(file, format);
                }
                long start = System.nanoTime();
                CpuModel model =
                        LanguageModels.open(file, CpuSettings.DEFAULT.withWorkers(workers));
                double opened = System.nanoTime() - start;
                for (int batch : new int[] {1, 8}) {
                    measure(file, model, format, batch, steps, workers);
                }
                prompt(model, format, opened, workers);
            }
        }
    }

    private static void measure(
            Path file, CpuModel model, Format format, int batch, int steps, Workers workers)
            throws IOException {
        MemorySegment bytes = map(file);
        Map<Long, Generation> generations = new HashMap<>();
        LlmEngine engine = engine(model, generations);
        for (long id = 1; id <= batch; id++) {
            int[] prompt = {(int) id, 2, 3, 4, 5, 6, 7, 8};
            generations.put(id, new Generation(prompt, Sampling.GREEDY));
            engine.scheduler().submit(0, Request.of(id, prompt.length, steps + 8));
        }
        for (int i = 0; i < 6; i++) { // the prompts, and until the code is compiled
            step(engine, workers);
            read(bytes, workers);
        }
        var stepNanos = new double[steps];
        var readNanos = new double[steps];
        var shares = new double[steps];
        for (int i = 0; i < steps; i++) {
            stepNanos[i] = step(engine, workers);
            readNanos[i] = read(bytes, workers);
            shares[i] = readNanos[i] / stepNanos[i];
        }
        Arrays.sort(stepNanos);
        Arrays.sort(readNanos);
        Arrays.sort(shares);
        double median = stepNanos[steps / 2];
        System.out.printf(
                Locale.ROOT,
                "%-6s %5d %13.1f %6.1f %10.1f %16.1f %10.1f %12.0f %% %8.0f %%%n",
                format,
                batch,
                stepNanos[0] / 1e6,
                median / 1e6,
                batch * 1e9 / median,
                bytes.byteSize() / median,
                bytes.byteSize() / readNanos[steps / 2],
                100 * shares[steps / 2],
                100 * readNanos[0] / stepNanos[0]);
    }

    private static LlmEngine engine(CpuModel model, Map<Long, Generation> generations) {
        var layout = new KvCacheLayout(16, 512);
        return new LlmEngine(
                layout,
                SchedulerConfig.DEFAULT,
                model.executor(layout, id -> java.util.Objects.requireNonNull(generations.get(id))),
                new EngineObserver() {});
    }

    /// Prints how long opening took and how soon a prompt of [#PROMPT] tokens has its first token,
    /// the best of [#PROMPTS].
    private static void prompt(CpuModel model, Format format, double opened, Workers workers) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < PROMPTS; i++) {
            Map<Long, Generation> generations = new HashMap<>();
            LlmEngine engine = engine(model, generations);
            var prompt = new int[PROMPT];
            Arrays.setAll(prompt, at -> 5 + at * 37 % 1000);
            var generation = new Generation(prompt, Sampling.GREEDY);
            generations.put(1L, generation);
            engine.scheduler().submit(0, Request.of(1, PROMPT, 8));
            double nanos = 0;
            while (generation.length() == PROMPT) {
                nanos += step(engine, workers);
            }
            best = Math.min(best, nanos);
        }
        System.out.printf(
                Locale.ROOT,
                "%-6s opened in %.0f ms; %d tokens read in %.0f ms, %.1f a second%n",
                format,
                opened / 1e6,
                PROMPT,
                best / 1e6,
                PROMPT * 1e9 / best);
    }

    private static double step(LlmEngine engine, Workers workers) {
        long start = now(workers);
        engine.begin(start);
        engine.end(start + 1);
        return now(workers) - start;
    }

    /// A single thread's own time is not the machine's that others use; several threads wait for
    /// each other, which only a clock on the wall shows.
    private static long now(Workers workers) {
        return workers.count() == 1
                ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
                : System.nanoTime();
    }

    private static double read(MemorySegment bytes, Workers workers) {
        var total = new AtomicLong();
        long start = now(workers);
        int parts = (int) (bytes.byteSize() / PART);
        workers.run(parts, (part, worker) -> total.addAndGet(read(bytes, (long) part * PART)));
        double nanos = now(workers) - start;
        if (total.get() == 42) {
            System.out.println(); // so that the reading is not in vain
        }
        return nanos * bytes.byteSize() / ((double) parts * PART);
    }

    private static long read(MemorySegment bytes, long from) {
        var species = LongVector.SPECIES_PREFERRED;
        int size = species.vectorByteSize();
        LongVector a = LongVector.zero(species);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        for (int i = 0; i < PART; i += 4 * size) {
            long at = from + i;
            ByteOrder order = ByteOrder.LITTLE_ENDIAN;
            a = a.add(LongVector.fromMemorySegment(species, bytes, at, order));
            b = b.add(LongVector.fromMemorySegment(species, bytes, at + size, order));
            c = c.add(LongVector.fromMemorySegment(species, bytes, at + 2L * size, order));
            d = d.add(LongVector.fromMemorySegment(species, bytes, at + 3L * size, order));
        }
        return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    }

    private static MemorySegment map(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        }
    }
}
