package dev.touchstone.llm.cpu;

/// The shape of a model of the Llama family, as its file gives it.
///
/// @param name what clients call the model by
/// @param contextTokens most tokens of prompt and answer together
/// @param hidden numbers that represent a token between layers
/// @param heads query heads; `kvHeads` of them share a key and value head
/// @param feedForward numbers in the middle of a feed-forward layer
/// @param epsilon of the norms
public record LlamaShape(
        String name,
        int contextTokens,
        int vocabulary,
        int layers,
        int hidden,
        int heads,
        int kvHeads,
        int headDimension,
        int feedForward,
        float epsilon) {

    public LlamaShape {
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "%d query heads cannot share %d key heads evenly".formatted(heads, kvHeads));
        }
        if (headDimension % 2 != 0) {
            throw new IllegalArgumentException(
                    "a head needs an even number of dimensions, got " + headDimension);
        }
    }

    /// Numbers of a token's queries, all heads together.
    int queries() {
        return heads * headDimension;
    }

    /// Numbers of a token's keys, or values, in one layer.
    int keys() {
        return kvHeads * headDimension;
    }
}
