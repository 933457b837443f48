package dev.touchstone.features.internal.feast;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Protobuf message without its schema: what stands under which number.
///
/// @param numbers variable-length numbers
/// @param bytes texts, messages and whatever else has a length
record ProtobufMessage(Map<Integer, Long> numbers, Map<Integer, List<ByteBuffer>> bytes) {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED_32 = 5;
    private static final int TYPE_BITS = 3;
    private static final int MAX_VARINT_BITS = 63;

    /// @throws IOException when it is none
    static ProtobufMessage read(ByteBuffer in) throws IOException {
        Map<Integer, Long> numbers = new LinkedHashMap<>();
        Map<Integer, List<ByteBuffer>> bytes = new LinkedHashMap<>();
        ByteBuffer left = in.duplicate();
        while (left.hasRemaining()) {
            long tag = varint(left);
            int field = (int) (tag >>> TYPE_BITS);
            switch ((int) tag & ((1 << TYPE_BITS) - 1)) {
                case VARINT -> numbers.put(field, varint(left));
                case FIXED_64 -> take(left, Long.BYTES);
                case LENGTH ->
                        bytes.computeIfAbsent(field, _ -> new ArrayList<>())
                                .add(take(left, varint(left)));
                case FIXED_32 -> take(left, Integer.BYTES);
                default -> throw new IOException("no such kind of field: " + tag);
            }
        }
        return new ProtobufMessage(numbers, bytes);
    }

    private static long varint(ByteBuffer in) throws IOException {
        long value = 0;
        for (int shift = 0; shift <= MAX_VARINT_BITS; shift += 7) {
            if (!in.hasRemaining()) {
                break;
            }
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("a number does not end at byte " + in.position());
    }

    private static ByteBuffer take(ByteBuffer in, long length) throws IOException {
        if (length < 0 || length > in.remaining()) {
            throw new IOException(
                    "%d bytes at byte %d, and there are %d"
                            .formatted(length, in.position(), in.remaining()));
        }
        ByteBuffer taken = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return taken;
    }

    long number(int field) {
        return numbers.getOrDefault(field, 0L);
    }

    /// Empty when it is not there, which in Protobuf is the same.
    String text(int field) {
        List<String> all = texts(field);
        return all.isEmpty() ? "" : all.getLast();
    }

    List<String> texts(int field) {
        return bytes.getOrDefault(field, List.of()).stream()
                .map(text -> StandardCharsets.UTF_8.decode(text.duplicate()).toString())
                .toList();
    }

    Optional<ProtobufMessage> message(int field) throws IOException {
        List<ProtobufMessage> all = messages(field);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    List<ProtobufMessage> messages(int field) throws IOException {
        List<ProtobufMessage> messages = new ArrayList<>();
        for (ByteBuffer message : bytes.getOrDefault(field, List.of())) {
            messages.add(read(message));
        }
        return messages;
    }
}
