package dev.touchstone.arena.internal.longcontext;

import dev.touchstone.arena.Outcome.Finding;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// What the probes show: read off the running engines, never off the scenario.
final class Probes {
    /// A step that stood out.
    private record SlowStep(
            long atNanos, int replica, long nanos, int prefillTokens, int decodes, long context) {}

    private static final int SLOW_STEPS = 512;
    private static final long SLOW_NANOS = 100_000_000;

    private final Impact impact;
    private final List<Replica> replicas;
    private final SlowStep[] slow = new SlowStep[SLOW_STEPS];
    private int slowSeen;
    private long steps;
    private long slowNanos;

    Probes(Impact impact, List<Replica> replicas) {
        this.impact = impact;
        this.replicas = replicas;
    }

    void stepped(long nowNanos, Replica replica, long stepNanos) {
        steps++;
        if (stepNanos >= SLOW_NANOS) {
            Step step = replica.engine().step();
            slowNanos += stepNanos;
            slow[slowSeen++ % SLOW_STEPS] =
                    new SlowStep(
                            nowNanos,
                            replica.index(),
                            stepNanos,
                            step.prefillTokens(),
                            step.decodes(),
                            step.contextTokens());
        }
    }

    Finding look(
            String probe,
            long nowNanos,
            Settings settings,
            Supplier<Map<String, Double>> oldBuild) {
        return switch (probe) {
            case "context-histogram" -> contextHistogram();
            case "kv-by-request" -> memoryByRequest(nowNanos, settings);
            case "step-trace" -> stepTrace(nowNanos);
            case "oom-log" -> killLog(settings);
            case "release-diff" -> releaseDiff();
            case "weights-and-clocks" -> weightsAndClocks(settings);
            case "network" -> network();
            case "loadtest-old-build" -> loadTest(oldBuild.get());
            default -> throw new IllegalArgumentException("no such probe: " + probe);
        };
    }

