package dev.touchstone.llm;

/// How the key/value cache is cut into blocks.
///
/// @param blockTokens tokens one block holds; a power of two
/// @param blockCount blocks in the pool
public record KvCacheLayout(int blockTokens, int blockCount) {
    /// Tokens of a block where nothing else is asked for; also vLLM's default.
    public static final int DEFAULT_BLOCK_TOKENS = 16;

    /// Rejects layouts a pool cannot be built from.
    public KvCacheLayout {
        if (blockTokens < 1 || Integer.bitCount(blockTokens) != 1) {
            throw new IllegalArgumentException(
                    "blockTokens must be a power of two, got %d; 16 is a good start"
                            .formatted(blockTokens));
        }
        if (blockCount < 1) {
            throw new IllegalArgumentException(
                    "blockCount must be at least 1, got %d; give the cache more memory"
                            .formatted(blockCount));
        }
    }

    /// As many blocks as fit into `bytes`.
    public static KvCacheLayout fitting(ModelSpec model, long bytes) {
        long blockBytes = DEFAULT_BLOCK_TOKENS * model.kvBytesPerToken();
        return new KvCacheLayout(DEFAULT_BLOCK_TOKENS, Math.toIntExact(bytes / blockBytes));
    }

    /// What an accelerator has left for the cache once weights and scratch memory are taken out.
    ///
    /// @throws IllegalArgumentException when the model does not fit
    public static KvCacheLayout remaining(
            ModelSpec model, Accelerator accelerator, long scratchBytes) {
        long bytes = accelerator.memoryBytes() - model.weightBytes() - scratchBytes;
        if (bytes < DEFAULT_BLOCK_TOKENS * model.kvBytesPerToken()) {
            throw new IllegalArgumentException(
                    "%s needs %.1f GB for weights and %.1f GB of scratch; %s has %.0f GB in all: take a"
                                    .formatted(
                                            model.name(),
                                            model.weightBytes() / 1e9,
                                            scratchBytes / 1e9,
                                            accelerator.name(),
                                            accelerator.memoryBytes() / 1e9)
                            + " larger accelerator or a smaller weight type");
        }
        return fitting(model, bytes);
    }

    /// Blocks that hold `tokens`.
    public int blocksFor(int tokens) {
        return (tokens + blockTokens - 1) / blockTokens;
    }

    /// Tokens the whole pool holds.
    public long capacityTokens() {
        return (long) blockTokens * blockCount;
    }
}
