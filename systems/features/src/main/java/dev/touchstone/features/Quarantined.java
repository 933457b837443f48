package dev.touchstone.features;

/// Something that a source gave and that is no event of its view.
///
/// @param part of the source: a file, a partition
/// @param position its place there, from 0 on: a line or row, an offset
/// @param problem `MALFORMED`, or `SCHEMA` where a column is missing, unknown or of another type
/// @param why it is no event
/// @param event the thing itself, as text
public record Quarantined(String part, long position, String problem, String why, String event) {}
