package dev.touchstone.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Mixed traffic for a long time, and whether anything is left behind by it: cache blocks, requests,
/// threads, open files, memory after a collection. The server with its own small model is one
/// process, a router before it another; half of the traffic goes each way.
///
///     java -cp benchmarks/target/benchmarks.jar dev.touchstone.benchmarks.Soak \
///         [MINUTES [RATE]] [-- ./touchstone llm serve]
///
/// RATE is in requests a second (3), for 60 MINUTES. What follows `--` starts a server. A line is
/// printed twenty times on the way; the exit code is 1 when something was left behind, or an answer
/// was not what it should have been. Linux alone, because it reads `/proc`.
public final class Soak {
    private static final Pattern SERVING = Pattern.compile("Serving at http://[^:]+:(\\d+)/");
    private static final Pattern TOTAL =
            Pattern.compile("^Total\\s+\\d+\\s+(\\d+)", Pattern.MULTILINE);
    private static final Pattern VIRTUAL =
            Pattern.compile(
                    "^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+java\\.lang\\.VirtualThread\\b",
                    Pattern.MULTILINE);
    private static final int SAMPLES = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long MEBIBYTE = 1 << 20;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    /// Threads, files and memory that may come and go.
    private static final int THREADS_SLACK = 12;

    private static final int FILES_SLACK = 24;
    private static final double HEAP_SLACK_MB = 24;

    private final HttpClient client = HttpClient.newHttpClient();
    private final SplittableRandom random = new SplittableRandom(1);
    private final Map<String, AtomicInteger> done = new ConcurrentHashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final Server model;
    private final Server router;
    private int session;

    private Soak(Server model, Server router) {
        this.model = model;
        this.router = router;
    }

    private record Server(Process process, int port) {
        URI at(String path) {
            return URI.create("http://127.0.0.1:%d%s".formatted(port, path));
        }
    }

    /// What a process holds when nobody asks it anything.
    private record Held(double heapMb, int threads, int virtualThreads, int files) {}

    /// A conversation's request, good or bad.
    ///
    /// @param status expected in the answer
    private record Asking(String name, String body, int status) {}

