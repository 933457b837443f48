package dev.touchstone.features.engines;

import dev.touchstone.features.EventSource;
import java.io.IOException;

/// Opens feeds of one kind.
public interface EventFeedProvider {
    /// Whether a source is of this kind.
    boolean provides(EventSource source);

    /// Opens a feed. That the source cannot be reached yet is said by [EventFeed#poll].
    ///
    /// @param reader names who reads: the same store and view have the same name, others another
    /// @throws IllegalArgumentException when the source says something that it cannot
    EventFeed open(EventSource source, String reader, EventFeed.Positions positions)
            throws IOException;
}
