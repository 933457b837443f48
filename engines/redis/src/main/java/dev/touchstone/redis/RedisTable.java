package dev.touchstone.redis;

import dev.touchstone.features.engines.OnlineTable;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ZAddArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A table in Redis 7 or Valkey: a string under each key, and for each group the set of keys that
/// are due. In a cluster a group lies on one machine: its name is the hash tag of its keys.
///
/// Reads share a connection, on which each is one `MGET`; the writes of a call go out together.
public final class RedisTable implements OnlineTable {
    private static final int KEYS_PER_SCAN = 1_000;
    private static final String USUAL_PREFIX = "touchstone";
    private static final String UNLIMITED = "0";
    private static final String KEEPS_ALL = "noeviction";
    private static final byte SEPARATOR = ':';
    private static final byte[] DUE = {'!', 'd', 'u', 'e'};

    private final RedisLink link;
    private final byte[] beforeGroup;
    private final byte[] behindGroup;
    private final String where;

    /// How many keys each machine had dropped at the last look.
    private final Map<String, Long> evicted = new HashMap<>();

    private RedisTable(RedisLink link, String prefix, String where) {
        boolean tagged = link instanceof RedisLink.Cluster;
        this.link = link;
        this.beforeGroup = (prefix + (tagged ? ":{" : ":")).getBytes(StandardCharsets.UTF_8);
        this.behindGroup = (tagged ? "}" : "").getBytes(StandardCharsets.UTF_8);
        this.where = where;
    }

    /// Opens a table.
    ///
    /// @param address `redis://USER:PASSWORD@HOST:PORT/DATABASE#PREFIX`, or `rediss://` for TLS;
    ///   all but the host may be left out. It may be any machine of a cluster. Keys are
    ///   `PREFIX:VIEW:KEY`, in a cluster `PREFIX:{VIEW}:KEY`; stores that share a Redis need a
    ///   prefix each
    /// @throws IOException when nobody answers there, or a server that may drop keys; with the cure
    public static RedisTable open(URI address) throws IOException {
        String prefix = Optional.ofNullable(address.getFragment()).orElse(USUAL_PREFIX);
        String text = address.toString();
        int fragment = text.indexOf('#');
        RedisURI uri = RedisURI.create(fragment < 0 ? text : text.substring(0, fragment));
        uri.setTimeout(RedisLink.TIMEOUT);
        String where = "Redis at %s:%d".formatted(uri.getHost(), uri.getPort());
        RedisLink link;
        try {
            link = link(uri, where);
        } catch (RedisException e) {
            throw new IOException(
                    "%s does not answer: %s; start it there, or say --online redis://HOST:PORT, rediss:// where it wants TLS, with USER:PASSWORD@ where it wants to know who asks"
                            .formatted(where, reason(e)),
                    e);
        }
        var table = new RedisTable(link, prefix, where);
        try {
            var _ = table.infos();
        } catch (IOException e) {
            table.close();
            throw new IOException("%s: %s".formatted(where, e.getMessage()), e);
        }
        return table;
    }

    private static RedisLink link(RedisURI uri, String where) throws IOException {
        int database = uri.getDatabase();
        uri.setDatabase(0); // one of a cluster refuses to be asked for any
        RedisLink server = RedisLink.toServer(uri);
        boolean cluster = isOfCluster(server);
        if (!cluster && database == 0) {
            return server;
        }
        server.close();
        if (cluster && database != 0) {
            throw new IOException(
                    "%s is one of a cluster, which has only database 0; leave /%d out"
                            .formatted(where, database));
        }
        uri.setDatabase(database);
        return cluster ? RedisLink.toCluster(uri) : RedisLink.toServer(uri);
    }

    private static boolean isOfCluster(RedisLink server) throws IOException {
        try {
            return "1"
                    .equals(
                            fields(answer(server.infos().values().iterator().next()))
                                    .get("cluster_enabled"));
        } catch (IOException e) {
            if (isForbidden(e)) {
                return false; // a command for another machine's key will say so
            }
            server.close();
            throw e;
        }
    }

    /// What `INFO` says of each machine; nothing where it is forbidden to ask.
    ///
    /// @throws IOException when one would drop keys once its memory is full: an entity whose key is
    ///   gone could not be told from one that never had a row
    private Map<String, Map<String, String>> infos() throws IOException {
        Map<String, Map<String, String>> infos = new HashMap<>();
        try {
            for (var info : link.infos().entrySet()) {
                infos.put(info.getKey(), fields(answer(info.getValue())));
            }
        } catch (RedisException e) {
            throw failure(e);
        } catch (IOException e) {
            if (isForbidden(e)) {
                return Map.of();
            }
            throw e;
        }
        for (Map<String, String> info : infos.values()) {
            String memory = info.getOrDefault("maxmemory", UNLIMITED);
            String policy = info.getOrDefault("maxmemory_policy", KEEPS_ALL);
            if (!memory.equals(UNLIMITED) && !policy.equals(KEEPS_ALL)) {
                throw new IOException(
                        "it drops keys when its %s bytes of maxmemory are full, as maxmemory-policy %s says, and reads would miss rows; set maxmemory-policy %s there"
                                .formatted(memory, policy, KEEPS_ALL));
            }
        }
        return infos;
    }

