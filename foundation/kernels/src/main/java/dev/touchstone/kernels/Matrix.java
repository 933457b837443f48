package dev.touchstone.kernels;

import java.lang.foreign.MemorySegment;

/// A matrix of weights in memory. Nothing is copied: the bytes may be a mapped file.
///
/// It lies row after row, as in a model file, or in stripes of so many rows that [Kernels#arrange]
/// chose. Then the blocks of a stripe's rows that have the same columns lie together: the F16
/// scales of all rows, then the weights, column by column and of all rows side by side. Scales and
/// bytes take turns: one of the first quarter of the rows, one of the second; those of the third
/// and the fourth come after. Four-bit weights lie in little-endian words of eight columns each,
/// the first column in the highest bits, as signed numbers. Rows that the last stripe lacks are
/// zeros.
///
/// @param rows outputs
/// @param columns inputs; a multiple of the format's block
/// @param stripe rows that lie side by side; 1 when they lie one after another
/// @param data exactly the matrix, in the format's layout
public record Matrix(Format format, int rows, int columns, int stripe, MemorySegment data) {
    public Matrix {
        if (rows < 1 || columns < 1 || columns % format.blockWeights() != 0) {
            throw new IllegalArgumentException(
                    "a %s matrix needs rows and columns, the columns a multiple of %d; got %d × %d"
                            .formatted(format, format.blockWeights(), rows, columns));
        }
        if (stripe != 1 && (stripe % 4 != 0 || stripe < 1 || format.blockWeights() == 1)) {
            throw new IllegalArgumentException(
                    "a %s matrix has no stripes of %d rows".formatted(format, stripe));
        }
        long bytes = Math.ceilDiv(rows, stripe) * (stripe * format.bytes(columns));
        if (data.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    "a %s matrix of %d × %d has %d bytes, got %d"
                            .formatted(format, rows, columns, bytes, data.byteSize()));
        }
    }

    /// Row after row.
    public Matrix(Format format, int rows, int columns, MemorySegment data) {
        this(format, rows, columns, 1, data);
    }

    /// A copy of plain numbers, row after row.
    public static Matrix of(int rows, int columns, float... weights) {
        return new Matrix(Format.F32, rows, columns, MemorySegment.ofArray(weights.clone()));
    }

    /// Bytes of one row.
    public long rowBytes() {
        return format.bytes(columns);
    }

    /// Where a row begins in [#data], or its stripe when it is the first of one.
    public long rowOffset(int row) {
        return row * rowBytes();
    }

    /// Where a row's scale is among those of its stripe.
    int scalePlace(int row) {
        int index = row % stripe;
        if (stripe == 1) {
            return 0;
        }
        int quarter = stripe / 4;
        int half = index / (2 * quarter) * 2 * quarter;
        return half + index % quarter * 2 + index / quarter % 2;
    }

    /// Where a row's weight is among those of its stripe and column.
    int weightPlace(int row) {
        return format == Format.Q8_0 ? scalePlace(row) : row % stripe;
    }

    /// Where the blocks of so many rows begin that lie side by side, or a row's own block.
    ///
    /// @param index of the block in its row
    long blockOffset(int row, int index) {
        return rowOffset(row - row % stripe) + (long) index * stripe * format.blockBytes();
    }
}
