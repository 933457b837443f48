package dev.touchstone.features.engines;

import java.io.IOException;
import java.net.URI;

/// Opens tables of one kind.
public interface OnlineTableProvider {
    /// Whether a table at such an address is of this kind.
    boolean provides(URI address);

    /// Opens the table.
    ///
    /// @throws IOException when it cannot be reached
    /// @throws IllegalArgumentException when the address says something that it cannot
    OnlineTable open(URI address) throws IOException;
}
