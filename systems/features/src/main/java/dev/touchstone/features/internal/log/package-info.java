/// The history of a view on disk: the only place of this module that touches files.
///
/// Start at [ViewHistory]. Rows are appended to a log ([LogFile]), on the disk before they are
/// acknowledged, and compacted into a segment clustered by entity and time ([SegmentFile]). The
/// [Catalog] says which files count; whatever else lies in the folder is a leftover of a crash.
/// Everything goes through [Disk], so that tests can lose power at any byte.
package dev.touchstone.features.internal.log;
