/// What is served now, in memory: rebuilt from the histories at start, and fed by the same rows.
///
/// Start at [OnlineView]. A row counts from the moment at which a label would see it, so a read at
/// a time gives what an as-of join gives a label at that time. Nothing here takes a lock or reads a
/// clock; the store in front does the one, its caller the other.
package dev.touchstone.features.internal.online;
