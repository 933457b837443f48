package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.edge.Worker;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

/// The open connections, by the id under which their requests come in. A handler that works for
/// seconds before its first byte goes out learns here that nobody waits for it any more.
final class Connections {
    private final Map<String, ReadAhead> readers = new ConcurrentHashMap<>();

    /// Whether the other end is closed; false for a connection that is not known.
    boolean hungUp(String id) {
        ReadAhead reader = readers.get(id);
        return reader != null && reader.hungUp();
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
            var reader = new ReadAhead(context.dataReader(), Worker::aside);
            return new Entered(
                    http.connection(new WatchedContext(context, DataReader.create(reader::read))),
                    context.childSocketId(),
                    reader);
        }
    }

    private final class Entered implements ServerConnection {
        private final ServerConnection connection;
        private final String id;
        private final ReadAhead reader;

        Entered(ServerConnection connection, String id, ReadAhead reader) {
            this.connection = connection;
            this.id = id;
            this.reader = reader;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            readers.put(id, reader);
            try {
                connection.handle(limit);
            } finally {
                readers.remove(id, reader);
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

    /// A connection's surroundings, with another reader.
    private record WatchedContext(ConnectionContext context, DataReader dataReader)
            implements ConnectionContext {
        @Override
        public ListenerContext listenerContext() {
            return context.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return context.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return context.dataWriter();
        }

        @Override
        public Router router() {
            return context.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return context.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return context.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return context.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return context.localPeer();
        }

        @Override
        public boolean isSecure() {
            return context.isSecure();
        }

        @Override
        public String socketId() {
            return context.socketId();
        }

        @Override
        public String childSocketId() {
            return context.childSocketId();
        }
    }
}
