package dev.touchstone.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.testkit.Seeds;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("An event log")
class EventLogTest {
    private static final String SHA_256_OF_NOTHING =
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private final EventLog log = new EventLog();

    @Test
    void is_empty_at_first() {
        assertThat(log.entries()).isZero();
        assertThat(log.hash()).isEqualTo(SHA_256_OF_NOTHING);
    }

    /// The bytes, written down by hand from the format's description; their SHA-256 was computed
    /// with another implementation.
    @Test
    void hashes_big_endian_bytes_in_the_documented_order() throws Exception {
        String bytes =
                "00000004" // length of "step"
                        + "73746570"
                        + "00000000" // kind 0
                        + "0000000000000005" // time
                        + "0000000000000003" // first value
                        + "ffffffffffffffff" // second value
                        + "00000004" // length of "note"
                        + "6e6f7465"
                        + "00000001" // kind 1
                        + "0000000000000006" // time
                        + "0000000000000002" // characters of the text
                        + "0000000000000000"
                        + "00000003" // bytes of the text
                        + "c3a921"; // "é!" in UTF-8
        int step = log.kind("step");
        log.add(5, step, 3, -1);
        log.add(6, log.kind("note"), "é!");

        assertThat(log.hash())
                .isEqualTo("54bf1c8e83463f5ae8ece6c396945ca61ceec56f1d7bc047a3724f85e75d475c")
                .isEqualTo(sha256(HexFormat.of().parseHex(bytes)));
        assertThat(log.entries()).isEqualTo(2);
    }

    @Test
    void gives_a_kind_one_number_for_good() {
        int step = log.kind("step");
        int note = log.kind("note");
        String before = log.hash();

        assertThat(log.kind("step")).isEqualTo(step).isNotEqualTo(note);
        assertThat(log.hash()).isEqualTo(before);
    }

    @Test
    void can_be_read_and_then_continued() {
        var unread = new EventLog();
        for (int i = 0; i < 2_000; i++) {
            log.add(i, log.kind("step"), i, 0);
            unread.add(i, unread.kind("step"), i, 0);
            assertThat(log.hash()).isEqualTo(log.hash()).isNotEqualTo(SHA_256_OF_NOTHING);
        }
        assertThat(log.hash()).isEqualTo(unread.hash());
    }

    @Test
    void differs_with_any_difference_in_order_kind_time_value_or_text() {
        List<Consumer<EventLog>> runs =
                List.of(
                        log -> log.add(1, 0, 2, 3),
                        log -> log.add(2, 0, 2, 3),
                        log -> log.add(1, 1, 2, 3),
                        log -> log.add(1, 0, 3, 3),
                        log -> log.add(1, 0, 2, 2),
                        log -> log.add(1, 0, 3, 2),
                        log -> log.add(1, 0, ""),
                        log -> log.add(1, 0, "23"),
                        log -> log.add(1, 0, "32"),
                        log -> log.add(1, 0, "2\u0000"),
                        log -> twice(log, 1, 2),
                        log -> twice(log, 2, 1),
                        _ -> {});
        Set<String> hashes = new HashSet<>();
        for (Consumer<EventLog> run : runs) {
            var log = new EventLog();
            log.kind("step");
            log.kind("note");
            run.accept(log);
            hashes.add(log.hash());
        }
        assertThat(hashes).hasSameSizeAs(runs);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(50)
    void tells_a_long_run_from_the_same_run_with_one_bit_flipped(long seed) {
        int entries = 3_000;
        var random = new SplittableRandom(seed);
        int flippedEntry = random.nextInt(entries);
        int flippedBit = random.nextInt(64);

        String original = longRun(seed, entries, -1, 0);

        assertThat(longRun(seed, entries, -1, 0)).isEqualTo(original);
        assertThat(longRun(seed, entries, flippedEntry, flippedBit)).isNotEqualTo(original);
    }

    private static String longRun(long seed, int entries, int flippedEntry, int flippedBit) {
        var random = new SplittableRandom(seed);
        var log = new EventLog();
        for (int i = 0; i < entries; i++) {
            int kind = log.kind("kind-" + random.nextInt(5));
            long value = random.nextLong() ^ (i == flippedEntry ? 1L << flippedBit : 0);
            if (random.nextInt(10) == 0) {
                log.add(i, kind, "text " + value);
            } else {
                log.add(i, kind, value, random.nextLong());
            }
        }
        return log.hash();
    }

    private static void twice(EventLog log, long first, long second) {
        log.add(1, 0, first, 0);
        log.add(1, 0, second, 0);
    }

    private static String sha256(byte[] bytes) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(ByteBuffer.wrap(bytes));
        return HexFormat.of().formatHex(digest.digest());
    }
}
