package dev.touchstone.llm.fleet.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.fleet.simulation.Regions.Place;
import dev.touchstone.llm.fleet.simulation.Regions.Routing;
import dev.touchstone.llm.fleet.simulation.Regions.Sizing;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("Several regions")
class RegionsTest {
    /// The course's load in thirds: 167 requests/s at a peak that all had together.
    private static final Regions WORLD =
            new Regions(
                    List.of(
                            new Place("america", 0.4, 0, List.of(20.0, 90.0, 160.0)),
                            new Place("europe", 0.35, -6, List.of(90.0, 20.0, 220.0)),
                            new Place("asia", 0.25, -13, List.of(160.0, 220.0, 20.0))),
                    3,
                    55.6,
                    8.5,
                    1);

    @Test
    void need_more_replicas_than_one_and_save_their_users_the_way() {
        Sizing one = WORLD.size(Routing.ONE_PLACE);
        Sizing home = WORLD.size(Routing.HOME);
        Sizing overflow = WORLD.size(Routing.OVERFLOW);

        assertThat(one.replicas()).hasSize(3).contains(0);
        assertThat(home.total()).isGreaterThan(one.total());
        assertThat(overflow.total()).isBetween(one.total(), home.total());
        assertThat(home.meanRoundTrip()).isEqualTo(Duration.ofMillis(20));
        assertThat(one.meanRoundTrip()).isGreaterThan(Duration.ofMillis(60));
        assertThat(overflow.meanRoundTrip()).isBetween(home.meanRoundTrip(), one.meanRoundTrip());
        assertThat(home.abroadShare()).isZero();
        assertThat(overflow.abroadShare()).isBetween(0.01, 0.5);
        assertThat(home.dollarsPerDay(2.5)).isCloseTo(24 * 2.5 * home.total(), within(1e-9));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void never_save_a_replica_whoever_is_where(long seed) {
        var random = new SplittableRandom(seed);
        int count = random.nextInt(1, 7);
        var weights = random.doubles(count, 0.1, 1).toArray();
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        var places = new ArrayList<Place>();
        for (int p = 0; p < count; p++) {
            var trips = new ArrayList<>(Collections.nCopies(count, 150.0));
            trips.set(p, 10.0);
            places.add(new Place("p" + p, weights[p] / sum, random.nextDouble(-12, 12), trips));
        }
        var regions =
                new Regions(
                        places,
                        random.nextDouble(1, 6),
                        random.nextDouble(1, 500),
                        random.nextDouble(1, 10),
                        random.nextInt(3));

        Sizing one = regions.size(Routing.ONE_PLACE);
        Sizing home = regions.size(Routing.HOME);
        Sizing overflow = regions.size(Routing.OVERFLOW);

        assertThat(home.total()).isGreaterThanOrEqualTo(one.total());
        assertThat(overflow.total()).isGreaterThanOrEqualTo(one.total());
        // Replicas that come and go with the load: still whole ones, in more places.
        assertThat(home.replicaHours()).isGreaterThanOrEqualTo(one.replicaHours() - 1e-6);
        assertThat(home.meanRoundTrip()).isLessThanOrEqualTo(one.meanRoundTrip());
    }

    @Test
    void say_whose_figures_do_not_fit() {
        assertThatThrownBy(() ->
                        new Regions(List.of(new Place("here", 0.5, 0, List.of(1.0))), 3, 10, 1, 0))
                .hasMessageContaining("add up to 1");
        assertThatThrownBy(
                        () -> new Regions(List.of(new Place("here", 1, 0, List.of())), 3, 10, 1, 0))
                .hasMessageContaining("here needs");
    }

    @Test
    void are_simulated_one_by_one_with_the_users_of_each() {
        SessionLoad course = SessionLoad.COURSE;

        assertThat(WORLD.load(1, course).sessions()).isEqualTo(17_500);
        assertThat(WORLD.load(2, course).peak()).isEqualTo(course.peak());
    }
}
