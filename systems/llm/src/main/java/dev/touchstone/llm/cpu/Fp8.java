package dev.touchstone.llm.cpu;

/// Numbers in one byte: sign, 4 bits of exponent, 3 of mantissa, no infinities (E4M3FN of
/// Micikevicius et al., "FP8 formats for deep learning", 2022). Up to 448; what is larger becomes
/// 448.
final class Fp8 {
    private static final float[] VALUES = new float[256];

    static {
        for (int bits = 0; bits < 256; bits++) {
            int exponent = (bits >> 3) & 15;
            int mantissa = bits & 7;
            float size =
                    exponent == 0
                            ? Math.scalb((float) mantissa, -9)
                            : Math.scalb((float) (8 + mantissa), exponent - 10);
            VALUES[bits] = (bits & 0x80) == 0 ? size : -size;
        }
        VALUES[0x7F] = Float.NaN;
        VALUES[0xFF] = Float.NaN;
    }

    private Fp8() {}

    /// The nearest there is; of two equally near ones the even one.
    static byte pack(float value) {
        if (Float.isNaN(value)) {
            return 0x7F;
        }
        int sign = (Float.floatToRawIntBits(value) >>> 24) & 0x80;
        float size = Math.min(Math.abs(value), 448);
        // Below 2^-6 numbers are 2^-9 apart; above, the spacing is 1/8 of the power of two below.
        int exponent = Math.max(Math.getExponent(size), -6);
        int steps = (int) Math.rint(Math.scalb(size, 3 - exponent));
        int code = steps < 8 ? steps : ((exponent + 7) << 3) + steps - 8;
        return (byte) (sign | code);
    }

    static void unpack(byte[] from, int at, int length, float[] output) {
        for (int i = 0; i < length; i++) {
            output[i] = VALUES[from[at + i] & 0xFF];
        }
    }
}
