package dev.touchstone.benchmarks;

import dev.touchstone.benchmarks.OpenLoop.Latencies;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the router adds to a request's latency: the same requests at the same times, straight to two
/// servers that answer at once and through the router before them, by turns. Client, router and
/// servers are three processes that share the machine.
///
///     java -cp benchmarks/target/benchmarks.jar dev.touchstone.benchmarks.ProxyLatency \
///         [RATE [SECONDS [ROUNDS]]] [-- ./touchstone llm serve]
///
/// RATE is in requests a second (1,000), SECONDS is of one measured round (5), of which there are
/// ROUNDS (5) of each kind. What follows `--` starts the router; it is given the servers' addresses
/// and a port.
public final class ProxyLatency {
    private static final int UPSTREAMS = 2;
    private static final int SESSIONS = 500;
    private static final int PROMPT_CHARS = 6000;
    private static final int WARM_UPS = 4;
    private static final Pattern SERVING = Pattern.compile("Serving at http://[^:]+:(\\d+)/");
    private static final Pattern PORT = Pattern.compile("^port (\\d+)$");

    private ProxyLatency() {}

    /// @param whole the answer's end is measured, not its beginning
    private record Kind(String name, boolean stream, boolean whole) {}

    private static final List<Kind> KINDS =
            List.of(
                    new Kind("answer in one piece", false, true),
                    new Kind("first byte of a stream", true, false));

    /// @throws InterruptedException when somebody interrupts the measurement
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> given = List.of(arguments);
        int dashes = given.indexOf("--");
        List<String> numbers = dashes < 0 ? given : given.subList(0, dashes);
        List<String> command =
                dashes < 0
                        ? List.of("./touchstone", "llm", "serve")
                        : given.subList(dashes + 1, given.size());
        double rate = numbers.isEmpty() ? 1000 : Double.parseDouble(numbers.get(0));
        double seconds = numbers.size() < 2 ? 5 : Double.parseDouble(numbers.get(1));
        int rounds = numbers.size() < 3 ? 5 : Integer.parseInt(numbers.get(2));
        measure(command, rate, (int) (rate * seconds), rounds);
    }

    private static void measure(List<String> command, double rate, int count, int rounds)
            throws IOException, InterruptedException {
        Process upstream = start(upstreamCommand());
        Process proxy = null;
        try {
            BufferedReader said = upstream.inputReader();
            int[] ports = new int[UPSTREAMS];
            var whole = new ArrayList<>(command);
            for (int i = 0; i < UPSTREAMS; i++) {
                ports[i] = await(said, PORT);
                whole.addAll(List.of("--upstream", "http://127.0.0.1:" + ports[i]));
            }
            whole.addAll(List.of("--port", "0"));
            proxy = start(whole);
            int port = await(proxy.inputReader(), SERVING);
            try (var straight = new OpenLoop(ports);
                    var through = new OpenLoop(port)) {
                for (Kind kind : KINDS) {
                    compare(kind, straight, through, proxy, new Load(rate, count, rounds));
                }
            }
        } finally {
            upstream.destroy();
            if (proxy != null) {
                proxy.destroy();
            }
        }
    }

    private record Load(double rate, int count, int rounds) {}

    private static void compare(
            Kind kind, OpenLoop straight, OpenLoop through, Process proxy, Load load)
            throws IOException, InterruptedException {
        IntFunction<byte[]> request = requests(kind.stream());
        for (int i = 0; i < WARM_UPS; i++) {
            straight.round(load.count(), load.rate(), i, request);
            through.round(load.count(), load.rate(), i, request);
        }
        System.out.printf(
                Locale.ROOT,
                "%s, %,.0f requests/s, %,d a round; milliseconds%n"
                        + "round   straight p50   p99   through p50   p99   added p50   p99   CPU ms/request%n",
                kind.name(),
                load.rate(),
                load.count());
        var rows = new ArrayList<double[]>();
        for (int i = 0; i < load.rounds(); i++) {
            long seed = 100L + i;
            long[] direct = times(kind, straight.round(load.count(), load.rate(), seed, request));
            Duration before = cpu(proxy);
            long[] routed = times(kind, through.round(load.count(), load.rate(), seed, request));
            double used = cpu(proxy).minus(before).toNanos() / 1e6 / load.count();
            double[] row = {
                at(direct, 0.5), at(direct, 0.99), at(routed, 0.5), at(routed, 0.99), 0, 0, used
            };
            row[4] = row[2] - row[0];
            row[5] = row[3] - row[1];
            rows.add(row);
            print(Integer.toString(i + 1), row);
        }
        rows.sort(Comparator.comparingDouble(row -> row[5]));
        print("least", rows.getFirst());
        print("median", rows.get(rows.size() / 2));
    }

    private static void print(String name, double[] row) {
        System.out.printf(
                Locale.ROOT,
                "%-6s %13.2f %6.2f %12.2f %6.2f %10.2f %6.2f %12.3f%n",
                name,
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                row[6]);
    }

    private static long[] times(Kind kind, Latencies latencies) {
        return kind.whole() ? latencies.whole() : latencies.first();
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.ceil(share * sorted.length))] / 1e6;
    }

    private static Duration cpu(Process process) {
        return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /// Conversations of 1,500 tokens, each with words of its own.
    private static IntFunction<byte[]> requests(boolean stream) {
        byte[][] bytes = new byte[SESSIONS][];
        for (int i = 0; i < SESSIONS; i++) {
            String said = "session %d asks about a thing. ".formatted(i).repeat(PROMPT_CHARS / 30);
            String body =
                    "{\"model\":\"fake\",\"stream\":%s,\"max_tokens\":200,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                            .formatted(stream, said);
            bytes[i] =
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Session-Id: s%d\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(i, body.length(), body)
                            .getBytes(StandardCharsets.US_ASCII);
        }
        return i -> bytes[i % SESSIONS];
    }

    private static List<String> upstreamCommand() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                FakeUpstream.class.getName(),
                Integer.toString(UPSTREAMS));
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static int await(BufferedReader output, Pattern wanted) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher matcher = wanted.matcher(line);
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        throw new IOException("the program ended before it said '" + wanted + "'");
    }
}
