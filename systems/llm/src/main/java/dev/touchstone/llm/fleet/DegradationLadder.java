package dev.touchstone.llm.fleet;

import java.time.Duration;

/// What a fleet gives up, and in which order, while more is asked of it than it can do: first
/// money, then the length of answers and requests of low priority, then promptness, then quality.
///
/// It climbs as soon as the load does, and comes down one rung at a time, only when the load has
/// been clearly below that rung for a while: what a rung sheds must not bring the rung down at
/// once.
public final class DegradationLadder {
    /// From what is best for users to what is left.
    public enum Rung {
        /// Everyone is served in full.
        NORMAL,
        /// More replicas are asked for.
        SCALE_OUT,
        /// Answers are cut short and requests of low priority are turned away.
        SHORTEN,
        /// New requests are told when to come back, unless there is room just now; those who would
        /// have to stay away for too long go to a small model.
        QUEUE,
        /// New requests go to a small model.
        FALLBACK
    }

    /// Load is 1 when the fleet has as much as it can do within its promise.
    ///
    /// @param scaleOut load from which more replicas are asked for
    /// @param shorten load from which answers are shorter
    /// @param queue load from which new requests wait outside
    /// @param fallback load from which a small model takes them
    /// @param margin how far below a rung the load must be
    /// @param calm and for how long, before it is left
    /// @param shortAnswerTokens longest answer under [Rung#SHORTEN] and above
    /// @param longestWait for which a request is sent away under [Rung#QUEUE]: as long as those
    ///   sent away go on coming after the load is gone
    public record Config(
            double scaleOut,
            double shorten,
            double queue,
            double fallback,
            double margin,
            Duration calm,
            int shortAnswerTokens,
            Duration longestWait) {
        /// 80, 100 and 120 %, answers of 200 tokens, away for up to four seconds.
        public static final Config DEFAULT =
                new Config(
                        0.8,
                        1.0,
                        1.2,
                        3.0,
                        0.1,
                        Duration.ofSeconds(10),
                        200,
                        Duration.ofSeconds(4));

        public Config {
            if (!(0 < scaleOut && scaleOut < shorten && shorten < queue && queue < fallback)) {
                throw new IllegalArgumentException(
                        "rungs must follow one another, got %s, %s, %s and %s"
                                .formatted(scaleOut, shorten, queue, fallback));
            }
            if (!(margin >= 0 && margin < scaleOut) || calm.isNegative() || shortAnswerTokens < 1) {
                throw new IllegalArgumentException(
                        "margin must be from 0 to scaleOut, calm not negative, answers at least 1"
                                + " token; got %s, %s and %d"
                                        .formatted(margin, calm, shortAnswerTokens));
            }
            if (longestWait.isNegative()) {
                throw new IllegalArgumentException(
                        "longestWait must not be negative, got " + longestWait);
            }
        }

        /// Load from which a rung is reached.
        public double from(Rung rung) {
            return switch (rung) {
                case NORMAL -> Double.NEGATIVE_INFINITY;
                case SCALE_OUT -> scaleOut;
                case SHORTEN -> shorten;
                case QUEUE -> queue;
                case FALLBACK -> fallback;
            };
        }
    }

    /// What becomes of a request. Switch over it without a `default`.
    public sealed interface Ruling {
        /// It is served, with an answer of at most so many tokens.
        record Serve(int answerTokens) implements Ruling {}

        /// It is turned away.
        record Shed() implements Ruling {}

        /// It is to come again after this time.
        record Wait(Duration retryAfter) implements Ruling {}

        /// A small model answers it.
        record Fallback() implements Ruling {}
    }

    private static final Rung[] RUNGS = Rung.values();

    private final Config config;
    private Rung rung = Rung.NORMAL;
    private long aboveNanos;

    public DegradationLadder(Config config) {
        this.config = config;
    }

    /// Where the fleet stands.
    public Rung rung() {
        return rung;
    }

    /// Tells the load. Call it every second or so.
    ///
    /// @param load 1 when the fleet has as much as it can do
    /// @return where the fleet stands now
    public Rung update(double load, long nowNanos) {
        Rung reached = Rung.NORMAL;
        for (Rung each : RUNGS) {
            reached = load >= config.from(each) ? each : reached;
        }
        if (reached.compareTo(rung) > 0) {
            rung = reached;
            aboveNanos = nowNanos;
        } else if (load >= config.from(rung) - config.margin()) {
            aboveNanos = nowNanos;
        } else if (nowNanos - aboveNanos >= config.calm().toNanos()) {
            rung = below(rung);
            aboveNanos = nowNanos;
        }
        return rung;
    }

    private static Rung below(Rung rung) {
        return switch (rung) {
            case NORMAL, SCALE_OUT -> Rung.NORMAL;
            case SHORTEN -> Rung.SCALE_OUT;
            case QUEUE -> Rung.SHORTEN;
            case FALLBACK -> Rung.QUEUE;
        };
    }

    /// What becomes of a request that comes now.
    ///
    /// @param lowPriority whether it may be turned away
    /// @param answerTokens it asks for
    /// @param drainTime until there is room for it; zero when there is
    public Ruling decide(boolean lowPriority, int answerTokens, Duration drainTime) {
        int shortened = Math.min(answerTokens, config.shortAnswerTokens());
        return switch (rung) {
            case NORMAL, SCALE_OUT -> new Ruling.Serve(answerTokens);
            case SHORTEN -> lowPriority ? new Ruling.Shed() : new Ruling.Serve(shortened);
            case QUEUE -> {
                if (lowPriority) {
                    yield new Ruling.Shed();
                }
                if (drainTime.isZero()) {
                    yield new Ruling.Serve(shortened);
                }
                yield drainTime.compareTo(config.longestWait()) <= 0
                        ? new Ruling.Wait(drainTime)
                        : new Ruling.Fallback();
            }
            case FALLBACK -> lowPriority ? new Ruling.Shed() : new Ruling.Fallback();
        };
    }
}
