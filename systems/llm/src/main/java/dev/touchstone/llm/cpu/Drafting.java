package dev.touchstone.llm.cpu;

import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.speculation.DraftProposer;
import dev.touchstone.llm.speculation.NgramProposer;
import java.util.function.Function;

/// Who guesses a model's next tokens.
///
/// @param most drafts for one sequence and step; 0 for no speculation
/// @param bytesPerToken that the drafts need in the cache for each token of it
/// @param proposers makes the proposer for an executor with this cache
record Drafting(int most, long bytesPerToken, Function<KvCacheLayout, DraftProposer> proposers) {
    static final Drafting NONE = new Drafting(0, 0, layout -> (tokens, length, drafts, most) -> 0);

    Drafting {
        if (most < 0) {
            throw new IllegalArgumentException("drafts must be at least 0, got " + most);
        }
    }

    static Drafting fromText(int most) {
        return new Drafting(most, 0, layout -> NgramProposer.DEFAULT);
    }

    static Drafting from(CpuModel smaller, int most) {
        return new Drafting(
                most, smaller.spec().kvBytesPerToken(), layout -> new DraftModel(smaller, layout));
    }

    DraftProposer proposer(KvCacheLayout layout) {
        return proposers.apply(layout);
    }
}
