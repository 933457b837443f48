package dev.touchstone.features;

import static dev.touchstone.features.OnlineViews.MINUTE;
import static dev.touchstone.features.OnlineViews.NOW;
import static dev.touchstone.features.OnlineViews.SECOND;
import static dev.touchstone.features.OnlineViews.payment;
import static dev.touchstone.features.OnlineViews.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A clock that goes back")
class ClockTest {
    private static final long HOUR = 60 * MINUTE;

    @TempDir private Path folder = Path.of("");

    private FeatureStore open() {
        return OnlineViews.open(folder.resolve("store"), "restate");
    }

    @Test
    void between_pushes_makes_no_row_available_before_one_that_came_earlier() throws IOException {
        try (FeatureStore store = open()) {
            OnlineStore online = store.online(NOW);
            long first = push(online, "p1", NOW + MINUTE);
            long second = push(online, "p2", NOW);
            long third = push(online, "p3", NOW - HOUR);
            assertThat(List.of(first, second, third))
                    .containsExactly(NOW + MINUTE, NOW + MINUTE + 1, NOW + MINUTE + 2);
            assertThat(read(online, "card.payments_1h", NOW)).containsExactly(Value.of(3L));
        }
    }

    @Test
    void between_a_read_and_a_push_leaks_nothing_into_the_read() throws IOException {
        try (FeatureStore store = open()) {
            OnlineStore online = store.online(NOW);
            push(online, "p1", NOW);
            long asOf = readAsOf(online, NOW + HOUR);
            long available = push(online, "p2", NOW + MINUTE);
            assertThat(available).isGreaterThan(asOf);
            assertThat(readAsOf(online, NOW + MINUTE)).isEqualTo(available);
        }
    }

    @Test
    void between_two_processes_leaks_nothing_into_reads_of_the_first_and_loses_nothing()
            throws IOException {
        long asOf;
        try (FeatureStore store = open()) {
            OnlineStore online = store.online(NOW);
            push(online, "p1", NOW);
            asOf = readAsOf(online, NOW + HOUR / 2);
            assertThat(asOf).isEqualTo(NOW + HOUR / 2);
        }
        try (FeatureStore store = open()) {
            OnlineStore online = store.online(NOW + MINUTE);
            assertThat(read(online, "card.payments_1h", NOW + MINUTE))
                    .containsExactly(Value.of(1L));
            assertThat(push(online, "p2", NOW + MINUTE)).isGreaterThan(asOf);
            assertThat(trained(store, asOf)).isEqualTo("1");
            assertThat(trained(store, readAsOf(online, NOW + MINUTE))).isEqualTo("2");
        }
    }

    @Test
    void does_not_stop_the_replay_of_reads() throws IOException {
        try (FeatureStore store = open()) {
            ParityWatch watch =
                    store.watchParity(
                            new ParityWatch.Settings(1000, 0, SECOND, 100, 0.999, 10 * SECOND));
            ServedLog log = store.served(NOW);
            OnlineStore online = store.online(NOW);
            push(online, "p1", NOW);
            watch.beat(NOW + HOUR);
            record(log, online, NOW + SECOND);
            watch.beat(NOW + 2 * SECOND);
            assertThat(watch.report().reads()).isEqualTo(1);
            assertThat(watch.report().matchRate()).isEqualTo(1);
        }
    }

    /// Every read, whenever the clock jumped and the process ended, is what an as-of join gives at
    /// the moment that it said.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void makes_no_difference_between_what_is_served_and_what_is_trained(long seed)
            throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("clock");
        List<Long> moments = new ArrayList<>();
        List<Value> served = new ArrayList<>();
        long clock = NOW;
        int events = 0;
        for (int life = 0; life < 4; life++) {
            try (FeatureStore store = open()) {
                OnlineStore online = store.online(clock);
                for (int step = 0; step < 20; step++) {
                    clock += (random.nextInt(10) - 4) * MINUTE + random.nextInt(1000);
                    if (random.nextBoolean()) {
                        push(online, "p" + events++, clock);
                    } else {
                        OnlineReader reader = online.reader(List.of("card.payments_1h"));
                        OnlineRow row = reader.row();
                        moments.add(
                                reader.read(reader.keys(Map.of("card", Value.of(7L))), clock, row));
                        served.add(row.value(0));
                    }
                }
            }
        }
        assertThat(moments).isSorted();
        try (FeatureStore store = open()) {
            assertThat(store.rowCount("card")).isEqualTo(events);
            for (int i = 0; i < moments.size(); i++) {
                assertThat(trained(store, moments.get(i)))
                        .as("read %d, as of %s", i, Times.text(moments.get(i)))
                        .isEqualTo("" + ((Value.Whole) served.get(i)).value());
            }
        }
    }

    private static long push(OnlineStore online, String id, long now) throws IOException {
        return online.push("card", List.of(payment(id, NOW, 1)), now).availableTime();
    }

    private static long readAsOf(OnlineStore online, long now) {
        OnlineReader reader = online.reader(List.of("card.payments_1h"));
        return reader.read(reader.keys(Map.of("card", Value.of(7L))), now, reader.row());
    }

    private static void record(ServedLog log, OnlineStore online, long now) throws IOException {
        OnlineReader reader = online.reader(List.of("card.payments_1h"));
        OnlineKeys keys = reader.keys(Map.of("card", Value.of(7L)));
        OnlineRow row = reader.row();
        log.record("r", reader, keys, row, reader.read(keys, now, row));
    }

    private String trained(FeatureStore store, long time) throws IOException {
        Path labels = folder.resolve("labels.csv");
        Path out = folder.resolve("out.csv");
        Files.deleteIfExists(out);
        Files.writeString(labels, "card,at\n7,%s\n".formatted(Times.text(time)));
        store.buildTrainingSet(
                new TrainingSetRequest(List.of("card.payments_1h"), "at", Mode.KNOWN_AT_THE_TIME),
                labels,
                out,
                BuildProgress.UNWATCHED);
        String line = Files.readAllLines(out).get(1);
        return line.substring(line.lastIndexOf(',') + 1);
    }
}
