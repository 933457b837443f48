package dev.touchstone.arena;

/// A data file or script that cannot be used; the message names file, field and cure.
public final class ContentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ContentException(String message) {
        super(message);
    }

    public ContentException(String message, Throwable cause) {
        super(message, cause);
    }
}
