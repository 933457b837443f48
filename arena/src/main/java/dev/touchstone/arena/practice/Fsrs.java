package dev.touchstone.arena.practice;

import dev.touchstone.arena.practice.Memory.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The Free Spaced Repetition Scheduler, version 6: when to review an item, from how well it was
/// remembered so far. Pure, and without the random spread that some programs add.
///
/// An item has a stability (days until recall has fallen to 90 %) and a difficulty (1 to 10). Both
/// move with every review; the next interval is the stability in whole days, because 90 % is the
/// retention wanted. Reviews on the same day count less. The weights are the published defaults of
/// FSRS-6, fitted to some hundred million reviews; the tests hold the published trajectories.
///
/// The algorithm is Jarrett Ye's; see <https://github.com/open-spaced-repetition>.
public final class Fsrs {
    private static final double[] W = {
        0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835,
        0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542
    };

    private static final double DECAY = -W[20];
    private static final double FACTOR = Math.pow(0.9, 1 / DECAY) - 1;
    private static final double RETENTION = 0.9;
    private static final double MIN_STABILITY = 0.001;
    private static final int MAX_INTERVAL_DAYS = 36_500;

    private static final Fsrs CARDS =
            new Fsrs(
                    List.of(Duration.ofMinutes(1), Duration.ofMinutes(10)),
                    List.of(Duration.ofMinutes(10)),
                    1,
                    MAX_INTERVAL_DAYS);

    private static final Fsrs CHALLENGES = new Fsrs(List.of(), List.of(), 2, 3);

    private final List<Duration> learningSteps;
    private final List<Duration> relearningSteps;
    private final int minDays;
    private final int maxFirstDays;

    private Fsrs(
            List<Duration> learningSteps,
            List<Duration> relearningSteps,
            int minDays,
            int maxFirstDays) {
        this.learningSteps = learningSteps;
        this.relearningSteps = relearningSteps;
        this.minDays = minDays;
        this.maxFirstDays = maxFirstDays;
    }

    /// For cards and errors: short steps of 1 and 10 minutes first, and of 10 after a lapse, as in
    /// py-fsrs.
    public static Fsrs cards() {
        return CARDS;
    }

    /// For challenges and drills: no short steps, 2 to 3 days after the first attempt, and never
    /// less than 2, so that the second go is a cold one.
    public static Fsrs challenges() {
        return CHALLENGES;
    }

    /// What is remembered after a review.
    ///
    /// @param before empty at the first review
    public Memory review(Optional<Memory> before, Rating rating, Instant now) {
        if (before.isEmpty()) {
            double difficulty = clampDifficulty(initialDifficulty(rating));
            var first = new Memory(State.LEARNING, 0, W[rating.grade() - 1], difficulty, now, now);
            return settle(first, rating, maxFirstDays);
        }
        Memory memory = before.get();
        double stability =
                days(memory, now) < 1
                        ? sameDayStability(memory.stability(), rating)
                        : stability(memory, retrievability(memory, now), rating);
        var moved =
                new Memory(
                        memory.state(),
                        memory.step(),
                        Math.max(MIN_STABILITY, stability),
                        nextDifficulty(memory.difficulty(), rating),
                        now,
                        now);
        return settle(moved, rating, MAX_INTERVAL_DAYS);
    }

    /// The probability that it is recalled at this time.
    public double retrievability(Memory memory, Instant now) {
        return Math.pow(1 + FACTOR * days(memory, now) / memory.stability(), DECAY);
    }

    private static long days(Memory memory, Instant now) {
        return Math.max(0, Duration.between(memory.reviewed(), now).toDays());
    }

    /// Picks the next interval: a short step, or whole days.
    ///
    /// @param moved what is remembered, with stability and difficulty after the review, due at once
    private Memory settle(Memory moved, Rating rating, int maxDays) {
        if (moved.state() == State.REVIEW && rating == Rating.AGAIN) {
            return relearningSteps.isEmpty()
                    ? inDays(moved, maxDays)
                    : due(moved, State.RELEARNING, 0, relearningSteps.getFirst());
        }
        State state = moved.state();
        int step = moved.step();
        List<Duration> steps = steps(state);
        boolean beyond = step >= steps.size() && rating != Rating.AGAIN;
        if (steps.isEmpty() || beyond || rating == Rating.EASY) {
            return inDays(moved, maxDays);
        }
        return switch (rating) {
            case AGAIN -> due(moved, state, 0, steps.getFirst());
            case HARD -> due(moved, state, step, hard(steps, step));
            case GOOD, EASY ->
                    step + 1 == steps.size()
                            ? inDays(moved, maxDays)
                            : due(moved, state, step + 1, steps.get(step + 1));
        };
    }

    private static Memory due(Memory moved, State state, int step, Duration wait) {
        return new Memory(
                state,
                step,
                moved.stability(),
                moved.difficulty(),
                moved.reviewed(),
                moved.reviewed().plus(wait));
    }

    private List<Duration> steps(State state) {
        return switch (state) {
            case LEARNING -> learningSteps;
            case RELEARNING -> relearningSteps;
            case REVIEW -> List.of();
        };
    }

    /// Half-way to the second step where there is one, half as long again where there is not.
    private static Duration hard(List<Duration> steps, int step) {
        if (step > 0) {
            return steps.get(step);
        }
        Duration first = steps.getFirst();
        return steps.size() == 1
                ? first.multipliedBy(3).dividedBy(2)
                : first.plus(steps.get(1)).dividedBy(2);
    }

    private Memory inDays(Memory moved, int maxDays) {
        double wanted = moved.stability() / FACTOR * (Math.pow(RETENTION, 1 / DECAY) - 1);
        long days = Math.clamp((long) Math.rint(wanted), minDays, maxDays);
        return due(moved, State.REVIEW, 0, Duration.ofDays(days));
    }

    private static double initialDifficulty(Rating rating) {
        return W[4] - Math.exp(W[5] * (rating.grade() - 1)) + 1;
    }

    /// Moves by less the nearer it is to 10, and is drawn back towards that of an easy start.
    private static double nextDifficulty(double difficulty, Rating rating) {
        double moved = difficulty - W[6] * (rating.grade() - 3) * (10 - difficulty) / 9;
        return clampDifficulty(W[7] * initialDifficulty(Rating.EASY) + (1 - W[7]) * moved);
    }

    private static double clampDifficulty(double difficulty) {
        return Math.clamp(difficulty, 1, 10);
    }

    private static double sameDayStability(double stability, Rating rating) {
        double growth =
                Math.exp(W[17] * (rating.grade() - 3 + W[18])) * Math.pow(stability, -W[19]);
        return stability * (rating.grade() >= Rating.GOOD.grade() ? Math.max(growth, 1) : growth);
    }

    private static double stability(Memory memory, double retrievability, Rating rating) {
        double stability = memory.stability();
        if (rating == Rating.AGAIN) {
            double forgotten =
                    W[11]
                            * Math.pow(memory.difficulty(), -W[12])
                            * (Math.pow(stability + 1, W[13]) - 1)
                            * Math.exp((1 - retrievability) * W[14]);
            return Math.min(forgotten, stability / Math.exp(W[17] * W[18]));
        }
        double penalty = rating == Rating.HARD ? W[15] : 1;
        double bonus = rating == Rating.EASY ? W[16] : 1;
        double growth =
                Math.exp(W[8])
                        * (11 - memory.difficulty())
                        * Math.pow(stability, -W[9])
                        * (Math.exp((1 - retrievability) * W[10]) - 1);
        return stability * (1 + growth * penalty * bonus);
    }
}
