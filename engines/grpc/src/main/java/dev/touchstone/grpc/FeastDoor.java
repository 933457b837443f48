package dev.touchstone.grpc;

import dev.touchstone.features.Column;
import dev.touchstone.features.DefinitionException;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineUnavailableException;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.engines.OnlineReads;
import dev.touchstone.features.engines.ReadDoor;
import dev.touchstone.features.engines.ReadDoorProvider.Place;
import dev.touchstone.grpc.FeastWire.Request;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// `feast.serving.ServingService`: the same answers, statuses and refusals as over HTTP.
///
/// The headers of an answer say as of which moment it is, and under which row ids it was logged,
/// unless those are too many for headers. A request may bring its own.
public final class FeastDoor implements ReadDoor {
    private static final String SERVICE = "feast.serving.ServingService";
    private static final String VERSION = "touchstone";
    private static final int MAX_REQUEST_BYTES = 1 << 20;
    private static final int MAX_ROWS = 10_000;
    private static final int MAX_HEADER_CHARS = 4_000;
    private static final long STOP_SECONDS = 2;

    private static final Metadata.Key<String> AUTHORIZATION = header("authorization");
    private static final Metadata.Key<String> ROW_IDS = header("touchstone-row-ids");
    private static final Metadata.Key<String> AS_OF = header("touchstone-as-of");

    private final OnlineReads reads;
    private final Optional<byte[]> bearer;
    private final Server server;

    private FeastDoor(Place place, OnlineReads reads) throws IOException {
        this.reads = reads;
        this.bearer =
                place.token().map(token -> ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
        this.server =
                NettyServerBuilder.forAddress(new InetSocketAddress(place.host(), place.port()))
                        .maxInboundMessageSize(MAX_REQUEST_BYTES)
                        .addService(service())
                        .build()
                        .start();
    }

    private static Metadata.Key<String> header(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /// Opens the door.
    public static FeastDoor open(Place place, OnlineReads reads) throws IOException {
        try {
            return new FeastDoor(place, reads);
        } catch (IOException e) {
            throw new IOException(
                    "gRPC cannot listen at %s:%d: %s; choose another --grpc-port"
                            .formatted(
                                    place.host(),
                                    place.port(),
                                    e.getCause() == null
                                            ? e.getMessage()
                                            : e.getCause().getMessage()),
                    e);
        }
    }

    @Override
    public int port() {
        return server.getPort();
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(
                        method("GetFeastServingInfo"),
                        new Unary((_, _) -> new Reply(FeastWire.info(VERSION), new Metadata())))
                .addMethod(method("GetOnlineFeatures"), new Unary(this::read))
                .build();
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(Bytes.INSTANCE)
                .setResponseMarshaller(Bytes.INSTANCE)
                .build();
    }

    /// Messages as they are on the wire.
    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// An answer, and what its headers say.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Reply(byte[] message, Metadata headers) {}

    /// Answers a request.
    private interface Answer {
        Reply to(byte[] request, Metadata headers);
    }

    /// A method with one request and one answer.
    private final class Unary implements ServerCallHandler<byte[], byte[]> {
        private final Answer answer;

        Unary(Answer answer) {
            this.answer = answer;
        }

        @Override
        public ServerCall.Listener<byte[]> startCall(
                ServerCall<byte[], byte[]> call, Metadata headers) {
            if (!mayEnter(headers)) {
                call.close(
                        Status.UNAUTHENTICATED.withDescription(
                                "send authorization: Bearer TOKEN, with the token that the server was started with"),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
            call.request(2); // a second one would be an error, which the library reports
            return new ServerCall.Listener<>() {
                private Optional<byte[]> request = Optional.empty();

                @Override
                public void onMessage(byte[] message) {
                    request = Optional.of(message);
                }

                @Override
                public void onHalfClose() {
                    respond(call, answer, request.orElse(new byte[0]), headers);
                }
            };
        }
    }

    private boolean mayEnter(Metadata headers) {
        String given = headers.get(AUTHORIZATION);
        return bearer.isEmpty()
                || (given != null
                        && MessageDigest.isEqual(
                                bearer.get(), given.getBytes(StandardCharsets.UTF_8)));
    }

    private static void respond(
            ServerCall<byte[], byte[]> call, Answer answer, byte[] request, Metadata headers) {
        Reply reply;
        try {
            reply = answer.to(request, headers);
        } catch (DefinitionException e) {
            call.close(Status.NOT_FOUND.withDescription(e.getMessage()), new Metadata());
            return;
        } catch (IllegalArgumentException e) {
            call.close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()), new Metadata());
            return;
        } catch (OnlineUnavailableException e) {
            call.close(Status.UNAVAILABLE.withDescription(e.getMessage()), new Metadata());
            return;
        } catch (RuntimeException e) {
            call.close(
                    Status.INTERNAL.withDescription("it failed: " + e.getMessage()).withCause(e),
                    new Metadata());
            return;
        }
        call.sendHeaders(reply.headers());
        call.sendMessage(reply.message());
        call.close(Status.OK, new Metadata());
    }

    private Reply read(byte[] message, Metadata headers) {
        Request request = FeastWire.request(message);
        OnlineReader reader = reads.reader(features(request));
        List<String> names = new ArrayList<>(request.entities().keySet());
        reader.names().forEach(name -> names.add(shown(name, request.fullNames())));
        checkNames(names);
        List<OnlineKeys> keys = keys(request, reader);
        List<OnlineRow> rows = new ArrayList<>(keys.size());
        keys.forEach(_ -> rows.add(reader.row()));
        OnlineReads.Served served = reads.read(reader, keys, rowIds(headers, keys.size()), rows);
        var out = new Metadata();
        out.put(AS_OF, Times.text(served.asOf()));
        String ids = String.join(",", served.rowIds());
        if (ids.length() <= MAX_HEADER_CHARS) {
            out.put(ROW_IDS, ids);
        }
        return new Reply(
                FeastWire.response(names, request, reader, new FeastWire.Read(rows, served.asOf())),
                out);
    }

    private List<String> features(Request request) {
        if (request.service().isPresent() && request.features().isEmpty()) {
            return reads.definitions().model(request.service().get()).features();
        }
        if (request.service().isPresent() || request.features().isEmpty()) {
            throw new IllegalArgumentException(
                    "name either features or one feature_service, and not both");
        }
        // Feast's way to write it; a view's name has no colon.
        return reads.definitions()
                .names(
                        request.features().stream()
                                .map(name -> name.replaceFirst(":", "."))
                                .toList());
    }

    private static String shown(String feature, boolean full) {
        int dot = feature.indexOf('.');
        String name = feature.substring(dot + 1);
        return full ? feature.substring(0, dot) + "__" + name : name;
    }

    private static void checkNames(List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new IllegalArgumentException(
                        "two features are named %s; set full_feature_names".formatted(name));
            }
        }
    }

