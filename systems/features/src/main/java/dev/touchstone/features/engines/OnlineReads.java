package dev.touchstone.features.engines;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import java.util.List;

/// What is served, as a door asks for it. Safe for many threads.
public interface OnlineReads {
    /// What is defined.
    Definitions definitions();

    /// Whether reads are answered now, as far as known: the table that they are from may be away.
    default boolean areServed() {
        return true;
    }

    /// A reader for a list of features.
    ///
    /// @throws dev.touchstone.features.DefinitionException when there is no such feature
    OnlineReader reader(List<String> features);

    /// Reads now, and remembers what was served.
    ///
    /// @param rowIds under which each row is remembered; none when they are to be made
    /// @param out as many rows as `keys` has
    /// @throws dev.touchstone.features.OnlineUnavailableException when it cannot be read now
    Served read(
            OnlineReader reader, List<OnlineKeys> keys, List<String> rowIds, List<OnlineRow> out);

    /// How a read was remembered.
    ///
    /// @param rowIds one for each row
    /// @param asOf the moment that the answer is as of
    record Served(List<String> rowIds, long asOf) {}
}
