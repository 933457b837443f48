package dev.touchstone.features;

/// What became of rows that were pushed. They are on the disk and served.
///
/// @param rows how many
/// @param late how many of them came late
/// @param dropped how many of those are not served, by the view's policy
/// @param availableTime from when on they are served, or a moment after that when they were here
/// @param repeated whether they had been taken in before, under the same [PushKey]: then none were
///   now
public record PushReport(int rows, int late, int dropped, long availableTime, boolean repeated) {}
