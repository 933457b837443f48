package dev.touchstone.features.engines;

import java.io.IOException;
import java.util.Optional;

/// Opens doors of one kind.
public interface ReadDoorProvider {
    /// What it speaks, such as `grpc`.
    String kind();

    /// Opens a door; it answers when this returns.
    ///
    /// @throws IOException when the port cannot be had
    ReadDoor open(Place place, OnlineReads reads) throws IOException;

    /// Where to listen.
    ///
    /// @param port 0 for any that is free
    /// @param token asked of everybody, if there is one
    record Place(String host, int port, Optional<String> token) {}
}
