package dev.touchstone.features;

/// A push came under the [PushKey] of an earlier one, with other rows: nothing was taken in. Its
/// sender gives every push a name of its own.
public final class UsedPushKeyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UsedPushKeyException(String message, Throwable cause) {
        super(message, cause);
    }
}
