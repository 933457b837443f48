package dev.touchstone.app.internal.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The open connections, by the id under which their requests come in. A handler that works for
/// seconds before its first byte goes out learns here that nobody waits for it any more.
final class Connections {
    private final Map<String, HelidonSocket> sockets = new ConcurrentHashMap<>();

    /// Whether the other end is closed; false for a connection that is not known.
    boolean hungUp(String id) {
        HelidonSocket socket = sockets.get(id);
        if (socket == null) {
            return false;
        }
        socket.idle(); // Reads ahead, once, which is how a closed connection is noticed.
        return !socket.isConnected();
    }

    ServerConnectionSelector selector() {
        return new Watched(Http1ConnectionSelector.builder().config(Http1Config.create()).build());
    }

    private final class Watched implements ServerConnectionSelector {
        private final ServerConnectionSelector http;

        Watched(ServerConnectionSelector http) {
            this.http = http;
        }

        @Override
        public int bytesToIdentifyConnection() {
            return http.bytesToIdentifyConnection();
        }

        @Override
        public Support supports(BufferData data) {
            return http.supports(data);
        }

        @Override
        public Set<String> supportedApplicationProtocols() {
            return http.supportedApplicationProtocols();
        }

        @Override
        public ServerConnection connection(ConnectionContext context) {
            return new Entered(http.connection(context), context);
        }
    }

    private final class Entered implements ServerConnection {
        private final ServerConnection connection;
        private final ConnectionContext context;

        Entered(ServerConnection connection, ConnectionContext context) {
            this.connection = connection;
            this.context = context;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            sockets.put(context.childSocketId(), context.serverSocket());
            try {
                connection.handle(limit);
            } finally {
                sockets.remove(context.childSocketId());
            }
        }

        @Override
        public Duration idleTime() {
            return connection.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            connection.close(interrupt);
        }
    }
}
