package dev.touchstone.app.internal.simulate;

import dev.touchstone.llm.fleet.Autoscaler;
import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.fleet.DegradationLadder.Config;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.simulation.Control;
import dev.touchstone.llm.fleet.simulation.Slo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;

/// Who looks after a simulated fleet.
///
/// @param scaling none: as many replicas as there are stay
/// @param ladder none: everyone is served in full, however long it takes
public record Care(Optional<Scaling> scaling, Optional<DegradationLadder.Config> ladder) {
    /// Nobody does.
    public static final Care NONE = new Care(Optional.empty(), Optional.empty());

    /// How long a replica usually takes from being asked for until it serves: as in the challenge.
    public static final Duration START_UP = Duration.ofMinutes(3);

    private static final double KV_TARGET = 0.7;
    private static final double WAITING_TARGET = 2;
    private static final Duration CALM = Duration.ofMinutes(5);

    /// Replicas come and go with what is needed; never fewer than at the start.
    ///
    /// @param most replicas at once
    /// @param startUp from asking for one until it serves
    /// @param mostDollarsPerHour of all together; infinite for no such limit
    public record Scaling(int most, Duration startUp, double mostDollarsPerHour) {
        public Scaling {
            if (most < 1 || most > Router.MAX_REPLICAS) {
                throw new IllegalArgumentException(
                        "must be from 1 to %d, got %d; the nearest is %d"
                                .formatted(
                                        Router.MAX_REPLICAS,
                                        most,
                                        Math.clamp(most, 1, Router.MAX_REPLICAS)));
            }
        }
    }

    /// What the simulation is to do.
    ///
    /// @param least replicas at all times
    /// @param dollarsPerHour of one
    /// @throws IllegalArgumentException when the least cannot be paid for, or is more than the most
    public Control control(int least, Slo slo, double dollarsPerHour) {
        double limit =
                Double.isFinite(slo.ttftP95Seconds())
                        ? slo.ttftP95Seconds()
                        : Slo.COURSE.ttftP95Seconds();
        return new Control(
                scaling.map(each ->
                        new Autoscaler.Config(
                                least,
                                each.most(),
                                KV_TARGET,
                                WAITING_TARGET,
                                limit / 2,
                                each.startUp(),
                                CALM,
                                dollarsPerHour,
                                each.mostDollarsPerHour())),
                ladder,
                slo,
                Control.NONE.patience(),
                Control.NONE.faults());
    }

    /// Reads a ladder: `off`, `on`, or the load in percent from which each of its four rungs
    /// counts, `80,100,120,300`.
    ///
    /// @throws IllegalArgumentException when it is something else
    public static Optional<Config> ladder(String text) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (word.equals("off")) {
            return Optional.empty();
        }
        if (word.equals("on")) {
            return Optional.of(Config.DEFAULT);
        }
        String[] parts = word.replace("%", "").split(",", -1);
        double[] loads = new double[4];
        boolean read = parts.length == loads.length;
        for (int i = 0; read && i < loads.length; i++) {
            loads[i] = percent(parts[i]);
            read = loads[i] > (i == 0 ? Config.DEFAULT.margin() : loads[i - 1]);
        }
        if (!read) {
            throw new IllegalArgumentException(
                    "must be off, on, or four loads in %%, each above the one before: 80,100,120,300; got '%s'"
                            .formatted(text));
        }
        return Optional.of(
                new Config(
                        loads[0],
                        loads[1],
                        loads[2],
                        loads[3],
                        Config.DEFAULT.margin(),
                        Config.DEFAULT.calm(),
                        Config.DEFAULT.shortAnswerTokens(),
                        Config.DEFAULT.longestWait()));
    }

    private static double percent(String text) {
        try {
            double share = Double.parseDouble(text.strip()) / 100;
            return Double.isFinite(share) ? share : Double.NaN;
        } catch (NumberFormatException _) {
            return Double.NaN;
        }
    }

    /// It in words; empty where nobody looks after the fleet.
    String text() {
        var parts = new ArrayList<String>();
        scaling.ifPresent(each ->
                parts.add(
                        "up to %s, each ready after %s%s"
                                .formatted(
                                        Figures.plural(each.most(), "replica"),
                                        Figures.span(each.startUp()),
                                        Double.isFinite(each.mostDollarsPerHour())
                                                ? ", for at most $%s an hour"
                                                        .formatted(
                                                                Figures.rate(
                                                                        each.mostDollarsPerHour()))
                                                : "")));
        ladder.ifPresent(each -> parts.add("ladder at " + loads(each) + " % of the load"));
        return String.join(" · ", parts);
    }

    /// `80,100,120,300`.
    static String loads(Config ladder) {
        return "%s,%s,%s,%s"
                .formatted(
                        Math.round(100 * ladder.scaleOut()),
                        Math.round(100 * ladder.shorten()),
                        Math.round(100 * ladder.queue()),
                        Math.round(100 * ladder.fallback()));
    }
}
