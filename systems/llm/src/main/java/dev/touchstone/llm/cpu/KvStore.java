package dev.touchstone.llm.cpu;

import dev.touchstone.llm.KvCacheLayout;

/// The memory behind a KV block pool: keys and values of all layers, in 4, 2 or 1 bytes a number.
///
/// Within a block, the vectors of one head lie one after another, position by position, so that
/// attention reads them in one go. Threads may write different slots and read written ones.
abstract sealed class KvStore permits KvStores.Full, KvStores.Half, KvStores.Quarter {
    final int blockTokens;
    final int heads;
    final int head;

    KvStore(KvCacheLayout layout, LlamaShape shape) {
        this.blockTokens = layout.blockTokens();
        this.heads = shape.kvHeads();
        this.head = shape.headDimension();
    }

    /// Numbers of one layer's keys.
    static int numbers(KvCacheLayout layout, LlamaShape shape) {
        long numbers = layout.capacityTokens() * shape.keys();
        if (numbers > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "a cache of %d tokens is too large for %s; at most %d fit"
                            .formatted(
                                    layout.capacityTokens(),
                                    shape.name(),
                                    (Integer.MAX_VALUE - 8) / shape.keys()));
        }
        return (int) numbers;
    }

    /// Where the vectors of a block's head begin.
    int at(int block, int kvHead) {
        return (block * heads + kvHead) * blockTokens * head;
    }

    /// Writes one token's key and value, all heads.
    ///
    /// @param position within the block
    abstract void write(int layer, int block, int position, Vectors vectors);

    /// One token's key and value.
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Vectors(float[] keys, float[] values, int offset) {}

    /// Unpacks the first `count` keys of a head.
    abstract void keys(int layer, int at, int count, float[] output);

    /// Unpacks the first `count` values of a head.
    abstract void values(int layer, int at, int count, float[] output);
}
