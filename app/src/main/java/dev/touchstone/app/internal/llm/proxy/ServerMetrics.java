package dev.touchstone.app.internal.llm.proxy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a server's `/metrics` says about its load, whichever engine it is.
///
/// @param running requests in its batch
/// @param waiting requests in its queue
/// @param kvOccupancy share of its KV cache in use, from 0 to 1
/// @param kvTokens tokens its KV cache holds; empty where it does not say
public record ServerMetrics(
        double running, double waiting, double kvOccupancy, OptionalDouble kvTokens) {

    /// The names each engine uses: running, waiting, share of the cache in use.
    private static final List<Names> ENGINES =
            List.of(
                    new Names(
                            "vllm:num_requests_running",
                            "vllm:num_requests_waiting",
                            List.of("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc")),
                    new Names(
                            "sglang:num_running_reqs",
                            "sglang:num_queue_reqs",
                            List.of("sglang:token_usage")),
                    new Names(
                            "llamacpp:requests_processing",
                            "llamacpp:requests_deferred",
                            List.of("llamacpp:kv_cache_usage_ratio")));

    private static final String CACHE = "vllm:cache_config_info{";
    private static final String CACHE_TOKENS = "sglang:max_total_num_tokens";

    private record Names(String running, String waiting, List<String> occupancy) {}

    /// Reads the text of a scrape, in Prometheus' exposition format. A metric with several label
    /// sets, one a model or a data-parallel rank, counts as their sum; occupancy as the greatest.
    /// Empty when the text has no engine's metrics.
    public static Optional<ServerMetrics> read(byte[] text) {
        String lines = new String(text, StandardCharsets.UTF_8);
        for (Names engine : ENGINES) {
            OptionalDouble running = value(lines, engine.running(), false);
            if (running.isEmpty()) {
                continue;
            }
            double occupancy = 0;
            for (String name : engine.occupancy()) {
                occupancy = Math.max(occupancy, value(lines, name, true).orElse(0));
            }
            return Optional.of(
                    new ServerMetrics(
                            running.getAsDouble(),
                            value(lines, engine.waiting(), false).orElse(0),
                            Math.clamp(occupancy, 0.0, 1.0),
                            cacheTokens(lines)));
        }
        return Optional.empty();
    }

    private static OptionalDouble value(String lines, String name, boolean greatest) {
        OptionalDouble found = OptionalDouble.empty();
        for (int at = lines.indexOf(name); at >= 0; at = lines.indexOf(name, at + 1)) {
            int after = at + name.length();
            boolean starts = at == 0 || lines.charAt(at - 1) == '\n';
            if (!starts || after >= lines.length() || !endsName(lines.charAt(after))) {
                continue;
            }
            OptionalDouble value = number(lines, after);
            if (value.isPresent()) {
                double so = found.orElse(0);
                double here = value.getAsDouble();
                found = OptionalDouble.of(greatest ? Math.max(so, here) : so + here);
            }
        }
        return found;
    }

    private static boolean endsName(char next) {
        return next == ' ' || next == '{' || next == '\t';
    }

    /// The sample's value: what follows the labels, up to a time or the line's end.
    private static OptionalDouble number(String lines, int after) {
        int end = lines.indexOf('\n', after);
        String rest = end < 0 ? lines.substring(after) : lines.substring(after, end);
        if (rest.startsWith("{")) {
            rest = rest.substring(rest.lastIndexOf('}') + 1);
        }
        String[] fields = rest.strip().split("\\s+", 2);
        try {
            double value = Double.parseDouble(fields[0]);
            return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
        } catch (NumberFormatException _) {
            return OptionalDouble.empty();
        }
    }

    private static OptionalDouble cacheTokens(String lines) {
        int at = lines.indexOf(CACHE);
        int end = at < 0 ? -1 : lines.indexOf('\n', at);
        if (at < 0) {
            return value(lines, CACHE_TOKENS, false);
        }
        String line = end < 0 ? lines.substring(at) : lines.substring(at, end);
        OptionalDouble size = label(line, "block_size");
        OptionalDouble blocks = label(line, "num_gpu_blocks");
        return size.isPresent() && blocks.isPresent()
                ? OptionalDouble.of(size.getAsDouble() * blocks.getAsDouble())
                : OptionalDouble.empty();
    }

    private static OptionalDouble label(String line, String name) {
        String opening = name + "=\"";
        int at = line.indexOf(opening);
        int end = at < 0 ? -1 : line.indexOf('"', at + opening.length());
        if (end < 0) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(
                    Double.parseDouble(line.substring(at + opening.length(), end)));
        } catch (NumberFormatException _) {
            return OptionalDouble.empty();
        }
    }
}
