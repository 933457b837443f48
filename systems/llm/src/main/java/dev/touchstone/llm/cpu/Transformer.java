package dev.touchstone.llm.cpu;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.Matrix;
import dev.touchstone.kernels.Tokens;
import dev.touchstone.kernels.Workers;
import dev.touchstone.llm.KvCacheLayout;

/// The forward pass of the Llama family over tokens of any sequences, with keys and values in pages
/// (Touvron et al., "LLaMA", 2023; Ainslie et al., "GQA", 2023; Kwon et al., "PagedAttention",
/// 2023).
///
/// [#begin], then [#add] up to [#MOST_TOKENS] times, then [#run]. Read `run` from top to bottom: it
/// is the model.
final class Transformer {
    /// Tokens of one pass; longer steps take several. Their activations fit into a core's cache.
    static final int MOST_TOKENS = 128;

    /// Answers whose logits are computed together.
    private static final int MOST_ANSWERS = 32;

    /// Weights that a worker takes at once.
    private static final long PART_BYTES = 1 << 18;

    /// Rows that a worker takes at once at least.
    private static final int FEWEST_ROWS = 16;

    private final LlamaShape shape;
    private final LlamaWeights weights;
    private final Kernels kernels;
    private final Workers workers;
    private final KvStore store;
    private final PagedAttention attention;

    private final PagedAttention.Pages[] pages = new PagedAttention.Pages[MOST_TOKENS];
    private final int[] tokens = new int[MOST_TOKENS];
    private final int[] positions = new int[MOST_TOKENS];
    private final int[] answers = new int[MOST_TOKENS];
    private int count;
    private int answerCount;

    private final float[] state;
    private final float[] normed;
    private final float[] queries;
    private final float[] keys;
    private final float[] values;
    private final float[] attended;
    private final float[] gates;
    private final float[] ups;
    private final float[] products;
    private final float[] turns;
    private final float[][] scratch;
    private float[] logits = {};

    /// Hears the logits of an answer.
    interface Answers {
        /// @param index of the token, in the order of [#add], after which the answer goes on
        void next(int index, Sampler.Logits logits);
    }

    Transformer(CpuModel model, KvCacheLayout layout) {
        shape = model.shape();
        weights = model.weights();
        kernels = model.kernels();
        workers = model.workers();
        store = new KvStore(model.spec().kvType(), layout, shape);
        attention = new PagedAttention(shape, kernels, workers, store);
        state = new float[MOST_TOKENS * shape.hidden()];
        normed = new float[MOST_TOKENS * shape.hidden()];
        queries = new float[MOST_TOKENS * shape.queries()];
        keys = new float[MOST_TOKENS * shape.keys()];
        values = new float[MOST_TOKENS * shape.keys()];
        attended = new float[MOST_TOKENS * shape.queries()];
        gates = new float[MOST_TOKENS * shape.feedForward()];
        ups = new float[MOST_TOKENS * shape.feedForward()];
        products = new float[MOST_TOKENS * shape.hidden()];
        turns = new float[MOST_TOKENS * shape.headDimension()];
        int widest = Math.max(shape.feedForward(), Math.max(shape.hidden(), shape.queries()));
        scratch = new float[workers.count()][Kernels.scratch(widest, MOST_TOKENS)];
    }

    void begin() {
        count = 0;
        answerCount = 0;
    }

    /// Adds a token.
    ///
    /// @param wanted whether its logits are
    void add(int token, int position, PagedAttention.Pages cache, boolean wanted) {
        tokens[count] = token;
        positions[count] = position;
        pages[count] = cache;
        weights.rope().turns(position, turns, count * shape.headDimension());
        if (wanted) {
            answers[answerCount++] = count;
        }
        count++;
    }

    /// Pushes the added tokens through all layers and hands out the wanted logits, in their order.
    void run(Answers heard) {
        int hidden = shape.hidden();
        for (int t = 0; t < count; t++) {
            kernels.unpack(weights.embedding(), tokens[t], state, t * hidden);
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            LlamaWeights.Layer block = weights.layers().get(layer);
            normalise(state, normed, block.attention().norm());
            attend(layer, block.attention());
            multiply(block.attention().output(), attended, products);
            addProducts();
            normalise(state, normed, block.feedForwardNorm());
            multiply(block.gate(), normed, gates);
            multiply(block.up(), normed, ups);
            gate();
            multiply(block.down(), gates, products);
            addProducts();
        }
        answer(heard);
    }

