package dev.touchstone.features;

/// What became of a file of rows.
///
/// @param rows that were appended now
/// @param before rows of the same file, byte for byte, that were taken at an earlier time and are
///   not taken again
public record Appended(long rows, long before) {}
