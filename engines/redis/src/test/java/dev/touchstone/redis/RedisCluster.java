package dev.touchstone.redis;

import dev.touchstone.testkit.Eventually;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Three real servers that are a cluster, each with a third of the slots and without replicas.
final class RedisCluster implements AutoCloseable {
    private static final int MACHINES = 3;
    private static final String HOST = "127.0.0.1";

    private final List<RedisServer> servers;

    private RedisCluster(List<RedisServer> servers) {
        this.servers = servers;
    }

    static RedisCluster start(Path folder) throws IOException {
        List<RedisServer> servers = new ArrayList<>();
        for (int machine = 0; machine < MACHINES; machine++) {
            servers.add(
                    RedisServer.start(
                            Files.createDirectory(folder.resolve("machine-" + machine)),
                            "--cluster-enabled",
                            "yes",
                            "--cluster-node-timeout",
                            "1000",
                            // What lies on the others is answered for while one is away.
                            "--cluster-require-full-coverage",
                            "no"));
        }
        var cluster = new RedisCluster(servers);
        for (int machine = 0; machine < MACHINES; machine++) {
            int from = SlotHash.SLOT_COUNT * machine / MACHINES;
            int to = SlotHash.SLOT_COUNT * (machine + 1) / MACHINES;
            cluster.ask(
                    machine,
                    redis -> {
                        redis.clusterMeet(HOST, servers.getFirst().port());
                        return redis.clusterAddSlots(IntStream.range(from, to).toArray());
                    });
        }
        cluster.awaitWhole();
        return cluster;
    }

    /// Until each machine knows of all slots.
    void awaitWhole() {
        Eventually.holds(
                "a cluster of %d machines".formatted(MACHINES),
                () ->
                        IntStream.range(0, MACHINES)
                                .allMatch(machine -> {
                                    String info = ask(machine, RedisCommands::clusterInfo);
                                    return info.contains("cluster_state:ok")
                                            && info.contains("cluster_slots_ok:16384")
                                            && info.contains("cluster_known_nodes:" + MACHINES);
                                }));
    }

    List<RedisServer> servers() {
        return servers;
    }

    /// The machine that keeps a key.
    int machineOf(String key) {
        return SlotHash.getSlot(key) * MACHINES / SlotHash.SLOT_COUNT;
    }

    <T> T ask(int machine, Function<RedisCommands<String, String>, T> question) {
        RedisClient client =
                RedisClient.create("redis://%s:%d".formatted(HOST, servers.get(machine).port()));
        try (var connection = client.connect()) {
            return question.apply(connection.sync());
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        servers.forEach(RedisServer::close);
    }
}
