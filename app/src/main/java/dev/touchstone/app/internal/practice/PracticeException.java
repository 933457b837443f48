package dev.touchstone.app.internal.practice;

/// Something that cannot be had or done. The message says what, why, and what would help.
public final class PracticeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Why.
    public enum Kind {
        /// There is no such item, attempt or profile.
        UNKNOWN,
        /// What was sent in is not the kind of document that was asked for.
        UNEXPECTED,
        /// What was sent in is more than is taken in at once.
        TOO_LARGE,
        /// What was sent in cannot be used.
        MALFORMED,
        /// What is stored does not replay: the content has changed since.
        UNREADABLE,
        /// The disk refused.
        DISK,
        /// Another server, which was asked for comments, did not give any.
        UPSTREAM
    }

    private final Kind kind;

    public PracticeException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public PracticeException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
