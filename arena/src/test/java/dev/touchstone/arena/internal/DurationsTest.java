package dev.touchstone.arena.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A duration")
class DurationsTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "90s, 90",
        "5m, 300",
        "1h30m, 5400",
        "2h0m5s, 7205",
        "0s, 0",
        "-40m, -2400",
        "-1h1s, -3601",
        "PT5M, 300",
        "-PT5M, -300",
        "PT-5M, -300",
        "P1D, 86400",
    })
    void is_read_as_people_or_machines_write_it(String text, long seconds) {
        assertThat(Durations.parse(text)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(
            strings = {
                "",
                "-",
                "5",
                "m",
                "5 m",
                "5min",
                "5m1h",
                "1.5h",
                "P",
                "PT",
                "+5m",
                "9999999m"
            })
    void is_nothing_else(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "0s, at 0:00",
        "90s, at 1:30",
        "61m, at 61:00",
        "-12m, 12:00 before the page",
        "-1s, 0:01 before the page",
    })
    void reads_as_a_moment(String text, String moment) {
        assertThat(Moments.at(Durations.parse(text).orElseThrow())).isEqualTo(moment);
    }
}
