package dev.touchstone.features.internal.log;

/// Rows that take more than one append holds. None of them was written; fewer at once may fit.
public final class TooManyBytesException extends IllegalArgumentException {
    /// @param rows how many they are
    /// @param most bytes that an append holds
    public TooManyBytesException(int rows, int most) {
        super(
                "%d rows take more than the %d bytes of one append; append fewer"
                        .formatted(rows, most));
    }
}
