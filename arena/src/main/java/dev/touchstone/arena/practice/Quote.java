package dev.touchstone.arena.practice;

/// The sentence of an answer that a verdict rests on.
///
/// @param section in which it stands
/// @param from where it begins in the section's text, in `char`s
/// @param to where it ends, exclusive
public record Quote(String section, int from, int to, String text) {}
