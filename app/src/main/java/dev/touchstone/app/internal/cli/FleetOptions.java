package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.simulate.FleetOrder;
import dev.touchstone.app.internal.simulate.FleetStudy.Fleet;
import dev.touchstone.app.internal.simulate.FleetStudy.Terms;
import dev.touchstone.app.internal.simulate.SimulationSettings;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import dev.touchstone.llm.fleet.simulation.Conversation;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import dev.touchstone.llm.fleet.simulation.Slo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options that make a fleet of what would be a replay: users, a router, a search, a sweep.
final class FleetOptions {
    /// Tokens a step where nothing else is asked for.
    static final int DEFAULT_BUDGET = 512;

    private static final double SECONDS_PER_HOUR = 3_600;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            description = {
                "Simulates users who wait for their answers and think, instead of a trace."
            })
    private Optional<Integer> sessions = Optional.empty();

    @Option(
            names = "--requests-per-hour",
            paramLabel = "N",
            defaultValue = "4",
            description = "Of one user, on average over a day (${DEFAULT-VALUE}).")
    private double requestsPerHour;

    @Option(
            names = "--peak",
            paramLabel = "X",
            defaultValue = "3",
            description = "How much more users ask in the busiest hour (${DEFAULT-VALUE}).")
    private double peak;

    @Option(
            names = "--hours",
            paramLabel = "N",
            defaultValue = "1",
            description = "Simulated time around the day's busiest moment (${DEFAULT-VALUE}).")
    private double hours;

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            defaultValue = "1500",
            description = "Mean length of a prompt, history included (${DEFAULT-VALUE}).")
    private int promptTokens;

    @Option(
            names = "--answer-tokens",
            paramLabel = "N",
            defaultValue = "400",
            description = "Mean length of an answer (${DEFAULT-VALUE}).")
    private int answerTokens;

    @Option(
            names = "--router",
            paramLabel = "HOW",
            description = {
                "balanced (what is used otherwise), cache-aware, session, least-requests or",
                "round-robin."
            })
    private Optional<String> router = Optional.empty();

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
            defaultValue = "2.50",
            description = "Of one accelerator for an hour (${DEFAULT-VALUE}).")
    private double price;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of everything that is drawn (${DEFAULT-VALUE}).")
    private long seed;

    /// Whether any option asks for a fleet.
    boolean asked() {
        return sessions.isPresent() || router.isPresent() || slo.isPresent() || sweep.isPresent();
    }

    /// Whether users are simulated and no trace.
    boolean users() {
        return sessions.isPresent();
    }

    /// The simulated users.
    ///
    /// @throws IllegalArgumentException when a number is out of range
    SessionLoad load() {
        if (!(hours > 0 && hours <= 24 * 31)) {
            throw new IllegalArgumentException(
                    "--hours must be above 0 and at most 744, got " + hours);
        }
        return new SessionLoad(
                sessions.orElseThrow(),
                requestsPerHour,
                peak,
                Duration.ofMillis(Math.round(hours * SECONDS_PER_HOUR * 1e3)),
                Conversation.COURSE.withMeans(promptTokens, answerTokens),
                SessionLoad.COURSE.lowPriorityShare());
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
        Policy policy =
                router.map(word -> FleetOrder.ROUTERS.find("--router", word))
                        .orElse(Policy.BALANCED);
        var base = new Fleet("", settings, policy, search);
        if (sweep.isEmpty()) {
            return List.of(base);
        }
        String[] sides = sweep.get().split("=", 2);
        if (sides.length < 2 || sides[1].isBlank()) {
            throw new IllegalArgumentException(
                    "--sweep takes an option and its values, such as budget=256,512,1024; got '%s'"
                            .formatted(sweep.get()));
        }
        var fleets = new ArrayList<Fleet>();
        for (String value : sides[1].split(",")) {
            fleets.add(with(base, sides[0].strip(), value.strip()));
        }
        return fleets;
    }

    private static Fleet with(Fleet base, String option, String value) {
        String label = option + " " + value;
        SimulationSettings settings = base.settings();
        Batching batching = settings.batching();
        return switch (option) {
            case "budget", "token-budget" ->
                    new Fleet(
                            label,
                            settings.with(
                                    batching(
                                            batching,
                                            number(option, value),
                                            batching.maxSequences())),
                            base.policy(),
                            base.search());
            case "max-sequences" ->
                    new Fleet(
                            label,
                            settings.with(
                                    batching(
                                            batching,
                                            batching.tokenBudget(),
                                            number(option, value))),
                            base.policy(),
                            base.search());
            case "replicas" ->
                    new Fleet(label, settings.with(number(option, value)), base.policy(), false);
            case "kv-type" ->
                    new Fleet(
                            label,
                            settings.with(
                                    settings.model()
                                            .withKvType(
                                                    value.equals("fp8")
                                                            ? ElementType.FP8
                                                            : ElementType.FP16)),
                            base.policy(),
                            base.search());
            case "router" ->
                    new Fleet(
                            label,
                            settings,
                            FleetOrder.ROUTERS.find("--sweep router", value),
                            base.search());
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
