package dev.touchstone.arena.design;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.SchedulerConfig.Exhaustion;
import dev.touchstone.llm.SchedulerConfig.LongRequests;
import dev.touchstone.llm.SchedulerConfig.Memory;
import dev.touchstone.llm.SchedulerConfig.Reservation;
import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RouterConfig;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import dev.touchstone.llm.fleet.simulation.Control;
import dev.touchstone.llm.fleet.simulation.FleetSettings;
import dev.touchstone.llm.fleet.simulation.Topology;
import dev.touchstone.llm.hardware.Hardware;
import java.time.Duration;

/// A fleet as somebody proposes it for the chat challenge: a dense 13B model on H100s, one copy a
/// GPU. Everything else is theirs to decide.
///
/// @param gpus 1 to [Router#MAX_REPLICAS]; they stay as many, for a new one takes minutes
/// @param tokenBudget tokens in one step, prompts and answers together
/// @param kvType how keys and values are stored
/// @param lane for long prompts
/// @param router who gets a request
/// @param ladder whether the fleet gives way by steps when it is overloaded
public record FleetDesign(
        int gpus, int tokenBudget, ElementType kvType, Lane lane, Policy router, boolean ladder) {
    /// The challenge that it answers.
    public static final String CHALLENGE = "LLM";

    /// The model, as the challenge has it.
    public static final ModelSpec MODEL = ModelSpec.CHAT_13B;

    /// What it runs on, likewise.
    public static final Accelerator ACCELERATOR = Accelerator.H100;

    /// Dollars for one GPU and hour, likewise.
    public static final double DOLLARS_PER_HOUR = 3;

    /// Who has waited for so long without a first token leaves.
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    /// Least and most tokens in a step.
    public static final int MIN_TOKEN_BUDGET = 64;

    public static final int MAX_TOKEN_BUDGET = 16_384;

    private static final int MAX_SEQUENCES = 256;
    private static final long SCRATCH_BYTES = 4_000_000_000L;

    /// What the manager's slide in the challenge proposes, for lack of anything better to begin
    /// with: 5 GPUs, and whatever an engine does by itself.
    public static final FleetDesign SLIDE =
            new FleetDesign(5, 2_048, ElementType.FP16, Lane.NONE, Policy.ROUND_ROBIN, false);

    public FleetDesign {
        Lane.requireWithin("gpus", gpus, 1, Router.MAX_REPLICAS);
        Lane.requireWithin("tokenBudget", tokenBudget, MIN_TOKEN_BUDGET, MAX_TOKEN_BUDGET);
        if (kvType != ElementType.FP16 && kvType != ElementType.FP8) {
            throw new IllegalArgumentException("kvType must be FP16 or FP8, got " + kvType);
        }
        if (lane.gpus() >= gpus) {
            throw new IllegalArgumentException(
                    "%d of %d GPUs for long prompts leave none for the others"
                            .formatted(lane.gpus(), gpus));
        }
    }

    /// What keeps long prompts out of the others' way.
    ///
    /// @param fromTokens prompts of this length or more are long
    /// @param atOnce long prompts that one GPU holds at once; 0 for any number
    /// @param gpus that take long prompts and nothing else; 0 when all take all
    public record Lane(int fromTokens, int atOnce, int gpus) {
        /// No prompt is treated as long.
        public static final Lane NONE = new Lane(Integer.MAX_VALUE, 0, 0);

        public Lane {
            requireWithin("lane.fromTokens", fromTokens, 1, Integer.MAX_VALUE);
            requireWithin("lane.atOnce", atOnce, 0, Integer.MAX_VALUE);
            requireWithin("lane.gpus", gpus, 0, Router.MAX_REPLICAS - 1);
        }

        /// Here and not around it: a lane can be read before there is any design.
        private static void requireWithin(String field, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(
                        "%s must be from %d to %d, got %d".formatted(field, least, most, value));
            }
        }

        private LongRequests limit() {
            return atOnce == 0 ? LongRequests.UNLIMITED : new LongRequests(fromTokens, atOnce);
        }
    }

    /// Dollars for an hour of the fleet.
    public double dollarsPerHour() {
        return gpus * DOLLARS_PER_HOUR;
    }

    /// What the simulation is to do. With other replicas, as large a share of them is for long
    /// prompts.
    ///
    /// @param seed of everything that is drawn
    public FleetSettings settings(long seed) {
        ModelSpec model = MODEL.withKvType(kvType);
        var batching =
                new Batching(
                        BatchingMode.CONTINUOUS,
                        tokenBudget,
                        Math.min(MAX_SEQUENCES, tokenBudget),
                        Integer.MAX_VALUE);
        var memory =
                new Memory(
                        Reservation.NONE,
                        KvCacheLayout.DEFAULT_BLOCK_TOKENS,
                        0,
                        Double.POSITIVE_INFINITY,
                        Exhaustion.PREEMPT,
                        true,
                        Memory.NEVER);
        Control control = Control.NONE.withPatience(PATIENCE);
        var settings =
                new FleetSettings(
                        gpus,
                        KvCacheLayout.remaining(model, ACCELERATOR, SCRATCH_BYTES),
                        SchedulerConfig.DEFAULT.with(batching).with(memory).with(lane.limit()),
                        () -> Hardware.executor(model, ACCELERATOR),
                        RouterConfig.DEFAULT.with(router),
                        ladder ? control.with(DegradationLadder.Config.DEFAULT) : control,
                        DOLLARS_PER_HOUR,
                        seed,
                        true);
        return lane.gpus() == 0
                ? settings
                : settings.with(
                        new Topology.ByLength((double) lane.gpus() / gpus, lane.fromTokens()));
    }
}
