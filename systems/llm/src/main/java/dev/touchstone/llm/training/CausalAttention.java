package dev.touchstone.llm.training;

import java.util.Arrays;

/// Causal attention of one window, head by head, and its gradient.
///
/// A window may hold several texts; a token sees those before it in its own text and nothing else.
/// Works on blocks of queries, so that the scores of a block stay in the caches; they are computed
/// again on the way back instead of being kept. Several query heads share the keys of one head.
final class CausalAttention {
    private static final int BLOCK = 64;
    private static final float MASKED = -1e30f;

    private final int length;
    private final int headSize;
    private final int group;
    private final int heads;
    private final float scale;
    private final float[] scores;
    private final float[] slopes;
    private final MatrixView keysTurned;
    private final MatrixView valuesTurned;

    /// @param length tokens of a window
    CausalAttention(Shape shape, int length) {
        this.length = length;
        headSize = shape.headSize();
        heads = shape.heads();
        group = shape.heads() / shape.kvHeads();
        scale = (float) (1 / Math.sqrt(headSize));
        scores = new float[BLOCK * length];
        slopes = new float[BLOCK * length];
        keysTurned = MatrixView.of(new float[headSize * length], headSize, length);
        valuesTurned = MatrixView.of(new float[headSize * length], headSize, length);
    }

    /// Queries, keys and values of one window, and what they sum up to: `length` rows each.
    record Window(MatrixView queries, MatrixView keys, MatrixView values, MatrixView out) {}

    /// Queries that are worked on together, and what any of them may see.
    private record Block(int first, int rows, int seenFrom, int seen) {
        MatrixView rows(MatrixView head) {
            return head.part(first, 0, rows, head.columns);
        }

        MatrixView seen(MatrixView head) {
            return head.part(seenFrom, 0, seen, head.columns);
        }
    }

    private Block block(int first, int[] starts) {
        int rows = Math.min(BLOCK, length - first);
        int from = starts[first] / Product.COLUMN_MULTIPLE * Product.COLUMN_MULTIPLE;
        return new Block(first, rows, from, first + rows - from);
    }

    /// Fills `out`.
    ///
    /// @param starts for each row, the first row of its text; never less than for the row before
    void forward(Window window, int[] starts) {
        for (int head = 0; head < heads; head++) {
            MatrixView queries = head(window.queries, head);
            MatrixView values = head(window.values, head / group);
            if (head % group == 0) {
                keysTurned.copy(head(window.keys, head / group).transposed());
            }
            MatrixView out = head(window.out, head);
            for (int first = 0; first < length; first += BLOCK) {
                Block block = block(first, starts);
                MatrixView shares = shares(block.rows(queries), block, starts);
                Product.set(block.rows(out), shares, block.seen(values));
            }
        }
    }

    /// Adds the gradients of queries, keys and values to those in `gradients`, whose `out` holds
    /// the gradient of the result.
    void backward(Window window, int[] starts, Window gradients) {
        for (int head = 0; head < heads; head++) {
            int shared = head / group;
            MatrixView keys = head(window.keys, shared);
            if (head % group == 0) {
                keysTurned.copy(keys.transposed());
                valuesTurned.copy(head(window.values, shared).transposed());
            }
            MatrixView queries = head(window.queries, head);
            MatrixView keyGradients = head(gradients.keys, shared);
            MatrixView valueGradients = head(gradients.values, shared);
            for (int first = 0; first < length; first += BLOCK) {
                Block block = block(first, starts);
                MatrixView asking = block.rows(queries);
                MatrixView shares = shares(asking, block, starts);
                MatrixView given = block.rows(head(gradients.out, head));
                MatrixView slope = MatrixView.of(slopes, block.rows, block.seen);
                Product.set(slope, given, turned(valuesTurned, block));
                throughSoftmax(slope, shares);
                Product.add(block.rows(head(gradients.queries, head)), slope, block.seen(keys));
                Product.add(block.seen(keyGradients), slope.transposed(), asking);
                Product.add(block.seen(valueGradients), shares.transposed(), given);
            }
        }
    }

    private MatrixView turned(MatrixView all, Block block) {
        return all.part(0, block.seenFrom, headSize, block.seen);
    }

    /// How much of each value the queries of a block take: a row of shares that sum to one.
    private MatrixView shares(MatrixView queries, Block block, int[] starts) {
        MatrixView shares = MatrixView.of(scores, block.rows, block.seen);
        Product.set(shares, queries, turned(keysTurned, block));
        for (int i = 0; i < block.rows; i++) {
            int from = i * block.seen;
            int row = block.first + i;
            Arrays.fill(scores, from, from + starts[row] - block.seenFrom, MASKED);
            Arrays.fill(scores, from + row + 1 - block.seenFrom, from + block.seen, MASKED);
            float sum = Lanes.exponentials(scores, from, block.seen, scale);
            Lanes.scale(scores, from, block.seen, 1 / sum);
        }
        return shares;
    }

    private void throughSoftmax(MatrixView slope, MatrixView shares) {
        int seen = slope.columns;
        for (int i = 0; i < slope.rows; i++) {
            float mean = Lanes.dot(slopes, i * seen, scores, i * seen, seen);
            Lanes.softmaxGradient(slopes, i * seen, shares.data, i * seen, seen, mean);
            Lanes.scale(slopes, i * seen, seen, scale);
        }
    }

    private MatrixView head(MatrixView all, int head) {
        return all.part(0, head * headSize, length, headSize);
    }
}
