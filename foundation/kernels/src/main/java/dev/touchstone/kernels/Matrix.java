package dev.touchstone.kernels;

import java.lang.foreign.MemorySegment;

/// A matrix of weights in memory, row after row. Nothing is copied: the bytes may be a mapped file.
///
/// @param rows outputs
/// @param columns inputs; a multiple of the format's block
/// @param data exactly the matrix, in the format's layout
public record Matrix(Format format, int rows, int columns, MemorySegment data) {
    public Matrix {
        if (rows < 1 || columns < 1 || columns % format.blockWeights() != 0) {
            throw new IllegalArgumentException(
                    "a %s matrix needs rows and columns, the columns a multiple of %d; got %d × %d"
                            .formatted(format, format.blockWeights(), rows, columns));
        }
        long bytes = rows * format.bytes(columns);
        if (data.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    "a %s matrix of %d × %d has %d bytes, got %d"
                            .formatted(format, rows, columns, bytes, data.byteSize()));
        }
    }

    /// A copy of plain numbers, row after row.
    public static Matrix of(int rows, int columns, float... weights) {
        return new Matrix(Format.F32, rows, columns, MemorySegment.ofArray(weights.clone()));
    }

    /// Bytes of one row.
    public long rowBytes() {
        return format.bytes(columns);
    }

    /// Where a row begins in [#data].
    public long rowOffset(int row) {
        return row * rowBytes();
    }
}
