package dev.touchstone.app.internal.runs;

/// A run that cannot be had. The message says which, why, and what would help.
public final class RunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Why it cannot be had.
    public enum Kind {
        /// There is none of this name.
        UNKNOWN,
        /// Its journal cannot be read or does not replay.
        UNREADABLE,
        /// As many runs as fit are being played.
        BUSY,
        /// The disk refused a write.
        DISK
    }

    private final Kind kind;

    public RunException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public RunException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
