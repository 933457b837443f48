package dev.touchstone.features.internal.window;

/// The events of an entity, to be added up over ranges of time.
public interface EventRange {
    /// Adds the events from a time up to another, or to [EntityWindows#END], to `into`.
    void addTo(Partial[] into, long from, long to);
}
