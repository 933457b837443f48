package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.simulate.Care;
import dev.touchstone.app.internal.simulate.Care.Scaling;
import dev.touchstone.app.internal.simulate.FleetOrder;
import dev.touchstone.app.internal.simulate.FleetStudy.Fleet;
import dev.touchstone.app.internal.simulate.FleetStudy.Terms;
import dev.touchstone.app.internal.simulate.Shape;
import dev.touchstone.app.internal.simulate.SimulationSettings;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import dev.touchstone.llm.fleet.simulation.Slo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options that make a fleet of what would be a replay: a router, scaling, a search, a sweep.
final class FleetOptions {
    /// Tokens a step where nothing else is asked for.
    static final int DEFAULT_BUDGET = 512;

    @Option(
            names = "--router",
            paramLabel = "HOW",
            description = {
                "balanced (what is used otherwise), cache-aware, session, least-requests or",
                "round-robin."
            })
    private Optional<String> router = Optional.empty();

    @Option(
            names = "--scale-to",
            paramLabel = "N",
            description = {
                "Lets an autoscaler go up to so many replicas, and back to --replicas (it does not)."
            })
    private Optional<Integer> scaleTo = Optional.empty();

    @Option(
            names = "--start-up",
            paramLabel = "SECONDS",
            description = "From asking for a replica until it serves (180).")
    private Optional<Integer> startUp = Optional.empty();

    @Option(
            names = "--max-spend",
            paramLabel = "DOLLARS",
            description = "An hour, for all replicas that the autoscaler may have (no limit).")
    private Optional<Double> maxSpend = Optional.empty();

    @Option(
            names = "--ladder",
            paramLabel = "LOADS",
            arity = "0..1",
            fallbackValue = "on",
            description = {
                "Gives way by steps when overloaded, at these loads in percent (80,100,120,300): scales",
                "out, shortens answers and sheds, lets wait, falls back to a small model."
            })
    private Optional<String> ladder = Optional.empty();

    @Option(
            names = "--long-share",
            paramLabel = "SHARE",
            description = "Of the replicas, for long prompts only (0: none are set apart).")
    private Optional<Double> longShare = Optional.empty();

    @Option(
            names = "--long-from",
            paramLabel = "TOKENS",
            description = "From how many tokens on a prompt is long (4096).")
    private Optional<Integer> longFrom = Optional.empty();

    @Option(
            names = "--prefill-share",
            paramLabel = "SHARE",
            description = {
                "Of the replicas, that only read prompts; the others write (all do both)."
            })
    private Optional<Double> prefillShare = Optional.empty();

    @Option(
            names = "--link",
            paramLabel = "GB/S",
            description = "At which a replica that reads sends keys and values on (50).")
    private Optional<Double> link = Optional.empty();

    @Option(
            names = "--round-trip",
            paramLabel = "MS",
            description = "From users to the fleet and back (0).")
    private Optional<Integer> roundTrip = Optional.empty();

    @Option(
            names = "--slo",
            paramLabel = "PROMISE",
            description = {
                "What is promised, ttft-p95<800ms,tpot-p95<60ms unless said otherwise; with",
                "--replicas auto the smallest fleet that keeps it is searched."
            })
    private Optional<String> slo = Optional.empty();

    @Option(
            names = "--sweep",
            paramLabel = "OPTION=A,B,…",
            description = {
                "Simulates one fleet for each value of budget, replicas, max-sequences, kv-type",
                "or router."
            })
    private Optional<String> sweep = Optional.empty();

    @Option(
            names = "--price",
            paramLabel = "DOLLARS",
            description = "Of one accelerator for an hour (3, as the chat challenge has it).")
    private double price = FleetOrder.DOLLARS_PER_HOUR;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of everything that is drawn (${DEFAULT-VALUE}).")
    private long seed;

    /// Whether any option asks for a fleet.
    boolean asked() {
        return router.isPresent()
                || longShare.isPresent()
                || prefillShare.isPresent()
                || roundTrip.isPresent()
                || slo.isPresent()
                || sweep.isPresent()
                || scaleTo.isPresent()
                || ladder.isPresent();
    }

    /// Whether some option says how many replicas there are, or how their number changes.
    boolean saysReplicas() {
        return scaleTo.isPresent() || sweep.filter(text -> text.startsWith("replicas")).isPresent();
    }

    /// What is promised.
    Slo promise() {
        return slo.map(Slo::parse).orElse(Slo.COURSE);
    }

    Terms terms() {
        if (!(price >= 0) || price > 10_000) {
            throw new IllegalArgumentException(
                    "--price must be from 0 to 10000 dollars an hour, got " + price);
        }
        return new Terms(price, seed);
    }

    /// The fleets to simulate: one, or one for each value of a sweep.
    ///
    /// @param search whether the number of replicas is to be found
    List<Fleet> fleets(SimulationSettings settings, boolean search) {
        var base = new Fleet("", settings, shape(), search, care(settings.replicas(), search));
        if (sweep.isEmpty()) {
            requireSome(List.of(base));
            return List.of(base);
        }
        String[] sides = sweep.get().split("=", 2);
        if (sides.length < 2 || sides[1].isBlank()) {
            throw new IllegalArgumentException(
                    "--sweep takes an option and its values, such as budget=256,512,1024; got '%s'"
                            .formatted(sweep.get()));
        }
        if (search && sides[0].strip().equals("replicas")) {
            throw new IllegalArgumentException(
                    "--replicas auto looks for the number of replicas, and --sweep replicas says it;"
                            + " leave one out");
        }
        if (scaleTo.isPresent() && sides[0].strip().equals("replicas")) {
            throw new IllegalArgumentException(
                    "--sweep replicas and --scale-to both say how many replicas there are; leave one"
                            + " out");
        }
        var fleets = new ArrayList<Fleet>();
        for (String value : sides[1].split(",")) {
            fleets.add(with(base, sides[0].strip(), value.strip()));
        }
        requireSome(fleets);
        return fleets;
    }

