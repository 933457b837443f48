package dev.touchstone.llm.cpu;

import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.KvCacheLayout;

/// The three ways to keep keys and values.
final class KvStores {
    private KvStores() {}

    static KvStore of(ElementType type, KvCacheLayout layout, LlamaShape shape) {
        return switch (type) {
            case FP32 -> new Full(layout, shape);
            case FP16 -> new Half(layout, shape);
            case FP8 -> new Quarter(layout, shape);
            case BF16, INT8, INT4 ->
                    throw new IllegalArgumentException(
                            "the CPU keeps keys and values as FP32, FP16 or FP8, not as " + type);
        };
    }

    /// As they are.
    static final class Full extends KvStore {
        private final float[][] keys;
        private final float[][] values;

        Full(KvCacheLayout layout, LlamaShape shape) {
            super(layout, shape);
            keys = new float[shape.layers()][numbers(layout, shape)];
            values = new float[shape.layers()][numbers(layout, shape)];
        }

        @Override
        void write(int layer, int block, int position, Vectors vectors) {
            for (int h = 0; h < heads; h++) {
                int to = at(block, h) + position * head;
                int from = vectors.offset() + h * head;
                System.arraycopy(vectors.keys(), from, keys[layer], to, head);
                System.arraycopy(vectors.values(), from, values[layer], to, head);
            }
        }

        @Override
        void keys(int layer, int at, int count, float[] output) {
            System.arraycopy(keys[layer], at, output, 0, count * head);
        }

        @Override
        void values(int layer, int at, int count, float[] output) {
            System.arraycopy(values[layer], at, output, 0, count * head);
        }
    }

    /// Rounded to 11 significant bits: relative error at most 2^-11.
    static final class Half extends KvStore {
        private final short[][] keys;
        private final short[][] values;

        Half(KvCacheLayout layout, LlamaShape shape) {
            super(layout, shape);
            keys = new short[shape.layers()][numbers(layout, shape)];
            values = new short[shape.layers()][numbers(layout, shape)];
        }

        @Override
        void write(int layer, int block, int position, Vectors vectors) {
            for (int h = 0; h < heads; h++) {
                int to = at(block, h) + position * head;
                int from = vectors.offset() + h * head;
                for (int i = 0; i < head; i++) {
                    keys[layer][to + i] = Float.floatToFloat16(vectors.keys()[from + i]);
                    values[layer][to + i] = Float.floatToFloat16(vectors.values()[from + i]);
                }
            }
        }

        @Override
        void keys(int layer, int at, int count, float[] output) {
            unpack(keys[layer], at, count * head, output);
        }

        @Override
        void values(int layer, int at, int count, float[] output) {
            unpack(values[layer], at, count * head, output);
        }

        private static void unpack(short[] from, int at, int length, float[] output) {
            for (int i = 0; i < length; i++) {
                output[i] = Float.float16ToFloat(from[at + i]);
            }
        }
    }

    /// Rounded to 4 significant bits ([Fp8]): relative error at most 2^-4.
    static final class Quarter extends KvStore {
        private final byte[][] keys;
        private final byte[][] values;

        Quarter(KvCacheLayout layout, LlamaShape shape) {
            super(layout, shape);
            keys = new byte[shape.layers()][numbers(layout, shape)];
            values = new byte[shape.layers()][numbers(layout, shape)];
        }

        @Override
        void write(int layer, int block, int position, Vectors vectors) {
            for (int h = 0; h < heads; h++) {
                int to = at(block, h) + position * head;
                int from = vectors.offset() + h * head;
                for (int i = 0; i < head; i++) {
                    keys[layer][to + i] = Fp8.pack(vectors.keys()[from + i]);
                    values[layer][to + i] = Fp8.pack(vectors.values()[from + i]);
                }
            }
        }

        @Override
        void keys(int layer, int at, int count, float[] output) {
            Fp8.unpack(keys[layer], at, count * head, output);
        }

        @Override
        void values(int layer, int at, int count, float[] output) {
            Fp8.unpack(values[layer], at, count * head, output);
        }
    }
}
