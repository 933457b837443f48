package dev.touchstone.redis;

import dev.touchstone.features.engines.OnlineTable;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.ExpireArgs;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A table in Redis 7 or Valkey: a string under each key.
///
/// Reads share a connection, on which each is one `MGET`; writes have another, on which those of
/// one call go out together. A connection that breaks is made anew, at first at once, later every
/// second; until then every call fails at once.
public final class RedisTable implements OnlineTable {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration MOST_BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final int THREADS = 2;
    private static final int KEYS_PER_SCAN = 1_000;
    private static final String USUAL_PREFIX = "touchstone";
    private static final String UNLIMITED = "0";
    private static final String KEEPS_ALL = "noeviction";

    private final ClientResources resources;
    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> reads;
    private final StatefulRedisConnection<byte[], byte[]> writes;
    private final byte[] prefix;
    private final String where;

    private RedisTable(ClientResources resources, RedisClient client, String prefix, String where) {
        this.resources = resources;
        this.client = client;
        this.reads = client.connect(ByteArrayCodec.INSTANCE);
        this.writes = client.connect(ByteArrayCodec.INSTANCE);
        this.writes.setAutoFlushCommands(false);
        this.prefix = (prefix + ":").getBytes(StandardCharsets.UTF_8);
        this.where = where;
    }

    /// Opens a table.
    ///
    /// @param address `redis://USER:PASSWORD@HOST:PORT/DATABASE#PREFIX`; all but the host may be
    ///   left out. Keys are `PREFIX:VIEW:KEY`; stores that share a Redis need a prefix each
    /// @throws IOException when nobody answers there, or a server that may drop keys; with the cure
    public static RedisTable open(URI address) throws IOException {
        String prefix = Optional.ofNullable(address.getFragment()).orElse(USUAL_PREFIX);
        String text = address.toString();
        int fragment = text.indexOf('#');
        RedisURI uri = RedisURI.create(fragment < 0 ? text : text.substring(0, fragment));
        uri.setTimeout(TIMEOUT);
        ClientResources resources =
                ClientResources.builder()
                        .ioThreadPoolSize(THREADS)
                        .computationThreadPoolSize(THREADS)
                        .reconnectDelay(
                                Delay.exponential(
                                        Duration.ZERO,
                                        MOST_BETWEEN_TRIES,
                                        2,
                                        TimeUnit.MILLISECONDS))
                        .build();
        RedisClient client = RedisClient.create(resources, uri);
        client.setOptions(
                ClientOptions.builder()
                        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                        .timeoutOptions(TimeoutOptions.enabled(TIMEOUT))
                        .socketOptions(SocketOptions.builder().connectTimeout(TIMEOUT).build())
                        .build());
        String where = "Redis at %s:%d".formatted(uri.getHost(), uri.getPort());
        RedisTable table;
        try {
            table = new RedisTable(resources, client, prefix, where);
        } catch (RedisException e) {
            close(client, resources);
            throw new IOException(
                    "%s does not answer: %s; start it there, or say --online redis://HOST:PORT"
                            .formatted(where, reason(e)),
                    e);
        }
        try {
            table.refuseEviction();
        } catch (IOException e) {
            table.close();
            throw e;
        }
        return table;
    }

    /// Refuses a server that drops keys when its memory is full: an entity whose key is gone could
    /// not be told from one that never had a row.
    private void refuseEviction() throws IOException {
        Map<String, String> settings;
        try {
            settings = reads.sync().configGet("maxmemory", "maxmemory-policy");
        } catch (RedisCommandExecutionException _) { // whoever hosts it may forbid to ask
            return;
        } catch (RedisException e) {
            throw new IOException("%s does not answer: %s".formatted(where, reason(e)), e);
        }
        String memory = settings.getOrDefault("maxmemory", UNLIMITED);
        String policy = settings.getOrDefault("maxmemory-policy", KEEPS_ALL);
        if (!memory.equals(UNLIMITED) && !policy.equals(KEEPS_ALL)) {
            throw new IOException(
                    "%s drops keys when its %s bytes of maxmemory are full, as maxmemory-policy %s says, and reads would miss rows; set maxmemory-policy %s there"
                            .formatted(where, memory, policy, KEEPS_ALL));
        }
    }

