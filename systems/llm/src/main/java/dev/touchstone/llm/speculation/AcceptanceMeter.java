package dev.touchstone.llm.speculation;

import dev.touchstone.llm.Step;

/// Counts how many drafts hold, and says whether speculation pays.
///
/// If each draft holds with probability `a`, whatever came before, then a step that verifies `k`
/// drafts yields `1 + a + a² + … + aᵏ = (1 - aᵏ⁺¹) / (1 - a)` tokens: the accepted ones up to the
/// first that fails, and the model's own after them (Leviathan, Kalman and Matias, "Fast inference
/// from transformers via speculative decoding", ICML 2023).
public final class AcceptanceMeter {
    private long verifications;
    private long drafts;
    private long accepted;

    /// Verifications in which a draft failed.
    private long failures;

    /// Counts a step that was carried out.
    public void count(Step step) {
        for (int i = 0; i < step.size(); i++) {
            if (step.drafts(i) > 0) {
                count(step.drafts(i), step.accepted(i));
            }
        }
    }

    /// Counts one sequence's verification of some drafts.
    public void count(int draftCount, int acceptedCount) {
        verifications++;
        drafts += draftCount;
        accepted += acceptedCount;
        failures += acceptedCount < draftCount ? 1 : 0;
    }

    /// Verifications of one sequence's drafts in one step.
    public long verifications() {
        return verifications;
    }

    /// Drafts that were verified.
    public long drafts() {
        return drafts;
    }

    /// Drafts that held.
    public long accepted() {
        return accepted;
    }

    /// How likely a draft holds that is looked at: accepted ones over those and the first failures.
    /// Drafts behind a failure say nothing. 0 before anything was counted.
    public double rate() {
        long seen = accepted + failures;
        return seen == 0 ? 0 : (double) accepted / seen;
    }

    /// Tokens a verification yielded on average; 1 before anything was counted.
    public double tokensPerStep() {
        return verifications == 0 ? 1 : 1 + (double) accepted / verifications;
    }

    /// Tokens that a step with `draftCount` drafts yields for a sequence on average.
    ///
    /// @param rate how likely a draft holds, from 0 to 1
    public static double expectedTokens(double rate, int draftCount) {
        double sum = 0;
        double term = 1;
        for (int i = 0; i <= draftCount; i++) {
            sum += term;
            term *= rate;
        }
        return sum;
    }

    /// How many times faster tokens come out with speculation than without; above 1 it pays.
    ///
    /// @param draftCost time to make one draft, as a share of a step without drafts: about 0 for
    ///   n-grams, 0.05 to 0.2 for a small model
    /// @param verifyCost by how much one more token to verify lengthens a step, as a share of it:
    ///   about 0 while reading the weights takes longest, up to 1 when arithmetic does, as in large
    ///   batches
    public static double speedup(double rate, int draftCount, double draftCost, double verifyCost) {
        return expectedTokens(rate, draftCount) / (1 + draftCount * (draftCost + verifyCost));
    }

    /// The number of drafts, up to `most`, with the greatest [#speedup]; 0 when speculation does
    /// not pay.
    public static int bestDrafts(double rate, int most, double draftCost, double verifyCost) {
        int best = 0;
        double greatest = 1;
        for (int drafts = 1; drafts <= most; drafts++) {
            double speedup = speedup(rate, drafts, draftCost, verifyCost);
            if (speedup > greatest) {
                greatest = speedup;
                best = drafts;
            }
        }
        return best;
    }
}
