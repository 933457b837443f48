package dev.touchstone.llm.cpu;

import dev.touchstone.kernels.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// The weights of a model of the Llama family.
///
/// @param embedding a row for each token, as it lies in the file
/// @param output from the last hidden state to logits; the embedding's weights where a model ties
///   them
record LlamaWeights(
        Matrix embedding, List<Layer> layers, Norm outputNorm, Matrix output, Rope rope) {
    /// One transformer block.
    record Layer(Attention attention, Norm feedForwardNorm, Matrix gate, Matrix up, Matrix down) {}

    /// @param queryNorm of each head, where a model (Qwen 3) has one; empty otherwise
    record Attention(
            Norm norm,
            Projection query,
            Projection key,
            Projection value,
            Matrix output,
            Norm queryNorm,
            Norm keyNorm) {}

    /// @param bias added to the products, where a model (Qwen 2) has one; empty otherwise
    record Projection(Matrix weights, Norm bias) {}

    /// A weight for each number; empty for none.
    @SuppressWarnings("ArrayRecordComponent") // never compared; read in the innermost loops
    record Norm(float[] weights) {
        static final Norm NONE = new Norm(new float[0]);

        boolean present() {
            return weights.length > 0;
        }
    }

    /// Collects the weights from a file.
    ///
    /// @param names from GGUF's name of a tensor, without `.weight`, to the file's; see
    ///   [SafetensorsFolder]
    static LlamaWeights of(
            LlamaShape shape, Tensors tensors, Rope rope, UnaryOperator<String> names)
            throws ModelFileException {
        int hidden = shape.hidden();
        var from = new Source(tensors, names);
        Matrix embedding = from.mapped("token_embd", shape.vocabulary(), hidden);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < shape.layers(); i++) {
            String at = "blk." + i + ".";
            int feedForward = shape.feedForward();
            layers.add(
                    new Layer(
                            from.attention(at, shape),
                            from.norm(at + "ffn_norm", hidden),
                            from.matrix(at + "ffn_gate", feedForward, hidden),
                            from.matrix(at + "ffn_up", feedForward, hidden),
                            from.matrix(at + "ffn_down", hidden, feedForward)));
        }
        String last = from.has("output") ? "output" : "token_embd";
        Matrix output = from.matrix(last, shape.vocabulary(), hidden);
        return new LlamaWeights(
                embedding, List.copyOf(layers), from.norm("output_norm", hidden), output, rope);
    }

    private record Source(Tensors tensors, UnaryOperator<String> names) {
        boolean has(String name) {
            return tensors.has(names.apply(name) + ".weight");
        }

        Matrix mapped(String name, int rows, int columns) throws ModelFileException {
            return tensors.mapped(names.apply(name) + ".weight", rows, columns);
        }

        Matrix matrix(String name, int rows, int columns) throws ModelFileException {
            return tensors.matrix(names.apply(name) + ".weight", rows, columns);
        }

        Norm norm(String name, int length) throws ModelFileException {
            return new Norm(tensors.vector(names.apply(name) + ".weight", length));
        }

        Attention attention(String at, LlamaShape shape) throws ModelFileException {
            int hidden = shape.hidden();
            int head = shape.headDimension();
            boolean norms = has(at + "attn_q_norm");
            return new Attention(
                    norm(at + "attn_norm", hidden),
                    projection(at + "attn_q", shape.queries(), hidden),
                    projection(at + "attn_k", shape.keys(), hidden),
                    projection(at + "attn_v", shape.keys(), hidden),
                    matrix(at + "attn_output", hidden, shape.queries()),
                    norms ? norm(at + "attn_q_norm", head) : Norm.NONE,
                    norms ? norm(at + "attn_k_norm", head) : Norm.NONE);
        }

        private Projection projection(String name, int rows, int columns)
                throws ModelFileException {
            String bias = names.apply(name) + ".bias";
            return new Projection(
                    matrix(name, rows, columns),
                    tensors.has(bias) ? new Norm(tensors.vector(bias, rows)) : Norm.NONE);
        }
    }
}
