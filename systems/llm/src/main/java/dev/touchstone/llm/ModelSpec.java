package dev.touchstone.llm;

/// The shape of a decoder-only transformer, as far as serving depends on it.
///
/// @param parameters weights in all; each is read once a step and costs two FLOPs a token
/// @param layers transformer blocks
/// @param heads query heads
/// @param kvHeads key and value heads: fewer than `heads` under grouped-query attention
/// @param headDimension numbers in one head's vector
/// @param weightType how weights are stored
/// @param kvType how cached keys and values are stored
public record ModelSpec(
        String name,
        long parameters,
        int layers,
        int heads,
        int kvHeads,
        int headDimension,
        ElementType weightType,
        ElementType kvType) {

    /// A 13-billion-parameter chat model with grouped-query attention, all in fp16.
    public static final ModelSpec CHAT_13B =
            new ModelSpec(
                    "13b-gqa", 13_000_000_000L, 40, 40, 8, 128, ElementType.FP16, ElementType.FP16);

    /// Llama 3.1 8B (configuration published with the model: 32 layers, 32 query and 8 KV heads).
    public static final ModelSpec LLAMA_3_1_8B =
            new ModelSpec(
                    "llama-3.1-8b",
                    8_030_261_248L,
                    32,
                    32,
                    8,
                    128,
                    ElementType.BF16,
                    ElementType.BF16);

    /// A 7-billion-parameter model with full multi-head attention (Llama 2's shape), in fp16.
    public static final ModelSpec CHAT_7B =
            new ModelSpec(
                    "7b", 6_738_415_616L, 32, 32, 32, 128, ElementType.FP16, ElementType.FP16);

    public ModelSpec {
        requirePositive("parameters", parameters);
        requirePositive("layers", layers);
        requirePositive("heads", heads);
        requirePositive("kvHeads", kvHeads);
        requirePositive("headDimension", headDimension);
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "heads must be a multiple of kvHeads, got %d and %d".formatted(heads, kvHeads));
        }
    }

    /// The same model with its keys and values stored in another type.
    public ModelSpec withKvType(ElementType type) {
        return new ModelSpec(
                name, parameters, layers, heads, kvHeads, headDimension, weightType, type);
    }

    /// Bytes of all weights.
    public long weightBytes() {
        return weightType.bytes(parameters);
    }

    /// Bytes of keys and values of one token: `2 · layers · kvHeads · headDimension · bytes`, the
    /// two being one key and one value.
    public long kvBytesPerToken() {
        return kvType.bytes(2L * layers * kvHeads * headDimension);
    }

    /// FLOPs to push one token through all weights: a multiplication and an addition each.
    public double flopsPerToken() {
        return 2.0 * parameters;
    }

    /// FLOPs for one token to attend to one token of context: in each layer and query head a dot
    /// product with the key and a weighted sum of the value, two FLOPs a number.
    public double attentionFlopsPerPair() {
        return 4.0 * layers * heads * headDimension;
    }

    /// Context length at which attention makes a token of a long prompt twice as much work, on
    /// average over the prompt.
    public double doublingTokens() {
        return flopsPerToken() / (0.5 * attentionFlopsPerPair());
    }

    /// How long it takes to move the keys and values of so many tokens, from one accelerator to
    /// another or from host memory, in nanoseconds.
    public long transferNanos(long tokens, double bytesPerSecond) {
        return (long) (tokens * kvBytesPerToken() / bytesPerSecond * 1e9);
    }

    private static void requirePositive(String field, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + " must be at least 1, got " + value);
        }
    }
}
