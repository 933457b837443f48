package dev.touchstone.llm.training;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A trained model as a GGUF file of version 3: norms in F32, matrices in Q8_0.
///
/// The layout is that of Llama models: a matrix has a row for each output, rotary pairs are
/// neighbours, and there is no `output.weight` since the embedding serves as one.
final class GgufWriter {
    private static final int MAGIC = 0x4655_4747; // "GGUF"
    private static final int VERSION = 3;
    private static final int ALIGNMENT = 32;

    // Types of values and of tensors, as the format numbers them.
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int TENSOR_F32 = 0;
    private static final int TENSOR_Q8_0 = 8;
    private static final int FILE_MOSTLY_Q8_0 = 7;
    private static final int TOKEN_NORMAL = 1;
    private static final int TOKEN_CONTROL = 3;

    private static final String TEMPLATE =
            "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content']"
                    + " + '<|im_end|>' + '\\n'}}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int values;

    private GgufWriter() {}

    /// The bytes of the file.
    static byte[] of(Parameters parameters, float[] weights, BytePairs tokens) {
        return new GgufWriter().write(parameters, weights, tokens);
    }

    private byte[] write(Parameters parameters, float[] weights, BytePairs tokens) {
        metadata(parameters.shape);
        vocabulary(tokens);
        byte[] metadata = out.toByteArray();
        out.reset();
        int32(MAGIC);
        int32(VERSION);
        int64(parameters.tensors().size());
        int64(values);
        out.writeBytes(metadata);
        long offset = 0;
        List<byte[]> data = new ArrayList<>();
        for (Parameters.Tensor tensor : parameters.tensors()) {
            MatrixView matrix = asInFile(parameters, tensor, weights);
            byte[] bytes = tensor.isVector() ? floats(matrix) : Q8.encode(matrix);
            string(tensor.name());
            int32(tensor.isVector() ? 1 : 2);
            int64(matrix.columns);
            if (!tensor.isVector()) {
                int64(matrix.rows);
            }
            int32(tensor.isVector() ? TENSOR_F32 : TENSOR_Q8_0);
            int64(offset);
            offset += aligned(bytes.length);
            data.add(bytes);
        }
        pad();
        for (byte[] bytes : data) {
            out.writeBytes(bytes);
            pad();
        }
        return out.toByteArray();
    }

    /// A row for each output; the embedding already has a row for each token.
    private static MatrixView asInFile(
            Parameters parameters, Parameters.Tensor tensor, float[] weights) {
        MatrixView matrix = tensor.in(weights);
        return tensor.isVector() || tensor.equals(parameters.embedding)
                ? matrix
                : matrix.transposed();
    }

    private void metadata(Shape shape) {
        text("general.architecture", "llama");
        text("general.name", "touchstone-small");
        text("general.license", "apache-2.0");
        text(
                "general.description",
                "A very small demonstration model, trained from nothing on text of its own"
                        + " repository; it knows a glossary and little else.");
        number("general.file_type", FILE_MOSTLY_Q8_0);
        number("general.quantization_version", 2);
        number("general.alignment", ALIGNMENT);
        number("llama.context_length", shape.context());
        number("llama.embedding_length", shape.hidden());
        number("llama.block_count", shape.layers());
        number("llama.feed_forward_length", shape.feedForward());
        number("llama.attention.head_count", shape.heads());
        number("llama.attention.head_count_kv", shape.kvHeads());
        number("llama.rope.dimension_count", shape.headSize());
        number("llama.vocab_size", shape.vocabulary());
        real("llama.rope.freq_base", Shape.ROTARY_BASE);
        real("llama.attention.layer_norm_rms_epsilon", Shape.NORM_EPSILON);
    }

    private void vocabulary(BytePairs tokens) {
        text("tokenizer.ggml.model", "gpt2");
        text("tokenizer.ggml.pre", "qwen2");
        var names = new ArrayList<String>();
        var types = new ArrayList<Integer>();
        for (int token = 0; token < tokens.vocabulary() - BytePairs.CONTROLS.size(); token++) {
            names.add(printable(tokens.bytes(token)));
            types.add(TOKEN_NORMAL);
        }
        for (String control : BytePairs.CONTROLS) {
            names.add(control);
            types.add(TOKEN_CONTROL);
        }
        texts("tokenizer.ggml.tokens", names);
        key("tokenizer.ggml.token_type", ARRAY);
        int32(INT32);
        int64(types.size());
        types.forEach(this::int32);
        texts(
                "tokenizer.ggml.merges",
                tokens.merges().stream()
                        .map(pair ->
                                printable(tokens.bytes(pair.left()))
                                        + " "
                                        + printable(tokens.bytes(pair.right())))
                        .toList());
        number("tokenizer.ggml.eos_token_id", tokens.control(BytePairs.END_MESSAGE));
        number("tokenizer.ggml.padding_token_id", tokens.control(BytePairs.END_TEXT));
        key("tokenizer.ggml.add_bos_token", BOOL);
        out.write(0);
        text("tokenizer.chat_template", TEMPLATE);
    }

    /// Bytes as the characters that GPT-2 writes for them: itself where a byte is a printable
    /// character, the next unused one above 255 otherwise.
    static String printable(byte[] bytes) {
        var text = new StringBuilder();
        for (byte one : bytes) {
            int value = Byte.toUnsignedInt(one);
            int unprintableBefore = 0;
            for (int i = 0; i < value; i++) {
                unprintableBefore += isPrintable(i) ? 0 : 1;
            }
            text.append((char) (isPrintable(value) ? value : 256 + unprintableBefore));
        }
        return text.toString();
    }

    private static boolean isPrintable(int value) {
        return (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || value >= 0xAE;
    }

    private static byte[] floats(MatrixView vector) {
        ByteBuffer buffer =
                ByteBuffer.allocate(Float.BYTES * vector.columns).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < vector.columns; i++) {
            buffer.putFloat(vector.data[vector.from + i * vector.columnStride]);
        }
        return buffer.array();
    }

    private void key(String name, int type) {
        values++;
        string(name);
        int32(type);
    }

    private void text(String name, String value) {
        key(name, STRING);
        string(value);
    }

    private void number(String name, int value) {
        key(name, UINT32);
        int32(value);
    }

    private void real(String name, float value) {
        key(name, FLOAT32);
        int32(Float.floatToIntBits(value));
    }

    private void texts(String name, List<String> all) {
        key(name, ARRAY);
        int32(STRING);
        int64(all.size());
        all.forEach(this::string);
    }

    private void string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int64(bytes.length);
        out.writeBytes(bytes);
    }

    private void int32(int value) {
        out.writeBytes(
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(value)
                        .array());
    }

    private void int64(long value) {
        out.writeBytes(
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array());
    }

    private void pad() {
        int missing = (int) (aligned(out.size()) - out.size());
        out.writeBytes(new byte[missing]);
    }

    private static long aligned(long length) {
        return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
