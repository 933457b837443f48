package dev.touchstone.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.engines.OnlineReads;
import dev.touchstone.features.engines.ReadDoorProvider.Place;
import feast.proto.serving.ServingAPIProto.FeatureList;
import feast.proto.serving.ServingAPIProto.GetOnlineFeaturesRequest;
import feast.proto.serving.ServingAPIProto.GetOnlineFeaturesResponse;
import feast.proto.serving.ServingServiceGrpc;
import feast.proto.types.ValueProto;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reads of 100 features over gRPC, at a rate that does not wait for the answers; run by its name,
/// as docs/features-engines.md says. Client and server share one process and its cores. A read's
/// time begins when it was due, so that one which waits behind a slow one is slow too.
class ReadMeasurement {
    private static final int FEATURES = 100;
    private static final int PER_SECOND = Integer.getInteger("reads.per.second", 5_000);
    private static final int SECONDS = 10;
    private static final int WARM_UP = 4 * PER_SECOND;
    private static final int READS = SECONDS * PER_SECOND;

    /// What is served, without anything around it.
    private record Store(Definitions definitions, OnlineStore online) implements OnlineReads {
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
            return new Served(List.of("row"), reader.read(keys, now(), out));
        }
    }

    private static long now() {
        return Times.of(Instant.now());
    }

    @Test
    void hundred_features_at_five_thousand_reads_a_second(@TempDir Path folder) throws Exception {
        var features = new ArrayList<String>();
        for (int feature = 0; feature < FEATURES; feature++) {
            features.add("f" + feature);
        }
        var views =
                Definitions.read(
                        "speed.yaml",
                        "views:\n  plain:\n    owner: o\n    key: {card: long}\n    features: {%s}\n"
                                .formatted(String.join(": double, ", features) + ": double"));
        try (var history = FeatureStore.open(folder, views)) {
            OnlineStore online = history.online(now());
            fill(online);
            try (FeastDoor door =
                    FeastDoor.open(
                            new Place("127.0.0.1", 0, Optional.empty()),
                            new Store(views, online))) {
                var channel =
                        NettyChannelBuilder.forAddress("127.0.0.1", door.port())
                                .usePlaintext()
                                .build();
                try {
                    measure(ServingServiceGrpc.newStub(channel), features);
                } finally {
                    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
                }
            }
        }
    }

    private static void fill(OnlineStore online) throws IOException {
        List<Value> values = new ArrayList<>();
        for (int feature = 0; feature < FEATURES; feature++) {
            values.add(Value.of(feature * 0.5));
        }
        online.push("plain", List.of(new FeatureRow(EntityKey.of(7), now(), 0, 0, values)), now());
    }

    private static void measure(ServingServiceGrpc.ServingServiceStub client, List<String> features)
            throws InterruptedException {
        var request =
                GetOnlineFeaturesRequest.newBuilder()
                        .setFeatures(
                                FeatureList.newBuilder()
                                        .addAllVal(
                                                features.stream().map(f -> "plain:" + f).toList()))
                        .putEntities(
                                "card",
                                ValueProto.RepeatedValue.newBuilder()
                                        .addVal(ValueProto.Value.newBuilder().setInt64Val(7))
                                        .build())
                        .build();
        long[] took = new long[WARM_UP + READS];
        var failed = new AtomicInteger();
        var done = new CountDownLatch(took.length);
        var process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpu = 0;
        long start = System.nanoTime();
        for (int read = 0; read < took.length; read++) {
            if (read == WARM_UP) {
                cpu = process.getProcessCpuTime();
            }
            long due = start + read * (1_000_000_000L / PER_SECOND);
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            client.getOnlineFeatures(request, new Timer(took, read, due, failed, done));
        }
        assertThat(done.await(1, TimeUnit.MINUTES)).isTrue();
        cpu = process.getProcessCpuTime() - cpu;
        assertThat(failed).hasValue(0);
        long[] measured = Arrays.copyOfRange(took, WARM_UP, took.length);
        Arrays.sort(measured);
        System.out.printf(
                "gRPC read of %d features, %d/s: p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, %.0f us of processor for client and server%n",
                FEATURES,
                PER_SECOND,
                measured[READS / 2] / 1e6,
                measured[READS / 100 * 99] / 1e6,
                measured[READS / 1_000 * 999] / 1e6,
                cpu / 1e3 / READS);
    }

    /// Notes when an answer is whole.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Timer(long[] took, int read, long due, AtomicInteger failed, CountDownLatch done)
            implements StreamObserver<GetOnlineFeaturesResponse> {
        @Override
        public void onNext(GetOnlineFeaturesResponse answer) {
            if (answer.getResultsCount() != 1 + FEATURES) {
                failed.incrementAndGet();
            }
        }

        @Override
        public void onError(Throwable e) {
            failed.incrementAndGet();
            done.countDown();
        }

        @Override
        public void onCompleted() {
            took[read] = System.nanoTime() - due;
            done.countDown();
        }
    }
}
