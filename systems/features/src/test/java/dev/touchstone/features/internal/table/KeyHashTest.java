package dev.touchstone.features.internal.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Value;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("The hash of a key")
class KeyHashTest {
    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void gives_a_whole_number_back(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("keys");
        for (int i = 0; i < 1000; i++) {
            long key = random.nextLong() >> random.nextInt(64);
            assertThat(KeyHash.wholeOf(KeyHash.ofWhole(key))).isEqualTo(key);
        }
    }

    @Test
    void has_an_encoding_that_keeps_parts_apart() {
        List<EntityKey> keys =
                List.of(
                        new EntityKey(List.of(Value.of("ab"), Value.of("c"))),
                        new EntityKey(List.of(Value.of("a"), Value.of("bc"))),
                        EntityKey.of("abc"),
                        EntityKey.of(1),
                        EntityKey.of("1"));
        for (EntityKey key : keys) {
            assertThat(KeyHash.decode(KeyHash.encode(key))).isEqualTo(key);
        }
        assertThat(keys.stream().map(KeyHash::encode).distinct().map(KeyHash::decode).distinct())
                .hasSize(keys.size());
    }
}
