package dev.touchstone.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The count of allocated bytes")
class AllocationTest {
    private byte[] kept = {};
    private int sum;

    @Test
    void covers_what_is_allocated() {
        assertThat(Allocation.bytes(() -> kept = new byte[1_000])).isBetween(1_000L, 1_100L);
        assertThat(kept).hasSize(1_000);
    }

    @Test
    void is_zero_for_code_that_allocates_nothing() {
        assertThat(
                        Allocation.bytes(() -> {
                            for (int i = 0; i < 1_000; i++) {
                                sum += i;
                            }
                        }))
                .isZero();
        assertThat(sum).isEqualTo(499_500);
    }
}