    private static List<String> rowIds(Metadata headers, int rows) {
        String given = headers.get(ROW_IDS);
        if (given == null) {
            return List.of();
        }
        List<String> ids = List.of(given.split(",", -1));
        if (ids.size() != rows || ids.contains("")) {
            throw new IllegalArgumentException(
                    "%s has %d ids for %d rows; none may be empty"
                            .formatted(ROW_IDS.name(), ids.size(), rows));
        }
        return ids;
    }

    private static List<OnlineKeys> keys(Request request, OnlineReader reader) {
        int rows = rows(request.entities());
        List<OnlineKeys> keys = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            keys.add(reader.keys());
        }
        for (int entity = 0; entity < reader.entities().size(); entity++) {
            List<Column> columns = reader.entities().get(entity);
            for (int row = 0; row < rows; row++) {
                List<Value> parts = new ArrayList<>(columns.size());
                for (Column column : columns) {
                    parts.add(part(request.entities(), column, row));
                }
                if (!parts.contains(Value.MISSING)) {
                    keys.get(row).set(entity, new EntityKey(parts));
                }
            }
        }
        for (int field = 0; field < reader.request().size(); field++) {
            Column column = reader.request().get(field);
            // Feast's clients put it among the entities as well.
            List<Value> values =
                    request.brought()
                            .getOrDefault(
                                    column.name(),
                                    request.entities().getOrDefault(column.name(), List.of()));
            if (values.size() != rows) {
                throw new IllegalArgumentException(
                        "request_context.%s: bring a value for each of the %d rows"
                                .formatted(column.name(), rows));
            }
            for (int row = 0; row < rows; row++) {
                keys.get(row).request(field, fitting("request_context", column, values.get(row)));
            }
        }
        return keys;
    }

    private static int rows(Map<String, List<Value>> entities) {
        if (entities.isEmpty()) {
            throw new IllegalArgumentException("entities: name a key column and its values");
        }
        int rows = entities.values().iterator().next().size();
        entities.forEach((name, values) -> {
            if (values.size() != rows) {
                throw new IllegalArgumentException(
                        "entities.%s has %d values, another column %d"
                                .formatted(name, values.size(), rows));
            }
        });
        if (rows > MAX_ROWS) {
            throw new IllegalArgumentException(
                    "entities has %d rows; ask for at most %d at once".formatted(rows, MAX_ROWS));
        }
        return rows;
    }

    private static Value part(Map<String, List<Value>> entities, Column column, int row) {
        List<Value> values = entities.get(column.name());
        if (values == null) {
            throw new IllegalArgumentException(
                    "entities.%s is missing; the features asked for are kept by it"
                            .formatted(column.name()));
        }
        return fitting("entities", column, values.get(row));
    }

    private static Value fitting(String of, Column column, Value value) {
        if (!column.type().accepts(value)) {
            throw new IllegalArgumentException(
                    "%s.%s: should be %s, got %s"
                            .formatted(of, column.name(), column.type(), value));
        }
        return value;
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException _) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
