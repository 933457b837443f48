package dev.touchstone.llm.cpu;

import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Draws tokens from logits.
///
/// The random number for a token is a function of the generation's seed and the token's place in
/// the answer. So a token drawn again after preemption, or ahead of time in speculation, is the
/// same one.
final class Sampler {
    private Sampler() {}

    /// Draws the token at a place of an answer and reports what the sampling asks for.
    ///
    /// @param place answer tokens before this one
    static Generation.Drawn draw(Logits logits, Sampling sampling, int place) {
        int token =
                sampling.temperature() == 0
                        ? logits.highest()
                        : pick(logits, sampling, uniform(sampling.seed(), place));
        return sampling.topLogprobs() < 0
                ? new Generation.Drawn(token, 0, List.of())
                : report(logits, token, sampling.topLogprobs());
    }

    private static int pick(Logits logits, Sampling sampling, double chance) {
        int size = logits.size();
        double highest = logits.get(logits.highest());
        var weights = new double[size];
        double total = 0;
        for (int i = 0; i < size; i++) {
            weights[i] = Math.exp((logits.get(i) - highest) / sampling.temperature());
            total += weights[i];
        }
        if (sampling.topP() < 1) {
            total = keepLikeliest(weights, total, sampling.topP());
        }
        double left = chance * total;
        int last = logits.highest();
        for (int i = 0; i < size; i++) {
            if (weights[i] > 0) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    return i;
                }
            }
        }
        return last;
    }

    /// Sets to zero what does not belong to the likeliest that together have the share `topP`, and
    /// returns the sum of the others.
    private static double keepLikeliest(double[] weights, double total, double topP) {
        // All below this together have less than 1 - topP: none of them is among the kept.
        double least = (1 - topP) * total / weights.length;
        double[] candidates = Arrays.stream(weights).filter(w -> w >= least).sorted().toArray();
        double kept = 0;
        double threshold = 0;
        for (int i = candidates.length - 1; i >= 0 && kept < topP * total; i--) {
            kept += candidates[i];
            threshold = candidates[i];
        }
        kept = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] < threshold) {
                weights[i] = 0;
            }
            kept += weights[i];
        }
        return kept;
    }

    private static Generation.Drawn report(Logits logits, int token, int count) {
        double highest = logits.get(logits.highest());
        double sum = 0;
        for (int i = 0; i < logits.size(); i++) {
            sum += Math.exp(logits.get(i) - highest);
        }
        double all = highest + Math.log(sum);
        List<Generation.Likely> top = new ArrayList<>();
        for (int i : logits.highest(count)) {
            top.add(new Generation.Likely(i, (float) (logits.get(i) - all)));
        }
        return new Generation.Drawn(token, (float) (logits.get(token) - all), top);
    }

    /// A number from 0 to 1 (Steele et al., "Fast splittable pseudorandom number generators", 2014:
    /// its finishing function).
    private static double uniform(long seed, int place) {
        long z = seed + (place + 1) * 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        z ^= (z >>> 31);
        return (z >>> 11) * 0x1p-53;
    }

    /// The scores of all tokens for one place, within an array of several.
    static final class Logits {
        private final float[] scores;
        private final int offset;
        private final int size;

        Logits(float[] scores, int offset, int size) {
            this.scores = scores;
            this.offset = offset;
            this.size = size;
        }

        int size() {
            return size;
        }

        float get(int token) {
            return scores[offset + token];
        }

        /// The token with the highest score, the first of equals.
        int highest() {
            int best = 0;
            for (int i = 1; i < size; i++) {
                if (get(i) > get(best)) {
                    best = i;
                }
            }
            return best;
        }

        /// The tokens with the highest scores, highest first.
        int[] highest(int count) {
            var best = new int[Math.min(count, size)];
            int found = 0;
            for (int i = 0; i < size && best.length > 0; i++) {
                if (found == best.length && get(i) <= get(best[found - 1])) {
                    continue;
                }
                int at = found < best.length ? found++ : found - 1;
                while (at > 0 && get(best[at - 1]) < get(i)) {
                    best[at] = best[at - 1];
                    at--;
                }
                best[at] = i;
            }
            return best;
        }
    }
}
