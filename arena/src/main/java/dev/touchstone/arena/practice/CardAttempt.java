package dev.touchstone.arena.practice;

import dev.touchstone.arena.internal.practice.Flashcard;
import dev.touchstone.arena.internal.practice.grading.Checks;
import dev.touchstone.arena.practice.Decision.Accepted;
import dev.touchstone.arena.practice.Decision.Kind;
import dev.touchstone.arena.practice.Decision.Refused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An attempt at a flash card or at an error to spot: answer it, turn it, and say how well it was
/// known. A card may be turned without typing anything; an error wants an answer first. Giving up
/// turns it and ends it.
///
/// The rating of the outcome is what the person says ([Move.Rate]); again when it was given up.
public final class CardAttempt implements Attempt {
    private static final int MAX_CHARS = 4_000;

    private final Flashcard card;
    private final List<Event> events;
    private final Optional<Written> typed;
    private final Key key;

    private CardAttempt(Flashcard card, List<Event> events) {
        this.card = card;
        this.events = List.copyOf(events);
        Optional<Written> answer = Optional.empty();
        for (Event event : events) {
            if (event.move() instanceof Move.Answer(String text, Optional<Integer> certainty)) {
                answer = Optional.of(new Written(text, certainty, event.at()));
            }
        }
        this.typed = answer;
        this.key = new Key(0, turned(), false);
    }

    /// The attempt before anything was done.
    static CardAttempt started(Flashcard card, Event first) {
        return new CardAttempt(card, List.of(first));
    }

    public Face face() {
        return card.face();
    }

    @Override
    public Item item() {
        return face().item();
    }

    @Override
    public Instant started() {
        return events.getFirst().at();
    }

    @Override
    public Optional<Instant> deadline() {
        return Optional.empty();
    }

    /// Whether the back is open.
    public boolean turned() {
        return has(Move.OpenAnswer.class) || has(Move.GiveUp.class);
    }

    /// What was typed.
    public Optional<Written> typed() {
        return typed;
    }

    /// The back, once turned.
    public Optional<Back> back() {
        return key.opensAnswer() ? Optional.of(card.back().open(key)) : Optional.empty();
    }

    /// What the typed answer is worth, once turned, where that can be checked.
    public Optional<Check> check() {
        return key.opensAnswer()
                ? typed.flatMap(written ->
                        card.expectation()
                                .open(key)
                                .map(expectation ->
                                        Checks.check(
                                                "",
                                                written.text(),
                                                written.certainty(),
                                                expectation)))
                : Optional.empty();
    }

    /// What the check suggests as a rating: again when wrong; else hard, good or easy, the surer
    /// the better.
    public Optional<Rating> suggested() {
        return check().map(check -> {
            if (!check.isRight()) {
                return Rating.AGAIN;
            }
            return switch (check.certainty().orElse(2)) {
                case 1 -> Rating.HARD;
                case 2 -> Rating.GOOD;
                default -> Rating.EASY;
            };
        });
    }

    @Override
    public Decision decide(Move move, Instant now) {
        boolean over = outcome().isPresent();
        return switch (move) {
            case Move.Answer(String text, Optional<Integer> certainty) ->
                    answer(move, text, certainty, now);
            case Move.OpenAnswer _ -> {
                if (turned()) {
                    yield refused(Kind.TOO_LATE, "the card is turned");
                }
                yield item().kind() == Item.Kind.ERRATUM && typed.isEmpty()
                        ? refused(Kind.INCOMPLETE, "say what is wrong first, or give up")
                        : accepted(move, now);
            }
            case Move.GiveUp _ ->
                    turned() ? refused(Kind.TOO_LATE, "the card is turned") : accepted(move, now);
            case Move.Rate _ -> {
                if (over) {
                    yield refused(Kind.TOO_LATE, "the card is done");
                }
                yield turned()
                        ? accepted(move, now)
                        : refused(Kind.TOO_EARLY, "turn the card first");
            }
            case Move.Start _ -> refused(Kind.MALFORMED, "it has started; start another attempt");
            case Move.Save _,
                    Move.Submit _,
                    Move.OpenHint _,
                    Move.Annotate _,
                    Move.SelfGrade _,
                    Move.Reflect _,
                    Move.TryDesign _ ->
                    refused(Kind.MALFORMED, "a card is answered, turned and rated");
        };
    }

    private Decision answer(Move move, String text, Optional<Integer> certainty, Instant now) {
        if (turned()) {
            return refused(Kind.TOO_LATE, "the card is turned; answer it next time");
        }
        if (text.isBlank() || text.length() > MAX_CHARS) {
            return refused(
                    Kind.MALFORMED,
                    "an answer has 1 to %d characters, got %d".formatted(MAX_CHARS, text.length()));
        }
        Optional<Refused> unsure = Written.objection(certainty);
        return unsure.isPresent() ? unsure.get() : accepted(move, now);
    }

    private Accepted accepted(Move move, Instant now) {
        return new Accepted(events.getLast().then(move, now));
    }

    private static Refused refused(Kind kind, String reason) {
        return new Refused(kind, reason);
    }

    private boolean has(Class<? extends Move> move) {
        return events.stream().anyMatch(event -> move.isInstance(event.move()));
    }

    @Override
    public CardAttempt apply(Event event) {
        if (decide(event.move(), event.at()) instanceof Refused refused) {
            throw refused.at(event);
        }
        var longer = new ArrayList<>(events);
        longer.add(event);
        return new CardAttempt(card, longer);
    }

    @Override
    public Optional<Outcome> outcome() {
        return switch (events.getLast().move()) {
            case Move.Rate(Rating rating) -> Optional.of(outcome(rating, true));
            case Move.GiveUp _ -> Optional.of(outcome(Rating.AGAIN, false));
            default -> Optional.empty();
        };
    }

    private Outcome outcome(Rating rating, boolean attempted) {
        Optional<Check> check = check();
        return new Outcome(
                item(),
                started(),
                events.getLast().at(),
                attempted,
                rating,
                Level.NONE,
                List.of(),
                check.filter(Check::isRight).isPresent() ? 1 : 0,
                check.isPresent() ? 1 : 0,
                check.filter(judged -> judged.certainty().isPresent()).map(Check::points).orElse(0),
                "");
    }
}
