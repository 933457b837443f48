package dev.touchstone.llm.hardware;

import dev.touchstone.llm.ElementType;

/// The heads that one GPU computes, and how it stores keys and values.
///
/// @param heads query heads
/// @param kvHeads heads of keys and values
/// @param dimension numbers in a head's vector
public record AttentionShape(int heads, int kvHeads, int dimension, ElementType kvType) {
    /// The share of one of `gpus` that split a model's heads between them; key and value heads are
    /// copied where there are fewer of them than GPUs.
    static AttentionShape of(ModelArchitecture model, int gpus) {
        var spec = model.spec();
        return new AttentionShape(
                spec.heads() / gpus,
                Math.max(1, spec.kvHeads() / gpus),
                spec.headDimension(),
                spec.kvType());
    }

    /// Bytes of keys and values of one token in one layer.
    double bytesPerToken() {
        return 2.0 * kvHeads * dimension * kvType.bits() / Byte.SIZE;
    }
}
