package dev.touchstone.llm.cpu;

import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.KvCacheLayout;
import java.util.stream.Stream;

/// The memory behind a KV block pool: keys and values of all layers, in 4, 2 or 1 bytes a number.
///
/// Within a block, the vectors of one head lie one after another, position by position, so that
/// attention reads them in one go. Threads may write different slots and read written ones.
final class KvStore {
    final int blockTokens;
    private final int heads;
    private final int head;
    private final Numbers[] keys;
    private final Numbers[] values;

    /// Numbers as they are kept.
    private sealed interface Numbers {
        void write(float[] from, int at, int to, int length);

        void read(int at, int length, float[] output);
    }

    /// One token's key and value.
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Vectors(float[] keys, float[] values, int offset) {}

    KvStore(ElementType type, KvCacheLayout layout, LlamaShape shape) {
        this.blockTokens = layout.blockTokens();
        this.heads = shape.kvHeads();
        this.head = shape.headDimension();
        int size = size(layout, shape);
        this.keys = layers(type, size, shape);
        this.values = layers(type, size, shape);
    }

    private static Numbers[] layers(ElementType type, int size, LlamaShape shape) {
        return Stream.generate(() -> numbers(type, size))
                .limit(shape.layers())
                .toArray(Numbers[]::new);
    }

    private static Numbers numbers(ElementType type, int size) {
        return switch (type) {
            case FP32 -> new Exact(new float[size]);
            case FP16 -> new Half(new short[size]);
            case FP8 -> new Quarter(new byte[size]);
            case BF16, INT8, INT4 ->
                    throw new IllegalArgumentException(
                            "the CPU keeps keys and values as FP32, FP16 or FP8, not as " + type);
        };
    }

    /// Numbers of one layer's keys.
    private static int size(KvCacheLayout layout, LlamaShape shape) {
        long numbers = layout.capacityTokens() * shape.keys();
        if (numbers > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "a cache of %d tokens is too large for %s; at most %d fit"
                            .formatted(
                                    layout.capacityTokens(),
                                    shape.name(),
                                    (Integer.MAX_VALUE - 8) / shape.keys()));
        }
        return (int) numbers;
    }

    /// Where the vectors of a block's head begin.
    int at(int block, int kvHead) {
        return (block * heads + kvHead) * blockTokens * head;
    }

    /// Writes one token's key and value, all heads.
    ///
    /// @param position within the block
    void write(int layer, int block, int position, Vectors vectors) {
        for (int h = 0; h < heads; h++) {
            int to = at(block, h) + position * head;
            int from = vectors.offset() + h * head;
            keys[layer].write(vectors.keys(), from, to, head);
            values[layer].write(vectors.values(), from, to, head);
        }
    }

    /// Unpacks the first `count` keys of a head.
    void keys(int layer, int at, int count, float[] output) {
        keys[layer].read(at, count * head, output);
    }

    /// Unpacks the first `count` values of a head.
    void values(int layer, int at, int count, float[] output) {
        values[layer].read(at, count * head, output);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Exact(float[] numbers) implements Numbers {
        @Override
        public void write(float[] from, int at, int to, int length) {
            System.arraycopy(from, at, numbers, to, length);
        }

        @Override
        public void read(int at, int length, float[] output) {
            System.arraycopy(numbers, at, output, 0, length);
        }
    }

    /// Rounded to 11 significant bits: relative error at most 2^-11.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Half(short[] numbers) implements Numbers {
        @Override
        public void write(float[] from, int at, int to, int length) {
            for (int i = 0; i < length; i++) {
                numbers[to + i] = Float.floatToFloat16(from[at + i]);
            }
        }

        @Override
        public void read(int at, int length, float[] output) {
            for (int i = 0; i < length; i++) {
                output[i] = Float.float16ToFloat(numbers[at + i]);
            }
        }
    }

    /// Rounded to 4 significant bits ([Fp8]): relative error at most 2^-4.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Quarter(byte[] numbers) implements Numbers {
        @Override
        public void write(float[] from, int at, int to, int length) {
            for (int i = 0; i < length; i++) {
                numbers[to + i] = Fp8.pack(from[at + i]);
            }
        }

        @Override
        public void read(int at, int length, float[] output) {
            Fp8.unpack(numbers, at, length, output);
        }
    }
}
