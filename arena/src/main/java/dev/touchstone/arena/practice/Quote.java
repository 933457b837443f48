package dev.touchstone.arena.practice;

/// The sentence of an answer that a verdict rests on; or, of a design that was run, what came of
/// it.
///
/// @param section in which it stands; `design/2` for the second design that was run
/// @param from where it begins in the section's text, in `char`s
/// @param to where it ends, exclusive
public record Quote(String section, int from, int to, String text) {}
