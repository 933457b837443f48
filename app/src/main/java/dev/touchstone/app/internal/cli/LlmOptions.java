package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.simulate.Choice;
import dev.touchstone.app.internal.simulate.FleetOrder;
import dev.touchstone.app.internal.simulate.SimulationSettings;
import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.RooflineExecutor;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.replay.ReplaySettings;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options that say on what a trace is simulated.
final class LlmOptions {
    private static final Choice<Boolean> RESERVED =
            Choice.of(List.of(false, true), reserved -> reserved ? "reserved" : "paged");

    private static final int MAX_TOKEN_BUDGET = 10_000_000;
    private static final int MAX_SEQUENCES = 100_000;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = "13b-gqa",
            description = "13b-gqa, llama-3.1-8b or 7b (${DEFAULT-VALUE}).")
    private String model = "";

    @Option(
            names = "--accelerator",
            paramLabel = "GPU",
            defaultValue = "h100",
            description = "h100, h200, a100, l40s, a10g or rtx-pro-6000 (${DEFAULT-VALUE}).")
    private String accelerator = "";

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description = {
                "Engines, one accelerator each; auto: as few as keep the promise of --slo (auto for",
                "users, 1 for a trace)."
            })
    private Optional<String> replicas = Optional.empty();

    @Option(
            names = {"--budget", "--token-budget"},
            paramLabel = "N",
            description = {
                "Tokens in one step, prompts and answers together (2048; in a fleet 512)."
            })
    private Optional<Integer> tokenBudget = Optional.empty();

    @Option(
            names = "--max-sequences",
            paramLabel = "N",
            defaultValue = "256",
            description = "Requests in one batch (${DEFAULT-VALUE}).")
    private int maxSequences;

    @Option(
            names = "--max-waiting",
            paramLabel = "N",
            description = "Requests waiting for one replica; further ones are refused (no limit).")
    private Optional<Integer> maxWaiting = Optional.empty();

    @Option(
            names = "--no-chunked-prefill",
            description = "Reads each prompt in one step, however long, while the others wait.")
    private boolean wholePrefill;

    @Option(
            names = "--static-batching",
            description = "Starts a batch only when the one before has finished.")
    private boolean staticBatching;

    @Option(
            names = "--kv",
            paramLabel = "HOW",
            defaultValue = "paged",
            description = {
                "paged: memory in blocks of 16 tokens, as tokens come (${DEFAULT-VALUE});",
                "reserved: room for prompt and answer beforehand, in pieces of 2,048 tokens."
            })
    private String kv = "";

    @Option(
            names = "--kv-type",
            paramLabel = "TYPE",
            defaultValue = "fp16",
            description = "How cached keys and values are stored: fp16 or fp8 (${DEFAULT-VALUE}).")
    private String kvType = "";

    @Option(
            names = "--prefix-cache",
            negatable = true,
            description = "Prompts share what the trace says they have in common (if it says so).")
    private Optional<Boolean> prefixCache = Optional.empty();

    @Option(
            names = "--mfu",
            paramLabel = "SHARE",
            description = {
                "Prices steps by the roofline model, with this share of peak arithmetic reached (0.5 for a trace).",
                "A fleet's steps are priced by measured kernels instead unless this is given."
            })
    private Optional<Double> utilisation = Optional.empty();

    @Option(
            names = "--memory-reserve",
            paramLabel = "AMOUNT",
            defaultValue = "4GB",
            description = "Memory that neither weights nor cache may use (${DEFAULT-VALUE}).")
    private String reserve = "";

    /// What the options ask for.
    ///
    /// @param usualUtilisation unless one is asked for; see [SimulationSettings#utilisation]
    /// @throws IllegalArgumentException when one is unknown, out of range or contradicts another
    SimulationSettings settings(int defaultBudget, Optional<Double> usualUtilisation) {
        int count = auto() ? 1 : replicas.map(LlmOptions::number).orElse(1);
        requireRange("--replicas", count, ReplaySettings.MAX_REPLICAS);
        double asked = utilisation.orElse(RooflineExecutor.DEFAULT_UTILISATION);
        if (!(asked > 0 && asked <= 1)) {
            throw new IllegalArgumentException(
                    "--mfu must be above 0 and at most 1, got %s; the nearest is %s"
                            .formatted(asked, asked > 1 ? "1" : "0.01"));
        }
        boolean reserved = RESERVED.find("--kv", kv);
        if (reserved && prefixCache.orElse(false)) {
            throw new IllegalArgumentException(
                    "--prefix-cache shares blocks, but reserved memory belongs to one request;"
                            + " use --kv paged or leave --prefix-cache out");
        }
        var settings =
                new SimulationSettings(
                        modelWithKvType(),
                        FleetOrder.ACCELERATORS.find("--accelerator", accelerator),
                        count,
                        utilisation.or(() -> usualUtilisation),
                        Bytes.parse("--memory-reserve", reserve),
                        batching(tokenBudget.orElse(defaultBudget)),
                        !wholePrefill,
                        reserved,
                        !reserved && prefixCache.orElse(true));
        requireFit(settings);
        return settings;
    }

    /// Whether the prefix cache was asked for, rather than left to be on where it can be.
    boolean asksForPrefixCache() {
        return prefixCache.orElse(false);
    }

    private ModelSpec modelWithKvType() {
        return FleetOrder.MODELS
                .find("--model", model)
                .withKvType(FleetOrder.KV_TYPES.find("--kv-type", kvType));
    }

    private Batching batching(int budget) {
        requireRange("--max-sequences", maxSequences, MAX_SEQUENCES);
        requireRange("--budget", budget, MAX_TOKEN_BUDGET);
        maxWaiting.ifPresent(most -> requireRange("--max-waiting", most, Integer.MAX_VALUE));
        if (budget < maxSequences) {
            throw new IllegalArgumentException(
                    ("--budget %d is less than --max-sequences %d, so not all could decode in"
                                    + " one step; use --budget %d or --max-sequences %d")
                            .formatted(budget, maxSequences, maxSequences, budget));
        }
        return new Batching(
                staticBatching ? BatchingMode.STATIC : BatchingMode.CONTINUOUS,
                budget,
                maxSequences,
                maxWaiting.orElse(Integer.MAX_VALUE));
    }

    /// Whether the number of replicas was asked to be found.
    boolean auto() {
        return replicas.filter("auto"::equals).isPresent();
    }

    /// Whether nothing was said of the number of replicas.
    boolean anyNumber() {
        return replicas.isEmpty();
    }

    private static int number(String count) {
        try {
            return Integer.parseInt(count);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "--replicas takes a whole number or auto, got '%s'".formatted(count), e);
        }
    }

    private static void requireRange(String option, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(
                    "%s must be from 1 to %d, got %d; the nearest is %d"
                            .formatted(option, max, value, Math.clamp(value, 1, max)));
        }
    }

    private static void requireFit(SimulationSettings settings) {
        long weightBytes = settings.model().weightBytes();
        long oneBlockBytes =
                KvCacheLayout.DEFAULT_BLOCK_TOKENS * settings.model().kvBytesPerToken();
        long neededBytes = weightBytes + settings.reserveBytes() + oneBlockBytes;
        if (neededBytes > settings.accelerator().memoryBytes()) {
            throw new IllegalArgumentException(
                    "%s needs %.1f GB for weights and %.1f GB are reserved, but %s has %.0f GB; %s"
                            .formatted(
                                    settings.model().name(),
                                    weightBytes / 1e9,
                                    settings.reserveBytes() / 1e9,
                                    settings.accelerator().name(),
                                    settings.accelerator().memoryBytes() / 1e9,
                                    cure(neededBytes)));
        }
    }

    private static String cure(long neededBytes) {
        return Accelerator.ALL.stream()
                .filter(one -> one.memoryBytes() >= neededBytes)
                .min(Comparator.comparingLong(Accelerator::memoryBytes))
                .map(one -> "the smallest that holds it is --accelerator " + one.name())
                .orElse("lower --memory-reserve");
    }
}
