package dev.touchstone.llm.hardware.validation;

import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.hardware.KernelExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Requests that a real vLLM 0.19 served on an RTX PRO 6000 (casys-kaist/LLMServingSim), to be
/// served again by the scheduler here with the server's settings.
///
/// Two clocks were recorded: arrivals in wall time, all else in the server's own. They are laid
/// over one another so that the first request is queued at once.
final class RequestReplay {
    private static final String NAME = "rtxpro6000-llama-3.1-8b";

    /// What software can use of the GPU's 96 GB: 95.0 GiB.
    private static final double GPU_BYTES = 102e9;

    private static final double SHARE = 0.9;
    private static final double SCRATCH_BYTES = 3e9;

    /// The prompts and answers as they came, and what the clients saw, in milliseconds.
    private final ServingRun.Load load;

    private final double[] ttft;
    private final double[] tpot;
    private final int tokenBudget;
    private final int maxSequences;

    private RequestReplay(int size, int tokenBudget, int maxSequences) {
        load = new ServingRun.Load(size);
        ttft = new double[size];
        tpot = new double[size];
        this.tokenBudget = tokenBudget;
        this.maxSequences = maxSequences;
    }

    static RequestReplay read(Path folder) throws IOException {
        Path settings = folder.resolve(NAME + "-meta.json");
        String meta = Files.readString(settings);
        Path file = folder.resolve(NAME + "-requests.jsonl");
        List<String> lines = Files.readAllLines(file);
        double[][] times = new double[lines.size()][];
        for (int i = 0; i < times.length; i++) {
            String where = "%s, line %d".formatted(file, i + 1);
            times[i] =
                    new double[] {
                        number(lines.get(i), "arrival_time", where),
                        number(lines.get(i), "queued_ts", where),
                        number(lines.get(i), "first_token_ts", where),
                        number(lines.get(i), "last_token_ts", where),
                        number(lines.get(i), "input_toks", where),
                        number(lines.get(i), "output_toks", where)
                    };
        }
        Arrays.sort(times, Comparator.comparingDouble(time -> time[0]));
        var replay =
                new RequestReplay(
                        times.length,
                        (int) number(meta, "max_num_batched_tokens", settings.toString()),
                        (int) number(meta, "max_num_seqs", settings.toString()));
        double origin = times[0][0];
        double offset = times[0][1] - origin;
        for (int i = 0; i < times.length; i++) {
            double[] time = times[i];
            replay.load.set(i, Math.round(1e9 * (time[0] - origin)), (int) time[4], (int) time[5]);
            replay.ttft[i] = 1e3 * (time[2] - time[0] - offset);
            replay.tpot[i] = 1e3 * (time[3] - time[2]) / Math.max(1, time[5] - 1);
        }
        return replay;
    }

    int size() {
        return load.size();
    }

    /// Whether a request was kept from the fit.
    static boolean heldOut(int request) {
        return Halves.heldOut("request " + request);
    }

    ServingRun run(KernelExecutor executor) {
        double bytes = SHARE * GPU_BYTES - SCRATCH_BYTES - ModelSpec.LLAMA_3_1_8B.weightBytes();
        return ServingRun.open(
                Servers.of(
                        KvCacheLayout.fitting(ModelSpec.LLAMA_3_1_8B, (long) bytes),
                        Servers.batching(tokenBudget, maxSequences),
                        executor),
                load);
    }

    /// Mean relative deviations of the times to first token and between tokens, added up, over the
    /// requests to be fitted to; the shortest is compared with the shortest, and so on.
    double deviation(KernelExecutor executor) {
        ServingRun run = run(executor);
        IntPredicate fitted = request -> !heldOut(request);
        return deviation(run.ttft(fitted), ttft(fitted))
                + deviation(run.tpot(fitted), tpot(fitted));
    }

    private static double deviation(double[] modelled, double[] measured) {
        return IntStream.range(0, measured.length)
                .mapToDouble(i -> Math.abs(StrictMath.log(modelled[i] / measured[i])))
                .average()
                .orElseThrow();
    }

    /// Times to first token of some requests, ascending.
    double[] ttft(IntPredicate of) {
        return IntStream.range(0, size()).filter(of).mapToDouble(i -> ttft[i]).sorted().toArray();
    }

    /// Times between tokens of some requests, ascending.
    double[] tpot(IntPredicate of) {
        return IntStream.range(0, size()).filter(of).mapToDouble(i -> tpot[i]).sorted().toArray();
    }

    private static double number(String json, String field, String where) {
        Matcher matcher =
                Pattern.compile("\"" + field + "\"\\s*:\\s*(-?[0-9.]+(?:[eE][-+]?[0-9]+)?)")
                        .matcher(json);
        if (!matcher.find()) {
            throw new IllegalArgumentException(
                    "%s: %s is missing or no number; complete or remove it"
                            .formatted(where, field));
        }
        return Double.parseDouble(matcher.group(1));
    }
}