    private Finding contextHistogram() {
        int[] edges = {0, 2_048, 8_192, 16_384, 24_576};
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("tokens in cache", "sequences running", "share of tokens held"));
        long[] tokens = new long[edges.length];
        int[] counts = new int[edges.length];
        long all = 0;
        for (Replica replica : replicas) {
            var scheduler = replica.engine().scheduler();
            for (int i = 0; i < scheduler.running(); i++) {
                int computed = scheduler.running(i).computed();
                int bucket = edges.length - 1;
                while (computed < edges[bucket]) {
                    bucket--;
                }
                counts[bucket]++;
                tokens[bucket] += computed;
                all += computed;
            }
        }
        for (int i = 0; i < counts.length; i++) {
            rows.add(
                    List.of(
                            i + 1 < edges.length
                                    ? "%,d to %,d".formatted(edges[i], edges[i + 1] - 1)
                                    : "%,d and more".formatted(edges[i]),
                            String.valueOf(counts[i]),
                            percent(all == 0 ? 0 : (double) tokens[i] / all)));
        }
        int longest = counts[2] + counts[3] + counts[4];
        return new Finding(
                "context-histogram",
                "Context lengths now",
                "%d of %d running sequences have more than 8k tokens in the cache; they hold %s of all tokens held."
                        .formatted(
                                longest,
                                longest + counts[0] + counts[1],
                                percent(
                                        all == 0
                                                ? 0
                                                : (double) (tokens[2] + tokens[3] + tokens[4])
                                                        / all)),
                rows);
    }

    private Finding memoryByRequest(long nowNanos, Settings settings) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("GPU", "kind", "holds", "of the pool", "since"));
        double documentGigabytes = 0;
        double shortGigabytes = 0;
        double gigabytesPerBlock = settings.model().kvBytesPerToken() * 16 / 1e9;
        List<Sequence> all = new ArrayList<>();
        for (Replica replica : replicas) {
            var scheduler = replica.engine().scheduler();
            int idle = 0;
            for (int i = 0; i < scheduler.running(); i++) {
                Sequence sequence = scheduler.running(i);
                all.add(sequence);
                idle += sequence.blocks();
                if (sequence.request().session() == 0) {
                    shortGigabytes += sequence.blocks() * gigabytesPerBlock;
                } else {
                    documentGigabytes += sequence.blocks() * gigabytesPerBlock;
                }
            }
            int capacity = replica.engine().pool().layout().blockCount();
            int kept = capacity - replica.engine().pool().freeBlocks() - idle;
            if (kept > 0) {
                documentGigabytes += kept * gigabytesPerBlock;
                rows.add(
                        List.of(
                                String.valueOf(replica.index()),
                                "open documents between questions",
                                gigabytes(kept * gigabytesPerBlock),
                                percent((double) kept / capacity),
                                "kept until the document is closed"));
            }
        }
        all.sort(Comparator.comparingInt(Sequence::blocks).reversed());
        int capacity = replicas.getFirst().engine().pool().layout().blockCount();
        for (Sequence sequence : all.subList(0, Math.min(8, all.size()))) {
            rows.add(
                    List.of(
                            "",
                            sequence.request().session() == 0 ? "short" : "document question",
                            gigabytes(sequence.blocks() * gigabytesPerBlock),
                            percent((double) sequence.blocks() / capacity),
                            "%.1f s".formatted((nowNanos - sequence.arrivalNanos()) / 1e9)));
        }
        return new Finding(
                "kv-by-request",
                "KV memory by holder",
                "Documents hold %s and short requests %s. One short request takes %s, one document up to %s."
                        .formatted(
                                gigabytes(documentGigabytes),
                                gigabytes(shortGigabytes),
                                gigabytes(
                                        Settings.OLD_CONTEXT_TOKENS
                                                * settings.model().kvBytesPerToken()
                                                / 1e9),
                                gigabytes(
                                        Settings.NEW_CONTEXT_TOKENS
                                                * settings.model().kvBytesPerToken()
                                                / 1e9)),
                rows);
    }

    private Finding stepTrace(long nowNanos) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of(
                        "seconds ago",
                        "GPU",
                        "took",
                        "prompt tokens",
                        "waiting decodes",
                        "context"));
        for (int i = Math.max(0, slowSeen - 8); i < slowSeen; i++) {
            SlowStep step = slow[i % SLOW_STEPS];
            rows.add(
                    List.of(
                            "%.1f".formatted((nowNanos - step.atNanos()) / 1e9),
                            String.valueOf(step.replica()),
                            "%.0f ms".formatted(step.nanos() / 1e6),
                            "%,d".formatted(step.prefillTokens()),
                            String.valueOf(step.decodes()),
                            "%,d tokens".formatted(step.context())));
        }
        String text =
                slowSeen == 0
                        ? "No step since the start took 100 ms or more."
                        : "%,d of %,d steps took 100 ms or more, %.0f ms on average. Each read one long prompt chunk while every running answer waited."
                                .formatted(slowSeen, steps, slowNanos / 1e6 / slowSeen);
        return new Finding("step-trace", "Engine steps", text, rows);
    }

    private Finding killLog(Settings settings) {
        long kills = impact.kills();
        String text =
                kills == 0
                        ? "No engine was killed for want of memory."
                        : ("%d engine kills so far. Each log ends alike: a prompt of %,d tokens reserved %d pieces of"
                                        + " %,d, its answer ran past them, and the copy into a larger piece found no room.")
                                .formatted(
                                        kills,
                                        Settings.NEW_CONTEXT_TOKENS - 40,
                                        Settings.NEW_CONTEXT_TOKENS / Settings.OLD_CONTEXT_TOKENS,
                                        Settings.OLD_CONTEXT_TOKENS);
        String allocation = settings.paged() ? "paged, 16 tokens" : "reserved, 2,048 tokens";
        return new Finding(
                "oom-log",
                "Out-of-memory log",
                text,
                List.of(
                        List.of("allocation", "kills"),
                        List.of(allocation, String.valueOf(kills))));
    }

    private static Finding releaseDiff() {
        return new Finding(
                "release-diff",
                "What changed today",
                "One change on the serving path: the gateway's prompt limit went from 2,048 to 32,768 tokens."
                        + " Model, engine build, drivers and fleet size are what they were last week.",
                List.of(
                        List.of("setting", "yesterday", "today"),
                        List.of("gateway prompt limit", "2,048", "32,768"),
                        List.of("engine build", "unchanged", "unchanged"),
                        List.of("model weights", "unchanged", "unchanged"),
                        List.of("memory reserved per sequence", "2,048", "prompt, in 2,048s")));
    }

    private static Finding weightsAndClocks(Settings settings) {
        return new Finding(
                "weights-and-clocks",
                "Weights, clocks, temperatures",
                "Weights match their checksum (%.0f GB), clocks and temperatures are where they always are, no ECC errors."
                        .formatted(settings.model().weightBytes() / 1e9),
                List.of());
    }

    private static Finding network() {
        return new Finding(
                "network",
                "Network",
                "Gateway to GPU 0.4 ms, no retransmissions, no queueing in the load balancer.",
                List.of());
    }

    private static Finding loadTest(Map<String, Double> healthy) {
        return new Finding(
                "loadtest-old-build",
                "Yesterday's limit under today's short traffic",
                "%.0f tokens/s per GPU with %.0f sequences and a p99 between tokens of %.0f ms: machines and model are fine."
                        .formatted(
                                healthy.get("tokensPerGpu"),
                                healthy.get("sequencesPerGpu"),
                                healthy.get("shortItlP99Ms")),
                List.of());
    }

    private static String gigabytes(double gigabytes) {
        return String.format(Locale.ROOT, "%.2f GB", gigabytes);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
