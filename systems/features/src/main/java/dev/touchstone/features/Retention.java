package dev.touchstone.features;

/// How long what was served is remembered. Records are dropped in whole parts, so that a little
/// more is kept than is asked for: up to an eighth.
///
/// @param ageNanos from a read until its record may go; [Times#INFINITY] for never
/// @param bytes on the disk, of each view; [Long#MAX_VALUE] for any number
public record Retention(long ageNanos, long bytes) {
    /// Everything is kept.
    public static final Retention ALL = new Retention(Times.INFINITY, Long.MAX_VALUE);

    /// Below this a part would hold a few reads.
    private static final long LEAST_AGE = 60_000_000_000L;

    private static final long LEAST_BYTES = 1 << 20;

    public Retention {
        if (ageNanos < LEAST_AGE) {
            throw new IllegalArgumentException(
                    "keep what was served for 1m or longer, got %d ns".formatted(ageNanos));
        }
        if (bytes < LEAST_BYTES) {
            throw new IllegalArgumentException(
                    "keep 1 MB or more of what was served, got %d bytes".formatted(bytes));
        }
    }

    /// Whether nothing is ever dropped.
    boolean keepsAll() {
        return equals(ALL);
    }
}
