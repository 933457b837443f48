package dev.touchstone.arena.practice;

import dev.touchstone.arena.design.DesignTrial;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.arena.design.TrialResult;
import dev.touchstone.arena.practice.Brief.Section;
import dev.touchstone.arena.practice.ChallengeAttempt.Phase;
import dev.touchstone.arena.practice.Decision.Accepted;
import dev.touchstone.arena.practice.Decision.Kind;
import dev.touchstone.arena.practice.Decision.Refused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// How far an attempt at a challenge has come: the rules of the protocol. Mutable; a
/// [ChallengeAttempt] builds one from its events and shows it read-only.
final class Course {
    /// Ten pages; nobody writes them in half an hour.
    static final int MAX_CHARS = 30_000;

    static final int MAX_SENTENCE_CHARS = 600;

    /// Designs that are kept with one attempt.
    static final int MAX_DESIGNS = 20;

    private final Brief brief;
    private final Instant started;
    private final Move.Start start;
    private final Map<String, Written> original = new LinkedHashMap<>();
    private final Map<String, Written> revised = new LinkedHashMap<>();
    private final Map<String, Written> annotations = new LinkedHashMap<>();
    private final List<TriedDesign> designs = new ArrayList<>();
    private Event last;
    private boolean submitted;
    private boolean givenUp;
    private int hints;
    private Optional<Instant> revisionEnd = Optional.empty();
    private boolean answerOpen;
    private Optional<Map<String, Level>> self = Optional.empty();
    private String reflection = "";

    Course(Brief brief, Event first, Move.Start start) {
        this.brief = brief;
        this.started = first.at();
        this.start = start;
        this.last = first;
    }

    Instant started() {
        return started;
    }

    Instant deadline() {
        return started.plus(start.time());
    }

    Optional<Instant> revisionEnd() {
        return revisionEnd;
    }

    boolean givenUp() {
        return givenUp;
    }

    int hints() {
        return hints;
    }

    boolean answerOpen() {
        return answerOpen;
    }

    Optional<Map<String, Level>> self() {
        return self;
    }

    String reflection() {
        return reflection;
    }

    Map<String, Written> original() {
        return original;
    }

    Map<String, Written> revised() {
        return revised;
    }

    Map<String, Written> annotations() {
        return annotations;
    }

    List<TriedDesign> designs() {
        return designs;
    }

    Phase phase(Instant now) {
        if (!reflection.isEmpty()) {
            return Phase.DONE;
        }
        if (answerOpen) {
            return self.isPresent() || givenUp ? Phase.GRADED : Phase.ANSWERED;
        }
        if (submitted) {
            return revisionEnd.filter(now::isBefore).isPresent() ? Phase.REVISING : Phase.SUBMITTED;
        }
        if (now.isBefore(deadline())) {
            return Phase.WRITING;
        }
        return hasWritten() ? Phase.SUBMITTED : Phase.EXPIRED;
    }

    private boolean hasWritten() {
        return original.values().stream().anyMatch(written -> !written.text().isBlank());
    }

    private boolean isBlank(Section section) {
        Written written = original.get(section.id());
        return written == null || written.text().isBlank();
    }

    /// Sections that submitting still needs: every question, and some prose.
    List<String> missing() {
        var missing = new ArrayList<String>();
        List<Section> prose = new ArrayList<>();
        for (Section section : brief.form()) {
            if (section.input().isQuestion() && isBlank(section)) {
                missing.add(section.id());
            } else if (section.input() == Brief.Input.TEXT) {
                prose.add(section);
            }
        }
        if (!prose.isEmpty() && prose.stream().allMatch(this::isBlank)) {
            missing.add(prose.getFirst().id());
        }
        return missing;
    }

    Decision decide(Move move, Instant now) {
        Phase phase = phase(now);
        Optional<Refused> objection =
                switch (move) {
                    case Move.Save save -> save(save, phase);
                    case Move.Submit _ -> submit(phase);
                    case Move.GiveUp _ -> giveUp(phase);
                    case Move.OpenHint _ -> openHint(phase);
                    case Move.OpenAnswer _ -> openAnswer(phase);
                    case Move.Annotate annotate -> annotate(annotate, phase);
                    case Move.SelfGrade grade -> selfGrade(grade, phase);
                    case Move.Reflect reflect -> reflect(reflect, phase);
                    case Move.TryDesign tried -> tryDesign(tried, phase);
                    case Move.Start _ ->
                            refused(Kind.MALFORMED, "it has started; start another attempt");
                    case Move.Answer _, Move.Rate _ ->
                            refused(
                                    Kind.MALFORMED,
                                    "a challenge is answered section by section; save those");
                };
        return objection.isPresent() ? objection.get() : new Accepted(last.then(move, now));
    }

