package dev.touchstone.telemetry;

import java.util.Arrays;

/// Points of a chart, one a window.
///
/// The arrays belong to whoever holds the series; nothing else keeps them.
///
/// @param timesSeconds when each window starts, on the clock of the recordings
/// @param values NaN where a window holds nothing
@SuppressWarnings("ArrayRecordComponent") // a chart wants bare arrays, and equals sees to the rest
public record Series(double[] timesSeconds, double[] values) {
    /// Rejects arrays of different lengths.
    public Series {
        if (timesSeconds.length != values.length) {
            throw new IllegalArgumentException(
                    "a series needs one value a time, got %d times and %d values"
                            .formatted(timesSeconds.length, values.length));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Series(double[] times, double[] theirs)
                && Arrays.equals(timesSeconds, times)
                && Arrays.equals(values, theirs);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(timesSeconds) + Arrays.hashCode(values);
    }
}