    /// One replica cannot be set apart from itself.
    private void requireSome(List<Fleet> fleets) {
        String option = longShare.isPresent() ? "--long-share" : "--prefill-share";
        if (longShare.isEmpty() && prefillShare.isEmpty()) {
            return;
        }
        for (Fleet each : fleets) {
            if (!each.search() && each.settings().replicas() < 2) {
                throw new IllegalArgumentException(
                        "%s sets replicas apart, and of 1 there is none to spare; use --replicas 2 or more, or leave %s out"
                                .formatted(option, option));
            }
        }
    }

    private Shape shape() {
        if (longFrom.isPresent() && longShare.isEmpty()) {
            throw new IllegalArgumentException(
                    "--long-from goes with --long-share, which says how many replicas take long"
                            + " prompts");
        }
        if (link.isPresent() && prefillShare.isEmpty()) {
            throw new IllegalArgumentException(
                    "--link goes with --prefill-share, which says how many replicas only read");
        }
        Policy policy =
                router.map(word -> FleetOrder.ROUTERS.find("--router", word))
                        .orElse(Policy.BALANCED);
        int trip = roundTrip.orElse(0);
        requireWithin("--round-trip", trip, 0, Shape.MAX_ROUND_TRIP_MILLIS);
        return new Shape(
                policy,
                longShare,
                longFrom.orElse(Shape.LONG_FROM),
                prefillShare,
                link.orElse(Shape.LINK),
                Duration.ofMillis(trip));
    }

    private Care care(int replicas, boolean search) {
        Optional<DegradationLadder.Config> rungs;
        try {
            rungs = Care.ladder(ladder.orElse("off"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--ladder " + e.getMessage(), e);
        }
        return new Care(scaling(replicas, search), rungs);
    }

    private Optional<Scaling> scaling(int replicas, boolean search) {
        if (scaleTo.isEmpty()) {
            if (startUp.isPresent() || maxSpend.isPresent()) {
                throw new IllegalArgumentException(
                        "--start-up and --max-spend are an autoscaler's; add --scale-to N or leave"
                                + " them out");
            }
            return Optional.empty();
        }
        if (search) {
            throw new IllegalArgumentException(
                    "--replicas auto looks for a number that stays, and --scale-to lets it change;"
                            + " say how many there are to begin with, or leave --scale-to out");
        }
        int most = scaleTo.get();
        requireWithin("--scale-to", most, replicas, Router.MAX_REPLICAS);
        long seconds = startUp.map(Integer::longValue).orElse(Care.START_UP.toSeconds());
        requireWithin("--start-up", seconds, 0, 3_600);
        double dollars = maxSpend.orElse(Double.POSITIVE_INFINITY);
        if (!(dollars >= replicas * price)) {
            throw new IllegalArgumentException(
                    "--max-spend %s does not pay for the %d replicas to begin with, which cost %s an"
                                    .formatted(dollars, replicas, replicas * price)
                            + " hour; raise it or lower --replicas");
        }
        return Optional.of(new Scaling(most, Duration.ofSeconds(seconds), dollars));
    }

    static void requireWithin(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s must be from %d to %d, got %d; the nearest is %d"
                            .formatted(option, least, most, value, Math.clamp(value, least, most)));
        }
    }

    private static Fleet with(Fleet base, String option, String value) {
        SimulationSettings settings = base.settings();
        Batching batching = settings.batching();
        Fleet labelled = base.labelled(option + " " + value);
        return switch (option) {
            case "budget", "token-budget" ->
                    labelled.with(
                            settings.with(
                                    batching(
                                            batching,
                                            number(option, value),
                                            batching.maxSequences())));
            case "max-sequences" ->
                    labelled.with(
                            settings.with(
                                    batching(
                                            batching,
                                            batching.tokenBudget(),
                                            number(option, value))));
            case "replicas" -> labelled.with(settings.with(number(option, value)));
            case "kv-type" ->
                    labelled.with(
                            settings.with(
                                    settings.model()
                                            .withKvType(
                                                    FleetOrder.KV_TYPES.find(
                                                            "--sweep kv-type", value))));
            case "router" -> labelled.with(FleetOrder.ROUTERS.find("--sweep router", value));
            default ->
                    throw new IllegalArgumentException(
                            "--sweep knows budget, replicas, max-sequences, kv-type and router, not '%s'"
                                    .formatted(option));
        };
    }

    private static Batching batching(Batching base, int budget, int sequences) {
        return new Batching(base.mode(), budget, Math.min(sequences, budget), base.maxWaiting());
    }

    private static int number(String option, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "--sweep %s takes whole numbers, got '%s'".formatted(option, value), e);
        }
        throw new IllegalArgumentException(
                "--sweep %s takes numbers from 1, got %s".formatted(option, value));
    }
}
