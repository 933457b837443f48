package dev.touchstone.llm.fleet;

import java.time.Duration;

/// How a [Router] chooses.
///
/// @param blockTokens tokens of one block of the hashes in a [RoutingRequest]
/// @param affinity how much sharing a prefix counts, and who may not attract more
/// @param health who is taken out, for how long
/// @param longFromTokens prompts of this length or more go to replicas of [Pool#LONG]
/// @param staleAfter a scrape older than this is not believed: what the router sent itself counts
public record RouterConfig(
        Policy policy,
        int blockTokens,
        Affinity affinity,
        Health health,
        int longFromTokens,
        Duration staleAfter) {
    /// The policy this project was written for, with metrics scraped at least every two seconds.
    public static final RouterConfig DEFAULT =
            new RouterConfig(
                    Policy.BALANCED,
                    16,
                    Affinity.DEFAULT,
                    Health.DEFAULT,
                    Integer.MAX_VALUE,
                    Duration.ofSeconds(5));

    /// Which rule chooses.
    public enum Policy {
        /// The replica on which the request is expected to cost least: prompt tokens to compute,
        /// tokens queued before it, and how full the replica is; a session's home is preferred.
        BALANCED,
        /// The replica with the longest shared prefix while the loads are alike, else the least
        /// loaded one: the rule of SGLang's gateway.
        CACHE_AWARE,
        /// The session's home by consistent hashing with bounded loads, whatever it costs.
        SESSION,
        /// The replica with the fewest requests in flight.
        LEAST_REQUESTS,
        /// One after the other.
        ROUND_ROBIN
    }

    /// Which requests a replica is for.
    public enum Pool {
        ANY,
        SHORT,
        LONG
    }

    /// How much sharing a prefix counts against being balanced.
    ///
    /// @param strideBlocks the index remembers every so many blocks of a prompt
    /// @param indexEntries prefixes the index remembers; the least recently used go first
    /// @param newTokenWeight tokens of waiting that one more token to compute is worth: above 1,
    ///   because whoever comes later waits for it too
    /// @param kvTokenWeight the same for one more token held in memory
    /// @param workWeight the same for one more token of recent work than the mean: what nobody
    ///   holds goes where little was done, so that what somebody holds can go there
    /// @param stickiness what being a session's home is worth, as a share of the prompt
    /// @param bounds who may attract nothing more
    /// @param cacheAware of [Policy#CACHE_AWARE]
    public record Affinity(
            int strideBlocks,
            int indexEntries,
            double newTokenWeight,
            double kvTokenWeight,
            double workWeight,
            double stickiness,
            Bounds bounds,
            CacheAware cacheAware) {
        public static final Affinity DEFAULT =
                new Affinity(8, 1 << 18, 3, 0.02, 0.1, 0.1, Bounds.DEFAULT, CacheAware.DEFAULT);

        public Affinity {
            if (strideBlocks < 1 || indexEntries < 2) {
                throw new IllegalArgumentException(
                        "strideBlocks and indexEntries must be at least 1 and 2, got %d and %d"
                                .formatted(strideBlocks, indexEntries));
            }
        }

        public Affinity with(Bounds other) {
            return new Affinity(
                    strideBlocks,
                    indexEntries,
                    newTokenWeight,
                    kvTokenWeight,
                    workWeight,
                    stickiness,
                    other,
                    cacheAware);
        }

        /// Remembers every so many blocks.
        public Affinity withStride(int blocks) {
            return new Affinity(
                    blocks,
                    indexEntries,
                    newTokenWeight,
                    kvTokenWeight,
                    workWeight,
                    stickiness,
                    bounds,
                    cacheAware);
        }
    }

    /// @param load no replica attracts a request while its recent work exceeds the mean by this
    ///   factor
    /// @param memory for how long work counts as recent
    /// @param newcomersBelow share of KV memory above which a replica takes no conversation that it
    ///   does not know
    public record Bounds(double load, Duration memory, double newcomersBelow) {
        public static final Bounds DEFAULT = new Bounds(1.15, Duration.ofMinutes(10), 0.85);

        public Bounds {
            if (!(load > 1) || !memory.isPositive()) {
                throw new IllegalArgumentException(
                        "load must be above 1, or no replica could be above the mean, and memory"
                                + " positive; got %s and %s".formatted(load, memory));
            }
        }
    }

    /// @param requests loads differ when the greatest exceeds the least by more than this,
    /// @param factor and by more than this factor
    /// @param prefixShare a shorter share of the prompt is not followed
    public record CacheAware(int requests, double factor, double prefixShare) {
        /// As SGLang's gateway starts.
        public static final CacheAware DEFAULT = new CacheAware(32, 1.1, 0.5);
    }

    /// When a replica is taken out of service.
    ///
    /// @param failures so many in a row
    /// @param slowFactor its time per token exceeds the fleet's median by this factor
    /// @param ejection how long for the first time; twice as long each time after
    /// @param maxEjectedShare at most this share of the replicas at once
    public record Health(
            int failures, double slowFactor, Duration ejection, double maxEjectedShare) {
        public static final Health DEFAULT = new Health(5, 2.5, Duration.ofSeconds(30), 0.3);

        public Health {
            if (failures < 1 || !(slowFactor > 1) || !ejection.isPositive()) {
                throw new IllegalArgumentException(
                        "failures must be at least 1, slowFactor above 1, ejection positive; got"
                                + " %d, %s and %s".formatted(failures, slowFactor, ejection));
            }
        }
    }

    public RouterConfig {
        if (blockTokens < 1 || longFromTokens < 1) {
            throw new IllegalArgumentException(
                    "blockTokens and longFromTokens must be at least 1, got %d and %d"
                            .formatted(blockTokens, longFromTokens));
        }
    }

    public RouterConfig with(Policy other) {
        return new RouterConfig(other, blockTokens, affinity, health, longFromTokens, staleAfter);
    }

    public RouterConfig with(Affinity other) {
        return new RouterConfig(policy, blockTokens, other, health, longFromTokens, staleAfter);
    }

    public RouterConfig with(Health other) {
        return new RouterConfig(policy, blockTokens, affinity, other, longFromTokens, staleAfter);
    }

    /// Sends prompts of `tokens` or more to the long pool.
    public RouterConfig withLongFrom(int tokens) {
        return new RouterConfig(policy, blockTokens, affinity, health, tokens, staleAfter);
    }
}
