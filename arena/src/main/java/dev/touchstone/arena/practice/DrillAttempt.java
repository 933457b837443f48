package dev.touchstone.arena.practice;

import dev.touchstone.arena.practice.Decision.Accepted;
import dev.touchstone.arena.practice.Decision.Kind;
import dev.touchstone.arena.practice.Decision.Refused;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.drill.Drill;
import dev.touchstone.capacity.drill.Grade;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An attempt at a drill: a few answers against the clock, each judged at once. It is over when one
/// is right, the tries are used up, or it is given up; then the derivation is open. Once the time
/// has passed, only [Move.GiveUp] goes on.
///
/// An answer that cannot be read, or lacks its unit, costs no try.
///
/// The rating of the outcome: easy when the first try is right within half the time, good when the
/// first is right, hard when a later one is, else again.
public final class DrillAttempt implements Attempt {
    /// An answer and what it is worth.
    public record Try(Instant at, String text, Optional<Integer> certainty, Grade grade) {
        /// Whether it was judged; what cannot be read, or lacks its unit, is not.
        public boolean judged() {
            return switch (grade) {
                case Grade.Right _, Grade.Wrong _, Grade.WrongMeasure _ -> true;
                case Grade.UnitMissing _, Grade.Unreadable _ -> false;
            };
        }

        public boolean right() {
            return grade instanceof Grade.Right;
        }
    }

    private static final int MAX_CHARS = 200;
    private static final int MAX_ANSWERS = 50;

    private final Drill drill;
    private final Move.Start start;
    private final List<Event> events;
    private final List<Try> tries;
    private final boolean givenUp;

    private DrillAttempt(
            Drill drill, Move.Start start, List<Event> events, List<Try> tries, boolean givenUp) {
        this.drill = drill;
        this.start = start;
        this.events = List.copyOf(events);
        this.tries = List.copyOf(tries);
        this.givenUp = givenUp;
    }

    /// The attempt before its first answer.
    static DrillAttempt started(Drill drill, Move.Start start, Event first) {
        return new DrillAttempt(drill, start, List.of(first), List.of(), false);
    }

    @Override
    public Item item() {
        return Item.drill(drill.id());
    }

    public String title() {
        return drill.title();
    }

    public String question() {
        return drill.question();
    }

    /// What the answer is measured in; another unit of the same kind does as well.
    public String unit() {
        return drill.unit().symbol();
    }

    /// Whether only one whole number is right.
    public boolean whole() {
        return drill.whole();
    }

    @Override
    public Instant started() {
        return events.getFirst().at();
    }

    @Override
    public Optional<Instant> deadline() {
        return Optional.of(end());
    }

    private Instant end() {
        return started().plus(start.time());
    }

    /// Time left; zero when it is over.
    public Duration left(Instant now) {
        Duration left = Duration.between(now, end());
        return over() || left.isNegative() ? Duration.ZERO : left;
    }

    /// Answers so far.
    public List<Try> tries() {
        return tries;
    }

    /// Answers that may still be judged.
    public int triesLeft() {
        return over() ? 0 : start.tries() - judged();
    }

    /// Whether it is over. A passed deadline ends it once somebody says so: [Move.GiveUp].
    public boolean over() {
        return givenUp || tries.stream().anyMatch(Try::right) || judged() >= start.tries();
    }

    private int judged() {
        return (int) tries.stream().filter(Try::judged).count();
    }

    /// The right answer for people, once it is over: `429.5 GB (400 GiB)`.
    public Optional<String> answer() {
        return over() ? Optional.of(drill.answerText()) : Optional.empty();
    }

    /// How the answer comes about, once it is over.
    public Optional<Derivation> derivation() {
        return over() ? Optional.of(drill.derivation()) : Optional.empty();
    }

    @Override
    public Decision decide(Move move, Instant now) {
        return switch (move) {
            case Move.Answer(String text, Optional<Integer> certainty) ->
                    answer(move, text, certainty, now);
            case Move.GiveUp _ ->
                    over() ? refused(Kind.TOO_LATE, "the drill is over") : accepted(move, now);
            case Move.OpenAnswer _ ->
                    over()
                            ? refused(Kind.TOO_LATE, "the drill is over, and its answer open")
                            : refused(Kind.TOO_EARLY, "the drill is not over; give up to see it");
            case Move.Start _ -> refused(Kind.MALFORMED, "it has started; start another attempt");
            case Move.Save _,
                    Move.Submit _,
                    Move.OpenHint _,
                    Move.Annotate _,
                    Move.SelfGrade _,
                    Move.Reflect _,
                    Move.TryDesign _,
                    Move.Rate _ ->
                    refused(Kind.MALFORMED, "a drill takes answers, or giving up");
        };
    }

    private Decision answer(Move move, String text, Optional<Integer> certainty, Instant now) {
        if (over()) {
            return refused(Kind.TOO_LATE, "the drill is over");
        }
        if (!now.isBefore(end())) {
            return refused(
                    Kind.TOO_LATE,
                    "the time ran out at %s; give up to see the answer".formatted(end()));
        }
        if (text.isBlank() || text.length() > MAX_CHARS) {
            return refused(
                    Kind.MALFORMED,
                    "an answer has 1 to %d characters, got %d".formatted(MAX_CHARS, text.length()));
        }
        Optional<Refused> unsure = Written.objection(certainty);
        if (unsure.isPresent()) {
            return unsure.get();
        }
        return tries.size() >= MAX_ANSWERS
                ? refused(
                        Kind.TOO_LATE,
                        "%d answers that could not be read; give up".formatted(MAX_ANSWERS))
                : accepted(move, now);
    }

    private Accepted accepted(Move move, Instant now) {
        return new Accepted(events.getLast().then(move, now));
    }

    private static Refused refused(Kind kind, String reason) {
        return new Refused(kind, reason);
    }

    @Override
    public DrillAttempt apply(Event event) {
        if (decide(event.move(), event.at()) instanceof Refused refused) {
            throw refused.at(event);
        }
        var longer = new ArrayList<>(events);
        longer.add(event);
        var more = new ArrayList<>(tries);
        if (event.move() instanceof Move.Answer(String text, Optional<Integer> certainty)) {
            more.add(new Try(event.at(), text, certainty, drill.grade(text)));
        }
        return new DrillAttempt(drill, start, longer, more, event.move() instanceof Move.GiveUp);
    }

    @Override
    public Optional<Outcome> outcome() {
        if (!over()) {
            return Optional.empty();
        }
        List<Try> judged = tries.stream().filter(Try::judged).toList();
        boolean right = tries.stream().anyMatch(Try::right);
        return Optional.of(
                new Outcome(
                        item(),
                        started(),
                        events.getLast().at(),
                        !judged.isEmpty(),
                        rating(judged),
                        Level.NONE,
                        List.of(),
                        right ? 1 : 0,
                        judged.size(),
                        judged.isEmpty() ? 0 : points(judged.getFirst()),
                        ""));
    }

    private Rating rating(List<Try> judged) {
        if (judged.isEmpty() || !judged.getLast().right()) {
            return Rating.AGAIN;
        }
        if (judged.size() > 1) {
            return Rating.HARD;
        }
        Duration taken = Duration.between(started(), judged.getFirst().at());
        return taken.multipliedBy(2).compareTo(start.time()) <= 0 ? Rating.EASY : Rating.GOOD;
    }

    /// For the certainty of the first answer that was judged.
    private static int points(Try first) {
        return first.certainty().map(certainty -> Check.points(first.right(), certainty)).orElse(0);
    }
}
