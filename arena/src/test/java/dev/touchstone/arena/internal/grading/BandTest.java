package dev.touchstone.arena.internal.grading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.arena.internal.content.Variant.Measure;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A healthy band")
class BandTest {
    @ParameterizedTest(name = "{0} beyond {1} to {2} by factor {3} and floor {4}: {5}")
    @CsvSource({
        "126,   80,  100, 1.25, 0, true",
        "125,   80,  100, 1.25, 0, false",
        "63,    80,  100, 1.25, 0, true",
        "64,    80,  100, 1.25, 0, false",
        "90,    80,  100, 1,    0, false",
        "101,   80,  100, 1,    0, true",
        "128,   80,  100, 1.25, 5, false",
        "131,   80,  100, 1.25, 5, true",
        "0.001, 0,   0,   2,    0, true",
        "0.001, 0,   0,   2,    1, false",
        "-6,    -4,  4,   1.25, 0, true",
        "NaN,   80,  100, 1.25, 0, false",
    })
    void excludes_what_is_clearly_outside(
            double value, double low, double high, double factor, double floor, boolean outside) {
        assertThat(
                        new Band(low, high)
                                .excludes(value, new Measure(Optional.empty(), factor, floor)))
                .isEqualTo(outside);
    }

    @Test
    void of_nothing_excludes_everything_there_is() {
        Band band = Band.of(DoubleStream.of(Double.NaN, Double.NaN));
        var measure = new Measure(Optional.empty(), 2, 10);

        assertThat(band).hasToString("nothing");
        assertThat(band.excludes(0, measure)).isTrue();
        assertThat(band.excludes(Double.NaN, measure)).isFalse();
    }

    @Test
    void spans_its_values_but_for_gaps() {
        assertThat(Band.of(DoubleStream.of(3, Double.NaN, 1, 2))).isEqualTo(new Band(1, 3));
    }
}