    private static boolean isForbidden(IOException e) {
        return e.getCause() instanceof ExecutionException answer
                && answer.getCause() instanceof RedisCommandExecutionException said
                && String.valueOf(said.getMessage()).startsWith("NOPERM");
    }

    private static Map<String, String> fields(String info) {
        Map<String, String> fields = new HashMap<>();
        info.lines()
                .forEach(line -> {
                    int colon = line.indexOf(':');
                    if (colon > 0) {
                        fields.put(line.substring(0, colon), line.substring(colon + 1));
                    }
                });
        return fields;
    }

    @Override
    public boolean hasDropped() throws IOException {
        boolean dropped = false;
        for (var info : infos().entrySet()) {
            long now = Long.parseLong(info.getValue().getOrDefault("evicted_keys", "0"));
            // A machine that was started again counts from 0; what it keeps is marked.
            dropped |= now > evicted.getOrDefault(info.getKey(), 0L);
            evicted.put(info.getKey(), now);
        }
        return dropped;
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

    /// The key as Redis has it.
    private byte[] whole(byte[] key) {
        int group = group(key).length;
        return concatenated(
                beforeGroup,
                Arrays.copyOf(key, group),
                behindGroup,
                Arrays.copyOfRange(key, group, key.length));
    }

    private static byte[] group(byte[] key) {
        int end = 0;
        while (end < key.length && key[end] != SEPARATOR) {
            end++;
        }
        return Arrays.copyOf(key, end);
    }

    /// The set of keys of a group that are due, without the prefix.
    private byte[] dueKey(byte[] group) {
        return concatenated(beforeGroup, group, behindGroup, DUE);
    }

    private static byte[] concatenated(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Override
    public List<byte[]> get(List<byte[]> keys) throws IOException {
        byte[][] wanted = keys.stream().map(this::whole).toArray(byte[][]::new);
        List<byte[]> found = new ArrayList<>(wanted.length);
        for (KeyValue<byte[], byte[]> value : await(() -> link.reads().mget(wanted))) {
            found.add(value.getValueOrElse(new byte[0]));
        }
        return found;
    }

    @Override
    public long[] write(List<Write> all) throws IOException {
        List<RedisFuture<?>> answers = new ArrayList<>();
        List<RedisFuture<Long>> lengths = new ArrayList<>();
        synchronized (link) {
            try {
                for (Write one : all) {
                    lengths.add(send(one, answers));
                }
            } catch (RedisException e) {
                throw failure(e);
            } finally {
                link.flush();
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

    private RedisFuture<Long> send(Write one, List<RedisFuture<?>> answers) {
        RedisClusterAsyncCommands<byte[], byte[]> redis = link.writes();
        byte[] key = whole(one.key());
        if (one.dueMillis() >= 0) { // before, so that no rows are ever without
            answers.add(
                    redis.zadd(
                            dueKey(group(one.key())),
                            ZAddArgs.Builder.gt(),
                            (double) one.dueMillis(),
                            one.key()));
        }
        if (one.appends()) {
            return redis.append(key, one.bytes());
        }
        answers.add(redis.set(key, one.bytes()));
        if (one.dueMillis() == Write.NEVER) {
            answers.add(redis.zrem(dueKey(group(one.key())), one.key()));
        }
        return redis.strlen(key);
    }

    @Override
    public List<byte[]> due(byte[] group, long millis, int most) throws IOException {
        return await(() ->
                link.reads()
                        .zrangebyscore(
                                dueKey(group),
                                Range.from(Boundary.unbounded(), Boundary.including(millis)),
                                Limit.create(0, most)));
    }

    @Override
    public void clear(byte[] group) throws IOException {
        byte[] beginning = concatenated(beforeGroup, group, behindGroup, new byte[] {SEPARATOR});
        String pattern =
                new String(beginning, StandardCharsets.UTF_8)
                                .replaceAll("([\\\\*?\\[\\]])", "\\\\$1")
                        + "*";
        ScanArgs matching =
                ScanArgs.Builder.matches(pattern.getBytes(StandardCharsets.UTF_8))
                        .limit(KEYS_PER_SCAN);
        ScanCursor cursor = ScanCursor.INITIAL;
        do {
            ScanCursor from = cursor;
            KeyScanCursor<byte[]> page = await(() -> link.reads().scan(from, matching));
            byte[][] keys = page.getKeys().toArray(byte[][]::new);
            if (keys.length > 0) {
                var _ = await(() -> link.reads().unlink(keys));
            }
            cursor = page;
        } while (!cursor.isFinished());
        var _ = await(() -> link.reads().unlink(dueKey(group)));
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
            return future.get(RedisLink.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within %s".formatted(RedisLink.TIMEOUT), e);
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
        link.close();
    }
}
