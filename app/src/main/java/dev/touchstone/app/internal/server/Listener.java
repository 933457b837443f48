package dev.touchstone.app.internal.server;

import dev.touchstone.app.internal.http.Dispatcher;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;

/// A port that is listened on.
final class Listener {
    private static final int MAX_CONNECTIONS = 4096;

    private Listener() {}

    /// Starts to listen; requests are answered when this returns.
    ///
    /// @param port 0 for any that is free
    /// @throws IOException when the port cannot be had
    static WebServer start(String bind, int port, Dispatcher dispatcher) throws IOException {
        WebServer web =
                WebServer.builder()
                        .host(bind)
                        .port(port)
                        .shutdownHook(false)
                        .shutdownGracePeriod(Duration.ofMillis(200))
                        .maxTcpConnections(MAX_CONNECTIONS)
                        // Or an answer's second packet waits 40 ms for the first one's receipt.
                        .connectionOptions(options -> options.tcpNoDelay(true))
                        .useNio(false) // Its sockets cannot tell that the other end is closed.
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(dispatcher.connections())
                        .directHandlers(Dispatcher.unreadable())
                        .routing(dispatcher::register)
                        .build();
        web.start();
        if (!web.isRunning()) { // Helidon logs why, and goes on as if nothing were wrong.
            throw new IOException(
                    "cannot listen on %s port %d, which is in use or not to be had; choose another with --port, or 0 for any that is free"
                            .formatted(bind, port));
        }
        return web;
    }

    /// The address to open.
    static String url(String bind, WebServer web) {
        String name = bind.contains(":") ? "[" + bind + "]" : bind;
        return "http://%s:%d/".formatted(name.equals("0.0.0.0") ? "127.0.0.1" : name, web.port());
    }

    static boolean isLoopback(String bind) {
        try {
            return InetAddress.getByName(bind).isLoopbackAddress();
        } catch (IOException _) {
            return false; // Binding to it will say what is wrong with the name.
        }
    }
}