    private Optional<Refused> save(Move.Save save, Phase phase) {
        Optional<Section> section = brief.section(save.section());
        if (section.isEmpty()) {
            return noSection(save.section());
        }
        if (save.text().length() > MAX_CHARS) {
            return tooLong(save.text(), MAX_CHARS);
        }
        Optional<Refused> unsure = Written.objection(save.certainty());
        if (unsure.isPresent()) {
            return unsure;
        }
        if (save.certainty().isPresent() && !section.get().input().isQuestion()) {
            return refused(Kind.MALFORMED, "only questions take a certainty; leave it out here");
        }
        return switch (phase) {
            case WRITING, REVISING -> Optional.empty();
            case EXPIRED ->
                    refused(
                            Kind.TOO_LATE,
                            "the time ran out at %s and nothing was saved; give up to go on"
                                    .formatted(deadline()));
            case SUBMITTED ->
                    refused(
                            Kind.TOO_LATE,
                            "the answer is submitted and the time to write is over; what was saved counts");
            case ANSWERED, GRADED, DONE ->
                    refused(
                            Kind.TOO_LATE,
                            "the model answer is open, so the answer stays as written; annotate it");
        };
    }

    private Optional<Refused> submit(Phase phase) {
        return switch (phase) {
            case WRITING -> {
                List<String> missing = missing();
                yield missing.isEmpty()
                        ? Optional.empty()
                        : refused(
                                Kind.INCOMPLETE,
                                "still to write: %s; or give up"
                                        .formatted(String.join(", ", missing)));
            }
            case REVISING -> Optional.empty();
            case EXPIRED ->
                    refused(
                            Kind.TOO_LATE,
                            "the time ran out and nothing was saved; give up to go on");
            case SUBMITTED, ANSWERED, GRADED, DONE ->
                    refused(Kind.TOO_LATE, "the answer is submitted; open a hint or the answer");
        };
    }

    private static Optional<Refused> giveUp(Phase phase) {
        return switch (phase) {
            case WRITING, EXPIRED -> Optional.empty();
            case SUBMITTED, REVISING, ANSWERED, GRADED, DONE ->
                    refused(Kind.TOO_LATE, "the answer is submitted; there is nothing to give up");
        };
    }

    private Optional<Refused> openHint(Phase phase) {
        return switch (phase) {
            case WRITING, EXPIRED -> early("hints open");
            case SUBMITTED, REVISING ->
                    hints < brief.hints()
                            ? Optional.empty()
                            : refused(Kind.TOO_LATE, "all %d hints are open".formatted(hints));
            case ANSWERED, GRADED, DONE ->
                    refused(Kind.TOO_LATE, "the model answer is open, and with it every hint");
        };
    }

    private static Optional<Refused> openAnswer(Phase phase) {
        return switch (phase) {
            case WRITING, EXPIRED -> early("the model answer opens");
            case SUBMITTED, REVISING -> Optional.empty();
            case ANSWERED, GRADED, DONE -> refused(Kind.TOO_LATE, "the model answer is open");
        };
    }

    private Optional<Refused> annotate(Move.Annotate annotate, Phase phase) {
        if (brief.section(annotate.section()).isEmpty()) {
            return noSection(annotate.section());
        }
        if (annotate.text().length() > MAX_CHARS) {
            return tooLong(annotate.text(), MAX_CHARS);
        }
        return answerOpen
                ? Optional.empty()
                : refused(
                        Kind.TOO_EARLY,
                        "notes come after the model answer; it opens after submitting (now: %s)"
                                .formatted(word(phase)));
    }

    private Optional<Refused> selfGrade(Move.SelfGrade grade, Phase phase) {
        return switch (phase) {
            case WRITING, EXPIRED, SUBMITTED, REVISING ->
                    refused(
                            Kind.TOO_EARLY,
                            "grade yourself against the model answer; open that first");
            case ANSWERED -> {
                var wanted = new TreeSet<String>();
                brief.rubric().forEach(dimension -> wanted.add(dimension.id()));
                yield new HashSet<>(wanted).equals(grade.levels().keySet())
                        ? Optional.empty()
                        : refused(
                                Kind.INCOMPLETE,
                                "grade every dimension and no other: %s; got %s"
                                        .formatted(
                                                String.join(", ", wanted),
                                                String.join(
                                                        ", ",
                                                        new TreeSet<>(grade.levels().keySet()))));
            }
            case GRADED, DONE ->
                    refused(
                            Kind.TOO_LATE,
                            givenUp
                                    ? "what was given up is not graded"
                                    : "the evidence is open, so your grade stays as given");
        };
    }

