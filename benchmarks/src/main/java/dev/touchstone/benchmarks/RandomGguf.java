package dev.touchstone.benchmarks;

import dev.touchstone.kernels.Format;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A GGUF file with the shape of Llama 3.2 1B and random weights: as much work as the real one,
/// nothing to download.
final class RandomGguf {
    private static final int HIDDEN = 2048;
    private static final int LAYERS = 16;
    private static final int KEYS = 512;
    private static final int FEED_FORWARD = 8192;
    private static final int VOCABULARY = 128_256;
    private static final int ALIGNMENT = 32;

    private final ByteBuffer header = ByteBuffer.allocate(1 << 24).order(ByteOrder.LITTLE_ENDIAN);
    private final SplittableRandom random = new SplittableRandom(1);

    private record Tensor(String name, int rows, int columns, Format format) {
        long bytes() {
            return rows * format.bytes(columns);
        }
    }

    private RandomGguf() {}

    static void write(Path file, Format format) throws IOException {
        new RandomGguf().writeFile(file, format);
    }

    private void writeFile(Path file, Format format) throws IOException {
        List<Tensor> tensors = tensors(format);
        header.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3);
        header.putLong(tensors.size()).putLong(13);
        text("general.architecture", "llama");
        text("general.name", "random-1b-" + format);
        number("llama.context_length", 8192);
        number("llama.embedding_length", HIDDEN);
        number("llama.block_count", LAYERS);
        number("llama.feed_forward_length", FEED_FORWARD);
        number("llama.attention.head_count", 32);
        number("llama.attention.head_count_kv", 8);
        key("llama.attention.layer_norm_rms_epsilon", 6).putFloat(1e-5f);
        text("tokenizer.ggml.model", "gpt2");
        text("tokenizer.ggml.pre", "llama-bpe");
        key("tokenizer.ggml.tokens", 9).putInt(8).putLong(VOCABULARY);
        for (int i = 0; i < VOCABULARY; i++) {
            string("t" + i);
        }
        key("tokenizer.ggml.merges", 9).putInt(8).putLong(0);
        long offset = 0;
        for (Tensor tensor : tensors) {
            string(tensor.name());
            header.putInt(2).putLong(tensor.columns()).putLong(tensor.rows());
            header.putInt(type(tensor.format())).putLong(offset);
            offset += Math.ceilDiv(tensor.bytes(), ALIGNMENT) * ALIGNMENT;
        }
        header.position(Math.ceilDiv(header.position(), ALIGNMENT) * ALIGNMENT);
        try (var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            channel.write(header.flip());
            for (Tensor tensor : tensors) {
                weights(tensor, channel);
            }
        }
    }

    private static List<Tensor> tensors(Format format) {
        List<Tensor> tensors = new ArrayList<>();
        tensors.add(new Tensor("token_embd.weight", VOCABULARY, HIDDEN, format));
        tensors.add(new Tensor("output_norm.weight", 1, HIDDEN, Format.F32));
        for (int layer = 0; layer < LAYERS; layer++) {
            String at = "blk." + layer + ".";
            tensors.add(new Tensor(at + "attn_norm.weight", 1, HIDDEN, Format.F32));
            tensors.add(new Tensor(at + "attn_q.weight", HIDDEN, HIDDEN, format));
            tensors.add(new Tensor(at + "attn_k.weight", KEYS, HIDDEN, format));
            tensors.add(new Tensor(at + "attn_v.weight", KEYS, HIDDEN, format));
            tensors.add(new Tensor(at + "attn_output.weight", HIDDEN, HIDDEN, format));
            tensors.add(new Tensor(at + "ffn_norm.weight", 1, HIDDEN, Format.F32));
            tensors.add(new Tensor(at + "ffn_gate.weight", FEED_FORWARD, HIDDEN, format));
            tensors.add(new Tensor(at + "ffn_up.weight", FEED_FORWARD, HIDDEN, format));
            tensors.add(new Tensor(at + "ffn_down.weight", HIDDEN, FEED_FORWARD, format));
        }
        return tensors;
    }

    /// Small numbers of either sign, the same 64 rows over and over: their values do not matter,
    /// that they are ordinary numbers does.
    private void weights(Tensor tensor, FileChannel channel) throws IOException {
        int different = Math.min(64, tensor.rows());
        int rowBytes = (int) tensor.format().bytes(tensor.columns());
        ByteBuffer rows = ByteBuffer.allocate(different * rowBytes).order(ByteOrder.LITTLE_ENDIAN);
        fill(rows, tensor);
        for (int row = 0; row < tensor.rows(); row += different) {
            writeAll(channel, rows.rewind());
        }
        long padding = Math.ceilDiv(tensor.bytes(), ALIGNMENT) * ALIGNMENT - tensor.bytes();
        writeAll(channel, ByteBuffer.allocate((int) padding));
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private void fill(ByteBuffer rows, Tensor tensor) {
        while (rows.hasRemaining()) {
            switch (tensor.format()) {
                case F32 ->
                        rows.putFloat(
                                tensor.rows() == 1 ? 1 : (float) random.nextDouble(-0.03, 0.03));
                case F16 ->
                        rows.putShort(Float.floatToFloat16((float) random.nextDouble(-0.03, 0.03)));
                case BF16 -> {
                    float weight = (float) random.nextDouble(-0.03, 0.03);
                    rows.putShort((short) (Float.floatToRawIntBits(weight) >> 16));
                }
                case Q8_0 -> block(rows, 0.03f / 127, 4);
                case Q4_0 -> block(rows, 0.03f / 8, 2);
            }
        }
    }

    private void block(ByteBuffer rows, float scale, int longs) {
        rows.putShort(Float.floatToFloat16(scale));
        for (int i = 0; i < longs; i++) {
            rows.putLong(random.nextLong());
        }
    }

    private static int type(Format format) {
        return switch (format) {
            case F32 -> 0;
            case F16 -> 1;
            case Q4_0 -> 2;
            case Q8_0 -> 8;
            case BF16 -> 30;
        };
    }

    private void text(String name, String value) {
        key(name, 8);
        string(value);
    }

    private void number(String name, int value) {
        key(name, 4).putInt(value);
    }

    private ByteBuffer key(String name, int type) {
        string(name);
        return header.putInt(type);
    }

    private void string(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        header.putLong(bytes.length).put(bytes);
    }
}
