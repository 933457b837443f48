package dev.touchstone.llm.hardware.validation;

import dev.touchstone.llm.hardware.CsvTable;
import dev.touchstone.llm.hardware.KernelExecutor;
import dev.touchstone.llm.hardware.ModelArchitecture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Measured batches of equal requests on H100s (ai-dynamo/aiconfigurator, `silicon_sample.csv`): so
/// many are in flight at any time, and the next one comes when one is done.
final class StaticBatches {
    /// Prompt tokens that SGLang reads in one step, before anyone decodes.
    private static final int SGLANG_CHUNK = 8_192;

    /// Rounds of requests after the first, which only gets clients out of step.
    private static final int ROUNDS = 2;

    private StaticBatches() {}

    /// A row of the table.
    ///
    /// @param gpus that the model is split over
    /// @param ttft mean, in milliseconds
    /// @param tpot mean, in milliseconds
    record Batch(
            String engine,
            ModelArchitecture model,
            int prompt,
            int output,
            int concurrency,
            int gpus,
            double ttft,
            double tpot) {

        boolean heldOut() {
            return Halves.heldOut(setup());
        }

        String setup() {
            return "%s %s %d in %d out, %d at once, TP%d"
                    .formatted(engine, model.spec().name(), prompt, output, concurrency, gpus);
        }
    }

    /// Milliseconds as a client sees them on average.
    record Prediction(double ttft, double tpot) {}

    static List<Batch> read(Path file) throws IOException {
        CsvTable table =
                CsvTable.read(
                        file,
                        "model_path",
                        "backend",
                        "isl",
                        "osl",
                        "batch_size",
                        "tp_size",
                        "ttft_ms",
                        "tpot_ms");
        List<Batch> batches = new ArrayList<>();
        for (int row = 0; row < table.size(); row++) {
            String engine = table.text(row, "backend");
            ModelArchitecture model =
                    switch (table.text(row, "model_path")) {
                        case "Qwen/Qwen3-32B" -> ModelArchitecture.QWEN3_32B;
                        case "meta-llama/Llama-3.1-8B-Instruct" -> ModelArchitecture.LLAMA_3_1_8B;
                        default ->
                                throw table.malformed(
                                        row,
                                        "model_path",
                                        "is a model that is not known here: '%s'"
                                                .formatted(table.text(row, "model_path")));
                    };
            if (!List.of("vllm", "trtllm", "sglang").contains(engine)) {
                throw table.malformed(
                        row,
                        "backend",
                        "must be vllm, trtllm or sglang, got '%s'".formatted(engine));
            }
            batches.add(
                    new Batch(
                            engine,
                            model,
                            table.wholeNumber(row, "isl", 1),
                            table.wholeNumber(row, "osl", 2),
                            table.wholeNumber(row, "batch_size", 1),
                            table.wholeNumber(row, "tp_size", 1),
                            table.positive(row, "ttft_ms"),
                            table.positive(row, "tpot_ms")));
        }
        return batches;
    }

    /// What a client should see. SGLang reads all waiting prompts before it decodes, which the
    /// scheduler here does not do; equal requests then march in step, and sums are enough.
    static Prediction predict(Batch batch, KernelExecutor executor) {
        return batch.engine.equals("sglang")
                ? inStep(batch, executor)
                : outOfStep(
                        batch.model,
                        batch.gpus,
                        new int[] {batch.prompt, batch.output},
                        batch.concurrency,
                        executor);
    }

    /// Equal requests whose clients are spread evenly over an answer, as they are after many
    /// rounds: the first round's answers are cut short to get them there, and not counted.
    static Prediction outOfStep(
            ModelArchitecture model,
            int gpus,
            int[] promptAndOutput,
            int concurrency,
            KernelExecutor executor) {
        int prompt = promptAndOutput[0];
        int output = promptAndOutput[1];
        int size = (1 + ROUNDS) * concurrency;
        var load = new ServingRun.Load(size);
        for (int i = 0; i < size; i++) {
            int length = i < concurrency ? Math.max(2, output * (i + 1) / concurrency) : output;
            load.set(i, 0, prompt, length);
        }
        ServingRun run =
                ServingRun.closed(
                        Servers.h100(
                                model,
                                gpus,
                                Servers.batching(Servers.DEFAULT_BUDGET, Servers.DEFAULT_SEQUENCES),
                                executor),
                        load,
                        concurrency);
        double ttft = 0;
        double tpot = 0;
        for (int i = concurrency; i < size; i++) {
            ttft += run.ttft(i);
            tpot += run.tpot(i);
        }
        return new Prediction(ttft / (size - concurrency), tpot / (size - concurrency));
    }

    private static Prediction inStep(Batch batch, KernelExecutor executor) {
        int together = Math.max(1, SGLANG_CHUNK / batch.prompt);
        double micros = 0;
        double firstTokens = 0;
        for (int done = 0; done < batch.concurrency; done += together) {
            int prompts = Math.min(together, batch.concurrency - done);
            micros += executor.prefillMicros(prompts, batch.prompt, 0);
            firstTokens += prompts * micros;
        }
        double ttft = firstTokens / batch.concurrency;
        for (int token = 1; token < batch.output; token++) {
            long cached = (long) batch.concurrency * (batch.prompt + token);
            micros += executor.decodeMicros(batch.concurrency, cached);
        }
        return new Prediction(ttft / 1e3, (micros - ttft) / 1e3 / (batch.output - 1));
    }
}
