package dev.touchstone.app.internal.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A figure")
class FiguresTest {
    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    0.00083, 0.83 ms
                    0.00878, 8.78 ms
                    0.0682,  68.2 ms
                    0.09996, 100 ms
                    0.9994,  999 ms
                    1,       1.00 s
                    99.94,   99.9 s
                    168.4,   2 min 48 s
                    """)
    void of_seconds_has_three_digits_and_a_unit_that_suits_them(double seconds, String text) {
        assertThat(Figures.seconds(seconds)).isEqualTo(text);
    }

    @Test
    void of_a_span_is_as_long_as_needed() {
        assertThat(Figures.span(Duration.ofMillis(45_230))).isEqualTo("45.2 s");
        assertThat(Figures.span(Duration.ofSeconds(3_504))).isEqualTo("58 min 24 s");
        assertThat(Figures.span(Duration.ofMinutes(62))).isEqualTo("1 h 02 min");
    }

    @Test
    void that_is_not_there_is_a_dash() {
        assertThat(Figures.seconds(Double.NaN)).isEqualTo("–");
        assertThat(Figures.rate(Double.NaN)).isEqualTo("–");
        assertThat(Figures.percent(Double.NaN)).isEqualTo("–");
        assertThat(Figures.level(Double.NaN)).isEqualTo("–");
    }

    @Test
    void of_a_count_has_its_thousands_apart_and_its_noun_in_the_right_number() {
        assertThat(Figures.plural(19_366, "request")).isEqualTo("19,366 requests");
        assertThat(Figures.plural(1, "request")).isEqualTo("1 request");
        assertThat(Figures.rate(6_380.6)).isEqualTo("6,381");
        assertThat(Figures.level(4.42)).isEqualTo("4.4");
        assertThat(Figures.level(54.96)).isEqualTo("55");
    }
}
