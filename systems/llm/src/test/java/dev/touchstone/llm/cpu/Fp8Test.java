package dev.touchstone.llm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A number in one byte")
class Fp8Test {
    @Test
    void comes_back_as_itself() {
        for (int bits = 0; bits < 256; bits++) {
            float value = unpacked((byte) bits);
            if (!Float.isNaN(value)) {
                assertThat(Fp8.pack(value)).isEqualTo((byte) bits);
            }
        }
    }

    @Test
    void is_the_nearest_there_is() {
        for (float value = -460; value < 460; value += 0.37f) {
            float packed = unpacked(Fp8.pack(value));
            for (int bits = 0; bits < 256; bits++) {
                float other = unpacked((byte) bits);
                if (!Float.isNaN(other)) {
                    assertThat(Math.abs(packed - value))
                            .isLessThanOrEqualTo(Math.abs(other - value));
                }
            }
        }
    }

    @Test
    void is_what_the_format_says() {
        assertThat(unpacked((byte) 0x7E)).isEqualTo(448);
        assertThat(unpacked((byte) 0x01)).isEqualTo(0x1p-9f);
        assertThat(unpacked((byte) 0xB8)).isEqualTo(-1);
        assertThat(unpacked(Fp8.pack(1e9f))).isEqualTo(448);
        assertThat(Fp8.pack(1.0625f)).as("a tie goes to the even one").isEqualTo(Fp8.pack(1));
    }

    private static float unpacked(byte bits) {
        var value = new float[1];
        Fp8.unpack(new byte[] {bits}, 0, 1, value);
        return value[0];
    }
}
