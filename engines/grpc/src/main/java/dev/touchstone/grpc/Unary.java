package dev.touchstone.grpc;

import dev.touchstone.features.DefinitionException;
import dev.touchstone.features.OnlineUnavailableException;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/// A method with one request and one answer, both as they are on the wire.
final class Unary implements ServerCallHandler<byte[], byte[]> {
    private final Answer answer;

    Unary(Answer answer) {
        this.answer = answer;
    }

    /// Answers a request.
    interface Answer {
        /// @throws IllegalArgumentException when the request is wrong
        Reply to(byte[] request, Metadata headers);
    }

    /// An answer, and what its headers say.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Reply(byte[] message, Metadata headers) {
        Reply(byte[] message) {
            this(message, new Metadata());
        }
    }

    static MethodDescriptor<byte[], byte[]> method(String service, String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
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

    @Override
    public ServerCall.Listener<byte[]> startCall(
            ServerCall<byte[], byte[]> call, Metadata headers) {
        call.request(2); // a second one would be an error, which the library reports
        return new ServerCall.Listener<>() {
            private Optional<byte[]> request = Optional.empty();

            @Override
            public void onMessage(byte[] message) {
                request = Optional.of(message);
            }

            @Override
            public void onHalfClose() {
                if (!call.isCancelled()) { // nobody waits for it any more
                    respond(call, request.orElse(new byte[0]), headers);
                }
            }
        };
    }

    private void respond(ServerCall<byte[], byte[]> call, byte[] request, Metadata headers) {
        Reply reply;
        try {
            reply = answer.to(request, headers);
        } catch (RuntimeException e) {
            call.close(status(e), new Metadata());
            return;
        }
        call.sendHeaders(reply.headers());
        call.sendMessage(reply.message());
        call.close(Status.OK, new Metadata());
    }

    private static Status status(RuntimeException failure) {
        return switch (failure) {
            case StatusRuntimeException e -> e.getStatus();
            case DefinitionException e -> Status.NOT_FOUND.withDescription(e.getMessage());
            case IllegalArgumentException e ->
                    Status.INVALID_ARGUMENT.withDescription(e.getMessage());
            case OnlineUnavailableException e -> Status.UNAVAILABLE.withDescription(e.getMessage());
            default ->
                    Status.INTERNAL
                            .withDescription("it failed: " + failure.getMessage())
                            .withCause(failure);
        };
    }
}
