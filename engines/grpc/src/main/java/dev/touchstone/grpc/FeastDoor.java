package dev.touchstone.grpc;

import dev.touchstone.features.Column;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.engines.OnlineReads;
import dev.touchstone.features.engines.ReadDoor;
import dev.touchstone.features.engines.ReadDoorProvider.Place;
import dev.touchstone.grpc.FeastWire.Request;
import dev.touchstone.grpc.Unary.Reply;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// `feast.serving.ServingService`: the same answers, statuses and refusals as over HTTP.
///
/// The headers of an answer say as of which moment it is, and under which row ids it was logged,
/// unless those are too many for headers. A request may bring its own. Beside it answers
/// [HealthDoor], without a token.
public final class FeastDoor implements ReadDoor {
    static final String SERVICE = "feast.serving.ServingService";
    private static final String VERSION = "touchstone";
    private static final int MAX_REQUEST_BYTES = 1 << 20;
    private static final int MAX_ROWS = 10_000;
    private static final int MAX_HEADER_CHARS = 4_000;
    private static final int MAX_PLANS = 1_000;
    private static final long STOP_SECONDS = 2;

    private static final Metadata.Key<String> AUTHORIZATION = header("authorization");
    private static final Metadata.Key<String> ROW_IDS = header("touchstone-row-ids");
    private static final Metadata.Key<String> AS_OF = header("touchstone-as-of");

    private final OnlineReads reads;
    private final Optional<byte[]> bearer;
    private final Server server;
    private final Map<Asked, Plan> plans = new ConcurrentHashMap<>();

    private FeastDoor(Place place, OnlineReads reads) throws IOException {
        this.reads = reads;
        this.bearer =
                place.token().map(token -> ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
        this.server =
                NettyServerBuilder.forAddress(new InetSocketAddress(place.host(), place.port()))
                        .maxInboundMessageSize(MAX_REQUEST_BYTES)
                        .addService(service())
                        .addService(HealthDoor.service(reads))
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
                        Unary.method(SERVICE, "GetFeastServingInfo"),
                        guarded(new Unary((_, _) -> new Reply(FeastWire.info(VERSION)))))
                .addMethod(
                        Unary.method(SERVICE, "GetOnlineFeatures"), guarded(new Unary(this::read)))
                .build();
    }

    private ServerCallHandler<byte[], byte[]> guarded(Unary method) {
        return (call, headers) -> {
            if (!mayEnter(headers)) {
                call.close(
                        Status.UNAUTHENTICATED.withDescription(
                                "send authorization: Bearer TOKEN, with the token that the server was started with"),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return method.startCall(call, headers);
        };
    }

    private boolean mayEnter(Metadata headers) {
        String given = headers.get(AUTHORIZATION);
        return bearer.isEmpty()
                || (given != null
                        && MessageDigest.isEqual(
                                bearer.get(), given.getBytes(StandardCharsets.UTF_8)));
    }

    private Reply read(byte[] message, Metadata headers) {
        Request request = FeastWire.request(message);
        Plan plan = plan(request);
        OnlineReader reader = plan.reader();
        List<String> names = plan.names();
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

    /// How a list of features is read, and what the columns of its answer are called.
    private record Plan(OnlineReader reader, List<String> names) {}

    /// What decides it: callers send a few such lists, again and again.
    private record Asked(
            Optional<String> service,
            List<String> features,
            List<String> entities,
            boolean fullNames) {}

    private Plan plan(Request request) {
        var asked =
                new Asked(
                        request.service(),
                        request.features(),
                        List.copyOf(request.entities().keySet()),
                        request.fullNames());
        Plan plan = plans.get(asked);
        if (plan == null) {
            OnlineReader reader = reads.reader(features(request));
            List<String> names = new ArrayList<>(asked.entities());
            reader.names().forEach(name -> names.add(shown(name, request.fullNames())));
            checkNames(names);
            plan = new Plan(reader, names);
            if (plans.size() < MAX_PLANS) {
                plans.put(asked, plan);
            }
        }
        return plan;
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