    private static Optional<Refused> reflect(Move.Reflect reflect, Phase phase) {
        if (reflect.sentence().length() > MAX_SENTENCE_CHARS) {
            return tooLong(reflect.sentence(), MAX_SENTENCE_CHARS);
        }
        return switch (phase) {
            case WRITING, EXPIRED, SUBMITTED, REVISING, ANSWERED ->
                    refused(
                            Kind.TOO_EARLY,
                            "say what you missed once the grades are open; grade yourself first");
            case GRADED ->
                    reflect.sentence().isBlank()
                            ? refused(
                                    Kind.INCOMPLETE,
                                    "write one sentence on what you missed and why")
                            : Optional.empty();
            case DONE -> refused(Kind.TOO_LATE, "the attempt is finished");
        };
    }

    private Optional<Refused> tryDesign(Move.TryDesign tried, Phase phase) {
        List<Integer> times = tried.results().stream().map(TrialResult::times).toList();
        return times.equals(DesignTrial.TIMES)
                ? noDesign(phase)
                : refused(
                        Kind.MALFORMED,
                        "a design is run under %s times the load, got %s"
                                .formatted(DesignTrial.TIMES, times));
    }

    /// Why no design can be run in this phase; empty when one can.
    Optional<Refused> noDesign(Phase phase) {
        if (!brief.id().equals(FleetDesign.CHALLENGE)) {
            return refused(
                    Kind.MALFORMED,
                    "%s has no fleet to run; %s has".formatted(brief.id(), FleetDesign.CHALLENGE));
        }
        if (designs.size() >= MAX_DESIGNS) {
            return refused(
                    Kind.TOO_LATE,
                    "%d designs are kept with an attempt and as many were run; /design runs more"
                            .formatted(MAX_DESIGNS));
        }
        return switch (phase) {
            case WRITING, REVISING, SUBMITTED, ANSWERED, GRADED -> Optional.empty();
            case EXPIRED ->
                    refused(
                            Kind.TOO_LATE,
                            "the time ran out and nothing was saved; give up to go on");
            case DONE ->
                    refused(
                            Kind.TOO_LATE,
                            "the attempt is finished; /design runs more without keeping them");
        };
    }

    /// Makes an accepted event happen.
    void apply(Event event) {
        last = event;
        switch (event.move()) {
            case Move.Save(String section, String text, Optional<Integer> certainty) ->
                    (submitted ? revised : original)
                            .put(section, new Written(text, certainty, event.at()));
            case Move.Submit _ -> {
                submitted = true;
                revisionEnd = Optional.empty();
            }
            case Move.GiveUp _ -> {
                submitted = true;
                givenUp = true;
            }
            case Move.OpenHint _ -> {
                if (hints == 0 && !givenUp) {
                    revisionEnd = Optional.of(event.at().plus(start.revision()));
                }
                submitted = true; // At the deadline nobody says so.
                hints++;
            }
            case Move.OpenAnswer _ -> {
                submitted = true;
                answerOpen = true;
            }
            case Move.Annotate(String section, String text) ->
                    annotations.put(section, new Written(text, Optional.empty(), event.at()));
            case Move.SelfGrade(Map<String, Level> levels) -> self = Optional.of(levels);
            case Move.Reflect(String sentence) -> reflection = sentence.strip();
            case Move.TryDesign(FleetDesign design, List<TrialResult> results) ->
                    designs.add(
                            new TriedDesign(event.at(), design, results, !answerOpen && !givenUp));
            case Move.Start _, Move.Answer _, Move.Rate _ ->
                    throw new IllegalArgumentException(
                            "a challenge accepts no " + event.move() + "; ask decide first");
        }
    }

    private Optional<Refused> noSection(String section) {
        return refused(
                Kind.MALFORMED,
                "%s has no section '%s'; there are %s"
                        .formatted(
                                brief.id(),
                                section,
                                String.join(
                                        ", ", brief.form().stream().map(Section::id).toList())));
    }

    private static Optional<Refused> tooLong(String text, int limit) {
        return refused(
                Kind.MALFORMED,
                "%d characters, but at most %d are kept; shorten it"
                        .formatted(text.length(), limit));
    }

    private static Optional<Refused> early(String what) {
        return refused(
                Kind.TOO_EARLY, what + " after an attempt; submit what you have, or give up");
    }

    private static String word(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Refused> refused(Kind kind, String reason) {
        return Optional.of(new Refused(kind, reason));
    }
}
