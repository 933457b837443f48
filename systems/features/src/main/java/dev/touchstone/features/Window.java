package dev.touchstone.features;

/// Which events an aggregate covers at time T, the view's boundary deciding about T itself.
public sealed interface Window {
    /// The events of the last `lengthNanos`.
    ///
    /// @param lengthNanos at least 1; events from T − length on
    /// @param hopNanos at least 1: the start is rounded down to a multiple of it; 1 for an exact
    ///   start
    record Span(long lengthNanos, long hopNanos) implements Window {
        public Span {
            if (lengthNanos < 1 || hopNanos < 1) {
                throw new IllegalArgumentException(
                        "a window and its hop are at least 1 ns, got %d and %d"
                                .formatted(lengthNanos, hopNanos));
            }
        }

        /// The first moment covered at `time`.
        public long start(long time) {
            long exact = Times.minus(time, lengthNanos);
            if (exact == Times.MINUS_INFINITY || exact == Times.INFINITY) {
                return exact;
            }
            long into = Math.floorMod(exact, hopNanos);
            return Times.minus(exact, into);
        }
    }

    /// The latest `count` events.
    record Latest(int count) implements Window {
        public Latest {
            if (count < 1) {
                throw new IllegalArgumentException(
                        "a window of the latest events has at least 1, got %d".formatted(count));
            }
        }
    }
}
