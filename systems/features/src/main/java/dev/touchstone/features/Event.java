package dev.touchstone.features;

/// An event that aggregates are computed from, or the correction of one.
///
/// Rows with the same `id` describe the same event; the one that became available last counts, and
/// a tombstone takes the event back.
///
/// @param id which event it is; the same for a correction
/// @param row when it happened, when it was known, and its values
public record Event(Value id, FeatureRow row) {}
