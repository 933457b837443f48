package dev.touchstone.arena.internal.practice.grading;

import dev.touchstone.arena.internal.practice.text.Amount;
import dev.touchstone.arena.internal.practice.text.Copies;
import dev.touchstone.arena.internal.practice.text.Quantities;
import dev.touchstone.arena.internal.practice.text.Sentences;
import dev.touchstone.arena.internal.practice.text.Span;
import dev.touchstone.arena.internal.practice.text.Terms;
import dev.touchstone.arena.practice.Brief.Input;
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

    /// Where an amount stands, with the words that must be near it. What a section asks for in a
    /// unit needs neither the unit nor the words. A row of the budget is no evidence: its numbers
    /// are chosen, not derived.
    Optional<Quote> find(Amount amount, Optional<Terms> near) {
        for (Section section : form) {
            if (section.input() == Input.BUDGET) {
                continue;
            }
            String text = ownText(section);
            if (!section.unit().isEmpty() && isAnswer(text, section, amount)) {
                return Optional.of(quote(section, new Span(0, text.length())));
            }
            for (Span place : Quantities.all(text, amount)) {
                if (near.isEmpty() || near.get().isNear(text, place)) {
                    return Optional.of(quote(section, Sentences.around(text, place)));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isAnswer(String text, Section section, Amount amount) {
        return !text.isBlank()
                && amount.unit().symbol().equals(section.unit())
                && amount.isAnswer(text);
    }

    /// Where all groups of terms are met in one section: in one sentence if there is one anywhere.
    Optional<Quote> find(Terms terms) {
        for (int together = 1; together <= Terms.TOGETHER; together++) {
            int sentences = together;
            Optional<Quote> found =
                    first(section ->
                            section.input() == Input.BUDGET
                                    ? Optional.empty()
                                    : terms.find(ownText(section), sentences));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
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
