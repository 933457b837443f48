package dev.touchstone.features.internal.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.internal.log.FaultyDisk;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("The building of a training set that is cut off at any byte")
class BuildFaultsTest {
    private static final String SET = "set.parquet";
    private static final String MANIFEST = SET + ".manifest.json";

    @TempDir private static Path folder = Path.of("");

    private static Inputs inputs = new Inputs(folder, new RandomStreams(1).stream("build"));
    private static byte[] whole = {};

    @BeforeAll
    static void build_it_once_undisturbed() throws IOException {
        inputs = new Inputs(folder, new RandomStreams(1).stream("build"));
        inputs.write(900, 1500);
        var disk = new FaultyDisk(Long.MAX_VALUE, 1 << 20);
        assertThat(inputs.build(disk, BuildProgress.UNWATCHED)).isPresent();
        assertThat(disk.list()).containsExactly(SET, MANIFEST);
        whole = bytes(disk, SET);
    }

    private static byte[] bytes(FaultyDisk disk, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return disk.map(name, arena).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(500)
    void never_shows_half_a_set_and_ends_with_the_very_same(long seed) throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("kills");
        var disk = new FaultyDisk(random.nextLong(400), 1 << random.nextInt(2, 10));
        boolean power = random.nextInt(3) == 0;
        for (int attempt = 0; !finish(disk); attempt++) {
            if (disk.list().contains(SET)) {
                assertThat(bytes(disk, SET)).isEqualTo(whole);
                assertThat(disk.list()).contains(MANIFEST);
                return;
            }
            disk =
                    power
                            ? disk.afterPowerCut(random)
                            : disk.afterKill(
                                    attempt > 20 ? Long.MAX_VALUE : random.nextLong(600),
                                    1 << random.nextInt(2, 10));
        }
        assertThat(disk.list()).containsExactly(SET, MANIFEST);
        assertThat(bytes(disk, SET)).isEqualTo(whole);
    }

    private static boolean finish(FaultyDisk disk) throws IOException {
        try {
            return inputs.build(disk, BuildProgress.UNWATCHED).isPresent();
        } catch (FaultyDisk.Stopped _) {
            return false;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(60)
    void gives_no_set_on_a_full_disk_and_finishes_it_when_there_is_room(long seed)
            throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("room");
        var disk = new FaultyDisk(Long.MAX_VALUE, 1 << 20);
        disk.limit(random.nextLong(whole.length));
        assertThatThrownBy(() -> inputs.build(disk, BuildProgress.UNWATCHED))
                .hasMessageContaining("No space left");
        assertThat(disk.list()).doesNotContain(SET, MANIFEST);

        var room = disk.afterKill(Long.MAX_VALUE, 1 << 20);
        assertThat(inputs.build(room, BuildProgress.UNWATCHED)).isPresent();
        assertThat(bytes(room, SET)).isEqualTo(whole);
        assertThat(room.list()).containsExactly(SET, MANIFEST);
    }

    @Test
    void does_not_build_a_finished_part_again() throws IOException {
        var disk = new FaultyDisk(Long.MAX_VALUE, 1 << 20);
        assertThatThrownBy(() ->
                        inputs.build(
                                disk,
                                (doing, _) -> {
                                    if (doing.startsWith("account, block 3")) {
                                        disk.fill();
                                    }
                                    return true;
                                }))
                .hasMessageContaining("No space left");
        assertThat(disk.list())
                .contains("block-0.view-0", "block-1.view-1", "block-2.view-0")
                .doesNotContain(SET, MANIFEST, "set.unfinished")
                .noneMatch(name -> name.endsWith(".part"));

        var room = disk.afterKill(Long.MAX_VALUE, 1 << 20);
        List<String> built = new ArrayList<>();
        inputs.build(
                room,
                (doing, _) -> {
                    built.add(doing);
                    return true;
                });
        assertThat(built)
                .contains("account, block 3 of 4")
                .noneMatch(doing -> doing.endsWith("block 1 of 4") || doing.endsWith("2 of 4"));
        assertThat(bytes(room, SET)).isEqualTo(whole);
    }

    @Test
    void builds_a_part_again_that_rotted() throws IOException {
        var disk = new FaultyDisk(Long.MAX_VALUE, 1 << 20);
        assertThatThrownBy(() ->
                        inputs.build(
                                disk,
                                (doing, _) -> {
                                    if (doing.startsWith("writing")) {
                                        throw new IllegalStateException("enough");
                                    }
                                    return true;
                                }))
                .hasMessage("enough");
        disk.flip("block-1.view-1", disk.size("block-1.view-1") / 2);
        var next = disk.afterKill(Long.MAX_VALUE, 1 << 20);
        inputs.build(next, BuildProgress.UNWATCHED);
        assertThat(bytes(next, SET)).isEqualTo(whole);
    }

    @Test
    void begins_anew_when_a_source_has_changed(@TempDir Path other) throws IOException {
        var disk = new FaultyDisk(30, 1 << 10);
        assertThat(finish(disk)).isFalse();
        var changed = new Inputs(other, new RandomStreams(2).stream("build"));
        changed.write(900, 1500);
        var next = disk.afterKill(Long.MAX_VALUE, 1 << 20);
        changed.build(next, BuildProgress.UNWATCHED);
        var fresh = new FaultyDisk(Long.MAX_VALUE, 1 << 20);
        changed.build(fresh, BuildProgress.UNWATCHED);
        assertThat(bytes(next, SET)).isEqualTo(bytes(fresh, SET)).isNotEqualTo(whole);
    }

    @Test
    void leaves_nothing_behind_when_it_is_stopped() throws IOException {
        for (int stop = 1; stop < 12; stop++) {
            var disk = new FaultyDisk(Long.MAX_VALUE, 1 << 20);
            int[] left = {stop};
            assertThat(inputs.build(disk, (_, _) -> --left[0] > 0)).isEmpty();
            assertThat(disk.list()).isEmpty();
        }
    }

    /// Damage of pages is found by their checksums, which our writer writes and others may not.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(120)
    void names_a_damaged_file_and_gives_no_set(long seed, @TempDir Path other) throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("damage");
        var damaged = new Inputs(other, new RandomStreams(1).stream("build"));
        damaged.write(900, 1500);
        Path file =
                random.nextInt(3) == 0
                        ? damaged.labels()
                        : damaged.history(random.nextBoolean() ? Inputs.ACCOUNT : Inputs.MERCHANT);
        byte[] bytes = Files.readAllBytes(file);
        if (random.nextBoolean()) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        } else {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, bytes);
        var disk = new FaultyDisk(Long.MAX_VALUE, 1 << 20);
        try {
            damaged.build(disk, BuildProgress.UNWATCHED);
            assertThat(disk.list()).containsExactly(SET, MANIFEST);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining(file.getFileName().toString());
            assertThat(disk.list()).doesNotContain(SET, MANIFEST);
        }
    }

    @Test
    void says_which_row_group_is_damaged(@TempDir Path other) throws IOException {
        var damaged = new Inputs(other, new RandomStreams(1).stream("build"));
        damaged.write(900, 1500);
        Path file = damaged.history(Inputs.MERCHANT);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        var disk = new FaultyDisk(Long.MAX_VALUE, 1 << 20);
        assertThatThrownBy(() -> damaged.build(disk, BuildProgress.UNWATCHED))
                .hasMessageMatching(
                        "(?s).*merchant.parquet is damaged in row group 9 of 15 \\(rows 801 to 900\\).*");
    }
}
