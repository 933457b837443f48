package dev.touchstone.redis;

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
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.engines.OnlineTableProvider;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Eventually;
import dev.touchstone.testkit.Seeds;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final long NOW = Times.parse("2026-03-04T12:00:00Z");

    private static final String VIEWS =
            """
            views:
              account:
                owner: payments-risk
                key: {region: text, account: text}
                features: {balance: double, status: text}
                maxAge: 7d
                delay: 2s
              card:
                owner: payments-risk
                key: {card: long}
                events: {payment: text, amount: double}
                id: payment
                features:
                  paid_1h: {sum: amount, window: 1h}
                  payments_1h: {count: amount, window: 1h}
                  highest_1d: {max: amount, window: 1d, hop: 1h}
                late: {after: 10m, then: POLICY}
              merchant:
                owner: payments-risk
                key: {merchant: long}
                events: {amount: double}
                features:
                  mean_1h: {mean: amount, window: 1h, hop: 1m}
                  last_10m: {last: amount, window: 10m}
            """;

    private static final List<String> ALL = List.of("account.*", "card.*", "merchant.*");

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

    private static Definitions definitions(String policy) {
        return Definitions.read("features.yaml", VIEWS.replace("POLICY", policy));
    }

    private FeatureStore store(String policy) {
        return FeatureStore.open(folder.resolve("store"), definitions(policy));
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
                        FeatureStore.open(folder.resolve("embedded"), definitions(policy));
                FeatureStore there = store(policy)) {
            OnlineStore embedded = here.online(NOW);
            OnlineStore remote = there.online(table, NOW);
            long now = NOW;
            for (int step = 0; step < 120; step++) {
                now += random.nextLong(random.nextInt(4) == 0 ? 20 * MINUTE : 3 * SECOND);
                String view = List.of("account", "card", "merchant").get(random.nextInt(3));
                List<FeatureRow> rows = new ArrayList<>();
                for (int row = random.nextInt(1, 12); row > 0; row--) {
                    rows.add(row(view, now, random));
                }
                assertThat(remote.push(view, rows, now)).isEqualTo(embedded.push(view, rows, now));
                assertThat(remote.counts(view)).isEqualTo(embedded.counts(view));
                List<String> served = answers(remote, now, random.nextInt(4));
                List<String> wanted = answers(embedded, now, 0);
                for (int i = 0; i < wanted.size(); i++) {
                    assertThat(served.get(i)).as("step %d", step).isEqualTo(wanted.get(i));
                }
            }
            assertThat(there.restated("card")).isEqualTo(here.restated("card"));
        }
    }

    private static FeatureRow row(String view, long now, RandomGenerator random) {
        long event =
                switch (random.nextInt(5)) {
                    case 0 -> now - random.nextLong(2 * 60 * MINUTE);
                    case 1 -> now + random.nextLong(MINUTE);
                    default -> now - random.nextLong(10 * SECOND);
                };
        int who = random.nextInt(3);
        double amount = random.nextInt(100) * 0.1;
        EntityKey entity =
                view.equals("account")
                        ? new EntityKey(
                                List.of(Value.of(who == 0 ? "a:b" : "a"), Value.of("b:c" + who)))
                        : EntityKey.of(who);
        List<Value> values =
                switch (view) {
                    case "account" ->
                            random.nextInt(8) == 0
                                    ? List.of()
                                    : List.of(Value.of(amount), Value.of("s" + amount));
                    case "card" -> List.of(Value.of("p" + random.nextInt(200)), Value.of(amount));
                    default -> List.of(Value.of(amount));
                };
        return new FeatureRow(entity, event, 0, 0, values);
    }

    /// Statuses, values and times of all features, of several rows in one read.
    ///
    /// @param repeated how often the first row is asked for again in the same read
    private static List<String> answers(OnlineStore online, long now, int repeated) {
        OnlineReader reader = online.reader(ALL);
        var keys = new ArrayList<dev.touchstone.features.OnlineKeys>();
        var rows = new ArrayList<OnlineRow>();
        for (int row = 0; row < 4 + repeated; row++) {
            int who = row % 4;
            keys.add(
                    reader.keys(
                            Map.of(
                                    "region", Value.of(who == 0 ? "a:b" : "a"),
                                    "account", Value.of("b:c" + who),
                                    "card", Value.of((long) who),
                                    "merchant", Value.of((long) who))));
            rows.add(reader.row());
        }
        long asOf = reader.read(keys, now, rows);
        List<String> answers = new ArrayList<>();
        answers.add("as of " + asOf);
        for (OnlineRow row : rows.subList(0, 4)) {
            for (int i = 0; i < row.size(); i++) {
                answers.add(
                        "%s %s %s %d"
                                .formatted(
                                        reader.names().get(i),
                                        row.status(i),
                                        row.value(i),
                                        row.eventTime(i)));
            }
        }
        return answers;
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
                answers(online, NOW + i, 3);
            }
            String asked = ask(redis -> redis.info("commandstats"));
            assertThat(asked).contains("cmdstat_mget:calls=5,").doesNotContain("cmdstat_get:");
        }
    }

    @Test
    void lets_go_of_entities_that_no_window_can_cover_any_more() throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            OnlineStore online = store.online(table, NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            // The longest window is a day and its hop an hour.
            long left = ask(redis -> redis.pttl("test:card:7"));
            assertThat(left).isBetween(25 * 3_600_000L, 26 * 3_600_000L);
            online.push("card", List.of(payment("p2", NOW - 60 * MINUTE, 10)), NOW);
            left = ask(redis -> redis.pttl("test:card:7"));
            assertThat(left).as("a late event shortens nothing").isGreaterThan(25 * 3_600_000L);
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
                        VIEWS.replace("POLICY", "restate").replace("window: 1h}", "window: 2h}"));
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
    void keeps_an_entity_before_it_adds_to_it() throws IOException {
        try (var table = table();
                FeatureStore store = store("restate")) {
            OnlineStore online = store.online(table, NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            ask(redis -> redis.configSet("slowlog-log-slower-than", "0"));
            online.push("card", List.of(payment("p2", NOW, 10)), NOW);
            String log = ask(redis -> readable(redis.slowlogGet(128)));
            // The latest comes first.
            assertThat(log).containsSubsequence("PEXPIRE test:card:7", "APPEND test:card:7");
            assertThat(log.substring(log.indexOf("APPEND test:card:7")))
                    .as("a key that expires here would take the row with it")
                    .containsPattern("PEXPIRE test:card:7 \\d+ GT");
        }
    }

    @Test
    void takes_a_server_with_bounded_memory_only_when_it_drops_nothing() throws IOException {
        ask(redis -> redis.configSet("maxmemory-policy", "allkeys-lru"));
        table().close();
        ask(redis -> redis.configSet("maxmemory", "100000000"));
        assertThatThrownBy(this::table)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("maxmemory-policy allkeys-lru")
                .hasMessageContaining("set maxmemory-policy noeviction there");
        ask(redis -> redis.configSet("maxmemory-policy", "noeviction"));
        table().close();
    }

    @Test
    void takes_a_server_that_does_not_let_itself_be_asked() throws IOException {
        ask(redis -> redis.configSet("maxmemory-policy", "allkeys-lru"));
        ask(redis -> redis.configSet("maxmemory", "100000000"));
        ask(redis ->
                redis.aclSetuser(
                        "default", AclSetuserArgs.Builder.removeCommand(CommandType.CONFIG)));
        table().close();
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
