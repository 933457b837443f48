package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.internal.log.FaultyDisk;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A registry whose process or power stops at any byte")
class RegistryFaultsTest {
    private static final int LIVES = 6;

    private static String definitions(int features) {
        var text =
                new StringBuilder(
                        "views:\n  account:\n    owner: risk\n    key: {account: text}\n    features: {");
        for (int f = 0; f <= features; f++) {
            text.append(f == 0 ? "" : ", ").append("f").append(f).append(": double");
        }
        return text.append("}\n").toString();
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(500)
    void has_what_was_applied_last_as_a_whole(long seed) throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("apply");
        var disk = new FaultyDisk(random.nextLong(1500), 1 << random.nextInt(8));
        int acknowledged = 0;
        for (int life = 0; life < LIVES; life++) {
            acknowledged = live(disk, acknowledged);
            disk =
                    random.nextBoolean()
                            ? disk.afterPowerCut(random)
                            : disk.afterKill(Long.MAX_VALUE, 1);
            int found = version(disk);
            // What was being applied is there or not.
            assertThat(found).isBetween(acknowledged, acknowledged + 1);
            acknowledged = found;
            disk = disk.afterKill(random.nextLong(1500), 1 << random.nextInt(8));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void applies_nothing_when_the_disk_is_full_and_goes_on_when_there_is_room(long seed)
            throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("room");
        var disk = new FaultyDisk(Long.MAX_VALUE, 1);
        disk.limit(random.nextLong(1500));
        int acknowledged = 0;
        try (var registry = new Registry(disk, new RowsBefore(_ -> List.of()))) {
            while (true) {
                registry.apply("features.yaml", definitions(acknowledged + 1), acknowledged);
                acknowledged++;
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space");
        }
        assertThat(version(disk)).isEqualTo(acknowledged);

        var larger = disk.afterKill(Long.MAX_VALUE, 1);
        try (var registry = new Registry(larger, new RowsBefore(_ -> List.of()))) {
            registry.apply("features.yaml", definitions(acknowledged + 1), acknowledged);
        }
        assertThat(version(larger)).isEqualTo(acknowledged + 1);
    }

    /// Applies one version after another until the disk stops.
    ///
    /// @return the last version that was acknowledged
    private static int live(FaultyDisk disk, int acknowledged) {
        int version = acknowledged;
        try (var registry = new Registry(disk, new RowsBefore(_ -> List.of()))) {
            while (version < 20) {
                registry.apply("features.yaml", definitions(version + 1), version);
                version++;
            }
        } catch (IOException e) {
            assertThat(e).isInstanceOf(FaultyDisk.Stopped.class);
        }
        return version;
    }

    private static int version(FaultyDisk disk) throws IOException {
        try (var registry = new Registry(disk, new RowsBefore(_ -> List.of()))) {
            Optional<Registry.Applied> current = registry.current();
            int version = current.map(Registry.Applied::version).orElse(0);
            assertThat(registry.all()).hasSize(version);
            current.ifPresent(applied ->
                    assertThat(applied.definitions().view("account").view().features())
                            .hasSize(version + 1));
            return version;
        }
    }
}
