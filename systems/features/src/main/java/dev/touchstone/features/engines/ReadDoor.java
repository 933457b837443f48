package dev.touchstone.features.engines;

import java.io.Closeable;

/// A way in for online reads, beside HTTP.
public interface ReadDoor extends Closeable {
    /// The port that it listens on.
    int port();
}
