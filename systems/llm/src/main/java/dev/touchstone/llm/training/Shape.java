package dev.touchstone.llm.training;

/// The shape of a Llama-like transformer: RMS norms, rotary positions, grouped queries, gated
/// feed-forward layers, and an output that shares its weights with the embedding.
///
/// @param layers transformer blocks
/// @param hidden numbers that describe a token between blocks
/// @param heads query heads
/// @param kvHeads heads for keys and values; divides `heads`
/// @param feedForward numbers between the two halves of a feed-forward layer
/// @param vocabulary tokens there are
/// @param context most tokens that a text may have
public record Shape(
        int layers,
        int hidden,
        int heads,
        int kvHeads,
        int feedForward,
        int vocabulary,
        int context) {
    static final float NORM_EPSILON = 1e-5f;
    static final float ROTARY_BASE = 10_000;

    /// Refuses shapes that the kernels cannot compute.
    public Shape {
        if (layers < 1 || heads < 1 || kvHeads < 1 || heads % kvHeads != 0 || hidden % heads != 0) {
            throw new IllegalArgumentException(
                    ("kvHeads must divide heads and heads must divide hidden, got %d, %d and %d"
                                    + " in %d layers")
                            .formatted(kvHeads, heads, hidden, layers));
        }
        multiple("hidden", hidden);
        multiple("feedForward", feedForward);
        multiple("vocabulary", vocabulary);
        multiple("context", context);
        multiple("the numbers of a head", hidden / heads);
    }

    private static void multiple(String what, int value) {
        if (value < 1 || value % Product.COLUMN_MULTIPLE != 0) {
            throw new IllegalArgumentException(
                    "%s must be a multiple of %d, got %d"
                            .formatted(what, Product.COLUMN_MULTIPLE, value));
        }
    }

    int headSize() {
        return hidden / heads;
    }

    /// Numbers in the keys of one token, all heads together.
    int keys() {
        return kvHeads * headSize();
    }
}
