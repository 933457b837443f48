package dev.touchstone.redis;

import static dev.touchstone.redis.Scenario.MINUTE;
import static dev.touchstone.redis.Scenario.NOW;
import static dev.touchstone.redis.Scenario.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.OnlineUnavailableException;
import dev.touchstone.features.Value;
import dev.touchstone.features.engines.OnlineTableProvider;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Eventually;
import dev.touchstone.testkit.Seeds;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A store whose table is Redis")
class RedisTableTest {
    private static final long DAY = 24 * 60 * MINUTE;

    @TempDir private Path folder = Path.of("");

    private Optional<RedisServer> started = Optional.empty();

    @BeforeEach
    void start() throws IOException {
        started = Optional.of(RedisServer.start(folder));
    }

    @AfterEach
    void stop() {
        server().close();
    }

    private RedisServer server() {
        return started.orElseThrow();
    }

    private RedisTable table() throws IOException {
        return RedisTable.open(server().address("test"));
    }

    private FeatureStore store(String policy) {
        return FeatureStore.open(folder.resolve("store"), Scenario.definitions(policy));
    }

    private static FeatureRow payment(String id, long event, double amount) {
        return new FeatureRow(
                EntityKey.of(7), event, 0, 0, List.of(Value.of(id), Value.of(amount)));
    }

    private static List<Value> read(OnlineStore online, String features, long now) {
        OnlineReader reader = online.reader(List.of(features));
        OnlineRow row = reader.row();
        reader.read(reader.keys(Map.of("card", Value.of(7L))), now, row);
        return IntStream.range(0, row.size()).mapToObj(row::value).toList();
    }

