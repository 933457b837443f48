package dev.touchstone.llm.training;

/// A rectangle of floats that lies in an array.
///
/// A transposed view swaps the strides and copies nothing. Views of one array share its floats.
final class MatrixView {
    final float[] data;
    final int from;
    final int rows;
    final int columns;
    final int rowStride;
    final int columnStride;

    private MatrixView(
            float[] data, int from, int rows, int columns, int rowStride, int columnStride) {
        this.data = data;
        this.from = from;
        this.rows = rows;
        this.columns = columns;
        this.rowStride = rowStride;
        this.columnStride = columnStride;
    }

    /// Rows that lie one behind the other, from the array's start.
    static MatrixView of(float[] data, int rows, int columns) {
        return of(data, 0, rows, columns);
    }

    /// Rows that lie one behind the other, from a place in the array.
    static MatrixView of(float[] data, int from, int rows, int columns) {
        return new MatrixView(data, from, rows, columns, columns, 1);
    }

    /// The part that begins at a row and a column.
    MatrixView part(int row, int column, int partRows, int partColumns) {
        if (row + partRows > rows || column + partColumns > columns) {
            throw new IndexOutOfBoundsException(
                    "%d x %d at (%d, %d) is not within %d x %d"
                            .formatted(partRows, partColumns, row, column, rows, columns));
        }
        int start = from + row * rowStride + column * columnStride;
        return new MatrixView(data, start, partRows, partColumns, rowStride, columnStride);
    }

    /// The same floats with rows and columns swapped.
    MatrixView transposed() {
        return new MatrixView(data, from, columns, rows, columnStride, rowStride);
    }

    /// Copies the floats of another matrix of the same shape into this one.
    void copy(MatrixView source) {
        if (source.rows != rows || source.columns != columns) {
            throw new IllegalArgumentException(
                    "cannot copy %d x %d into %d x %d"
                            .formatted(source.rows, source.columns, rows, columns));
        }
        for (int i = 0; i < rows; i++) {
            int to = from + i * rowStride;
            int at = source.from + i * source.rowStride;
            for (int j = 0; j < columns; j++) {
                data[to + j * columnStride] = source.data[at + j * source.columnStride];
            }
        }
    }

    /// A copy whose rows lie one behind the other.
    MatrixView contiguous() {
        MatrixView copy = of(new float[rows * columns], rows, columns);
        copy.copy(this);
        return copy;
    }

    void clear() {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                data[from + i * rowStride + j * columnStride] = 0;
            }
        }
    }
}
