package dev.touchstone.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.engines.OnlineReads;
import dev.touchstone.features.engines.ReadDoorProvider.Place;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The health of a server over gRPC")
class HealthDoorTest {
    /// Of which nothing but its health is asked.
    private static final class Reads implements OnlineReads {
        boolean served = true;

        @Override
        public boolean areServed() {
            return served;
        }

        @Override
        public Definitions definitions() {
            return new Definitions(List.of());
        }

        @Override
        public OnlineReader reader(List<String> features) {
            throw new IllegalStateException("nobody asks for it");
        }

        @Override
        public Served read(
                OnlineReader reader,
                List<OnlineKeys> keys,
                List<String> rowIds,
                List<OnlineRow> out) {
            throw new IllegalStateException("nobody asks for it");
        }
    }

    /// The status in an answer, as the protocol numbers it: 1 serves, 2 does not.
    private static int status(ManagedChannel channel, String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        byte[] request = new byte[name.length == 0 ? 0 : 2 + name.length];
        if (name.length > 0) {
            request[0] = 0x0a; // field 1, a text
            request[1] = (byte) name.length;
            System.arraycopy(name, 0, request, 2, name.length);
        }
        byte[] answer =
                ClientCalls.blockingUnaryCall(
                        channel,
                        Unary.method("grpc.health.v1.Health", "Check"),
                        CallOptions.DEFAULT,
                        request);
        assertThat(answer).hasSize(2).startsWith(0x08);
        return answer[1];
    }

    @Test
    void is_told_without_a_token_of_the_server_and_of_what_it_offers() throws Exception {
        var reads = new Reads();
        try (FeastDoor door =
                FeastDoor.open(new Place("127.0.0.1", 0, Optional.of("secret")), reads)) {
            ManagedChannel channel = channel(door);
            try {
                assertThat(status(channel, "")).isEqualTo(1);
                assertThat(status(channel, "feast.serving.ServingService")).isEqualTo(1);
                reads.served = false;
                assertThat(status(channel, "")).isEqualTo(2);
                assertThatThrownBy(() -> status(channel, "other.Service"))
                        .isInstanceOf(StatusRuntimeException.class)
                        .hasMessageContaining("NOT_FOUND")
                        .hasMessageContaining("feast.serving.ServingService");
            } finally {
                channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            }
        }
    }

    private static ManagedChannel channel(FeastDoor door) throws IOException {
        return NettyChannelBuilder.forAddress("127.0.0.1", door.port()).usePlaintext().build();
    }
}
