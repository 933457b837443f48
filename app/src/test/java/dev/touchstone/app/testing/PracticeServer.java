package dev.touchstone.app.testing;

import dev.touchstone.app.internal.server.TouchstoneServer;
import dev.touchstone.app.internal.server.TouchstoneServer.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A server around the practice incident, on a port that is free.
public final class PracticeServer implements AutoCloseable {
    private static final Instant TODAY = Instant.parse("2026-11-23T09:30:00Z");

    private final TouchstoneServer server;

    private PracticeServer(TouchstoneServer server) {
        this.server = server;
    }

    public static PracticeServer start(Path data) throws IOException {
        return start(data, Optional.empty());
    }

    public static PracticeServer start(Path data, Optional<String> token) throws IOException {
        return new PracticeServer(
                TouchstoneServer.start(
                        new Settings("127.0.0.1", 0, data, token),
                        new PracticeIncident(),
                        () -> TODAY));
    }

    /// In a process of its own, to be killed.
    public static void main(String[] arguments) throws Exception {
        try (var server = start(Path.of(arguments[0]))) {
            System.out.println("port " + server.port());
            new CountDownLatch(1).await();
        }
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
