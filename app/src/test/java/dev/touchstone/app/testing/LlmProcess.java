package dev.touchstone.app.testing;

import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/// `touchstone llm serve` in a process of its own, on a port that is free. Ready when it is there.
public final class LlmProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final JavaProcess process;
    private final int port;

    private LlmProcess(JavaProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /// @param home where the user's data are kept
    public static LlmProcess start(Path home, String... options)
            throws IOException, InterruptedException {
        String[] arguments =
                Stream.concat(Stream.of("llm", "serve", "--port", "0"), Stream.of(options))
                        .toArray(String[]::new);
        JavaProcess process = Processes.touchstone(home, arguments);
        try {
            String port = process.awaitLine("^Serving at http://[^:]+:(\\d+)/v1$", LIMIT).group(1);
            return new LlmProcess(process, Integer.parseInt(port));
        } catch (AssertionError | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    public int port() {
        return port;
    }

    /// Without a slash at its end.
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public RawHttp http() {
        return new RawHttp(port);
    }

    /// Ends it at once, as `kill -9` does.
    public void kill() {
        process.kill();
    }

    /// Asks it to stop, as `kill` does.
    public void stop() {
        process.stop();
    }

    /// Waits for its end and returns all that it said.
    public String awaitEnd() throws InterruptedException {
        process.awaitExit(LIMIT);
        return process.output();
    }

    @Override
    public void close() {
        process.close();
    }
}