    /// @throws InterruptedException when somebody interrupts it
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> given = List.of(arguments);
        int dashes = given.indexOf("--");
        List<String> numbers = dashes < 0 ? given : given.subList(0, dashes);
        List<String> command =
                dashes < 0
                        ? List.of("./touchstone", "llm", "serve")
                        : given.subList(dashes + 1, given.size());
        double minutes = numbers.isEmpty() ? 60 : Double.parseDouble(numbers.get(0));
        double rate = numbers.size() < 2 ? 3 : Double.parseDouble(numbers.get(1));
        Server model = start(command, "--port", "0");
        try {
            // What else the command says is about the model, and a router has none.
            List<String> bare = command.subList(0, command.indexOf("serve") + 1);
            Server router = start(bare, "--port", "0", "--upstream", origin(model));
            try {
                System.exit(new Soak(model, router).run(minutes, rate) ? 0 : 1);
            } finally {
                router.process().destroy();
            }
        } finally {
            model.process().destroy();
        }
    }

    private static String origin(Server server) {
        return "http://127.0.0.1:" + server.port();
    }

    private static Server start(List<String> command, String... more) throws IOException {
        Process process =
                new ProcessBuilder(Stream.concat(command.stream(), Stream.of(more)).toList())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        BufferedReader said = process.inputReader();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            Matcher matcher = SERVING.matcher(line);
            if (matcher.find()) {
                // A pipe keeps its thread: two virtual ones would keep both processors from others.
                Thread.ofPlatform().daemon().start(() -> said.lines().forEach(System.out::println));
                return new Server(process, Integer.parseInt(matcher.group(1)));
            }
        }
        throw new IOException("the server ended before it said where it serves");
    }

    /// Returns whether all was well.
    private boolean run(double minutes, double rate) throws IOException, InterruptedException {
        System.out.println(
                "minute  requests | model: heap MB  threads  virtual  files | router: heap MB  threads"
                        + "  virtual  files");
        long began = System.nanoTime();
        var samples = new ArrayList<Held[]>();
        int asked = 0;
        for (int sample = 1; sample <= SAMPLES; sample++) {
            double end = minutes * 60 * sample / SAMPLES;
            double due = minutes * 60 * (sample - 1) / SAMPLES;
            while ((due += -Math.log(1 - random.nextDouble()) / rate) < end) {
                pause(began + (long) (due * 1e9));
                ask();
                asked++;
            }
            pause(began + (long) (end * 1e9));
            awaitQuiet();
            Held[] held = {held(model), held(router)};
            samples.add(held);
            System.out.printf(
                    Locale.ROOT,
                    "%6.1f %9d | %14.1f %8d %8d %6d | %15.1f %8d %8d %6d%n",
                    (System.nanoTime() - began) / 60e9,
                    asked,
                    held[0].heapMb(),
                    held[0].threads(),
                    held[0].virtualThreads(),
                    held[0].files(),
                    held[1].heapMb(),
                    held[1].threads(),
                    held[1].virtualThreads(),
                    held[1].files());
        }
        System.out.println("asked: " + new TreeMap<>(done));
        int heard = done.values().stream().mapToInt(AtomicInteger::get).sum();
        if (heard + wrong.size() < asked) {
            wrong("%d asked, but %d heard of", asked, heard);
        }
        // What is held after a quarter of the time has been in use once: caches, pools, code.
        compare("the model's server", samples.get(SAMPLES / 4)[0], samples.getLast()[0]);
        compare("the router", samples.get(SAMPLES / 4)[1], samples.getLast()[1]);
        wrong.stream().limit(20).forEach(System.out::println);
        System.out.println(wrong.isEmpty() ? "nothing was left behind" : wrong.size() + " wrong");
        return wrong.isEmpty();
    }

    private static void pause(long untilNanos) {
        for (long wait = untilNanos - System.nanoTime();
                wait > 0;
                wait = untilNanos - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
    }

    private void compare(String who, Held early, Held late) {
        if (late.heapMb() > early.heapMb() + HEAP_SLACK_MB) {
            wrong("%s holds %.1f MB, %.1f before", who, late.heapMb(), early.heapMb());
        }
        if (late.threads() > early.threads() + THREADS_SLACK) {
            wrong("%s has %d threads, %d before", who, late.threads(), early.threads());
        }
        if (late.virtualThreads() > early.virtualThreads() + THREADS_SLACK) {
            wrong(
                    "%s has %d virtual threads, %d before",
                    who, late.virtualThreads(), early.virtualThreads());
        }
        if (late.files() > early.files() + FILES_SLACK) {
            wrong("%s has %d files open, %d before", who, late.files(), early.files());
        }
    }

    private synchronized void wrong(String format, Object... values) {
        wrong.add(format.formatted(values));
    }

    /// Sends one request of whichever kind comes next, on a thread of its own.
    private void ask() {
        Server to = random.nextBoolean() ? model : router;
        int die = random.nextInt(100);
        String name = "soak-%d".formatted(random.nextInt(10) == 0 ? session++ : session);
        underWay.incrementAndGet();
        Runnable kind;
        if (die < 45) {
            kind =
                    () ->
                            whole(
                                    to,
                                    name,
                                    new Asking("stream", body(true, 16, "What is TTFT?"), 200));
        } else if (die < 60) {
            kind =
                    () ->
                            whole(
                                    to,
                                    name,
                                    new Asking(
                                            "answer", body(false, 16, "What is a KV cache?"), 200));
        } else if (die < 65) {
            String many =
                    body(true, 8, "Say it.").replaceFirst("\\{", "{\"n\":3,\"logprobs\":true,");
            kind = () -> whole(to, name, new Asking("three choices", many, 200));
        } else if (die < 72) {
            String prompt = "the queue is long ".repeat(20 + random.nextInt(12));
            kind = () -> whole(to, name, new Asking("long prompt", body(true, 4, prompt), 200));
        } else if (die < 82) {
            kind = () -> hangUp(to, "gone in the stream", body(true, 200, "Tell me all."), true);
        } else if (die < 88) {
            kind = () -> hangUp(to, "gone at once", body(true, 200, "Tell me all."), false);
        } else if (die < 97) {
            Asking bad = bad(random.nextInt(4));
            kind = () -> whole(to, name, bad);
        } else {
            kind = () -> lookAround(to);
        }
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        kind.run();
                    } finally {
                        underWay.decrementAndGet();
                    }
                });
    }

    private static Asking bad(int which) {
        return switch (which) {
            case 0 ->
                    new Asking(
                            "malformed", "{\"model\": \"touchstone-small\", \"messages\": [}", 400);
            case 1 ->
                    new Asking(
                            "bad field",
                            body(false, 16, "x").replace("\"stream\":false", "\"temperature\":-1"),
                            400);
            case 2 -> new Asking("never fits", body(true, 1_000_000, "x"), 400);
            default ->
                    new Asking(
                            "unknown model",
                            body(false, 16, "x").replace("touchstone-small", "gpt"),
                            404);
        };
    }

    private static String body(boolean stream, int tokens, String say) {
        return "{\"model\":\"touchstone-small\",\"stream\":%s,\"max_completion_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(stream, tokens, say);
    }

    private void whole(Server to, String name, Asking asking) {
        var request =
                HttpRequest.newBuilder(to.at("/v1/chat/completions"))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .header("X-Session-Id", name)
                        .POST(BodyPublishers.ofString(asking.body()))
                        .build();
        try {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            boolean streams = asking.body().contains("\"stream\":true") && asking.status() == 200;
            if (answer.statusCode() == TOO_MANY || answer.statusCode() == UNAVAILABLE) {
                count("turned away"); // As it should be, when the machine has other work to do.
                return;
            }
            if (answer.statusCode() != asking.status()) {
                wrong("%s: %d %s", asking.name(), answer.statusCode(), answer.body());
            } else if (streams && !answer.body().endsWith("data: [DONE]\n\n")) {
                wrong("%s: an end without [DONE]: %s", asking.name(), answer.body());
            }
            count(asking.name());
        } catch (IOException e) {
            wrong("%s: %s", asking.name(), e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void hangUp(Server to, String name, String body, boolean hear) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), to.port())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            String head =
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                            .formatted(body.length());
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            if (hear) {
                String heard = new String(in.readNBytes(600), StandardCharsets.UTF_8);
                if (heard.length() < 600 && !heard.matches("(?s)HTTP/1.1 (429|503) .*")) {
                    wrong("%s: the stream was over before: %s", name, heard);
                }
            }
            count(name);
        } catch (IOException e) {
            wrong("%s: %s", name, e);
        }
    }

    private void lookAround(Server at) {
        List<String> pages =
                at.equals(model)
                        ? List.of("/v1/usage", "/v1/models", "/chat", "/chat/status", "/nothing")
                        : List.of("/fleet", "/fleet/scale", "/v1/models", "/health", "/nothing");
        count("pages");
        for (String page : pages) {
            try {
                get(at.at(page));
            } catch (IOException e) {
                wrong("%s: %s", page, e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void count(String name) {
        done.computeIfAbsent(name, _ -> new AtomicInteger()).incrementAndGet();
    }

    /// Waits until nothing is asked and nothing is held.
    private void awaitQuiet() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String load = get(model.at("/metrics"));
            String routed = get(router.at("/metrics"));
            boolean quiet =
                    underWay.get() == 0
                            && value(load, "vllm:num_requests_running") == 0
                            && value(load, "vllm:num_requests_waiting") == 0
                            && value(load, "vllm:kv_cache_usage_perc") == 0
                            && value(routed, "touchstone_router_in_flight") == 0;
            if (quiet) {
                return;
            }
            if (System.nanoTime() > end) {
                wrong(
                        "left behind: %d askers, %.0f running, %.0f waiting, %.4f of the cache, %.0f routed",
                        underWay.get(),
                        value(load, "vllm:num_requests_running"),
                        value(load, "vllm:num_requests_waiting"),
                        value(load, "vllm:kv_cache_usage_perc"),
                        value(routed, "touchstone_router_in_flight"));
                return;
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private String get(URI at) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(at).build(), BodyHandlers.ofString()).body();
    }

    private static Held held(Server server) throws IOException, InterruptedException {
        long pid = server.process().pid();
        // Collects twice before it counts, so that what is not reachable is not counted.
        jcmd(pid, "GC.run");
        String classes = jcmd(pid, "GC.class_histogram");
        Matcher total = TOTAL.matcher(classes);
        Matcher virtual = VIRTUAL.matcher(classes);
        if (!total.find()) {
            throw new IOException("jcmd says " + classes);
        }
        return new Held(
                Long.parseLong(total.group(1)) / (double) MEBIBYTE,
                entries(pid, "task"),
                virtual.find() ? Integer.parseInt(virtual.group(1)) : 0,
                entries(pid, "fd"));
    }

    private static int entries(long pid, String folder) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(pid), folder))) {
            return (int) entries.count();
        }
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(pid),
                                command)
                        .start();
        String said;
        try (var output = process.inputReader()) {
            said = String.join("\n", output.lines().toList());
        }
        process.waitFor();
        return said;
    }
}
