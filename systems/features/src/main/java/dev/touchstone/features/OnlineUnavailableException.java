package dev.touchstone.features;

/// What is served lies in a table that cannot be asked now, or that is being filled again. Nothing
/// old is served instead; a later read succeeds when the table is back.
public final class OnlineUnavailableException extends RuntimeException {
    public OnlineUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    public OnlineUnavailableException(String message) {
        super(message);
    }
}
