package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.Care.Scaling;
import dev.touchstone.app.internal.simulate.FleetStudy.Fleet;
import dev.touchstone.app.internal.simulate.FleetStudy.Terms;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import dev.touchstone.llm.fleet.simulation.Conversation;
import dev.touchstone.llm.fleet.simulation.Regions.Place;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A fleet that somebody asks the server to simulate; what is left out is as usual.
///
/// @param sessions users, 1 to [#MAX_SESSIONS]
/// @param minutes simulated around the day's busiest moment, 1 to [#MAX_MINUTES]
/// @param replicas of the engine; left out, as few as keep the promise
/// @param tokenBudget tokens in one step
/// @param router one of [#ROUTERS]
/// @param scaleTo replicas that an autoscaler may go up to from `replicas`; left out, nobody scales
/// @param startUpSeconds from asking for a replica until it serves
/// @param maxSpend dollars an hour that all replicas may cost; left out, there is no such limit
/// @param ladder `off`, `on`, or the loads of its rungs in percent, `80,100,120,300`
/// @param longShare share of the replicas for prompts from `longFrom` tokens on; left out, none
/// @param prefillShare share of the replicas that only read prompts; left out, all do both
/// @param link gigabytes a second at which those send on what they read
/// @param roundTripMillis from users to the fleet and back
/// @param conversation one of [#CONVERSATIONS]
/// @param regions where users live, as [Places#parse] reads it
public record FleetOrder(
        Optional<Integer> sessions,
        Optional<Integer> minutes,
        Optional<String> model,
        Optional<String> accelerator,
        Optional<Integer> replicas,
        Optional<Integer> tokenBudget,
        Optional<String> kvType,
        Optional<String> router,
        Optional<Integer> scaleTo,
        Optional<Integer> startUpSeconds,
        Optional<Integer> maxSpend,
        Optional<String> ladder,
        Optional<Double> longShare,
        Optional<Integer> longFrom,
        Optional<Double> prefillShare,
        Optional<Double> link,
        Optional<Integer> roundTripMillis,
        Optional<String> conversation,
        Optional<String> regions) {
    /// Models whose time per step is known.
    public static final Choice<ModelSpec> MODELS =
            Choice.of(
                    List.of(ModelSpec.CHAT_13B, ModelSpec.LLAMA_3_1_8B, ModelSpec.CHAT_7B),
                    ModelSpec::name);

    /// Accelerators whose time per step is known.
    public static final Choice<Accelerator> ACCELERATORS =
            Choice.of(Accelerator.ALL, Accelerator::name);

    /// How keys and values may be stored.
    public static final Choice<ElementType> KV_TYPES =
            Choice.of(
                    List.of(ElementType.FP16, ElementType.FP8),
                    type -> type == ElementType.FP16 ? "fp16" : "fp8");

    /// How requests may be given to replicas.
    public static final Choice<Policy> ROUTERS =
            Choice.of(
                    List.of(Policy.values()),
                    policy -> policy.name().toLowerCase(Locale.ROOT).replace('_', '-'));

    /// What users talk about.
    public static final Choice<Conversation> CONVERSATIONS =
            Choice.of(
                    List.of(Conversation.COURSE, Conversation.MOONCAKE),
                    talk -> talk.equals(Conversation.COURSE) ? "course" : "mooncake");

    /// What a server does for anybody who asks; the command line does more.
    public static final int MAX_SESSIONS = 50_000;

    /// Simulated minutes, likewise.
    public static final int MAX_MINUTES = 60;

    /// As usual in every respect.
    public static final FleetOrder USUAL =
            new FleetOrder(
                    Optional.of(10_000),
                    Optional.of(20),
                    Optional.of(ModelSpec.CHAT_13B.name()),
                    Optional.of("h100"),
                    Optional.empty(),
                    Optional.of(512),
                    Optional.of("fp16"),
                    Optional.of("balanced"),
                    Optional.empty(),
                    Optional.of((int) Care.START_UP.toSeconds()),
                    Optional.empty(),
                    Optional.of("off"),
                    Optional.empty(),
                    Optional.of(Shape.LONG_FROM),
                    Optional.empty(),
                    Optional.of(Shape.LINK),
                    Optional.of(0),
                    Optional.of("course"),
                    Optional.empty());

    private static final int MAX_TOKEN_BUDGET = 65_536;
    private static final int MIN_TOKEN_BUDGET = 16;
    private static final int MAX_SEQUENCES = 256;
    private static final long RESERVE_BYTES = 4_000_000_000L;

    /// Dollars for one accelerator and hour unless somebody says otherwise: what the chat challenge
    /// pays, so that a simulation and a design cost the same.
    public static final double DOLLARS_PER_HOUR = FleetDesign.DOLLARS_PER_HOUR;

    /// The same with what was left out said.
    public FleetOrder whole() {
        return new FleetOrder(
                sessions.or(USUAL::sessions),
                minutes.or(USUAL::minutes),
                model.or(USUAL::model),
                accelerator.or(USUAL::accelerator),
                replicas,
                tokenBudget.or(USUAL::tokenBudget),
                kvType.or(USUAL::kvType),
                router.or(USUAL::router),
                scaleTo,
                startUpSeconds.or(USUAL::startUpSeconds),
                maxSpend,
                ladder.or(USUAL::ladder),
                longShare,
                longFrom.or(USUAL::longFrom),
                prefillShare,
                link.or(USUAL::link),
                roundTripMillis.or(USUAL::roundTripMillis),
                conversation.or(USUAL::conversation),
                regions);
    }

    /// Who asks.
    ///
    /// @throws Json.Malformed naming the field that is out of range
    public SessionLoad load() {
        FleetOrder all = whole();
        int users = within("sessions", all.sessions(), 1, MAX_SESSIONS);
        int span = within("minutes", all.minutes(), 1, MAX_MINUTES);
        SessionLoad usual = SessionLoad.COURSE;
        return new SessionLoad(
                users,
                usual.requestsPerHour(),
                usual.peak(),
                Duration.ofMinutes(span),
                one("conversation", CONVERSATIONS, all.conversation()),
                usual.lowPriorityShare());
    }

    /// Who answers.
    ///
    /// @throws Json.Malformed naming the field that is unknown or out of range
    public Fleet fleet() {
        FleetOrder all = whole();
        int budget = within("tokenBudget", all.tokenBudget(), MIN_TOKEN_BUDGET, MAX_TOKEN_BUDGET);
        ModelSpec spec =
                one("model", MODELS, all.model()).withKvType(one("kvType", KV_TYPES, all.kvType()));
        var settings =
                new SimulationSettings(
                        spec,
                        one("accelerator", ACCELERATORS, all.accelerator()),
                        within(
                                "replicas",
                                all.replicas().or(() -> Optional.of(1)),
                                1,
                                Router.MAX_REPLICAS),
                        Optional.empty(),
                        RESERVE_BYTES,
                        new Batching(
                                BatchingMode.CONTINUOUS,
                                budget,
                                Math.min(MAX_SEQUENCES, budget),
                                Integer.MAX_VALUE),
                        true,
                        false,
                        true);
        try {
            settings.layout();
        } catch (IllegalArgumentException e) {
            throw new Json.Malformed("accelerator", String.valueOf(e.getMessage()));
        }
        Care care = new Care(scaling(all), ladder(all.ladder().orElseThrow()));
        return new Fleet("", settings, shape(all), replicas.isEmpty(), care);
    }

    private static Shape shape(FleetOrder all) {
        if (all.longShare().isPresent() && all.prefillShare().isPresent()) {
            throw new Json.Malformed("prefillShare", Shape.ONE_OR_THE_OTHER);
        }
        all.longShare().ifPresent(share -> requireShare("longShare", share));
        all.prefillShare().ifPresent(share -> requireShare("prefillShare", share));
        double gigabytes = all.link().orElseThrow();
        if (!(gigabytes > 0 && gigabytes <= Shape.MAX_LINK)) {
            throw new Json.Malformed(
                    "link", "must be above 0 and at most 10,000, got " + gigabytes);
        }
        int trip = within("roundTripMillis", all.roundTripMillis(), 0, Shape.MAX_ROUND_TRIP_MILLIS);
        return new Shape(
                one("router", ROUTERS, all.router()),
                all.longShare(),
                within("longFrom", all.longFrom(), 1, 1_000_000),
                all.prefillShare(),
                gigabytes,
                Duration.ofMillis(trip));
    }

    private static void requireShare(String field, double share) {
        if (!(share > 0 && share < 1)) {
            throw new Json.Malformed(field, "must be above 0 and below 1, got " + share);
        }
    }

    /// Where users live; none when nobody says.
    ///
    /// @throws Json.Malformed when it is not understood
    public List<Place> places() {
        try {
            return regions.isEmpty()
                    ? List.of()
                    : Places.parse(regions.get(), Places.HOME_MILLIS, Places.ABROAD_MILLIS);
        } catch (IllegalArgumentException e) {
            throw new Json.Malformed("regions", String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Scaling> scaling(FleetOrder all) {
        int startUp = within("startUpSeconds", all.startUpSeconds(), 0, 3_600);
        if (all.scaleTo().isEmpty()) {
            if (all.maxSpend().isPresent()) {
                throw new Json.Malformed(
                        "maxSpend", "limits an autoscaler; say how far it may scale out as well");
            }
            return Optional.empty();
        }
        if (all.replicas().isEmpty()) {
            throw new Json.Malformed(
                    "scaleTo",
                    "needs a number of replicas to begin with; auto looks for a number that stays");
        }
        int least = all.replicas().get();
        int most = within("scaleTo", all.scaleTo(), least, Router.MAX_REPLICAS);
        int cheapest = (int) Math.ceil(least * DOLLARS_PER_HOUR);
        Optional<Integer> spend =
                all.maxSpend().map(_ -> within("maxSpend", all.maxSpend(), cheapest, 100_000));
        return Optional.of(
                new Scaling(
                        most,
                        Duration.ofSeconds(startUp),
                        spend.map(Double::valueOf).orElse(Double.POSITIVE_INFINITY)));
    }

    private static Optional<DegradationLadder.Config> ladder(String text) {
        try {
            return Care.ladder(text);
        } catch (IllegalArgumentException e) {
            throw new Json.Malformed("ladder", String.valueOf(e.getMessage()));
        }
    }

    /// What it costs, and the seed of what is drawn.
    public Terms terms() {
        return new Terms(DOLLARS_PER_HOUR, 1);
    }

    static int within(String field, Optional<Integer> given, int least, int most) {
        int value = given.orElseThrow();
        if (value < least || value > most) {
            throw new Json.Malformed(
                    field,
                    String.format(
                            Locale.ROOT,
                            "must be from %,d to %,d, got %,d; the nearest is %,d",
                            least,
                            most,
                            value,
                            Math.clamp(value, least, most)));
        }
        return value;
    }

    static <T> T one(String field, Choice<T> choice, Optional<String> word) {
        try {
            return choice.find("", word.orElseThrow());
        } catch (IllegalArgumentException e) {
            throw new Json.Malformed(field, String.valueOf(e.getMessage()));
        }
    }
}
