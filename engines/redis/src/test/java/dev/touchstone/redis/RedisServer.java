package dev.touchstone.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real server in a process of its own, on a port that was free. It keeps nothing on the disk.
final class RedisServer implements AutoCloseable {
    private static final int SECONDS = 10;

    private final int port;
    private final Path folder;
    private final List<String> options;
    private Process process;

    private RedisServer(int port, Path folder, List<String> options) throws IOException {
        this.port = port;
        this.folder = folder;
        this.options = options;
        this.process = launch();
    }

    static RedisServer start(Path folder, String... options) throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        return new RedisServer(port, folder, List.of(options));
    }

    int port() {
        return port;
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("redis-server", "--bind", "127.0.0.1", "--save", ""));
        command.addAll(List.of("--appendonly", "no", "--dir", folder.toString()));
        command.addAll(List.of(isTls() ? "--tls-port" : "--port", Integer.toString(port)));
        command.addAll(options);
        Process started;
        try {
            started = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException(
                    "no redis-server here; install it (apt-get install redis-server), or do as .ci/run",
                    e);
        }
        BufferedReader output = started.inputReader();
        String line = output.readLine();
        while (line != null && !line.contains("Ready to accept connections")) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("redis-server ended at once; is port %d taken?".formatted(port));
        }
        return started;
    }

    private boolean isTls() {
        return options.contains("--tls-cert-file");
    }

    URI address(String prefix) {
        return addressOf("", prefix);
    }

    /// @param user `NAME:PASSWORD@`, or nothing
    URI addressOf(String user, String prefix) {
        return URI.create(
                "%s://%s127.0.0.1:%d#%s"
                        .formatted(isTls() ? "rediss" : "redis", user, port, prefix));
    }

    /// Ends it as a power cut would; all that it had is gone.
    void kill() {
        process.destroyForcibly();
        process.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).join();
    }

    /// Starts it again, empty, on the same port.
    void restart() throws IOException {
        process = launch();
    }

    @Override
    public void close() {
        kill();
    }
}
