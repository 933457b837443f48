package dev.touchstone.app.internal.simulate;

import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import dev.touchstone.llm.fleet.simulation.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;

/// How a fleet is built around its engines.
///
/// @param longShare share of the replicas that take long prompts only; none are set apart without
/// @param longFrom tokens from which a prompt is long
/// @param prefillShare share of the replicas that only read prompts; all do both without
/// @param link gigabytes a second at which one of those sends on what it read
/// @param roundTrip from users to the fleet and back
public record Shape(
        Policy policy,
        Optional<Double> longShare,
        int longFrom,
        Optional<Double> prefillShare,
        double link,
        Duration roundTrip) {
    /// Tokens from which a prompt is long unless somebody says otherwise.
    public static final int LONG_FROM = 4_096;

    /// Gigabytes a second between those who read and those who write, likewise: 400 Gbit/s.
    public static final double LINK = 50;

    /// More than any link of today.
    public static final double MAX_LINK = 10_000;

    /// Further than to the moon and back.
    public static final int MAX_ROUND_TRIP_MILLIS = 10_000;

    /// Why there are not both shares.
    static final String ONE_OR_THE_OTHER =
            "replicas are set apart either for long prompts or for reading; leave one out";

    private static final double GIGA = 1e9;

    /// Rejects what no fleet can be.
    public Shape {
        if (longShare.isPresent() && prefillShare.isPresent()) {
            throw new IllegalArgumentException(ONE_OR_THE_OTHER);
        }
        longShare.ifPresent(share -> requireShare("--long-share", share));
        prefillShare.ifPresent(share -> requireShare("--prefill-share", share));
        if (longFrom < 1) {
            throw new IllegalArgumentException(
                    "--long-from must be at least 1, got %d; the nearest is 1".formatted(longFrom));
        }
        if (!(link > 0 && link <= MAX_LINK)) {
            throw new IllegalArgumentException(
                    "--link must be above 0 and at most 10000 GB/s, got " + link);
        }
    }

    private static void requireShare(String option, double share) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException(
                    "%s must be above 0 and below 1, got %s".formatted(option, share));
        }
    }

    public Shape with(Policy other) {
        return new Shape(other, longShare, longFrom, prefillShare, link, roundTrip);
    }

    /// How replicas of this model divide the work.
    Topology topology(ModelSpec model) {
        return prefillShare
                .<Topology>map(
                        share -> new Topology.Split(share, link * GIGA, model.kvBytesPerToken()))
                .or(() -> longShare.map(share -> new Topology.ByLength(share, longFrom)))
                .orElse(Topology.TOGETHER);
    }

    /// What is unusual about it, in words.
    ///
    /// @param replicas that it has
    String text(ModelSpec model, int replicas) {
        var parts = new ArrayList<String>();
        Topology topology = topology(model);
        int apart = topology.apart(replicas);
        switch (topology) {
            case Topology.Together _ -> {}
            case Topology.ByLength _ ->
                    parts.add(
                            "%d of %d for prompts from %s tokens on"
                                    .formatted(apart, replicas, Figures.count(longFrom)));
            case Topology.Split _ ->
                    parts.add(
                            "%d of %d only read prompts and send %s GB/s"
                                    .formatted(apart, replicas, Figures.level(link)));
        }
        if (!roundTrip.isZero()) {
            parts.add("%d ms to users and back".formatted(roundTrip.toMillis()));
        }
        return String.join(" · ", parts);
    }
}
