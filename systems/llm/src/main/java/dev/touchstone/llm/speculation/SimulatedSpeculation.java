package dev.touchstone.llm.speculation;

import dev.touchstone.llm.Executor;
import dev.touchstone.llm.Step;
import dev.touchstone.simulation.RandomStreams;

/// Lets a simulated executor speculate: each sequence has drafts for every step, and each draft
/// holds with the same probability.
///
/// Whether a draft holds depends on the seed, the request and its place in the answer, and on
/// nothing else: not on the batch, and not on what happened before.
public final class SimulatedSpeculation implements Executor {
    private final Executor model;
    private final double rate;
    private final int draftCount;
    private final long draftNanos;
    private final long seed;
    private final AcceptanceMeter meter;

    /// @param model carries out the steps, drafts included
    /// @param rate how likely a draft holds, from 0 to 1
    /// @param draftCount drafts proposed for each sequence and step
    /// @param draftNanos time to make one round of drafts, one for each sequence; a model makes
    ///   `draftCount` rounds one after the other. 0 for n-grams
    public SimulatedSpeculation(
            Executor model, double rate, int draftCount, long draftNanos, long seed) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("rate must be from 0 to 1, got " + rate);
        }
        if (draftCount < 1 || draftNanos < 0) {
            throw new IllegalArgumentException(
                    "draftCount must be at least 1 and draftNanos at least 0, got %d and %d"
                            .formatted(draftCount, draftNanos));
        }
        this.model = model;
        this.rate = rate;
        this.draftCount = draftCount;
        this.draftNanos = draftNanos;
        this.seed = RandomStreams.mix(seed);
        this.meter = new AcceptanceMeter();
    }

    /// What was accepted so far.
    public AcceptanceMeter meter() {
        return meter;
    }

    @Override
    public long execute(Step step) {
        long nanos = model.execute(step);
        boolean drafted = false;
        for (int i = 0; i < step.size(); i++) {
            int drafts = step.drafts(i);
            drafted |= drafts > 0;
            step.accept(i, accepted(step, i, drafts));
            if (step.yields(i)) {
                step.propose(i, draftCount);
            }
        }
        meter.count(step);
        return drafted ? nanos + draftCount * draftNanos : nanos;
    }

    private int accepted(Step step, int index, int drafts) {
        long request = RandomStreams.mix(seed ^ step.sequence(index).request().id());
        int accepted = 0;
        while (accepted < drafts
                && uniform(request + step.sequence(index).length() + accepted) < rate) {
            accepted++;
        }
        return accepted;
    }

    private static double uniform(long place) {
        return (RandomStreams.mix(place) >>> 11) * 0x1p-53;
    }
}
