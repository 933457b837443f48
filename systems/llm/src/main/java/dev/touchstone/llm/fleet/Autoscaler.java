package dev.touchstone.llm.fleet;

import java.time.Duration;
import java.util.ArrayDeque;

/// Says how many replicas a fleet should have.
///
/// Three signals, because each alone is blind to something: a fleet that reads long prompts is
/// saturated with its memory a third full, and one that writes long answers has no queue until its
/// memory ends. The greatest of them decides, and what it will be when a replica asked for now is
/// ready. Out at once, in only when nothing has asked for more for a while: so it does not flap.
public final class Autoscaler {
    private static final double NANOS = 1e9;

    /// How much a new measurement moves what is taken for the level, and the trend: little, for a
    /// trend is stretched over the whole start-up time, noise included.
    private static final double LEVEL_WEIGHT = 0.1;

    private static final double TREND_WEIGHT = 0.1;

    /// Nothing is given up for so small a share of the fleet.
    private static final double TOLERANCE = 0.1;

    /// At most so many times as many replicas in one decision: a signal that shoots up for a moment
    /// must not buy a whole hall of machines.
    private static final double LARGEST_STEP = 1.5;

    /// @param least replicas at all times
    /// @param most replicas ever
    /// @param kvTarget share of KV memory to aim at
    /// @param waitingTarget requests waiting at a replica to aim at
    /// @param ttftTargetSeconds predicted time to first token to aim at
    /// @param startUp from asking for a replica until it serves
    /// @param calm for how long less must do before a replica is given up
    /// @param dollarsPerHour of one replica
    /// @param mostDollarsPerHour of all
    public record Config(
            int least,
            int most,
            double kvTarget,
            double waitingTarget,
            double ttftTargetSeconds,
            Duration startUp,
            Duration calm,
            double dollarsPerHour,
            double mostDollarsPerHour) {
        public Config {
            if (least < 1 || most < least) {
                throw new IllegalArgumentException(
                        "least must be at least 1 and most not below it, got %d and %d"
                                .formatted(least, most));
            }
            if (!(kvTarget > 0 && waitingTarget > 0 && ttftTargetSeconds > 0)) {
                throw new IllegalArgumentException(
                        "targets must be above 0, got %s, %s and %s"
                                .formatted(kvTarget, waitingTarget, ttftTargetSeconds));
            }
            if (startUp.isNegative() || !calm.isPositive()) {
                throw new IllegalArgumentException(
                        "startUp must not be negative and calm positive, got %s and %s"
                                .formatted(startUp, calm));
            }
            if (mostDollarsPerHour < least * dollarsPerHour) {
                throw new IllegalArgumentException(
                        "%d replicas cost $%s an hour, more than the $%s that may be spent; lower"
                                        .formatted(
                                                least, least * dollarsPerHour, mostDollarsPerHour)
                                + " least or raise mostDollarsPerHour");
            }
        }

        /// Replicas that the spending allows.
        int affordable() {
            return dollarsPerHour > 0 ? (int) (mostDollarsPerHour / dollarsPerHour) : most;
        }
    }

    /// How a fleet is doing.
    ///
    /// @param serving replicas that serve
    /// @param starting asked for and not ready
    /// @param kvUsage share of the serving ones' KV memory in use
    /// @param waiting requests waiting at one of them on average
    /// @param ttftSeconds predicted for a request that comes now
    public record Facts(
            int serving, int starting, double kvUsage, double waiting, double ttftSeconds) {}

    private record Wish(long nanos, int replicas) {}

    private final Config config;

    /// Wishes of the last while that no later one exceeds, the greatest first.
    private final ArrayDeque<Wish> wishes = new ArrayDeque<>();

    private double level = Double.NaN;
    private long lastNanos;
    private double needPerSecond;

    public Autoscaler(Config config) {
        this.config = config;
    }

    /// How many replicas there should be, those that start included. Call it every few seconds.
    public int desired(Facts facts, long nowNanos) {
        double needed = facts.serving() * pressure(facts);
        follow(needed, nowNanos);
        double startUpSeconds = config.startUp().toNanos() / NANOS;
        double soon = Math.max(needed, level + Math.max(0, needPerSecond) * startUpSeconds);
        int most = Math.min(config.most(), config.affordable());
        double step = LARGEST_STEP * Math.max(1, facts.serving() + facts.starting());
        int wish = (int) Math.ceil(Math.min(soon, step));
        remember(new Wish(nowNanos, Math.clamp(wish, config.least(), most)));
        int wanted = wishes.getFirst().replicas();
        int now = Math.min(most, facts.serving() + facts.starting());
        return wanted < now && wanted >= now * (1 - TOLERANCE) ? now : wanted;
    }

    /// How hard the fleet is pressed; 1 is as it should be.
    private double pressure(Facts facts) {
        return Math.max(
                facts.kvUsage() / config.kvTarget(),
                Math.max(
                        facts.waiting() / config.waitingTarget(),
                        facts.ttftSeconds() / config.ttftTargetSeconds()));
    }

    /// Holt's linear method.
    private void follow(double needed, long nowNanos) {
        double seconds = (nowNanos - lastNanos) / NANOS;
        if (Double.isNaN(level)) {
            level = needed;
        } else if (seconds > 0) {
            double before = level;
            double expected = level + needPerSecond * seconds;
            level = expected + LEVEL_WEIGHT * (needed - expected);
            needPerSecond += TREND_WEIGHT * ((level - before) / seconds - needPerSecond);
        }
        lastNanos = nowNanos;
    }

    private void remember(Wish wish) {
        while (!wishes.isEmpty() && wishes.getLast().replicas() <= wish.replicas()) {
            wishes.removeLast();
        }
        wishes.addLast(wish);
        while (wish.nanos() - wishes.getFirst().nanos() > config.calm().toNanos()) {
            wishes.removeFirst();
        }
    }
}