    /// What is asked of the server itself.
    private <T> T ask(Function<RedisCommands<String, String>, T> question) {
        RedisClient client = RedisClient.create(server().address("").toString().replace("#", ""));
        try (var connection = client.connect()) {
            return question.apply(connection.sync());
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }

    private long bytesOfCard() {
        return ask(redis -> redis.strlen("test:card:7"));
    }

    /// A slow log as a line for each command.
    private static String readable(List<Object> entries) {
        StringBuilder text = new StringBuilder();
        for (Object entry : entries) {
            for (Object word : (List<?>) ((List<?>) entry).get(3)) {
                text.append(word).append(' ');
            }
            text.append('\n');
        }
        return text.toString();
    }

    @Test
    void is_found_by_its_address() {
        assertThat(ServiceLoader.load(OnlineTableProvider.class))
                .anyMatch(one -> one.provides(URI.create("redis://localhost:6379")))
                .noneMatch(one -> one.provides(URI.create("http://localhost:6379")));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(12)
    void answers_as_the_embedded_store_does(long seed) throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("pushes");
        String policy = List.of("drop", "restate", "restate-and-keep").get((int) (seed % 3));
        try (var table = table();
                FeatureStore here =
                        FeatureStore.open(
                                folder.resolve("embedded"), Scenario.definitions(policy));
                FeatureStore there = store(policy)) {
            OnlineStore embedded = here.online(NOW);
            OnlineStore remote = there.online(table, NOW);
            long now = NOW;
            for (int step = 0; step < 120; step++) {
                now +=
                        switch (random.nextInt(20)) {
                            case 0 -> random.nextLong(3 * DAY); // past the windows of some
                            case 1, 2, 3, 4 -> random.nextLong(20 * MINUTE);
                            default -> random.nextLong(3 * SECOND);
                        };
                if (random.nextInt(15) == 0) {
                    remote.sweep();
                    embedded.sweep();
                }
                if (random.nextInt(30) == 0) {
                    ask(RedisCommands::flushall);
                    assertThatThrownBy(() -> Scenario.answers(remote, NOW, 0))
                            .isInstanceOf(OnlineUnavailableException.class);
                    remote.mend();
                }
                String view = List.of("account", "card", "merchant").get(random.nextInt(3));
                List<FeatureRow> rows = Scenario.rows(view, now, random);
                assertThat(remote.push(view, rows, now)).isEqualTo(embedded.push(view, rows, now));
                assertThat(remote.counts(view)).isEqualTo(embedded.counts(view));
                List<String> served = Scenario.answers(remote, now, random.nextInt(4));
                List<String> wanted = Scenario.answers(embedded, now, 0);
                for (int i = 0; i < wanted.size(); i++) {
                    assertThat(served.get(i)).as("step %d", step).isEqualTo(wanted.get(i));
                }
            }
            assertThat(there.restated("card")).isEqualTo(here.restated("card"));
        }
    }

    @Test
    void counts_an_event_that_is_delivered_twice_once_and_takes_a_correction() throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            OnlineStore online = store.online(table, NOW);
            online.push("card", List.of(payment("p1", NOW, 10), payment("p2", NOW, 5)), NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW + SECOND);
            assertThat(read(online, "card.*", NOW + MINUTE))
                    .containsExactly(Value.of(15.0), Value.of(2L), Value.of(10.0));

            online.push("card", List.of(payment("p1", NOW, 4)), NOW + 2 * MINUTE);
            assertThat(read(online, "card.*", NOW + 3 * MINUTE))
                    .containsExactly(Value.of(9.0), Value.of(2L), Value.of(5.0));
        }
    }

    @Test
    void asks_once_for_a_read_of_many_features_and_rows() throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            OnlineStore online = store.online(table, NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            ask(redis -> redis.configResetstat());
            for (int i = 0; i < 5; i++) {
                Scenario.answers(online, NOW + i, 3);
            }
            String asked = ask(redis -> redis.info("commandstats"));
            assertThat(asked).contains("cmdstat_mget:calls=5,").doesNotContain("cmdstat_get:");
        }
    }

    @Test
    void keeps_little_of_an_entity_whose_events_are_past_every_window() throws IOException {
        try (var table = table();
                FeatureStore here =
                        FeatureStore.open(
                                folder.resolve("embedded"), Scenario.definitions("restate"));
                FeatureStore there = store("restate")) {
            OnlineStore embedded = here.online(NOW);
            OnlineStore remote = there.online(table, NOW);
            long events = NOW + 20 * SECOND;
            for (long now = NOW; now < events; now += SECOND) {
                List<FeatureRow> rows = List.of(payment("p" + now, now, 10));
                embedded.push("card", rows, now);
                remote.push("card", rows, now);
            }
            long before = bytesOfCard();
            remote.sweep();
            assertThat(bytesOfCard()).isEqualTo(before);

            long later = events + 2 * DAY;
            assertThat(Scenario.answers(remote, later, 0))
                    .isEqualTo(Scenario.answers(embedded, later, 0));
            remote.sweep();
            embedded.sweep();
            assertThat(bytesOfCard()).isLessThan(before / 5);
            long due = ask(redis -> redis.zcard("test:card!due"));
            assertThat(due).isZero();
            assertThat(read(remote, "card.payments_1h", later + 1))
                    .as("none lately, which is not: never any")
                    .isEqualTo(read(embedded, "card.payments_1h", later + 1));
            assertThat(Scenario.answers(remote, later + 2, 0))
                    .isEqualTo(Scenario.answers(embedded, later + 2, 0));
        }
    }

    @Test
    void leaves_out_what_can_never_be_served_again() throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            OnlineStore online = store.online(table, NOW);
            long now = NOW;
            for (int push = 0; push < 800; push++) {
                now += MINUTE;
                online.push("card", List.of(payment("p" + push % 20, now, push)), now);
            }
            long bytes = ask(redis -> redis.strlen("test:card:7"));
            assertThat(bytes).as("of 800 rows with 20 ids").isLessThan(5_000);
            assertThat(read(online, "card.*", now + SECOND))
                    .containsExactly(Value.of(15_790.0), Value.of(20L), Value.of(799.0));
        }
    }

    @Test
    void fails_clearly_while_redis_is_away_and_serves_everything_once_it_is_back()
            throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            OnlineStore online = store.online(table, NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            server().kill();

            assertThatThrownBy(() -> read(online, "card.*", NOW + SECOND))
                    .isInstanceOf(OnlineUnavailableException.class)
                    .hasMessageContaining("Redis at 127.0.0.1:")
                    .hasMessageContaining("read again when it is back");
            List<FeatureRow> more = List.of(payment("p2", NOW, 5));
            assertThatThrownBy(() -> online.push("card", more, NOW + SECOND))
                    .isInstanceOf(OnlineUnavailableException.class);
            assertThat(store.rowCount("card")).as("nothing is kept of it").isEqualTo(1);

            server().restart();
            awaitMended(online);
            assertThat(read(online, "card.paid_1h", NOW + 2 * SECOND))
                    .containsExactly(Value.of(10.0));
            online.push("card", more, NOW + 3 * SECOND);
            assertThat(read(online, "card.paid_1h", NOW + 4 * SECOND))
                    .containsExactly(Value.of(15.0));
        }
    }

    /// Reconnecting takes some milliseconds, of which nothing tells us the end.
    private static void awaitMended(OnlineStore online) {
        Eventually.holds(
                "the table filled again",
                () -> {
                    try {
                        online.mend();
                        return true;
                    } catch (OnlineUnavailableException _) {
                        return false;
                    }
                });
    }

    @Test
    void notices_that_redis_has_forgotten_and_never_serves_less() throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            OnlineStore online = store.online(table, NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            ask(RedisCommands::flushall);

            assertThatThrownBy(() -> read(online, "card.*", NOW + SECOND))
                    .isInstanceOf(OnlineUnavailableException.class)
                    .hasMessageContaining("it is being filled with card");
            online.mend();
            assertThat(read(online, "card.paid_1h", NOW + SECOND)).containsExactly(Value.of(10.0));
        }
    }

    @Test
    void is_filled_anew_for_a_changed_view_and_for_another_history() throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            store.online(table, NOW).push("card", List.of(payment("p1", NOW, 10)), NOW);
        }
        var wider =
                Definitions.read(
                        "features.yaml",
                        Scenario.VIEWS
                                .replace("POLICY", "restate")
                                .replace("window: 1h}", "window: 2h}"));
        try (var table = table();
                FeatureStore store = FeatureStore.open(folder.resolve("store"), wider)) {
            OnlineStore online = store.online(table, NOW + MINUTE);
            assertThat(read(online, "card.paid_1h", NOW + 90 * MINUTE))
                    .containsExactly(Value.of(10.0));
        }
        try (var table = table();
                FeatureStore other = FeatureStore.open(folder.resolve("other"), wider)) {
            other.append("card", List.of(payment("p9", NOW, 1).withSequence(0)));
            OnlineStore online = other.online(table, NOW + 3 * MINUTE);
            assertThat(read(online, "card.paid_1h", NOW + 4 * MINUTE))
                    .containsExactly(Value.of(1.0));
        }
    }

    @Test
    void notes_when_an_entity_is_due_before_it_adds_to_it() throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            OnlineStore online = store.online(table, NOW);
            ask(redis -> redis.configSet("slowlog-log-slower-than", "0"));
            online.push("card", List.of(payment("p2", NOW, 10)), NOW);
            String log = ask(redis -> readable(redis.slowlogGet(128)));
            // The latest comes first.
            assertThat(log).containsSubsequence("APPEND test:card:7", "ZADD test:card!due GT");
        }
    }

    @Test
    void takes_a_server_with_bounded_memory_only_when_it_drops_nothing() throws IOException {
        ask(redis -> redis.configSet("maxmemory-policy", "allkeys-lru"));
        table().close();
        ask(redis -> redis.configSet("maxmemory", "100000000"));
        ask(redis ->
                redis.aclSetuser(
                        "default", AclSetuserArgs.Builder.removeCommand(CommandType.CONFIG)));
        assertThatThrownBy(this::table)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("maxmemory-policy allkeys-lru")
                .hasMessageContaining("set maxmemory-policy noeviction there");
        allow(CommandType.CONFIG);
        ask(redis -> redis.configSet("maxmemory-policy", "noeviction"));
        table().close();
    }

    private void allow(CommandType command) {
        ask(redis -> redis.aclSetuser("default", AclSetuserArgs.Builder.addCommand(command)));
    }

    @Test
    void takes_a_server_that_does_not_let_itself_be_asked() throws IOException {
        ask(redis -> redis.configSet("maxmemory-policy", "allkeys-lru"));
        ask(redis -> redis.configSet("maxmemory", "100000000"));
        ask(redis ->
                redis.aclSetuser(
                        "default", AclSetuserArgs.Builder.removeCommand(CommandType.INFO)));
        table().close();
    }

    @Test
    void refuses_to_serve_from_the_moment_on_that_the_server_would_drop_keys() throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            OnlineStore online = store.online(table, NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            ask(redis -> redis.configSet("maxmemory", "100000000"));
            ask(redis -> redis.configSet("maxmemory-policy", "allkeys-lru"));
            for (int look = 0; look < 2; look++) {
                assertThatThrownBy(online::mend)
                        .isInstanceOf(OnlineUnavailableException.class)
                        .hasMessageContaining("set maxmemory-policy noeviction there");
                assertThatThrownBy(() -> read(online, "card.*", NOW + SECOND))
                        .isInstanceOf(OnlineUnavailableException.class)
                        .hasMessageContaining("it drops keys");
                assertThatThrownBy(
                                () -> online.push("card", List.of(payment("p2", NOW, 5)), NOW + 1))
                        .isInstanceOf(OnlineUnavailableException.class);
            }
            ask(redis -> redis.configSet("maxmemory-policy", "noeviction"));
            online.mend();
            assertThat(read(online, "card.paid_1h", NOW + SECOND)).containsExactly(Value.of(10.0));
            assertThat(online.table().orElseThrow().fillings())
                    .as("nothing was dropped meanwhile: each view was filled once")
                    .isEqualTo(3);
        }
    }

    @Test
    void is_filled_anew_when_the_server_has_dropped_keys_behind_its_back() throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            OnlineStore online = store.online(table, NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            dropSomething();
            // Nobody can see which: here it is the row, while the mark is still there.
            ask(redis -> redis.del("test:card:7"));
            assertThat(read(online, "card.paid_1h", NOW + SECOND))
                    .isNotEqualTo(List.of(Value.of(10.0)));
            online.mend();
            assertThat(read(online, "card.paid_1h", NOW + 2 * SECOND))
                    .containsExactly(Value.of(10.0));
            assertThat(online.table().orElseThrow().fillings()).isEqualTo(6);
            online.mend();
            assertThat(online.table().orElseThrow().fillings()).as("once").isEqualTo(6);
        }
        try (var table = table();
                FeatureStore store = store("restate")) {
            ask(redis -> redis.del("test:card:7"));
            OnlineStore online = store.online(table, NOW + MINUTE);
            assertThat(read(online, "card.paid_1h", NOW + 2 * MINUTE))
                    .as("it may have been dropped while nobody looked")
                    .containsExactly(Value.of(10.0));
        }
    }

    /// Fills the memory until keys go, and lets it be as it was.
    private void dropSomething() {
        ask(redis -> {
            redis.configSet("maxmemory-policy", "volatile-ttl");
            redis.configSet("maxmemory", "3000000");
            for (int i = 0; !redis.info("stats").matches("(?s).*evicted_keys:[1-9].*"); i++) {
                redis.set("junk" + i, "x".repeat(100_000), SetArgs.Builder.ex(1_000));
            }
            redis.configSet("maxmemory", "0");
            return redis.configSet("maxmemory-policy", "noeviction");
        });
    }

    @Test
    void says_what_to_do_when_nobody_answers() throws Exception {
        URI address = server().address("x");
        server().kill();
        assertThatThrownBy(() -> RedisTable.open(address))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not answer")
                .hasMessageContaining("--online redis://HOST:PORT");
        server().restart();
    }
}
