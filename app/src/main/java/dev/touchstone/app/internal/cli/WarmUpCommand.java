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
import java.net.URI;
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
            List.of("", "api", "api/incidents", "api/runs", "health", "plan/llm", "drill");

    private final Console console;

    WarmUpCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try {
            Path data = Files.createTempDirectory("touchstone-warm-up");
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

    private static void delete(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
