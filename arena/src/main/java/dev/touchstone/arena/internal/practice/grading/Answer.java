package dev.touchstone.arena.internal.practice.grading;

import dev.touchstone.arena.internal.practice.text.Amount;
import dev.touchstone.arena.internal.practice.text.Copies;
import dev.touchstone.arena.internal.practice.text.Quantities;
import dev.touchstone.arena.internal.practice.text.Sentences;
import dev.touchstone.arena.internal.practice.text.Span;
import dev.touchstone.arena.internal.practice.text.Terms;
import dev.touchstone.arena.practice.Brief.Section;
import dev.touchstone.arena.practice.Quote;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A written answer to look things up in, section by section in the order of the form.
///
/// @param texts by section
/// @param copies of the brief, which are no evidence
record Answer(List<Section> form, Map<String, String> texts, Copies copies) {
    String text(Section section) {
        return texts.getOrDefault(section.id(), "");
    }

    private String ownText(Section section) {
        return copies.blanked(text(section));
    }

    /// Where an amount stands. What a section asks for in a unit need not repeat the unit.
    Optional<Quote> find(Amount amount) {
        for (Section section : form) {
            String text = ownText(section);
            if (!section.unit().isEmpty() && isAnswer(text, section, amount)) {
                return Optional.of(quote(section, new Span(0, text.length())));
            }
            Optional<Span> found = Quantities.find(text, amount);
            if (found.isPresent()) {
                return Optional.of(quote(section, Sentences.around(text, found.get())));
            }
        }
        return Optional.empty();
    }

    private static boolean isAnswer(String text, Section section, Amount amount) {
        return !text.isBlank()
                && amount.unit().symbol().equals(section.unit())
                && amount.isAnswer(text);
    }

    /// Where all groups of terms are met in one section.
    Optional<Quote> find(Terms terms) {
        return first(section -> terms.find(ownText(section)));
    }

    /// A sentence that meets all groups and denies none of them.
    Optional<Quote> assertion(Terms terms) {
        return first(section -> terms.assertedIn(ownText(section)));
    }

    private Optional<Quote> first(Function<Section, Optional<Span>> search) {
        for (Section section : form) {
            Optional<Span> found = search.apply(section);
            if (found.isPresent()) {
                return Optional.of(quote(section, found.get()));
            }
        }
        return Optional.empty();
    }

    private Quote quote(Section section, Span span) {
        return new Quote(section.id(), span.from(), span.to(), span.of(text(section)));
    }
}
