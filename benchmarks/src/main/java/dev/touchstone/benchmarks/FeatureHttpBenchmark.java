package dev.touchstone.benchmarks;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.Value;
import dev.touchstone.simulation.RandomStreams;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Reads of 100 features of one entity over HTTP, with an open loop: requests leave at their times
/// whether or not earlier ones were answered, and a latency begins at the time at which its request
/// was due.
///
/// ```sh
/// java -cp benchmarks/target/benchmarks.jar dev.touchstone.benchmarks.FeatureHttpBenchmark fill /tmp/http-store
/// ./touchstone up --no-open --port 7700 --features /tmp/http-store
/// java -cp benchmarks/target/benchmarks.jar dev.touchstone.benchmarks.FeatureHttpBenchmark load 7700 plain 5000 10
/// ```
///
/// `plain` may be `card`: windows. The last two are requests a second and seconds a round, of which
/// there are five. The requests of a connection wait for one another, so 16 connections take turns.
public final class FeatureHttpBenchmark {
    private static final long SECOND = 1_000_000_000L;
    private static final int ENTITIES = 10_000;
    private static final int CARDS = 1_000;
    private static final int EVENTS = 100;
    private static final int CONNECTIONS = 16;
    private static final int ROUNDS = 5;
    private static final long SPIN_NANOS = 60_000;

    private static final AtomicReference<@Nullable IOException> FAILURES = new AtomicReference<>();

    private FeatureHttpBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "fill" -> fill(Path.of(arguments[1]));
            case "load" ->
                    load(
                            Integer.parseInt(arguments[1]),
                            arguments[2],
                            Integer.parseInt(arguments[3]),
                            Integer.parseInt(arguments[4]));
            default ->
                    throw new IllegalArgumentException(
                            "fill FOLDER, or load PORT VIEW RATE SECONDS, got " + arguments[0]);
        }
    }

    private static void fill(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("features.yaml"), OnlineReadBenchmark.yaml());
        long now = System.currentTimeMillis() / 1_000 * SECOND;
        RandomGenerator random = new RandomStreams(1).stream("values");
        Definitions definitions = OnlineReadBenchmark.definitions();
        try (var store = FeatureStore.open(folder, definitions)) {
            List<FeatureRow> rows = new ArrayList<>();
            for (int id = 0; id < ENTITIES; id++) {
                List<Value> values = new ArrayList<>();
                for (int f = 0; f < definitions.view("plain").view().features().size(); f++) {
                    values.add(Value.of(random.nextDouble()));
                }
                rows.add(new FeatureRow(EntityKey.of(id), now, now, 0, values));
            }
            store.append("plain", rows);
            rows.clear();
            for (int event = 0; event < CARDS * EVENTS; event++) {
                long time = now - random.nextLong(30L * 86_400) * SECOND;
                FeatureRow payment =
                        OnlineReadBenchmark.payment(random, random.nextInt(CARDS), time);
                rows.add(new FeatureRow(payment.entity(), time, time, 0, payment.values()));
                if (rows.size() == ENTITIES) {
                    store.append("card", rows);
                    rows.clear();
                }
            }
            store.compact("card");
            store.compact("plain");
        }
    }

    private static void load(int port, String view, int rate, int seconds) throws Exception {
        List<String> features = new ArrayList<>();
        for (String name : OnlineReadBenchmark.definitions().names(List.of(view + ".*"))) {
            features.add('"' + name.replace('.', ':') + '"');
        }
        String body =
                "{\"features\": [%s], \"entities\": {\"id\": [%%d]}}"
                        .formatted(String.join(", ", features));
        for (int round = 0; round < ROUNDS; round++) {
            long[][] nanos = new long[CONNECTIONS][];
            List<Thread> threads = new ArrayList<>();
            long start = System.nanoTime() + SECOND / 10;
            long cpu = cpuTicks(port);
            for (int c = 0; c < CONNECTIONS; c++) {
                int connection = c;
                nanos[c] = new long[rate * seconds / CONNECTIONS];
                threads.add(
                        Thread.ofPlatform()
                                .start(() -> send(port, body, connection, rate, start, nanos)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            if (FAILURES.get() != null) {
                throw new IllegalStateException("the server did not answer", FAILURES.get());
            }
            double wall = (System.nanoTime() - start) / 1e9;
            long[] all = Arrays.stream(nanos).flatMapToLong(Arrays::stream).sorted().toArray();
            System.out.printf(
                    Locale.ROOT,
                    "%s: %,.0f/s of %,d wanted, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms%s%n",
                    view,
                    all.length / wall,
                    rate,
                    all[all.length / 2] / 1e6,
                    all[all.length * 99 / 100] / 1e6,
                    all[all.length * 999 / 1000] / 1e6,
                    cpu < 0
                            ? ""
                            : ", server's CPU %.0f µs a request"
                                    .formatted((cpuTicks(port) - cpu) * 1e4 / all.length));
        }
    }

    private static void send(
            int port, String body, int connection, int rate, long start, long[][] nanos) {
        RandomGenerator random = new RandomStreams(connection).stream("entities");
        long every = CONNECTIONS * SECOND / rate;
        long due = start + connection * SECOND / rate;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            for (int i = 0; i < nanos[connection].length; i++, due += every) {
                byte[] content =
                        body.formatted(random.nextInt(CARDS)).getBytes(StandardCharsets.UTF_8);
                byte[] head =
                        String.join(
                                        "\r\n",
                                        "POST /get-online-features HTTP/1.1",
                                        "Host: 127.0.0.1:" + port,
                                        "Content-Type: application/json",
                                        "Content-Length: " + content.length,
                                        "",
                                        "")
                                .getBytes(StandardCharsets.US_ASCII);
                byte[] request = Arrays.copyOf(head, head.length + content.length);
                System.arraycopy(content, 0, request, head.length, content.length);
                long left = due - System.nanoTime();
                if (left > SPIN_NANOS) {
                    LockSupport.parkNanos(left - SPIN_NANOS);
                }
                while (System.nanoTime() < due) {
                    Thread.onSpinWait();
                }
                socket.getOutputStream().write(request);
                answer(in);
                nanos[connection][i] = System.nanoTime() - due;
            }
        } catch (IOException e) {
            FAILURES.set(e);
        }
    }

    private static void answer(InputStream in) throws IOException {
        String status = line(in);
        if (!status.contains(" 200")) {
            throw new IOException("answered " + status);
        }
        int length = -1;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
        }
        in.skipNBytes(length);
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the server hung up");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /// The CPU time of the one who listens, in hundredths of a second; -1 where that cannot be
    /// known.
    private static long cpuTicks(int port) {
        return ProcessHandle.allProcesses()
                .filter(process ->
                        process.info()
                                .commandLine()
                                .filter(line -> line.contains(" up ") && line.contains("" + port))
                                .isPresent())
                .mapToLong(process -> ticks(process.pid()))
                .max()
                .orElse(-1);
    }

    private static long ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException e) {
            return -1;
        }
    }
}
