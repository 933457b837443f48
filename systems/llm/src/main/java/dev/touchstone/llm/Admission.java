package dev.touchstone.llm;

/// What an engine decided about a request when it arrived. Switch over it without a `default`.
public sealed interface Admission {
    /// Waits for the next step with room; `ahead` requests come first.
    record Waiting(int ahead) implements Admission {}

    /// Is not served; `reason` says what would have to change.
    record Refused(Cause cause, String reason) implements Admission {}

    /// Why a request is refused.
    enum Cause {
        /// The whole pool is smaller than what it asks for.
        NEVER_FITS,
        /// There is no memory for it now and it does not wait.
        NO_ROOM,
        /// As many requests wait as may.
        QUEUE_FULL
    }
}
