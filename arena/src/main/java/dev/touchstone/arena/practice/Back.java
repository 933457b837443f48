package dev.touchstone.arena.practice;

import java.util.List;

/// The back of a card, once turned.
///
/// @param answer Markdown-lite
/// @param figures the calculations behind the answer; for an error, those that refute the claim
public record Back(String answer, List<Figure> figures) {
    public Back {
        figures = List.copyOf(figures);
    }
}
