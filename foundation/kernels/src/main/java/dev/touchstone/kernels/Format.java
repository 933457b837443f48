package dev.touchstone.kernels;

/// How weights are stored: as numbers, or as blocks of small integers that share a scale. Bytes are
/// little-endian, and laid out as in GGUF files.
public enum Format {
    F32(1, 4),
    F16(1, 2),
    /// The upper half of an F32.
    BF16(1, 2),
    /// 32 signed bytes behind an F16 scale; a weight is byte times scale.
    Q8_0(32, 34),
    /// 32 nibbles behind an F16 scale, the first sixteen in the lower halves of 16 bytes; a weight
    /// is nibble minus 8, times scale.
    Q4_0(32, 18);

    private final int blockWeights;
    private final int blockBytes;

    Format(int blockWeights, int blockBytes) {
        this.blockWeights = blockWeights;
        this.blockBytes = blockBytes;
    }

    /// Weights that are stored together; a row holds whole blocks.
    public int blockWeights() {
        return blockWeights;
    }

    /// Bytes of one block.
    public int blockBytes() {
        return blockBytes;
    }

    /// Bytes of so many weights.
    public long bytes(long weights) {
        return weights / blockWeights * blockBytes;
    }
}