    private void attend(int layer, LlamaWeights.Attention block) {
        project(block.query(), queries);
        project(block.key(), keys);
        project(block.value(), values);
        int head = shape.headDimension();
        for (int t = 0; t < count; t++) {
            prepareHeads(queries, t * shape.queries(), shape.heads(), block.queryNorm(), t * head);
            prepareHeads(keys, t * shape.keys(), shape.kvHeads(), block.keyNorm(), t * head);
            int blockTokens = store.blockTokens;
            store.write(
                    layer,
                    pages[t].block(positions[t] / blockTokens),
                    positions[t] % blockTokens,
                    new KvStore.Vectors(keys, values, t * shape.keys()));
        }
        attention.run(
                layer, new PagedAttention.Queries(queries, pages, positions, count), attended);
    }

    private void project(LlamaWeights.Projection projection, float[] output) {
        multiply(projection.weights(), normed, output);
        if (projection.bias().present()) {
            float[] bias = projection.bias().weights();
            for (int t = 0; t < count; t++) {
                for (int i = 0; i < bias.length; i++) {
                    output[t * bias.length + i] += bias[i];
                }
            }
        }
    }

    private void prepareHeads(
            float[] vectors, int offset, int heads, LlamaWeights.Norm norm, int turnsOffset) {
        for (int h = 0; h < heads; h++) {
            int at = offset + h * shape.headDimension();
            if (norm.present()) {
                kernels.normalise(vectors, vectors, at, norm.weights(), shape.epsilon());
            }
            weights.rope().rotate(vectors, at, turns, turnsOffset);
        }
    }

    private void normalise(float[] input, float[] output, LlamaWeights.Norm norm) {
        for (int t = 0; t < count; t++) {
            kernels.normalise(input, output, t * shape.hidden(), norm.weights(), shape.epsilon());
        }
    }

    private void gate() {
        int length = shape.feedForward();
        workers.run(count, (t, worker) -> kernels.gate(gates, ups, t * length, (t + 1) * length));
    }

    private void addProducts() {
        for (int i = 0; i < count * shape.hidden(); i++) {
            state[i] += products[i];
        }
    }

    private void answer(Answers heard) {
        int hidden = shape.hidden();
        for (int from = 0; from < answerCount; from += MOST_ANSWERS) {
            int some = Math.min(MOST_ANSWERS, answerCount - from);
            for (int i = 0; i < some; i++) {
                System.arraycopy(state, answers[from + i] * hidden, normed, i * hidden, hidden);
                kernels.normalise(
                        normed,
                        normed,
                        i * hidden,
                        weights.outputNorm().weights(),
                        shape.epsilon());
            }
            if (logits.length < some * shape.vocabulary()) {
                logits = new float[some * shape.vocabulary()];
            }
            multiply(weights.output(), new Tokens(normed, some, logits));
            for (int i = 0; i < some; i++) {
                heard.next(
                        answers[from + i],
                        new Sampler.Logits(logits, i * shape.vocabulary(), shape.vocabulary()));
            }
        }
    }

    private void multiply(Matrix matrix, float[] input, float[] output) {
        multiply(matrix, new Tokens(input, count, output));
    }

    private void multiply(Matrix matrix, Tokens operands) {
        int rows = matrix.rows();
        int tile = Math.max(Kernels.ROW_TILE, matrix.stripe());
        // Several parts a worker, and none large, so that a slow one does not hold up the others.
        long share = Math.min(rows / (8L * workers.count()), PART_BYTES / matrix.rowBytes());
        int partRows = Math.ceilDiv((int) Math.max(FEWEST_ROWS, share), tile) * tile;
        workers.run(
                Math.ceilDiv(rows, partRows),
                (part, worker) ->
                        kernels.multiply(
                                matrix,
                                operands,
                                part * partRows,
                                Math.min(rows, (part + 1) * partRows),
                                scratch[worker]));
    }
}
