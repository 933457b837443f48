package dev.touchstone.app.testing;

import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// A [PracticeServer] in a process of its own, to be killed. Ready when it is there.
public final class ServerProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final JavaProcess process;
    private final int port;

    private ServerProcess(JavaProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Starts it on a port that is free.
    public static ServerProcess start(Path data) throws IOException, InterruptedException {
        return start(data, 0);
    }

    public static ServerProcess start(Path data, int port)
            throws IOException, InterruptedException {
        var process =
                JavaProcess.start(
                        JavaProcess.testClassPath(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        PracticeServer.class.getName(),
                        data.toString(),
                        Integer.toString(port));
        try {
            String bound = process.awaitLine("^port (\\d+)", LIMIT).group(1);
            return new ServerProcess(process, Integer.parseInt(bound));
        } catch (AssertionError | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public String url() {
        return "http://127.0.0.1:%d/".formatted(port);
    }

    public RawHttp http() {
        return new RawHttp(port);
    }

    /// Ends it at once, as `kill -9` does.
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }
}
