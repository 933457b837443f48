package dev.touchstone.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.touchstone.features.engines.OnlineReads;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.IOException;
import java.util.Set;

/// `grpc.health.v1.Health`, as Kubernetes and `grpc_health_probe` ask it: `Check`, for the whole
/// server or a service by its name.
final class HealthDoor {
    private static final String SERVICE = "grpc.health.v1.Health";

    /// The whole server, and what it offers.
    private static final Set<String> SERVICES = Set.of("", FeastDoor.SERVICE, SERVICE);

    private static final int SERVICE_FIELD = 1;

    /// Field 1 of the answer: 1 says that it serves, 2 that it does not.
    private static final byte STATUS_TAG = 1 << 3;

    private static final byte SERVING = 1;
    private static final byte NOT_SERVING = 2;

    private HealthDoor() {}

    static ServerServiceDefinition service(OnlineReads reads) {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(
                        Unary.method(SERVICE, "Check"),
                        new Unary((request, _) -> check(request, reads)))
                .build();
    }

    private static Unary.Reply check(byte[] request, OnlineReads reads) {
        String name = name(request);
        if (!SERVICES.contains(name)) {
            throw Status.NOT_FOUND
                    .withDescription(
                            "there is no service '%s'; there are %s"
                                    .formatted(name, SERVICES.stream().sorted().toList()))
                    .asRuntimeException();
        }
        return new Unary.Reply(new byte[] {STATUS_TAG, reads.areServed() ? SERVING : NOT_SERVING});
    }

    private static String name(byte[] request) {
        String name = "";
        try {
            CodedInputStream in = CodedInputStream.newInstance(request);
            int tag = in.readTag();
            while (tag != 0) {
                if (WireFormat.getTagFieldNumber(tag) == SERVICE_FIELD) {
                    name = in.readString();
                } else {
                    in.skipField(tag);
                }
                tag = in.readTag();
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("no HealthCheckRequest: " + e.getMessage(), e);
        }
        return name;
    }
}
