package dev.touchstone.app.testing;

import dev.touchstone.app.internal.practice.Commentator.Endpoint;
import dev.touchstone.app.internal.server.TouchstoneServer;
import dev.touchstone.app.internal.server.TouchstoneServer.Content;
import dev.touchstone.app.internal.server.TouchstoneServer.Settings;
import dev.touchstone.arena.practice.AttemptLimits;
import dev.touchstone.arena.practice.Practice;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/// A server around the practice incident and everything that ships to practise, on a port that is
/// free. Its clock stands still until it is put forward.
public final class PracticeServer implements AutoCloseable {
    private static final Instant TODAY = Instant.parse("2026-11-23T09:30:00Z");

    private final TouchstoneServer server;
    private final AtomicReference<Instant> now;

    private PracticeServer(TouchstoneServer server, AtomicReference<Instant> now) {
        this.server = server;
        this.now = now;
    }

    public static PracticeServer start(Path data) throws IOException {
        return start(data, Optional.empty());
    }

    public static PracticeServer start(Path data, Optional<String> token) throws IOException {
        return start(data, token, Optional.empty());
    }

    /// One that may ask a language model for comments.
    public static PracticeServer start(
            Path data, Optional<String> token, Optional<Endpoint> comments) throws IOException {
        return start(new Settings("127.0.0.1", 0, data, token), comments);
    }

    private static PracticeServer start(Settings settings, Optional<Endpoint> comments)
            throws IOException {
        var now = new AtomicReference<>(TODAY);
        return new PracticeServer(
                TouchstoneServer.start(
                        settings,
                        new Content(
                                new PracticeIncident(),
                                Practice.builtIn(),
                                AttemptLimits.STANDARD,
                                comments),
                        now::get),
                now);
    }

    /// In a process of its own, as [ServerProcess] starts it.
    ///
    /// @param arguments the data directory, the port
    public static void main(String[] arguments) throws Exception {
        var settings =
                new Settings(
                        "127.0.0.1",
                        Integer.parseInt(arguments[1]),
                        Path.of(arguments[0]),
                        Optional.empty());
        try (var server = start(settings, Optional.empty())) {
            System.out.println("port " + server.port());
            new CountDownLatch(1).await();
        }
    }

    /// Puts the clock forward.
    public void later(Duration duration) {
        now.updateAndGet(instant -> instant.plus(duration));
    }

    public TouchstoneServer server() {
        return server;
    }

    public String url() {
        return server.url();
    }

    public int port() {
        return URI.create(server.url()).getPort();
    }

    public RawHttp http() {
        return new RawHttp(port());
    }

    /// Starts a run and gives its id.
    public static String startRun(RawHttp http, long seed) throws IOException {
        String location =
                http.postJson("/api/runs", "{\"incident\": \"WR4\", \"seed\": %d}".formatted(seed))
                        .header("Location");
        return location.substring(location.lastIndexOf('/') + 1);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
