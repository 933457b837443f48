package dev.touchstone.redis;

import static dev.touchstone.redis.Scenario.MINUTE;
import static dev.touchstone.redis.Scenario.NOW;
import static dev.touchstone.redis.Scenario.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.OnlineUnavailableException;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A store whose table is a Redis Cluster")
class RedisClusterTest {
    private static final List<String> VIEWS = List.of("account", "card", "merchant");

    @TempDir private Path folder = Path.of("");

    private Optional<RedisCluster> started = Optional.empty();

    @BeforeEach
    void start() throws IOException {
        started = Optional.of(RedisCluster.start(folder));
    }

    @AfterEach
    void stop() {
        cluster().close();
    }

    private RedisCluster cluster() {
        return started.orElseThrow();
    }

    private URI address() {
        return cluster().servers().getFirst().address("test");
    }

    private FeatureStore store(String name) {
        return FeatureStore.open(folder.resolve(name), Scenario.definitions("restate-and-keep"));
    }

    @Test
    void answers_as_the_embedded_store_does_though_its_views_lie_on_several_machines()
            throws IOException {
        RandomGenerator random = new RandomStreams(7).stream("pushes");
        long now = NOW;
        try (FeatureStore here = store("embedded");
                FeatureStore there = store("there")) {
            OnlineStore embedded = here.online(NOW);
            try (var table = RedisTable.open(address())) {
                OnlineStore remote = there.online(table, NOW);
                for (int step = 0; step < 100; step++) {
                    now += random.nextLong(20 * MINUTE);
                    if (step % 20 == 0) {
                        remote.sweep();
                    }
                    String view = VIEWS.get(random.nextInt(VIEWS.size()));
                    List<FeatureRow> rows = Scenario.rows(view, now, random);
                    remote.push(view, rows, now);
                    embedded.push(view, rows, now);
                    assertThat(Scenario.answers(remote, now, 2))
                            .as("step %d", step)
                            .isEqualTo(Scenario.answers(embedded, now, 2));
                }
            }
        }
        List<Integer> machines = VIEWS.stream().map(this::machineOf).distinct().toList();
        assertThat(machines).as("more than one is used").hasSizeGreaterThan(1);
        for (int machine : machines) {
            List<String> keys = cluster().ask(machine, redis -> redis.keys("test:*"));
            assertThat(keys).isNotEmpty();
        }
    }

    private int machineOf(String view) {
        return cluster().machineOf("test:{%s}".formatted(view));
    }

    @Test
    void serves_nothing_less_after_one_machine_has_lost_what_it_had() throws IOException {
        try (FeatureStore here = store("embedded");
                FeatureStore there = store("there");
                var table = RedisTable.open(address())) {
            OnlineStore embedded = here.online(NOW);
            OnlineStore remote = there.online(table, NOW);
            RandomGenerator random = new RandomStreams(1).stream("pushes");
            for (String view : VIEWS) {
                List<FeatureRow> rows = Scenario.rows(view, NOW, random);
                remote.push(view, rows, NOW);
                embedded.push(view, rows, NOW);
            }
            RedisServer lost = cluster().servers().get(machineOf("card"));
            lost.kill();
            assertThatThrownBy(() -> Scenario.answers(remote, NOW + SECOND, 0))
                    .isInstanceOf(OnlineUnavailableException.class);
            lost.restart();
            cluster().awaitWhole();
            Eventually.holds(
                    "the table filled again",
                    () -> {
                        try {
                            remote.mend();
                            return true;
                        } catch (OnlineUnavailableException _) {
                            return false;
                        }
                    });
            assertThat(Scenario.answers(remote, NOW + 2 * SECOND, 0))
                    .isEqualTo(Scenario.answers(embedded, NOW + 2 * SECOND, 0));
        }
    }

    @Test
    void refuses_a_cluster_one_of_whose_machines_would_drop_keys() throws IOException {
        int last = cluster().servers().size() - 1;
        cluster().ask(last, redis -> redis.configSet("maxmemory", "100000000"));
        cluster().ask(last, redis -> redis.configSet("maxmemory-policy", "allkeys-lfu"));
        assertThatThrownBy(() -> RedisTable.open(address()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("maxmemory-policy allkeys-lfu");
        assertThat(IntStream.range(0, last).boxed())
                .allMatch(machine ->
                        cluster()
                                .ask(machine, redis -> redis.configGet("maxmemory"))
                                .containsValue("0"));
    }

    @Test
    void refuses_another_database_than_the_one_that_a_cluster_has() {
        URI address = URI.create(address().toString().replace("#", "/3#"));
        assertThatThrownBy(() -> RedisTable.open(address))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a cluster, which has only database 0; leave /3 out");
    }
}
