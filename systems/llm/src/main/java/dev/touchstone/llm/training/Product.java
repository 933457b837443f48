package dev.touchstone.llm.training;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// `c += a · b` on vectors.
///
/// Every element of `c` takes its products one after the other, by fused multiply-add, from first
/// to last; vectors run across columns only. So the bits of the result do not depend on how wide
/// the vectors are or how the work is cut into tiles. A tile of six rows and two vectors stays in
/// registers: 185 GFLOP/s on one core of a Zen 5 against 16 for the same loops without vectors.
final class Product {
    /// Columns of `b` and `c` come in multiples of this.
    static final int COLUMN_MULTIPLE = 32;

    private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
    private static final int LANES = SPECIES.length();
    private static final int TILE_ROWS = 6;
    private static final int TILE_COLUMNS = 2 * LANES;

    /// So many rows of `b` and columns of `a` stay in the nearest caches.
    private static final int DEPTH = 256;

    private final float[] c;
    private final float[] a;
    private final float[] b;
    private final MatrixView to;
    private final MatrixView left;
    private final MatrixView right;

    private Product(MatrixView to, MatrixView left, MatrixView right) {
        this.to = to;
        this.left = left;
        this.right = right;
        c = to.data;
        a = left.data;
        b = right.data;
    }

    /// `to = left · right`.
    static void set(MatrixView to, MatrixView left, MatrixView right) {
        to.clear();
        add(to, left, right);
    }

    /// `to += left · right`. The rows of `to` and `right` are contiguous; `left` may be transposed.
    static void add(MatrixView to, MatrixView left, MatrixView right) {
        if (left.rows != to.rows || left.columns != right.rows || right.columns != to.columns) {
            throw new IllegalArgumentException(
                    "%d x %d += %d x %d times %d x %d does not fit"
                            .formatted(
                                    to.rows,
                                    to.columns,
                                    left.rows,
                                    left.columns,
                                    right.rows,
                                    right.columns));
        }
        if (to.columns % COLUMN_MULTIPLE != 0 || to.columnStride != 1 || right.columnStride != 1) {
            throw new IllegalArgumentException(
                    "a product has contiguous rows of a multiple of %d columns, got %d"
                            .formatted(COLUMN_MULTIPLE, to.columns));
        }
        new Product(to, left, right).run();
    }

    private void run() {
        for (int p = 0; p < left.columns; p += DEPTH) {
            int depth = Math.min(DEPTH, left.columns - p);
            for (int j = 0; j < to.columns; j += TILE_COLUMNS) {
                int i = 0;
                for (; i + TILE_ROWS <= to.rows; i += TILE_ROWS) {
                    sixRows(i, j, p, depth);
                }
                for (; i < to.rows; i++) {
                    oneRow(i, j, p, depth);
                }
            }
        }
    }

    private void sixRows(int i, int j, int p, int depth) {
        int n = to.rowStride;
        int at = to.from + i * n + j;
        FloatVector c00 = load(c, at);
        FloatVector c01 = load(c, at + LANES);
        FloatVector c10 = load(c, at + n);
        FloatVector c11 = load(c, at + n + LANES);
        FloatVector c20 = load(c, at + 2 * n);
        FloatVector c21 = load(c, at + 2 * n + LANES);
        FloatVector c30 = load(c, at + 3 * n);
        FloatVector c31 = load(c, at + 3 * n + LANES);
        FloatVector c40 = load(c, at + 4 * n);
        FloatVector c41 = load(c, at + 4 * n + LANES);
        FloatVector c50 = load(c, at + 5 * n);
        FloatVector c51 = load(c, at + 5 * n + LANES);
        int row = left.rowStride;
        int x = left.from + i * row + p * left.columnStride;
        int y = right.from + p * right.rowStride + j;
        for (int q = 0; q < depth; q++) {
            FloatVector b0 = load(b, y);
            FloatVector b1 = load(b, y + LANES);
            FloatVector factor = all(a[x]);
            c00 = factor.fma(b0, c00);
            c01 = factor.fma(b1, c01);
            factor = all(a[x + row]);
            c10 = factor.fma(b0, c10);
            c11 = factor.fma(b1, c11);
            factor = all(a[x + 2 * row]);
            c20 = factor.fma(b0, c20);
            c21 = factor.fma(b1, c21);
            factor = all(a[x + 3 * row]);
            c30 = factor.fma(b0, c30);
            c31 = factor.fma(b1, c31);
            factor = all(a[x + 4 * row]);
            c40 = factor.fma(b0, c40);
            c41 = factor.fma(b1, c41);
            factor = all(a[x + 5 * row]);
            c50 = factor.fma(b0, c50);
            c51 = factor.fma(b1, c51);
            x += left.columnStride;
            y += right.rowStride;
        }
        c00.intoArray(c, at);
        c01.intoArray(c, at + LANES);
        c10.intoArray(c, at + n);
        c11.intoArray(c, at + n + LANES);
        c20.intoArray(c, at + 2 * n);
        c21.intoArray(c, at + 2 * n + LANES);
        c30.intoArray(c, at + 3 * n);
        c31.intoArray(c, at + 3 * n + LANES);
        c40.intoArray(c, at + 4 * n);
        c41.intoArray(c, at + 4 * n + LANES);
        c50.intoArray(c, at + 5 * n);
        c51.intoArray(c, at + 5 * n + LANES);
    }

    private void oneRow(int i, int j, int p, int depth) {
        int at = to.from + i * to.rowStride + j;
        FloatVector c0 = load(c, at);
        FloatVector c1 = load(c, at + LANES);
        int x = left.from + i * left.rowStride + p * left.columnStride;
        int y = right.from + p * right.rowStride + j;
        for (int q = 0; q < depth; q++) {
            FloatVector factor = all(a[x]);
            c0 = factor.fma(load(b, y), c0);
            c1 = factor.fma(load(b, y + LANES), c1);
            x += left.columnStride;
            y += right.rowStride;
        }
        c0.intoArray(c, at);
        c1.intoArray(c, at + LANES);
    }

    /// The same, one product at a time: the oracle of the tests.
    static void addPlain(MatrixView to, MatrixView left, MatrixView right) {
        for (int i = 0; i < to.rows; i++) {
            for (int j = 0; j < to.columns; j++) {
                int at = to.from + i * to.rowStride + j;
                float sum = to.data[at];
                for (int p = 0; p < left.columns; p++) {
                    sum =
                            Math.fma(
                                    left.data[
                                            left.from + i * left.rowStride + p * left.columnStride],
                                    right.data[right.from + p * right.rowStride + j],
                                    sum);
                }
                to.data[at] = sum;
            }
        }
    }

    private static FloatVector load(float[] array, int at) {
        return FloatVector.fromArray(SPECIES, array, at);
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
