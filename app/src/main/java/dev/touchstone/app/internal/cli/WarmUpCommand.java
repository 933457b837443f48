package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.runs.Incidents;
import dev.touchstone.app.internal.server.TouchstoneServer;
import dev.touchstone.app.internal.server.TouchstoneServer.Content;
import dev.touchstone.app.internal.server.TouchstoneServer.Settings;
import dev.touchstone.arena.IncidentCatalog;
import dev.touchstone.arena.practice.AttemptLimits;
import dev.touchstone.arena.practice.Practice;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// `touchstone warm-up`: starts, answers a few requests and stops, for the launcher to record which
/// classes a start needs.
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Runnable {
    private static final List<String> PAGES =
            List.of(
                    "",
                    "api",
                    "api/incidents",
                    "api/runs",
                    "health",
                    "plan/llm",
                    "drill",
                    "features");

    /// A store like those that are served: what reads of it compile to is remembered as well, so
    /// that the first ones after a start do not wait for that.
    private static final String FEATURES =
            """
            views:
              account: {owner: us, key: {account: text}, features: {balance: double, status: text}}
              card:
                owner: us
                key: {card: long}
                events: {amount: double}
                features:
                  paid_1h: {sum: amount, window: 1h}
                  payments_30d: {count: amount, window: 30d, hop: 1d}
                  usual_7d: {quantile: amount, at: 0.5, window: 7d}
            """;

    private static final int PUSHES = 200;
    private static final int READS = 6_000;
    private static final int CARDS = 50;

    private final Console console;

    WarmUpCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try {
            Path data = Files.createTempDirectory("touchstone-warm-up");
            Files.createDirectories(data.resolve("features"));
            Files.writeString(data.resolve("features/features.yaml"), FEATURES);
            try (var server =
                    TouchstoneServer.start(
                            new Settings("127.0.0.1", 0, data, Optional.empty()),
                            new Content(
                                    Incidents.of(IncidentCatalog.builtIn()),
                                    Practice.builtIn(),
                                    AttemptLimits.STANDARD,
                                    Optional.empty()),
                            WallClock.INSTANCE)) {
                for (String page : PAGES) {
                    ask(server.url() + page);
                }
                askForFeatures(server.url());
            } finally {
                delete(data);
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot warm up: " + e.getMessage(), e);
        }
        console.out().println("warm");
    }

    private static void ask(String url) throws IOException {
        try (var in = URI.create(url).toURL().openStream()) {
            in.readAllBytes();
        }
    }

    private static void askForFeatures(String url) throws IOException {
        String now = WallClock.INSTANCE.instant().toString();
        for (int push = 0; push < PUSHES; push++) {
            post(
                    url + "push",
                    """
                    {"push_source_name": "card", "df": {"card": [%d], "amount": [12.5],
                      "event_timestamp": ["%s"]}}
                    """
                            .formatted(push % CARDS, now));
        }
        for (int read = 0; read < READS; read++) {
            post(
                    url + "get-online-features",
                    """
                    {"features": ["card:paid_1h", "card:payments_30d", "card:usual_7d",
                      "account:balance"], "entities": {"card": [%d], "account": ["a"]}}
                    """
                            .formatted(read % CARDS));
        }
    }

    private static void post(String url, String body) throws IOException {
        var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        try (var out = connection.getOutputStream()) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        }
        try (var in = connection.getInputStream()) { // to the end, so that the connection is kept
            in.readAllBytes();
        }
    }

    private static void delete(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
