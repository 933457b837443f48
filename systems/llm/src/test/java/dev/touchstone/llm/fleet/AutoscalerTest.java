package dev.touchstone.llm.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.llm.fleet.Autoscaler.Facts;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("An autoscaler")
class AutoscalerTest {
    private static final long SECOND = 1_000_000_000;

    private static Autoscaler.Config config(double mostDollars) {
        return new Autoscaler.Config(
                2,
                100,
                0.7,
                2,
                0.5,
                Duration.ofSeconds(150),
                Duration.ofMinutes(5),
                2.5,
                mostDollars);
    }

    @Test
    void leaves_a_fleet_alone_that_is_as_it_should_be() {
        var scaler = new Autoscaler(config(1_000));
        for (int i = 0; i < 100; i++) {
            assertThat(scaler.desired(new Facts(10, 0, 0.7, 0, 0.1), i * 5L * SECOND))
                    .isEqualTo(10);
        }
    }

    @Test
    void heeds_memory_queue_and_predicted_wait_alike() {
        assertThat(new Autoscaler(config(1_000)).desired(new Facts(10, 0, 0.84, 0, 0.1), 0))
                .isEqualTo(12);
        assertThat(new Autoscaler(config(1_000)).desired(new Facts(10, 0, 0.32, 2.6, 0.1), 0))
                .isEqualTo(13);
        assertThat(new Autoscaler(config(1_000)).desired(new Facts(10, 0, 0.32, 0, 0.7), 0))
                .isEqualTo(14);
    }

    @Test
    void asks_for_what_will_be_needed_when_a_replica_is_ready() {
        var scaler = new Autoscaler(config(1_000));
        int desired = 0;
        for (int i = 0; i < 60; i++) {
            // A fleet of 10 that fills by one replica's worth in 50 s.
            double needed = 7 + i * 0.1;
            desired = scaler.desired(new Facts(10, 0, 0.7 * needed / 10, 0, 0.1), i * 5L * SECOND);
        }
        assertThat(desired).as("13 are needed now").isBetween(14, 15);
    }

    @Test
    void keeps_what_it_has_until_less_has_done_for_a_while() {
        var scaler = new Autoscaler(config(1_000));
        scaler.desired(new Facts(10, 0, 0.7, 0, 0.1), 0);

        for (int second = 5; second <= 300; second += 5) {
            assertThat(scaler.desired(new Facts(10, 0, 0.2, 0, 0), second * SECOND)).isEqualTo(10);
        }
        int desired = 10;
        for (int second = 305; second <= 1_200; second += 5) {
            desired = scaler.desired(new Facts(10, 0, 0.2, 0, 0), second * SECOND);
        }
        assertThat(desired).isEqualTo(3);
    }

    @Test
    void never_spends_more_than_it_may() {
        var scaler = new Autoscaler(config(30));

        assertThat(scaler.desired(new Facts(10, 0, 1, 50, 9), 0)).isEqualTo(12);
        assertThatThrownBy(() -> config(4)).hasMessageContaining("2 replicas cost $5.0 an hour");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(50)
    void does_not_flap_however_the_load_jumps(long seed) {
        var scaler = new Autoscaler(config(1_000));
        var random = new SplittableRandom(seed);
        int replicas = 10;
        int turns = 0;
        int direction = 1;
        for (int i = 0; i < 720; i++) {
            double demand = 7 + 3 * random.nextDouble();
            var facts = new Facts(replicas, 0, 0.7 * demand / replicas, 0, 0.1);
            int desired = scaler.desired(facts, i * 5L * SECOND);
            int step = Integer.compare(desired, replicas);
            if (step != 0 && step != direction) {
                turns++;
                direction = step;
            }
            replicas = desired;
        }
        assertThat(turns).as("changes of direction in an hour").isLessThanOrEqualTo(4);
        assertThat(replicas).isBetween(10, 20);
    }
}
