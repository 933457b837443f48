package dev.touchstone.features;

/// How a table outside this process is that views are served from.
///
/// @param where its address, without a password
/// @param whole whether it answered last time, and has all rows as far as known
/// @param failures reads, writes and looks at it that failed
/// @param fillings how often a view was filled from the beginning of its history
public record TableState(String where, boolean whole, long failures, long fillings) {}
