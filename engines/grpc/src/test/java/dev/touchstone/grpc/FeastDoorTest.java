package dev.touchstone.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.OnlineUnavailableException;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.engines.OnlineReads;
import dev.touchstone.features.engines.ReadDoorProvider;
import dev.touchstone.features.engines.ReadDoorProvider.Place;
import feast.proto.serving.ServingAPIProto.FeatureList;
import feast.proto.serving.ServingAPIProto.FieldStatus;
import feast.proto.serving.ServingAPIProto.GetFeastServingInfoRequest;
import feast.proto.serving.ServingAPIProto.GetOnlineFeaturesRequest;
import feast.proto.serving.ServingAPIProto.GetOnlineFeaturesResponse;
import feast.proto.serving.ServingServiceGrpc;
import feast.proto.serving.ServingServiceGrpc.ServingServiceBlockingStub;
import feast.proto.types.ValueProto;
import feast.proto.types.ValueProto.RepeatedValue;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asks with the client that Feast's project generated from its service definition.
@DisplayName("A door that speaks Feast's gRPC")
class FeastDoorTest {
    private static final long NOW = Times.parse("2026-03-04T12:00:00Z");
    private static final long DAY = 24 * 3_600 * 1_000_000_000L;

    private static final Definitions VIEWS =
            Definitions.read(
                    "features.yaml",
                    """
                    views:
                      account:
                        owner: risk
                        key: {account: text}
                        features: {balance: double, visits: long, status: text, vip: boolean, since: timestamp}
                        maxAge: 7d
                      card:
                        owner: risk
                        key: {card: long}
                        events: {amount: double}
                        features: {paid: {sum: amount, window: 1h}, visits: {count: amount, window: 1h}}
                      check:
                        owner: risk
                        request: {amount: double}
                        features:
                          to_usual: {value: "amount / card.paid"}
                      moment:
                        owner: risk
                        request: {at: timestamp}
                        features:
                          at: {value: "at"}
                    models:
                      fraud: {owner: ml, features: [account.balance, card.paid]}
                    """);

    @TempDir private Path folder = Path.of("");

    private final List<AutoCloseable> open = new ArrayList<>();
    private Optional<Store> store = Optional.empty();

    /// What is served, without anything around it.
    private static final class Store implements OnlineReads {
        final OnlineStore online;
        final AtomicInteger reads = new AtomicInteger();
        boolean away;

        /// Whoever reads waits for it, if it is there.
        Optional<CountDownLatch> held = Optional.empty();

        Store(OnlineStore online) {
            this.online = online;
        }

        @Override
        public Definitions definitions() {
            return VIEWS;
        }

        @Override
        public OnlineReader reader(List<String> features) {
            return online.reader(features);
        }

