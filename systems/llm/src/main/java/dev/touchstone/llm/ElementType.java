package dev.touchstone.llm;

/// How a number is stored.
public enum ElementType {
    FP32(32),
    FP16(16),
    BF16(16),
    FP8(8),
    INT8(8),
    INT4(4);

    private final int bits;

    ElementType(int bits) {
        this.bits = bits;
    }

    /// Bits of one number.
    public int bits() {
        return bits;
    }

    /// Bytes of `count` numbers.
    public long bytes(long count) {
        return Math.multiplyExact(count, bits) / Byte.SIZE;
    }
}
