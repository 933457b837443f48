package dev.touchstone.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Connections to a server, or to the machines of a cluster: one on which reads go out at once, one
/// on which the writes of a call go out together.
///
/// A connection that breaks is made anew, at first at once, later every second; until then every
/// command fails at once.
sealed interface RedisLink extends AutoCloseable {
    /// How long to wait for a connection or an answer.
    Duration TIMEOUT = Duration.ofSeconds(2);

    RedisClusterAsyncCommands<byte[], byte[]> reads();

    /// What is sent on it waits for [#flush].
    RedisClusterAsyncCommands<byte[], byte[]> writes();

    void flush();

    /// `INFO`, of each machine that keeps keys, by its name.
    Map<String, RedisFuture<String>> infos();

    @Override
    void close();

    /// Connects to a server.
    ///
    /// @throws io.lettuce.core.RedisException when it does not answer
    static RedisLink toServer(RedisURI uri) {
        ClientResources resources = resources();
        RedisClient client = RedisClient.create(resources, uri);
        client.setOptions(options(ClientOptions.builder()).build());
        try {
            StatefulRedisConnection<byte[], byte[]> reads = client.connect(ByteArrayCodec.INSTANCE);
            StatefulRedisConnection<byte[], byte[]> writes =
                    client.connect(ByteArrayCodec.INSTANCE);
            writes.setAutoFlushCommands(false);
            return new Server(new Owned(client, resources, List.of(reads, writes)), reads, writes);
        } catch (RuntimeException e) {
            new Owned(client, resources, List.of()).close();
            throw e;
        }
    }

    /// Connects to a cluster, by one of its machines. It hears of machines that come, go or change
    /// their part within seconds.
    ///
    /// @throws io.lettuce.core.RedisException when it does not answer
    static RedisLink toCluster(RedisURI uri) {
        ClientResources resources = resources();
        RedisClusterClient client = RedisClusterClient.create(resources, uri);
        ClusterTopologyRefreshOptions refresh =
                ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(Cluster.REFRESH)
                        .build();
        var options = ClusterClientOptions.builder().topologyRefreshOptions(refresh);
        options(options);
        client.setOptions(options.build());
        try {
            StatefulRedisClusterConnection<byte[], byte[]> all =
                    client.connect(ByteArrayCodec.INSTANCE);
            return new Cluster(new Owned(client, resources, List.of(all)), all);
        } catch (RuntimeException e) {
            new Owned(client, resources, List.of()).close();
            throw e;
        }
    }

    private static ClientOptions.Builder options(ClientOptions.Builder options) {
        return options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled(TIMEOUT))
                .socketOptions(SocketOptions.builder().connectTimeout(TIMEOUT).build());
    }

    private static ClientResources resources() {
        return ClientResources.builder()
                .ioThreadPoolSize(Owned.THREADS)
                .computationThreadPoolSize(Owned.THREADS)
                .reconnectDelay(
                        Delay.exponential(
                                Duration.ZERO, Owned.MOST_BETWEEN_TRIES, 2, TimeUnit.MILLISECONDS))
                .build();
    }

    /// What is to be closed in the end.
    record Owned(
            AbstractRedisClient client,
            ClientResources resources,
            List<StatefulConnection<?, ?>> connections)
            implements AutoCloseable {
        private static final Duration MOST_BETWEEN_TRIES = Duration.ofSeconds(1);
        private static final int THREADS = 2;

        @Override
        public void close() {
            for (StatefulConnection<?, ?> each : connections) {
                each.close();
            }
            client.shutdown(Duration.ZERO, TIMEOUT);
            var _ = resources.shutdown(0, TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /// One server.
    record Server(
            Owned owned,
            StatefulRedisConnection<byte[], byte[]> forReads,
            StatefulRedisConnection<byte[], byte[]> forWrites)
            implements RedisLink {
        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> reads() {
            return forReads.async();
        }

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> writes() {
            return forWrites.async();
        }

        @Override
        public void flush() {
            forWrites.flushCommands();
        }

        @Override
        public Map<String, RedisFuture<String>> infos() {
            return Map.of("", forReads.async().info());
        }

        @Override
        public void close() {
            owned.close();
        }
    }

    /// A cluster: the library has a connection to each machine, and sends every command at once.
    record Cluster(Owned owned, StatefulRedisClusterConnection<byte[], byte[]> all)
            implements RedisLink {
        private static final Duration REFRESH = Duration.ofSeconds(5);

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> reads() {
            return all.async();
        }

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> writes() {
            return all.async();
        }

        @Override
        public void flush() {
            // Everything has gone.
        }

        @Override
        public Map<String, RedisFuture<String>> infos() {
            Map<String, RedisFuture<String>> infos = new LinkedHashMap<>();
            for (RedisClusterNode node : all.getPartitions()) {
                if (node.is(NodeFlag.UPSTREAM) && !node.getSlots().isEmpty()) {
                    RedisURI at = node.getUri();
                    // Waits until it is connected: commands to one that is not are refused.
                    var machine = all.getConnection(at.getHost(), at.getPort());
                    infos.put(node.getNodeId(), machine.async().info());
                }
            }
            return infos;
        }

        @Override
        public void close() {
            owned.close();
        }
    }
}
