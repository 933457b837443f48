package dev.touchstone.app.internal.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A sparkline of eight characters")
class SparklineTest {
    private final Sparkline sparkline = new Sparkline(true, 8);

    @Test
    void reaches_from_the_lowest_block_to_the_highest() {
        assertThat(sparkline.draw(0, 1, 2, 3, 4, 5, 6, 8)).isEqualTo("▁▁▂▃▄▅▆█");
    }

    @Test
    void shows_the_greatest_of_the_values_that_share_a_character() {
        assertThat(sparkline.draw(0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0))
                .isEqualTo("▁█▁▁▁▁▁▄");
    }

    @Test
    void leaves_blank_what_was_not_measured() {
        assertThat(sparkline.draw(Double.NaN, 1, Double.NaN)).isEqualTo(" █ ");
        assertThat(sparkline.draw()).isEmpty();
        assertThat(sparkline.draw(0, 0)).isEqualTo("▁▁");
    }
}