    /// What lies at the bottom of an exception.
    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = Optional.ofNullable(cause.getMessage()).orElse(cause.toString());
        return message.replaceFirst("\\.$", "");
    }

    @Override
    public String where() {
        return where;
    }

    private byte[] prefixed(byte[] key) {
        byte[] whole = new byte[prefix.length + key.length];
        System.arraycopy(prefix, 0, whole, 0, prefix.length);
        System.arraycopy(key, 0, whole, prefix.length, key.length);
        return whole;
    }

    @Override
    public List<byte[]> get(List<byte[]> keys) throws IOException {
        byte[][] wanted = keys.stream().map(this::prefixed).toArray(byte[][]::new);
        List<byte[]> found = new ArrayList<>(wanted.length);
        for (KeyValue<byte[], byte[]> value : await(() -> reads.async().mget(wanted))) {
            found.add(value.getValueOrElse(new byte[0]));
        }
        return found;
    }

    @Override
    public long[] write(List<Write> all) throws IOException {
        List<RedisFuture<?>> answers = new ArrayList<>();
        List<RedisFuture<Long>> lengths = new ArrayList<>();
        synchronized (writes) {
            try {
                RedisAsyncCommands<byte[], byte[]> redis = writes.async();
                for (Write one : all) {
                    byte[] key = prefixed(one.key());
                    if (one.keepMillis() >= 0) {
                        // Before: what is there must not expire with what is put behind it.
                        answers.add(redis.pexpire(key, one.keepMillis(), ExpireArgs.Builder.gt()));
                    }
                    if (one.appends()) {
                        lengths.add(redis.append(key, one.bytes()));
                    } else {
                        answers.add(
                                one.keepMillis() == Write.AS_BEFORE
                                        ? redis.set(key, one.bytes(), SetArgs.Builder.keepttl())
                                        : redis.set(key, one.bytes()));
                        lengths.add(redis.strlen(key));
                    }
                    if (one.keepMillis() >= 0) { // of a new key
                        answers.add(redis.pexpire(key, one.keepMillis(), ExpireArgs.Builder.nx()));
                    }
                }
            } catch (RedisException e) {
                throw failure(e);
            } finally {
                writes.flushCommands();
            }
        }
        long[] sizes = new long[all.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = answer(lengths.get(i));
        }
        for (RedisFuture<?> each : answers) {
            var _ = answer(each);
        }
        return sizes;
    }

    @Override
    public void clear(byte[] beginning) throws IOException {
        String pattern =
                new String(prefixed(beginning), StandardCharsets.UTF_8)
                                .replaceAll("([\\\\*?\\[\\]])", "\\\\$1")
                        + "*";
        ScanArgs matching =
                ScanArgs.Builder.matches(pattern.getBytes(StandardCharsets.UTF_8))
                        .limit(KEYS_PER_SCAN);
        ScanCursor cursor = ScanCursor.INITIAL;
        do {
            ScanCursor from = cursor;
            KeyScanCursor<byte[]> page = await(() -> reads.async().scan(from, matching));
            byte[][] keys = page.getKeys().toArray(byte[][]::new);
            if (keys.length > 0) {
                var _ = await(() -> reads.async().unlink(keys));
            }
            cursor = page;
        } while (!cursor.isFinished());
    }

    /// A command to send.
    private interface Command<T> {
        RedisFuture<T> send();
    }

    private static <T> T await(Command<T> command) throws IOException {
        try {
            return answer(command.send());
        } catch (RedisException e) {
            throw failure(e);
        }
    }

    private static <T> T answer(RedisFuture<T> future) throws IOException {
        try {
            return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within %s".formatted(TIMEOUT), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for an answer", e);
        }
    }

    private static IOException failure(Exception e) {
        return new IOException(reason(e), e);
    }

    @Override
    public void close() {
        reads.close();
        writes.close();
        close(client, resources);
    }

    private static void close(RedisClient client, ClientResources resources) {
        client.shutdown(Duration.ZERO, TIMEOUT);
        var _ = resources.shutdown(0, TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
}
