package dev.touchstone.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A virtual clock that starts at noon")
class VirtualClockTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    private final VirtualClock clock = new VirtualClock(NOON);

    @Test
    void stands_still_until_it_is_moved() {
        assertThat(clock.instant()).isEqualTo(NOON).isEqualTo(clock.instant());
        assertThat(clock.nanos()).isZero();
    }

    @Test
    void counts_nanoseconds_from_its_start() {
        clock.advanceTo(90_000_000_001L);

        assertThat(clock.nanos()).isEqualTo(90_000_000_001L);
        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(90).plusNanos(1));
    }

    @Test
    void serves_wherever_an_instant_source_is_asked_for() {
        InstantSource source = clock;
        Clock zoned = source.withZone(ZoneOffset.ofHours(2));
        clock.advanceTo(1_500_000_000);

        assertThat(source.millis()).isEqualTo(NOON.toEpochMilli() + 1_500);
        assertThat(LocalTime.now(zoned)).isEqualTo(LocalTime.parse("14:00:01.5"));
    }

    @Test
    void does_not_go_back() {
        clock.advanceTo(5);
        clock.advanceTo(5);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> clock.advanceTo(4))
                .withMessageContainingAll("from 5 ns to 4 ns", "at or after now()");
        assertThat(clock.nanos()).isEqualTo(5);
    }
}
