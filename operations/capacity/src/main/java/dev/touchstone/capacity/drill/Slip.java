package dev.touchstone.capacity.drill;

/// A way to go wrong.
///
/// @param name what was done, in a few words
/// @param cure what to do instead
public record Slip(String name, String cure) {}
