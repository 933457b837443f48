package dev.touchstone.arena.practice;

/// A number in a text and where it comes from.
///
/// @param shows as it stands in the text: `2,778 request/s`
/// @param calculation how it comes about, in names and numbers; or the source of a stated fact
public record Figure(String name, String shows, String calculation) {}
