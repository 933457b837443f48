package dev.touchstone.llm.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A fit")
class FitTest {
    @Test
    void finds_the_coefficients_that_made_the_measurements() {
        double[] found =
                Fit.minimise(
                        new double[] {1, 1},
                        values -> {
                            double deviations = 0;
                            for (int x = 1; x <= 1_000; x *= 10) {
                                double measured = 7 + 0.3 * x;
                                double modelled = values[0] + values[1] * x;
                                deviations += Math.abs(Math.log(modelled / measured));
                            }
                            return deviations;
                        });

        assertThat(found[0]).isCloseTo(7, Percentage.withPercentage(3));
        assertThat(found[1]).isCloseTo(0.3, Percentage.withPercentage(3));
    }

    @Test
    void leaves_what_cannot_be_bettered() {
        assertThat(Fit.minimise(new double[] {2}, values -> Math.abs(values[0] - 2)))
                .containsExactly(2);
    }
}
