package dev.touchstone.features.internal.events;

/// Bytes that are no event of a view.
public final class BadEventException extends Exception {
    private final Kind kind;

    /// What is wrong.
    public enum Kind {
        /// No JSON, no key, no time with a zone: the event is broken.
        MALFORMED,
        /// A column is missing, unknown or of another type: whoever writes events has another
        /// schema.
        SCHEMA
    }

    BadEventException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
