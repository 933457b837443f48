package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.llm.proxy.ProxySettings;
import dev.touchstone.app.internal.simulate.Care;
import dev.touchstone.llm.fleet.Autoscaler;
import dev.touchstone.llm.fleet.DegradationLadder;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// How a router's servers become more, and what is given up while they are too few.
final class OverloadOptions {
    private static final int MOST_SERVERS = 256;

    @Option(
            names = "--ladder",
            paramLabel = "LOADS",
            arity = "0..1",
            fallbackValue = "on",
            description = {
                "With --upstream, gives way by steps when overloaded, at these loads in percent",
                "(80,100,120,300): asks for more servers, shortens answers and turns away low priority,",
                "tells others when to come back, asks the small model."
            })
    private Optional<String> ladder = Optional.empty();

    @Option(
            names = "--fallback",
            paramLabel = "URL",
            description =
                    "With --ladder, a server of a small model that answers when nothing else can; name each one.")
    private List<URI> fallbacks = List.of();

    @Option(
            names = "--promise-ttft",
            paramLabel = "SECONDS",
            description =
                    "With --upstream, predicted time to first token that counts as 100 %% load (0.8).")
    private Optional<Double> promise = Optional.empty();

    @Option(
            names = "--scale-from",
            paramLabel = "N",
            description = "With --upstream, fewest servers that GET /fleet/scale asks for (1).")
    private Optional<Integer> least = Optional.empty();

    @Option(
            names = "--scale-to",
            paramLabel = "N",
            description = "With --upstream, most servers that it asks for (64).")
    private Optional<Integer> most = Optional.empty();

    @Option(
            names = "--max-spend",
            paramLabel = "DOLLARS",
            description = {
                "With --upstream, most that all servers may cost an hour; needs --dollars-per-hour, the",
                "cost of one (no limit)."
            })
    private Optional<Double> maxSpend = Optional.empty();

    /// @throws IllegalArgumentException saying which option is wrong, and how to mend it
    ProxySettings.Overload overload() {
        Optional<DegradationLadder.Config> rungs;
        try {
            rungs = Care.ladder(ladder.orElse("off"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--ladder " + e.getMessage(), e);
        }
        return new ProxySettings.Overload(
                rungs, promise.orElse(ProxySettings.USUAL_TTFT_SECONDS), fallbacks);
    }

    /// @param dollarsPerHour of one server
    /// @throws IllegalArgumentException saying which option is wrong, and how to mend it
    Autoscaler.Config scaling(double dollarsPerHour) {
        Autoscaler.Config usual = ProxySettings.USUAL_SCALING;
        int from = least.orElse(usual.least());
        int to = most.orElse(Math.max(from, usual.most()));
        if (from < 1 || to < from || to > MOST_SERVERS) {
            throw new IllegalArgumentException(
                    "--scale-from must be at least 1 and --scale-to from there to %d, got %d and %d"
                            .formatted(MOST_SERVERS, from, to));
        }
        if (maxSpend.isPresent() && !(dollarsPerHour > 0)) {
            throw new IllegalArgumentException(
                    "--max-spend needs the cost of one server; give --dollars-per-hour");
        }
        double spend = maxSpend.orElse(Double.POSITIVE_INFINITY);
        if (!(spend >= from * dollarsPerHour)) {
            throw new IllegalArgumentException(
                    "--max-spend %s does not pay for %d servers at $%s an hour; at least $%s does"
                            .formatted(spend, from, dollarsPerHour, from * dollarsPerHour));
        }
        double limit = promise.orElse(usual.ttftTargetSeconds());
        return new Autoscaler.Config(
                from,
                to,
                usual.kvTarget(),
                usual.waitingTarget(),
                limit,
                usual.startUp(),
                usual.calm(),
                dollarsPerHour,
                spend);
    }
}
