package dev.touchstone.llm.training;

/// Causal attention of one window, head by head, and its gradient.
///
/// Works on blocks of queries, so that the scores of a block stay in the caches; they are computed
/// again on the way back instead of being kept. Several query heads share the keys of one head.
final class Attention {
    private static final int BLOCK = 64;
    private static final float MASKED = -1e30f;

    private final int length;
    private final int headSize;
    private final int group;
    private final int heads;
    private final float scale;
    private final float[] scores;
    private final float[] slopes;
    private final Matrix keysTurned;
    private final Matrix valuesTurned;

    /// @param length tokens of a window
    Attention(Shape shape, int length) {
        this.length = length;
        headSize = shape.headSize();
        heads = shape.heads();
        group = shape.heads() / shape.kvHeads();
        scale = (float) (1 / Math.sqrt(headSize));
        scores = new float[BLOCK * length];
        slopes = new float[BLOCK * length];
        keysTurned = Matrix.of(new float[headSize * length], headSize, length);
        valuesTurned = Matrix.of(new float[headSize * length], headSize, length);
    }

    /// Queries, keys and values of one window, and what they sum up to: `length` rows each.
    record Window(Matrix queries, Matrix keys, Matrix values, Matrix out) {}

    /// Fills `out`.
    void forward(Window window) {
        for (int head = 0; head < heads; head++) {
            Matrix queries = head(window.queries, head);
            Matrix values = head(window.values, head / group);
            if (head % group == 0) {
                keysTurned.copy(head(window.keys, head / group).transposed());
            }
            Matrix out = head(window.out, head);
            for (int first = 0; first < length; first += BLOCK) {
                int rows = Math.min(BLOCK, length - first);
                Matrix shares = shares(queries, first, rows);
                Product.set(
                        out.part(first, 0, rows, headSize),
                        shares,
                        values.part(0, 0, first + rows, headSize));
            }
        }
    }

    /// Adds the gradients of queries, keys and values to those in `gradients`, whose `out` holds
    /// the gradient of the result.
    void backward(Window window, Window gradients) {
        for (int head = 0; head < heads; head++) {
            int shared = head / group;
            if (head % group == 0) {
                keysTurned.copy(head(window.keys, shared).transposed());
                valuesTurned.copy(head(window.values, shared).transposed());
            }
            Matrix queries = head(window.queries, head);
            for (int first = 0; first < length; first += BLOCK) {
                int rows = Math.min(BLOCK, length - first);
                int seen = first + rows;
                Matrix shares = shares(queries, first, rows);
                Matrix given = head(gradients.out, head).part(first, 0, rows, headSize);
                Matrix slope = Matrix.of(slopes, rows, seen);
                Product.set(slope, given, valuesTurned.part(0, 0, headSize, seen));
                throughSoftmax(slope, shares);
                Product.add(
                        head(gradients.queries, head).part(first, 0, rows, headSize),
                        slope,
                        head(window.keys, shared).part(0, 0, seen, headSize));
                Product.add(
                        head(gradients.keys, shared).part(0, 0, seen, headSize),
                        slope.transposed(),
                        queries.part(first, 0, rows, headSize));
                Product.add(
                        head(gradients.values, shared).part(0, 0, seen, headSize),
                        shares.transposed(),
                        given);
            }
        }
    }

    /// How much of each value the queries of a block take: a row of shares that sum to one.
    private Matrix shares(Matrix queries, int first, int rows) {
        int seen = first + rows;
        Matrix shares = Matrix.of(scores, rows, seen);
        Product.set(
                shares,
                queries.part(first, 0, rows, headSize),
                keysTurned.part(0, 0, headSize, seen));
        for (int i = 0; i < rows; i++) {
            int from = i * seen;
            for (int j = first + i + 1; j < seen; j++) {
                scores[from + j] = MASKED;
            }
            float sum = Lanes.exponentials(scores, from, seen, scale);
            Lanes.scale(scores, from, seen, 1 / sum);
        }
        return shares;
    }

    private void throughSoftmax(Matrix slope, Matrix shares) {
        int seen = slope.columns;
        for (int i = 0; i < slope.rows; i++) {
            float mean = Lanes.dot(slopes, i * seen, scores, i * seen, seen);
            Lanes.softmaxGradient(slopes, i * seen, shares.data, i * seen, seen, mean);
            Lanes.scale(slopes, i * seen, seen, scale);
        }
    }

    private Matrix head(Matrix all, int head) {
        return all.part(0, head * headSize, length, headSize);
    }
}
