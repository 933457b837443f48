package dev.touchstone.arena.internal.practice.content;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.internal.content.Field;
import dev.touchstone.arena.internal.practice.Expectation;
import dev.touchstone.arena.internal.practice.Flashcard;
import dev.touchstone.arena.practice.Back;
import dev.touchstone.arena.practice.Face;
import dev.touchstone.arena.practice.Figure;
import dev.touchstone.arena.practice.Item;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads flash cards and errors to spot, once their files have passed the schema.
final class CardReader {
    private CardReader() {}

    /// Reads the cards of a topic.
    ///
    /// @throws ContentException with file, line, field and cure
    static List<Flashcard> cards(Field root) {
        Figures figures = Figures.read(root);
        Set<String> seen = new HashSet<>();
        String topic = root.text("topic");
        return root.list(
                "cards",
                field -> {
                    Optional<Expectation> expectation = expectation(field);
                    return new Flashcard(
                            new Face(
                                    Item.card(topic + "/" + ChallengeReader.fresh(field, seen)),
                                    topic,
                                    root.text("title"),
                                    "",
                                    figures.fill(field, "ask"),
                                    expectation.map(CardReader::unit).orElse("")),
                            new Back(figures.fill(field, "answer"), figures.in(field.at("answer"))),
                            expectation);
                });
    }

    private static Optional<Expectation> expectation(Field field) {
        Optional<Expectation> number =
                field.maybe("number").map(Calculation::amount).map(Expectation.Computed::new);
        return number.or(() -> ChallengeReader.terms(field).map(Expectation.Words::new));
    }

    private static String unit(Expectation expectation) {
        return expectation instanceof Expectation.Computed(var amount)
                ? amount.unit().symbol()
                : "";
    }

    /// Reads the errors to spot.
    ///
    /// @throws ContentException with file, line, field and cure
    static List<Flashcard> errata(Field root) {
        Figures figures = Figures.read(root);
        Set<String> seen = new HashSet<>();
        return root.list("errata", field -> erratum(field, figures, seen));
    }

    private static Flashcard erratum(Field field, Figures figures, Set<String> seen) {
        List<Figure> proof = new ArrayList<>(field.list("check", figures::named));
        figures.in(field.at("right")).stream()
                .filter(figure -> !proof.contains(figure))
                .forEach(proof::add);
        String logic = field.maybe("logic").map(text -> "\n\n" + figures.fill(text)).orElse("");
        return new Flashcard(
                new Face(
                        Item.erratum(ChallengeReader.fresh(field, seen)),
                        field.text("topic"),
                        "Spot the error",
                        figures.fill(field, "claim"),
                        figures.fill(field, "ask"),
                        ""),
                new Back(figures.fill(field, "right") + logic, proof),
                ChallengeReader.terms(field).map(Expectation.Words::new));
    }
}
