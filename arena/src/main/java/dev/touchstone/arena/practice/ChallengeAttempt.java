package dev.touchstone.arena.practice;

import dev.touchstone.arena.internal.practice.Challenge;
import dev.touchstone.arena.internal.practice.grading.EvidenceGrader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An attempt at a challenge: written against the clock, then hints, the model answer, one's own
/// grade, the evidence, and one sentence on what was missed.
///
/// At the deadline whatever was saved counts as submitted. Where nothing was, only [Move.GiveUp]
/// goes on.
///
/// The rating of the outcome: again when it was given up or no level was reached, hard for junior,
/// good for senior and staff, easy for principal; at most hard after a second hint.
public final class ChallengeAttempt implements Attempt {
    /// Where an attempt stands.
    public enum Phase {
        /// The answer is being written.
        WRITING,
        /// The deadline has passed and nothing was saved: [Move.GiveUp] is all that is left.
        EXPIRED,
        /// The answer is stored; hints and the model answer may be opened.
        SUBMITTED,
        /// The first hint is open, and the answer may be revised for a while.
        REVISING,
        /// The model answer is open; notes may be added, and one's own grade is due.
        ANSWERED,
        /// Grades are open; the sentence on what was missed is due.
        GRADED,
        /// Finished.
        DONE
    }

    private static final int HINTS_FOR_FREE = 1;

    private final Challenge challenge;
    private final List<Event> events;
    private final Course course;
    private final Key key;

    private ChallengeAttempt(Challenge challenge, List<Event> events, Course course) {
        this.challenge = challenge;
        this.events = events;
        this.course = course;
        this.key =
                new Key(
                        course.answerOpen() ? Integer.MAX_VALUE : course.hints(),
                        course.answerOpen(),
                        course.self().isPresent() || (course.givenUp() && course.answerOpen()));
    }

    /// Plays events.
    ///
    /// @param start the first of them
    /// @throws IllegalArgumentException when one is refused at its place
    static ChallengeAttempt replay(Challenge challenge, Move.Start start, List<Event> events) {
        var course = new Course(challenge.brief(), events.getFirst(), start);
        for (Event event : events.subList(1, events.size())) {
            if (course.decide(event.move(), event.at()) instanceof Decision.Refused refused) {
                throw refused.at(event);
            }
            course.apply(event);
        }
        return new ChallengeAttempt(challenge, List.copyOf(events), course);
    }

    public Brief brief() {
        return challenge.brief();
    }

    @Override
    public Item item() {
        return brief().item();
    }

    @Override
    public Instant started() {
        return course.started();
    }

    @Override
    public Optional<Instant> deadline() {
        return Optional.of(course.deadline());
    }

    public Phase phase(Instant now) {
        return course.phase(now);
    }

    /// Time left to write or to revise; zero when neither is possible.
    public Duration left(Instant now) {
        return switch (phase(now)) {
            case WRITING -> Duration.between(now, course.deadline());
            case REVISING -> Duration.between(now, course.revisionEnd().orElse(now));
            case EXPIRED, SUBMITTED, ANSWERED, GRADED, DONE -> Duration.ZERO;
        };
    }

    /// Ids of the sections that submitting still needs: the questions, and some prose.
    public List<String> missing() {
        return course.missing();
    }

    /// Whether it was given up.
    public boolean givenUp() {
        return course.givenUp();
    }

    /// What was written before the first hint, by section. Never changes after submitting.
    public Map<String, Written> original() {
        return Collections.unmodifiableMap(course.original());
    }

    /// What was written after the first hint, by section: only what was saved then.
    public Map<String, Written> revised() {
        return Collections.unmodifiableMap(course.revised());
    }

    /// The answer that is graded, by section: of prose the original and, below it, its revision;
    /// elsewhere the revision where there is one.
    public Map<String, Written> answer() {
        var answer = new LinkedHashMap<>(course.original());
        course.revised()
                .forEach((section, revision) ->
                        answer.merge(
                                section,
                                revision,
                                (original, _) ->
                                        isProse(section) ? both(original, revision) : revision));
        return answer;
    }

