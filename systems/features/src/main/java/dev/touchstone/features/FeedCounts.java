package dev.touchstone.features;

/// What has become of what a view's source gave.
///
/// @param rows taken into the history since the store was opened; late ones are in [IngestCounts]
/// @param malformed no events: quarantined, ever
/// @param schema events of another schema, such as one with a renamed or retyped column:
///   quarantined, ever
/// @param lost gone from the source before they could be read
/// @param behind how many are known to wait
/// @param failures how often it could not be read, or taken in
/// @param trouble why nothing can be read now; empty when it can
public record FeedCounts(
        long rows,
        long malformed,
        long schema,
        long lost,
        long behind,
        long failures,
        String trouble) {
    static final FeedCounts NONE = new FeedCounts(0, 0, 0, 0, 0, 0, "");
}
