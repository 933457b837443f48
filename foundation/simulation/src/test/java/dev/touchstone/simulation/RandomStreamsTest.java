package dev.touchstone.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.testkit.Seeds;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Random streams of seed 42")
class RandomStreamsTest {
    private final RandomStreams streams = new RandomStreams(42);

    @Test
    void give_the_same_draws_for_the_same_name() {
        assertThat(draws(streams.stream("arrivals"))).isEqualTo(draws(streams.stream("arrivals")));
        assertThat(draws(new RandomStreams(42).stream("arrivals")))
                .isEqualTo(draws(streams.stream("arrivals")));
    }

    @Test
    void do_not_disturb_one_another() {
        RandomGenerator lengths = streams.stream("lengths");
        List<Long> alone = draws(streams.stream("lengths"));

        streams.stream("a cause that came later").nextLong();
        streams.child("replica-1").stream("lengths").nextLong();

        assertThat(draws(lengths)).isEqualTo(alone);
    }

    @Test
    void have_families_for_equal_parts() {
        RandomStreams first = streams.child("replica-1");
        RandomStreams second = streams.child("replica-2");

        assertThat(draws(first.stream("lengths")))
                .isEqualTo(draws(streams.child("replica-1").stream("lengths")))
                .isNotEqualTo(draws(second.stream("lengths")))
                .isNotEqualTo(draws(streams.stream("lengths")));
        assertThat(draws(streams.child("a").child("b").stream("c")))
                .isNotEqualTo(draws(streams.child("b").child("a").stream("c")));
    }

    /// Names that are alike in the ways names are: a number apart, letters swapped, one the start
    /// of another. A clash would couple two causes of randomness.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(50)
    void are_distinct_for_similar_names(long seed) {
        var family = new RandomStreams(seed);
        Set<Long> firsts = new HashSet<>();
        int names = 0;
        for (String stem : List.of("a", "b", "ab", "ba", "replica-", "arrivals")) {
            for (int i = 0; i < 50; i++) {
                firsts.add(family.stream(stem + i).nextLong());
                firsts.add(family.child(stem).stream("" + i).nextLong());
                names += 2;
            }
        }
        assertThat(firsts).hasSize(names);
    }

    @Test
    void are_distinct_for_neighbouring_seeds() {
        assertThat(LongStream.range(-500, 500).map(seed -> first(seed, "arrivals")).distinct())
                .hasSize(1_000);
    }

    /// Pinned, so that a change of ours or of the JDK's that alters draws is noticed: it would
    /// alter every recorded run.
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "arrivals, 7205722927853809425, -827605955177281724, -9154581127167463796, 0.5442630790550808",
        "lengths, 852298927073025360, 2344741688622170461, 7270478734587527570, 0.694955522910778",
        "'', -7450291807549245335, 2958219263312191191, 3069497704473277141, 0.04802579547595631",
    })
    void draw_what_they_always_drew(
            String name, long first, long second, long third, double fourth) {
        RandomGenerator stream = streams.stream(name);

        assertThat(List.of(stream.nextLong(), stream.nextLong(), stream.nextLong()))
                .containsExactly(first, second, third);
        assertThat(stream.nextDouble()).isEqualTo(fourth);
    }

    @Test
    void draw_what_they_always_drew_in_a_child_family_and_from_another_seed() {
        RandomGenerator child = streams.child("replica-3").stream("arrivals");

        assertThat(child.nextLong()).isEqualTo(-4037641220654409348L);
        assertThat(child.nextInt(1_000)).isEqualTo(698);
        assertThat(new RandomStreams(0).stream("arrivals").nextLong())
                .isEqualTo(-584283259772309014L);
    }

    /// The first output of SplitMix64 from seed 0, as published with the algorithm.
    @Test
    void mix_as_split_mix_64_does() {
        assertThat(RandomStreams.mix(0x9E37_79B9_7F4A_7C15L)).isEqualTo(0xE220_A839_7B1D_CDAFL);
        assertThat(RandomStreams.mix(0)).isZero();
    }

    private static long first(long seed, String name) {
        return new RandomStreams(seed).stream(name).nextLong();
    }

    private static List<Long> draws(RandomGenerator random) {
        return random.longs(20).boxed().toList();
    }
}
