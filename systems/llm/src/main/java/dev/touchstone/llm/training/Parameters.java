package dev.touchstone.llm.training;

import dev.touchstone.simulation.RandomStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Where each tensor of a model lies in the one array that holds all its weights.
///
/// Gradients and the optimizer's moments are arrays of the same layout. A matrix that is multiplied
/// from the right has a row for each input; the embedding has a row for each token.
final class Parameters {
    /// A tensor's place. A vector has one row.
    ///
    /// @param name as GGUF calls it
    record Tensor(String name, int from, int rows, int columns) {
        MatrixView in(float[] all) {
            return MatrixView.of(all, from, rows, columns);
        }

        boolean isVector() {
            return rows == 1;
        }
    }

    /// The tensors of one block.
    record Block(
            Tensor attentionNorm,
            Tensor query,
            Tensor key,
            Tensor value,
            Tensor output,
            Tensor feedForwardNorm,
            Tensor gate,
            Tensor up,
            Tensor down) {}

    final Shape shape;
    final Tensor embedding;
    final List<Block> blocks;
    final Tensor finalNorm;

    private final List<Tensor> tensors = new ArrayList<>();
    private int size;

    Parameters(Shape shape) {
        this.shape = shape;
        int hidden = shape.hidden();
        embedding = tensor("token_embd", shape.vocabulary(), hidden);
        var made = new ArrayList<Block>();
        for (int i = 0; i < shape.layers(); i++) {
            String prefix = "blk." + i + ".";
            made.add(
                    new Block(
                            tensor(prefix + "attn_norm", 1, hidden),
                            tensor(prefix + "attn_q", hidden, hidden),
                            tensor(prefix + "attn_k", hidden, shape.keys()),
                            tensor(prefix + "attn_v", hidden, shape.keys()),
                            tensor(prefix + "attn_output", hidden, hidden),
                            tensor(prefix + "ffn_norm", 1, hidden),
                            tensor(prefix + "ffn_gate", hidden, shape.feedForward()),
                            tensor(prefix + "ffn_up", hidden, shape.feedForward()),
                            tensor(prefix + "ffn_down", shape.feedForward(), hidden)));
        }
        blocks = List.copyOf(made);
        finalNorm = tensor("output_norm", 1, hidden);
    }

    private Tensor tensor(String name, int rows, int columns) {
        var tensor = new Tensor(name + ".weight", size, rows, columns);
        size += rows * columns;
        tensors.add(tensor);
        return tensor;
    }

    /// Weights there are.
    int size() {
        return size;
    }

    /// All tensors, in the order in which they lie.
    List<Tensor> tensors() {
        return List.copyOf(tensors);
    }

    /// Weights to begin with: norms are one, matrices even chance around zero, those that add to
    /// what passes through the blocks smaller the more blocks there are.
    float[] initial(RandomStreams chance) {
        var all = new float[size];
        for (Tensor tensor : tensors) {
            RandomGenerator random = chance.stream(tensor.name());
            boolean addsUp = tensor.name().contains("_output.") || tensor.name().contains("_down.");
            double deviation =
                    tensor.equals(embedding)
                            ? 0.02
                            : Math.sqrt(1.0 / tensor.rows())
                                    / (addsUp ? Math.sqrt(2.0 * shape.layers()) : 1);
            for (int i = 0; i < tensor.rows() * tensor.columns(); i++) {
                double even = (2 * random.nextDouble() - 1) * Math.sqrt(3);
                all[tensor.from() + i] = tensor.isVector() ? 1 : (float) (even * deviation);
            }
        }
        return all;
    }
}
