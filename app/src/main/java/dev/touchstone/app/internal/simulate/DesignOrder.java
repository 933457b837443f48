package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.arena.design.FleetDesign.Lane;
import dev.touchstone.llm.fleet.Router;
import java.util.List;
import java.util.Optional;

/// A design that somebody wants tried; what is left out is as in [FleetDesign#SLIDE].
///
/// @param gpus H100s, one copy of the model each
/// @param tokenBudget tokens in one step
/// @param kvType one of [FleetOrder#KV_TYPES]
/// @param longGpus of the GPUs, for long prompts only; 0 when all take all
/// @param longAtOnce long prompts that a GPU holds at once; 0 for any number
/// @param longFrom tokens from which a prompt is long
/// @param router one of [FleetOrder#ROUTERS]
/// @param ladder one of [#LADDER]
public record DesignOrder(
        Optional<Integer> gpus,
        Optional<Integer> tokenBudget,
        Optional<String> kvType,
        Optional<Integer> longGpus,
        Optional<Integer> longAtOnce,
        Optional<Integer> longFrom,
        Optional<String> router,
        Optional<String> ladder) {
    /// Whether the fleet gives way by steps.
    public static final Choice<Boolean> LADDER =
            Choice.of(List.of(false, true), on -> on ? "on" : "off");

    private static final int MAX_AT_ONCE = 256;
    private static final int MAX_TOKENS = 16_384;

    /// What the form begins with.
    public static final DesignOrder SLIDE =
            new DesignOrder(
                    Optional.of(FleetDesign.SLIDE.gpus()),
                    Optional.of(FleetDesign.SLIDE.tokenBudget()),
                    Optional.of("fp16"),
                    Optional.of(0),
                    Optional.of(0),
                    Optional.of(Shape.LONG_FROM),
                    Optional.of("round-robin"),
                    Optional.of("off"));

    /// The order of a design.
    public static DesignOrder of(FleetDesign design) {
        Lane lane = design.lane();
        return new DesignOrder(
                Optional.of(design.gpus()),
                Optional.of(design.tokenBudget()),
                Optional.of(FleetOrder.KV_TYPES.word(design.kvType())),
                Optional.of(lane.gpus()),
                Optional.of(lane.atOnce()),
                Optional.of(lane.equals(Lane.NONE) ? Shape.LONG_FROM : lane.fromTokens()),
                Optional.of(FleetOrder.ROUTERS.word(design.router())),
                Optional.of(LADDER.word(design.ladder())));
    }

    /// The same with what was left out said.
    public DesignOrder whole() {
        return new DesignOrder(
                gpus.or(SLIDE::gpus),
                tokenBudget.or(SLIDE::tokenBudget),
                kvType.or(SLIDE::kvType),
                longGpus.or(SLIDE::longGpus),
                longAtOnce.or(SLIDE::longAtOnce),
                longFrom.or(SLIDE::longFrom),
                router.or(SLIDE::router),
                ladder.or(SLIDE::ladder));
    }

    /// What is to be tried.
    ///
    /// @throws Json.Malformed naming the field that is unknown or out of range
    public FleetDesign design() {
        DesignOrder all = whole();
        int count = FleetOrder.within("gpus", all.gpus(), 1, Router.MAX_REPLICAS);
        int apart = FleetOrder.within("longGpus", all.longGpus(), 0, count - 1);
        int atOnce = FleetOrder.within("longAtOnce", all.longAtOnce(), 0, MAX_AT_ONCE);
        int from = FleetOrder.within("longFrom", all.longFrom(), 1, MAX_TOKENS);
        return new FleetDesign(
                count,
                FleetOrder.within(
                        "tokenBudget",
                        all.tokenBudget(),
                        FleetDesign.MIN_TOKEN_BUDGET,
                        FleetDesign.MAX_TOKEN_BUDGET),
                FleetOrder.one("kvType", FleetOrder.KV_TYPES, all.kvType()),
                apart == 0 && atOnce == 0 ? Lane.NONE : new Lane(from, atOnce, apart),
                FleetOrder.one("router", FleetOrder.ROUTERS, all.router()),
                FleetOrder.one("ladder", LADDER, all.ladder()));
    }
}