    private boolean isProse(String section) {
        return brief().section(section)
                .map(known -> known.input() == Brief.Input.TEXT)
                .orElse(false);
    }

    private static Written both(Written original, Written revision) {
        return revision.text().contains(original.text())
                ? revision
                : new Written(
                        original.text() + "\n\n" + revision.text(),
                        revision.certainty(),
                        revision.at());
    }

    /// Notes made beside the answer once the model answer was open, by section.
    public Map<String, Written> annotations() {
        return Collections.unmodifiableMap(course.annotations());
    }

    /// Designs that were run within the attempt, the first first.
    public List<TriedDesign> designs() {
        return List.copyOf(course.designs());
    }

    /// Why no design can be run at this time and kept with the attempt; empty when one can.
    public Optional<Decision.Refused> noDesign(Instant now) {
        return course.noDesign(phase(now));
    }

    /// The hints that are open.
    public List<String> hints() {
        var open = new ArrayList<String>();
        for (int i = 0; i < brief().hints() && key.opensHint(i); i++) {
            open.add(challenge.hint(i).open(key));
        }
        return open;
    }

    /// The model answer, once it is open.
    public Optional<Solution> solution() {
        return key.opensAnswer() ? Optional.of(challenge.solution().open(key)) : Optional.empty();
    }

    /// One's own grade by dimension, once given; empty before.
    public Map<String, Level> selfGrade() {
        return course.self().orElse(Map.of());
    }

    /// The evidence, once one's own grade is stored; never for what was given up.
    public Optional<EvidenceGrade> evidence() {
        return course.self()
                .map(self ->
                        EvidenceGrader.grade(
                                brief(),
                                challenge.criteria().open(key),
                                answer(),
                                course.designs().stream().filter(TriedDesign::counts).toList(),
                                self));
    }

    /// What to learn, by dimension, once grades are open.
    public Map<String, Reading> readings() {
        return key.opensGrade()
                ? Collections.unmodifiableMap(challenge.readings().open(key))
                : Map.of();
    }

    /// The sentence on what was missed; empty until then.
    public String reflection() {
        return course.reflection();
    }

    @Override
    public Decision decide(Move move, Instant now) {
        return course.decide(move, now);
    }

    @Override
    public ChallengeAttempt apply(Event event) {
        var longer = new ArrayList<>(events);
        longer.add(event);
        return replay(challenge, (Move.Start) events.getFirst().move(), longer);
    }

    @Override
    public Optional<Outcome> outcome() {
        if (course.reflection().isEmpty()) {
            return Optional.empty();
        }
        Instant finished =
                events.stream()
                        .filter(event -> event.move() instanceof Move.Reflect)
                        .map(Event::at)
                        .findFirst()
                        .orElseThrow();
        return Optional.of(
                evidence()
                        .map(grade -> graded(grade, finished))
                        .orElseGet(() ->
                                new Outcome(
                                        item(),
                                        started(),
                                        finished,
                                        false,
                                        Rating.AGAIN,
                                        Level.NONE,
                                        List.of(),
                                        0,
                                        0,
                                        0,
                                        reflection())));
    }

    private Outcome graded(EvidenceGrade grade, Instant finished) {
        Rating earned =
                switch (grade.level()) {
                    case NONE -> Rating.AGAIN;
                    case JUNIOR -> Rating.HARD;
                    case SENIOR, STAFF -> Rating.GOOD;
                    case PRINCIPAL -> Rating.EASY;
                };
        return new Outcome(
                item(),
                started(),
                finished,
                true,
                course.hints() > HINTS_FOR_FREE ? earned.atMost(Rating.HARD) : earned,
                grade.level(),
                grade.dimensions().stream()
                        .map(dimension ->
                                new Outcome.Dimension(
                                        dimension.id(), dimension.self(), dimension.evidence()))
                        .toList(),
                grade.found(),
                grade.facts().size(),
                grade.certainty(),
                reflection());
    }
}
