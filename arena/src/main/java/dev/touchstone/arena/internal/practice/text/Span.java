package dev.touchstone.arena.internal.practice.text;

/// A stretch of a text.
///
/// @param from where it begins, in `char`s
/// @param to where it ends, exclusive
public record Span(int from, int to) {
    public String of(String text) {
        return text.substring(from, to);
    }

    public boolean contains(Span other) {
        return from <= other.from && other.to <= to;
    }
}