        @Override
        public Served read(
                OnlineReader reader,
                List<OnlineKeys> keys,
                List<String> rowIds,
                List<OnlineRow> out) {
            if (away) {
                throw new OnlineUnavailableException("the table is away");
            }
            reads.incrementAndGet();
            held.ifPresent(FeastDoorTest::await);
            long asOf = reader.read(keys, NOW, out);
            return new Served(rowIds.isEmpty() ? List.of("made") : rowIds, asOf);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void fill() throws IOException {
        FeatureStore history = FeatureStore.open(folder, VIEWS);
        open.add(history);
        OnlineStore online = history.online(NOW - 10 * DAY);
        online.push(
                "account",
                List.of(
                        account("old", NOW - 8 * DAY, Value.of(1.0)),
                        account("a", NOW - DAY, Value.of(12.5))),
                NOW - 9 * DAY);
        online.push(
                "card",
                List.of(new FeatureRow(EntityKey.of(7), NOW - 1_000, 0, 0, List.of(Value.of(2.5)))),
                NOW - 100);
        store = Optional.of(new Store(online));
    }

    private static FeatureRow account(String name, long event, Value balance) {
        return new FeatureRow(
                EntityKey.of(name),
                event,
                0,
                0,
                List.of(
                        balance,
                        Value.of(3L),
                        Value.MISSING,
                        Value.of(true),
                        Value.of(1_500_000_000L)));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private Store reads() {
        return store.orElseThrow();
    }

    private FeastDoor door(Optional<String> token) throws IOException {
        FeastDoor door = FeastDoor.open(new Place("127.0.0.1", 0, token), reads());
        open.add(door);
        return door;
    }

    private ServingServiceBlockingStub client(FeastDoor door) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", door.port()).usePlaintext().build();
        open.add(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
        return ServingServiceGrpc.newBlockingStub(channel);
    }

    private ServingServiceBlockingStub client() throws IOException {
        return client(door(Optional.empty()));
    }

    private static GetOnlineFeaturesRequest.Builder asked(String... features) {
        return GetOnlineFeaturesRequest.newBuilder()
                .setFeatures(FeatureList.newBuilder().addAllVal(List.of(features)));
    }

    private static RepeatedValue texts(String... values) {
        var list = RepeatedValue.newBuilder();
        Stream.of(values)
                .forEach(value -> list.addVal(ValueProto.Value.newBuilder().setStringVal(value)));
        return list.build();
    }

    private static RepeatedValue numbers(long... values) {
        var list = RepeatedValue.newBuilder();
        for (long value : values) {
            list.addVal(ValueProto.Value.newBuilder().setInt64Val(value));
        }
        return list.build();
    }

    private static Status.Code refused(Runnable call, String... why) {
        var code = new AtomicReference<>(Status.Code.OK);
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class, e -> code.set(e.getStatus().getCode()))
                .hasMessageContainingAll(why);
        return code.get();
    }

    @Test
    void answers_with_values_statuses_and_times_of_each_type() throws IOException {
        GetOnlineFeaturesResponse answer =
                client().getOnlineFeatures(
                                asked(
                                                "account:balance",
                                                "account.visits",
                                                "account:status",
                                                "account:vip",
                                                "account:since",
                                                "card:paid")
                                        .putEntities("account", texts("a", "old", "nobody"))
                                        .putEntities("card", numbers(7, 8, 7))
                                        .build());
        List<String> names = answer.getMetadata().getFeatureNames().getValList();
        assertThat(names.subList(0, 2)).containsExactlyInAnyOrder("account", "card");
        assertThat(names.subList(2, 8))
                .containsExactly("balance", "visits", "status", "vip", "since", "paid");
        assertThat(answer.getStatus()).isTrue();

        var balance = answer.getResults(2);
        assertThat(balance.getStatusesList())
                .containsExactly(
                        FieldStatus.PRESENT, FieldStatus.OUTSIDE_MAX_AGE, FieldStatus.NOT_FOUND);
        assertThat(balance.getValues(0).getDoubleVal()).isEqualTo(12.5);
        assertThat(balance.getValues(1).getValCase())
                .isEqualTo(ValueProto.Value.ValCase.VAL_NOT_SET);
        assertThat(balance.getEventTimestamps(0).getSeconds())
                .isEqualTo((NOW - DAY) / 1_000_000_000L);
        assertThat(balance.getEventTimestamps(2).getSeconds()).isZero();
        assertThat(answer.getResults(3).getValues(0).getInt64Val()).isEqualTo(3);
        assertThat(answer.getResults(4).getStatuses(0)).isEqualTo(FieldStatus.NULL_VALUE);
        assertThat(answer.getResults(5).getValues(0).getBoolVal()).isTrue();
        assertThat(answer.getResults(6).getValues(0).getUnixTimestampVal()).isEqualTo(1);
        assertThat(answer.getResults(7).getValues(0).getDoubleVal()).isEqualTo(2.5);
        assertThat(answer.getResults(7).getStatuses(1)).isEqualTo(FieldStatus.NOT_FOUND);
        Timestamp time = answer.getResults(7).getEventTimestamps(0);
        assertThat(time.getSeconds() * 1_000_000_000L + time.getNanos()).isEqualTo(NOW - 1_000);
    }

    @Test
    void answers_for_a_service_with_full_names_and_says_how_the_read_was_logged()
            throws IOException {
        var headers = new AtomicReference<Metadata>();
        var rowIds = Metadata.Key.of("touchstone-row-ids", Metadata.ASCII_STRING_MARSHALLER);
        var own = new Metadata();
        own.put(rowIds, "mine-1,mine-2");
        GetOnlineFeaturesResponse answer =
                client().withInterceptors(
                                MetadataUtils.newAttachHeadersInterceptor(own),
                                MetadataUtils.newCaptureMetadataInterceptor(
                                        headers, new AtomicReference<>()))
                        .getOnlineFeatures(
                                GetOnlineFeaturesRequest.newBuilder()
                                        .setFeatureService("fraud")
                                        .setFullFeatureNames(true)
                                        .putEntities("account", texts("a", "b"))
                                        .putEntities("card", numbers(7, 8))
                                        .build());
        assertThat(answer.getMetadata().getFeatureNames().getValList())
                .contains("account__balance", "card__paid");
        assertThat(headers.get().get(rowIds)).isEqualTo("mine-1,mine-2");
        assertThat(
                        headers.get()
                                .get(
                                        Metadata.Key.of(
                                                "touchstone-as-of",
                                                Metadata.ASCII_STRING_MARSHALLER)))
                .startsWith("2026-03-04T12:00:00");
    }

    @Test
    void computes_from_what_the_request_brings() throws IOException {
        var amounts = RepeatedValue.newBuilder();
        amounts.addVal(ValueProto.Value.newBuilder().setDoubleVal(5));
        ServingServiceBlockingStub client = client();
        var request = asked("check:to_usual").putEntities("card", numbers(7));
        assertThat(
                        client.getOnlineFeatures(
                                        request.clone()
                                                .putRequestContext("amount", amounts.build())
                                                .build())
                                .getResults(1)
                                .getValues(0)
                                .getDoubleVal())
                .isEqualTo(2.0);
        assertThat(
                        refused(
                                () -> client.getOnlineFeatures(request.build()),
                                "request_context.amount: bring a value for each of the 1 rows"))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void takes_whole_seconds_for_moments_as_feast_has_them() throws IOException {
        ServingServiceBlockingStub client = client();
        var request = asked("card:paid", "moment:at").putEntities("card", numbers(7));
        assertThat(
                        client.getOnlineFeatures(
                                        request.clone()
                                                .putRequestContext("at", moment(1_772_625_600))
                                                .build())
                                .getResults(2)
                                .getValues(0)
                                .getUnixTimestampVal())
                .isEqualTo(1_772_625_600);
        assertThat(
                        refused(
                                () ->
                                        client.getOnlineFeatures(
                                                request.putRequestContext(
                                                                "at", moment(1_772_625_600_000L))
                                                        .build()),
                                "at: unix_timestamp_val has seconds since 1970",
                                "were they milliseconds?"))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    private static RepeatedValue moment(long seconds) {
        return RepeatedValue.newBuilder()
                .addVal(ValueProto.Value.newBuilder().setUnixTimestampVal(seconds))
                .build();
    }

    @Test
    void refuses_as_the_http_server_does() throws IOException {
        ServingServiceBlockingStub client = client();
        assertThat(
                        refused(
                                () ->
                                        client.getOnlineFeatures(
                                                asked("account:blance")
                                                        .putEntities("account", texts("a"))
                                                        .build()),
                                "no feature 'blance'"))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(
                        refused(
                                () ->
                                        client.getOnlineFeatures(
                                                asked("account:balance")
                                                        .putEntities("card", numbers(7))
                                                        .build()),
                                "entities.account is missing"))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(
                        refused(
                                () ->
                                        client.getOnlineFeatures(
                                                asked("account:balance")
                                                        .putEntities("account", numbers(7))
                                                        .build()),
                                "entities.account: should be TEXT"))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(
                        refused(
                                () ->
                                        client.getOnlineFeatures(
                                                asked("account:visits", "card:visits")
                                                        .putEntities("account", texts("a"))
                                                        .putEntities("card", numbers(7))
                                                        .build()),
                                "two features are named visits; set full_feature_names"))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        reads().away = true;
        assertThat(
                        refused(
                                () ->
                                        client.getOnlineFeatures(
                                                asked("card:paid")
                                                        .putEntities("card", numbers(7))
                                                        .build()),
                                "the table is away"))
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void answers_for_ten_thousand_rows_at_once_and_refuses_more() throws IOException {
        ServingServiceBlockingStub client = client();
        String[] names = new String[10_001];
        Arrays.setAll(names, row -> row % 2 == 0 ? "a" : "nobody" + row);
        var asked = asked("account:balance", "account:visits");
        GetOnlineFeaturesResponse answer =
                client.getOnlineFeatures(
                        asked.putEntities("account", texts(Arrays.copyOf(names, 10_000))).build());
        assertThat(answer.getResults(1).getStatusesList())
                .hasSize(10_000)
                .startsWith(FieldStatus.PRESENT, FieldStatus.NOT_FOUND);
        assertThat(answer.getResults(1).getValues(9_998).getDoubleVal()).isEqualTo(12.5);
        assertThat(
                        refused(
                                () ->
                                        client.getOnlineFeatures(
                                                asked.putEntities("account", texts(names)).build()),
                                "ask for at most 10000 at once"))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void lets_a_client_go_whose_time_is_up_and_answers_the_next() throws IOException {
        var held = new CountDownLatch(1);
        reads().held = Optional.of(held);
        ServingServiceBlockingStub client = client();
        GetOnlineFeaturesRequest request =
                asked("account:balance").putEntities("account", texts("a")).build();
        Status.Code code =
                refused(
                        () ->
                                client.withDeadlineAfter(1, TimeUnit.SECONDS)
                                        .getOnlineFeatures(request),
                        "deadline");
        assertThat(code).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        held.countDown();
        assertThat(client.getOnlineFeatures(request).getResults(1).getStatuses(0))
                .isEqualTo(FieldStatus.PRESENT);
    }

    @Test
    void does_not_read_for_a_call_that_was_cancelled_before_it_was_whole() throws Exception {
        ServingServiceBlockingStub client = client();
        var call =
                client.getChannel()
                        .newCall(
                                ServingServiceGrpc.getGetOnlineFeaturesMethod(),
                                CallOptions.DEFAULT);
        var closed = new CompletableFuture<Status>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        closed.complete(status);
                    }
                },
                new Metadata());
        call.sendMessage(asked("account:balance").putEntities("account", texts("a")).build());
        call.cancel("the user has gone", null);
        assertThat(closed.get(1, TimeUnit.MINUTES).getCode()).isEqualTo(Status.Code.CANCELLED);
        GetOnlineFeaturesRequest next =
                asked("account:balance").putEntities("account", texts("a")).build();
        assertThat(client.getOnlineFeatures(next).getStatus()).isTrue();
        assertThat(reads().reads).hasValue(1);
    }

    @Test
    void lets_in_only_who_has_the_token() throws IOException {
        FeastDoor door = door(Optional.of("0123456789abcdef"));
        var ask = GetFeastServingInfoRequest.getDefaultInstance();
        assertThat(refused(() -> client(door).getFeastServingInfo(ask), "authorization: Bearer"))
                .isEqualTo(Status.Code.UNAUTHENTICATED);
        var token = new Metadata();
        token.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer 0123456789abcdef");
        assertThat(
                        client(door)
                                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(token))
                                .getFeastServingInfo(ask)
                                .getVersion())
                .isEqualTo("touchstone");
    }

    @Test
    void says_when_its_port_is_taken_and_is_found_by_its_kind() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var place = new Place("127.0.0.1", taken.getLocalPort(), Optional.empty());
            assertThatThrownBy(() -> FeastDoor.open(place, reads()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("choose another --grpc-port");
        }
        assertThat(ServiceLoader.load(ReadDoorProvider.class))
                .anyMatch(door -> door.kind().equals("grpc"));
    }
}
