package dev.touchstone.features;

/// What has become of every row of a view so far: `rows` is `onTime` and `dropped` and `restated`
/// together.
///
/// @param rows of its history, numbered from 0 on as they came
/// @param dropped came late and are not served
/// @param restated came late and are served from then on
/// @param watermark the latest event so far, in nanoseconds, as far as it was not in the future
public record IngestCounts(long rows, long dropped, long restated, long watermark) {
    static final IngestCounts NONE = new IngestCounts(0, 0, 0, Times.MINUS_INFINITY);

    /// Rows that were served when their turn came.
    public long onTime() {
        return rows - late();
    }

    /// Rows that came after the watermark had passed them.
    public long late() {
        return dropped + restated;
    }

    /// The counts after one more row.
    IngestCounts after(FeatureRow row, LatePolicy policy) {
        boolean isLate = policy.isLate(row.eventTime(), watermark);
        boolean isDropped = isLate && row.availableTime() == Times.INFINITY;
        return new IngestCounts(
                rows + 1,
                dropped + (isDropped ? 1 : 0),
                restated + (isLate && !isDropped ? 1 : 0),
                advanced(row));
    }

    private long advanced(FeatureRow row) {
        boolean future = row.eventTime() > row.availableTime();
        return future || row.eventTime() == Times.INFINITY
                ? watermark
                : Math.max(watermark, row.eventTime());
    }
}
