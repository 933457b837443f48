package dev.touchstone.llm.hardware.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.hardware.Hardware;
import dev.touchstone.llm.hardware.HostOverhead;
import dev.touchstone.llm.hardware.KernelExecutor;
import dev.touchstone.llm.hardware.MalformedTableException;
import dev.touchstone.llm.hardware.ModelArchitecture;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A replay of measurements")
class ReplayOfMeasurementsTest {
    private static final KernelExecutor EXECUTOR =
            Hardware.executor(ModelSpec.LLAMA_3_1_8B, Accelerator.RTX_PRO_6000);

    @TempDir private Path folder = Path.of("");

    /// The measured server is the modelled one here, so nothing may be left between the two.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(5)
    void finds_no_error_in_requests_that_the_model_itself_served(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var load = new ServingRun.Load(60);
        long nanos = 0;
        for (int i = 0; i < load.size(); i++) {
            load.set(i, nanos, random.nextInt(1, 3_000), random.nextInt(2, 200));
            nanos += random.nextLong(100_000_000);
        }
        write(load, ServingRun.open(server(), load));

        RequestReplay replay = RequestReplay.read(folder);
        ServingRun again = replay.run(EXECUTOR);

        assertThat(replay.size()).isEqualTo(60);
        assertThat(replay.ttft(_ -> true)).containsExactly(again.ttft(_ -> true), within(1e-3));
        assertThat(replay.tpot(_ -> true)).containsExactly(again.tpot(_ -> true), within(1e-3));
        assertThat(replay.deviation(EXECUTOR)).isCloseTo(0, within(1e-6));
    }

    private static ServingRun.Server server() {
        return Servers.of(
                new dev.touchstone.llm.KvCacheLayout(16, 40_000),
                Servers.batching(512, 16),
                EXECUTOR);
    }

    private void write(ServingRun.Load load, ServingRun served) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < load.size(); i++) {
            double arrival = load.arrivalNanos[i] / 1e9;
            double first = arrival + served.ttft(i) / 1e3;
            double last = arrival + served.endToEnd(i) / 1e3;
            lines.add(
                    ("{\"input_toks\": %d, \"output_toks\": %d, \"arrival_time\": %.9f, "
                                    + "\"queued_ts\": %.9f, \"first_token_ts\": %.9f,"
                                    + " \"last_token_ts\": %.9f}")
                            .formatted(
                                    load.promptTokens[i],
                                    load.outputTokens[i],
                                    1_000 + arrival,
                                    5 + arrival,
                                    5 + first,
                                    5 + last));
        }
        Collections.shuffle(lines, new java.util.Random(1));
        Files.write(folder.resolve("rtxpro6000-llama-3.1-8b-requests.jsonl"), lines);
        Files.writeString(
                folder.resolve("rtxpro6000-llama-3.1-8b-meta.json"),
                "{\"engine_kwargs\": {\"max_num_seqs\": 16, \"max_num_batched_tokens\": 512}}");
    }

    @Test
    void names_the_line_and_the_field_that_a_recorded_request_lacks() throws IOException {
        Files.writeString(
                folder.resolve("rtxpro6000-llama-3.1-8b-requests.jsonl"),
                "{\"arrival_time\": 1, \"queued_ts\": \"soon\"}\n");
        Files.writeString(folder.resolve("rtxpro6000-llama-3.1-8b-meta.json"), "{}");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestReplay.read(folder))
                .withMessageEndingWith(
                        "requests.jsonl, line 1: queued_ts is missing or no number; complete or"
                                + " remove it");
    }

    @Test
    void lets_a_request_join_a_step_later_when_the_engine_plans_ahead() {
        KernelExecutor prompt = EXECUTOR.with(new HostOverhead(0, 0, false));
        var load = new ServingRun.Load(2);
        load.set(0, 0, 100, 1_000);
        load.set(1, 3_000_000_000L, 100, 2);
        var ahead = new ServingRun.Server(server().layout(), server().config(), prompt, true);
        var behind = new ServingRun.Server(server().layout(), server().config(), prompt, false);

        double step = EXECUTOR.decodeMicros(1, 400) / 1e3;
        double later = ServingRun.open(ahead, load).ttft(1) - ServingRun.open(behind, load).ttft(1);

        assertThat(later).isCloseTo(step, Percentage.withPercentage(2));
    }

    @Test
    void serves_as_many_a_second_as_there_are_at_once_over_the_time_of_one() {
        StaticBatches.Prediction seen =
                StaticBatches.outOfStep(
                        ModelArchitecture.LLAMA_3_1_8B,
                        1,
                        new int[] {1_000, 100},
                        16,
                        EXECUTOR.with(new HostOverhead(0, 0, false)));

        double alone = EXECUTOR.decodeMicros(16, 16L * 1_050) / 1e3;
        double prompt = EXECUTOR.prefillMicros(1, 1_000, 0) / 1e3;
        double request = seen.ttft() + 99 * seen.tpot();
        // Each request sits through 100 steps, 16 of which read a prompt too, one its own. Those
        // read
        // the weights once for both.
        double shared = EXECUTOR.decodeMicros(16, 0) / 1e3;
        assertThat(request)
                .isCloseTo(100 * alone + 16 * (prompt - shared), Percentage.withPercentage(8));
    }

    @Test
    void refuses_a_model_or_an_engine_that_it_does_not_know() throws IOException {
        Path file = folder.resolve("batches.csv");
        String header = "model_path,backend,isl,osl,batch_size,tp_size,ttft_ms,tpot_ms\n";
        Files.writeString(file, header + "who/knows,vllm,1,2,1,1,1,1\n");
        assertThatExceptionOfType(MalformedTableException.class)
                .isThrownBy(() -> StaticBatches.read(file))
                .withMessageEndingWith(
                        "line 2, model_path: is a model that is not known here: 'who/knows'");

        Files.writeString(file, header + "Qwen/Qwen3-32B,tgi,1,2,1,1,1,1\n");
        assertThatExceptionOfType(MalformedTableException.class)
                .isThrownBy(() -> StaticBatches.read(file))
                .withMessageEndingWith(
                        "line 2, backend: must be vllm, trtllm or sglang, got 'tgi'");
    }

    @Test
    void splits_measurements_into_halves() {
        long heldOut =
                IntStream.range(0, 1_000).filter(i -> Halves.heldOut("request " + i)).count();

        assertThat(heldOut).isBetween(450L, 550L);
    }
}
