package dev.touchstone.features;

import dev.touchstone.features.internal.log.ViewHistory;

/// By which a push is known when it comes again, because its sender never saw the answer.
///
/// @param name chosen by the sender, another for every push to the view
/// @param content a checksum of what is pushed, to tell a repetition from a name that is used twice
public record PushKey(String name, long content) {
    private static final int MOST = 200;

    public PushKey {
        if (name.isBlank() || name.length() > MOST) {
            throw new IllegalArgumentException(
                    "a push is known by a name of 1 to %d letters, got %d"
                            .formatted(MOST, name.length()));
        }
    }

    /// What it is called where it is remembered, among the positions of sources.
    String position() {
        return ViewHistory.PASSING + name;
    }
}
