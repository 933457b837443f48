package dev.touchstone.llm.training;

import dev.touchstone.llm.training.Parameters.Block;
import dev.touchstone.llm.training.Parameters.Tensor;
import java.util.Arrays;

/// A transformer that reads several windows of tokens at once, and the gradient of its loss.
///
/// [#forward] computes what the model says comes after each token, [#loss] how far that is from
/// what did come, [#backward] how each weight moves that. Everything between is kept in arrays that
/// are made once; an instance serves one thread.
final class TrainableTransformer {
    private final Parameters parameters;
    private final Shape shape;
    private final float[] weights;
    private final int windows;
    private final int length;
    private final int rows;
    private final CausalAttention attention;
    private final Rotary rotary;
    private final Layer[] layers;
    private final Norm finalNorm;

    /// What enters each block, and behind the last, what leaves it: `rows` x hidden.
    private final MatrixView[] stream;

    private final MatrixView logits;
    private final MatrixView wide;
    private final MatrixView narrow;
    private final MatrixView keyGradients;
    private final MatrixView valueGradients;
    private final MatrixView embeddingTurned;
    private int[] tokens = {};
    private int[] starts = {};

    /// @param weights read at every call, so that an optimizer may change them in between
    /// @param windows texts that are read side by side
    /// @param length tokens of each
    TrainableTransformer(Parameters parameters, float[] weights, int windows, int length) {
        this.parameters = parameters;
        this.weights = weights;
        this.windows = windows;
        this.length = length;
        shape = parameters.shape;
        if (length > shape.context() || length % Product.COLUMN_MULTIPLE != 0) {
            throw new IllegalArgumentException(
                    "a window has a multiple of %d tokens up to %d, got %d"
                            .formatted(Product.COLUMN_MULTIPLE, shape.context(), length));
        }
        rows = windows * length;
        attention = new CausalAttention(shape, length);
        rotary = new Rotary(shape.headSize(), length);
        layers = new Layer[shape.layers()];
        stream = new MatrixView[shape.layers() + 1];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Layer(parameters.blocks.get(i));
            stream[i] = matrix(shape.hidden());
        }
        stream[layers.length] = matrix(shape.hidden());
        finalNorm = new Norm(parameters.finalNorm);
        logits = matrix(shape.vocabulary());
        wide = matrix(shape.feedForward());
        narrow = matrix(shape.hidden());
        keyGradients = matrix(shape.keys());
        valueGradients = matrix(shape.keys());
        embeddingTurned =
                MatrixView.of(
                        new float[shape.hidden() * shape.vocabulary()],
                        shape.hidden(),
                        shape.vocabulary());
    }

    private MatrixView matrix(int columns) {
        return MatrixView.of(new float[rows * columns], rows, columns);
    }

    /// Reads windows that hold one text each.
    MatrixView forward(int[] windowTokens) {
        return forward(windowTokens, new int[rows]);
    }

    /// Reads the windows, one behind the other.
    ///
    /// @param textStarts for each token, where in its window its text begins
    /// @return a row for each token: how likely each token is next, before the softmax; valid until
    ///   the next call
    MatrixView forward(int[] windowTokens, int[] textStarts) {
        if (windowTokens.length != rows) {
            throw new IllegalArgumentException(
                    "%d windows of %d tokens are %d, got %d"
                            .formatted(windows, length, rows, windowTokens.length));
        }
        tokens = windowTokens.clone();
        starts = textStarts.clone();
        int hidden = shape.hidden();
        for (int row = 0; row < rows; row++) {
            System.arraycopy(
                    weights,
                    parameters.embedding.from() + tokens[row] * hidden,
                    stream[0].data,
                    row * hidden,
                    hidden);
        }
        for (int i = 0; i < layers.length; i++) {
            layers[i].forward(stream[i], stream[i + 1]);
        }
        MatrixView last = finalNorm.forward(stream[layers.length]);
        embeddingTurned.copy(parameters.embedding.in(weights).transposed());
        Product.set(logits, last, embeddingTurned);
        return logits;
    }

    /// The mean loss in nats, weighted, of what [#forward] said. Leaves its gradient where the
    /// logits were.
    ///
    /// @param targets the token that did come after each
    /// @param importance of each target; 0 leaves it out
    double loss(int[] targets, float[] importance) {
        double all = 0;
        for (float one : importance) {
            all += one;
        }
        double loss = 0;
        int n = shape.vocabulary();
        for (int row = 0; row < rows; row++) {
            int from = row * n;
            float sum = Lanes.exponentials(logits.data, from, n, 1);
            float share = (float) (importance[row] / all);
            loss -= share * StrictMath.log(logits.data[from + targets[row]] / sum);
            Lanes.scale(logits.data, from, n, share / sum);
            logits.data[from + targets[row]] -= share;
        }
        return loss;
    }

    /// Writes the gradient of the last [#loss] by each weight.
    void backward(float[] gradients) {
        Arrays.fill(gradients, 0);
        Tensor embedding = parameters.embedding;
        Product.add(embedding.in(gradients), logits.transposed(), finalNorm.out);
        Product.set(narrow, logits, embedding.in(weights));
        MatrixView stem = finalNorm.backward(stream[layers.length], narrow, gradients);
        for (int i = layers.length - 1; i >= 0; i--) {
            layers[i].backward(stream[i], stem, gradients);
        }
        int hidden = shape.hidden();
        for (int row = 0; row < rows; row++) {
            int to = embedding.from() + tokens[row] * hidden;
            for (int j = 0; j < hidden; j++) {
                gradients[to + j] += stem.data[row * hidden + j];
            }
        }
    }

    /// `out = in · weight`.
    private void through(MatrixView out, MatrixView in, Tensor weight) {
        Product.set(out, in, weight.in(weights));
    }

    /// Adds to the weight's gradient, and to that of what went in.
    private void back(
            MatrixView out,
            MatrixView in,
            Tensor weight,
            float[] gradients,
            MatrixView inGradient) {
        Product.add(weight.in(gradients), in.transposed(), out);
        MatrixView turned = weight.in(weights).transposed().contiguous();
        Product.add(inGradient, out, turned);
    }

    private int[] startsOf(int window) {
        return Arrays.copyOfRange(starts, window * length, (window + 1) * length);
    }

    private MatrixView window(MatrixView all, int window) {
        return all.part(window * length, 0, length, all.columns);
    }

    private static void addTo(MatrixView to, MatrixView more) {
        float[] sum = to.data;
        float[] part = more.data;
        for (int i = 0; i < sum.length; i++) {
            sum[i] += part[i];
        }
    }

    /// One block: attention, then a feed-forward layer, each added to what passes through.
    private final class Layer {
        private final Block block;
        private final Norm attentionNorm;
        private final Norm feedForwardNorm;
        private final MatrixView queries = matrix(shape.hidden());
        private final MatrixView keys = matrix(shape.keys());
        private final MatrixView values = matrix(shape.keys());
        private final MatrixView mixed = matrix(shape.hidden());
        private final MatrixView middle = matrix(shape.hidden());
        private final MatrixView gate = matrix(shape.feedForward());
        private final MatrixView up = matrix(shape.feedForward());
        private final MatrixView gated = matrix(shape.feedForward());

        Layer(Block block) {
            this.block = block;
            attentionNorm = new Norm(block.attentionNorm());
            feedForwardNorm = new Norm(block.feedForwardNorm());
        }

        void forward(MatrixView in, MatrixView out) {
            MatrixView normed = attentionNorm.forward(in);
            through(queries, normed, block.query());
            through(keys, normed, block.key());
            through(values, normed, block.value());
            for (int w = 0; w < windows; w++) {
                rotary.turn(window(queries, w));
                rotary.turn(window(keys, w));
                attention.forward(of(w, queries, keys, values, mixed), startsOf(w));
            }
            through(middle, mixed, block.output());
            addTo(middle, in);
            MatrixView fed = feedForwardNorm.forward(middle);
            through(gate, fed, block.gate());
            through(up, fed, block.up());
            Lanes.gated(gated.data, gate.data, up.data);
            through(out, gated, block.down());
            addTo(out, middle);
        }

        /// Turns the gradient of what left the block into that of what entered it.
        void backward(MatrixView in, MatrixView stem, float[] gradients) {
            wide.clear();
            back(stem, gated, block.down(), gradients, wide);
            Lanes.gatedGradient(wide.data, gate.data, up.data);
            narrow.clear();
            back(gate, feedForwardNorm.out, block.gate(), gradients, narrow);
            back(up, feedForwardNorm.out, block.up(), gradients, narrow);
            addTo(stem, feedForwardNorm.backward(middle, narrow, gradients));

            narrow.clear();
            back(stem, mixed, block.output(), gradients, narrow);
            MatrixView queryGradients = middle; // what it held is no longer needed
            queryGradients.clear();
            keyGradients.clear();
            valueGradients.clear();
            for (int w = 0; w < windows; w++) {
                attention.backward(
                        of(w, queries, keys, values, mixed),
                        startsOf(w),
                        of(w, queryGradients, keyGradients, valueGradients, narrow));
                rotary.turnBack(window(queryGradients, w));
                rotary.turnBack(window(keyGradients, w));
            }
            narrow.clear();
            back(queryGradients, attentionNorm.out, block.query(), gradients, narrow);
            back(keyGradients, attentionNorm.out, block.key(), gradients, narrow);
            back(valueGradients, attentionNorm.out, block.value(), gradients, narrow);
            addTo(stem, attentionNorm.backward(in, narrow, gradients));
        }

        private CausalAttention.Window of(
                int w, MatrixView q, MatrixView k, MatrixView v, MatrixView out) {
            return new CausalAttention.Window(
                    window(q, w), window(k, w), window(v, w), window(out, w));
        }
    }

    /// Scales each row to a mean square of one, then each column by a weight.
    private final class Norm {
        private final Tensor weight;
        private final MatrixView out = matrix(shape.hidden());
        private final MatrixView inGradient = matrix(shape.hidden());
        private final float[] factors = new float[rows];
        private final float[] product = new float[shape.hidden()];

        Norm(Tensor weight) {
            this.weight = weight;
        }

        MatrixView forward(MatrixView in) {
            int n = shape.hidden();
            int w = weight.from();
            for (int row = 0; row < rows; row++) {
                int at = row * n;
                float square = Lanes.dot(in.data, at, in.data, at, n) / n;
                float factor = (float) (1 / Math.sqrt(square + Shape.NORM_EPSILON));
                factors[row] = factor;
                for (int j = 0; j < n; j++) {
                    out.data[at + j] = in.data[at + j] * factor * weights[w + j];
                }
            }
            return out;
        }

        MatrixView backward(MatrixView in, MatrixView outGradient, float[] gradients) {
            int n = shape.hidden();
            int w = weight.from();
            for (int row = 0; row < rows; row++) {
                int at = row * n;
                float factor = factors[row];
                for (int j = 0; j < n; j++) {
                    float d = outGradient.data[at + j];
                    gradients[w + j] += d * in.data[at + j] * factor;
                    product[j] = d * weights[w + j];
                }
                float pull = Lanes.dot(product, 0, in.data, at, n) / n * factor * factor * factor;
                for (int j = 0; j < n; j++) {
                    inGradient.data[at + j] = product[j] * factor - in.data[at + j] * pull;
                }
            }
            return inGradient;
        }
    }
}
