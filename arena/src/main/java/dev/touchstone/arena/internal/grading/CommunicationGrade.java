package dev.touchstone.arena.internal.grading;

import static dev.touchstone.arena.internal.Moments.at;
import static dev.touchstone.arena.internal.Moments.length;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Report.Dimension;
import dev.touchstone.arena.Report.Verdict;
import dev.touchstone.arena.internal.content.IncidentPlan;
import dev.touchstone.arena.internal.play.Played;
import dev.touchstone.arena.internal.rules.Deed;
import dev.touchstone.arena.internal.rules.Story;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What others were told: a first status line in time (3), an update once something had been
/// changed (2) that names what (1), and a hand-over with the gates that would have stopped it (4).
///
/// What a line says is not judged beyond one thing: whether the update shares a word with the
/// levers pulled before it, in their ids, titles or options.
final class CommunicationGrade {
    private static final double MAX = 10;
    private static final double FIRST = 3;
    private static final double UPDATE = 2;
    private static final double UPDATE_NAMES_CHANGE = 1;
    private static final double GATES = 4;
    private static final int SHORTEST_WORD = 4;
    private static final Pattern NOT_A_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final Pattern HAS_DIGIT = Pattern.compile(".*\\p{N}.*");

    private CommunicationGrade() {}

    static Dimension of(Played played) {
        Story story = played.story();
        IncidentPlan.Communication due = played.plan().communication();
        List<Verdict> verdicts =
                Stream.of(
                                List.of(first(story, due.firstWithin())),
                                update(story, due.updateWithin()),
                                List.of(gates(story, played.variant().rightGates())))
                        .flatMap(List::stream)
                        .toList();
        double points = verdicts.stream().mapToDouble(Verdict::points).sum();
        return new Dimension("communication", "Communication", points, MAX, verdicts);
    }

    private static Verdict first(Story story, Duration within) {
        Optional<Deed> first = story.announcements().findFirst();
        if (first.isEmpty()) {
            return new Verdict(0, FIRST, "No status line was posted.", Optional.empty());
        }
        Duration posted = first.get().done();
        boolean inTime = posted.compareTo(within) <= 0;
        return new Verdict(
                inTime ? FIRST : 0,
                FIRST,
                "First status line posted %s; due within %s.".formatted(at(posted), length(within)),
                Optional.of(posted));
    }

    private static List<Verdict> update(Story story, Duration within) {
        Optional<Deed> change = story.pulls().findFirst();
        if (change.isEmpty()) {
            return List.of(
                    new Verdict(
                            0,
                            UPDATE + UPDATE_NAMES_CHANGE,
                            "Nothing was changed, so there was no change to report.",
                            Optional.empty()));
        }
        Duration effect = change.get().done();
        Optional<Deed> update =
                story.announcements().filter(it -> it.number() > change.get().number()).findFirst();
        String due = "an update was due within %s of the first change".formatted(length(within));
        if (update.isEmpty()) {
            return List.of(
                    new Verdict(
                            0,
                            UPDATE + UPDATE_NAMES_CHANGE,
                            "No status line after the change that took effect %s; %s."
                                    .formatted(at(effect), due),
                            Optional.of(effect)));
        }
        Duration posted = update.get().done();
        boolean inTime = posted.compareTo(effect.plus(within)) <= 0;
        return List.of(
                new Verdict(
                        inTime ? UPDATE : 0,
                        UPDATE,
                        "Update posted %s, after the change that took effect %s; %s."
                                .formatted(at(posted), at(effect), due),
                        Optional.of(posted)),
                names(story, update.get()));
    }

    private static Verdict names(Story story, Deed update) {
        Set<String> said =
                update.action() instanceof Action.Announce(String status)
                        ? words(status)
                        : Set.of();
        Optional<String> shared =
                story.pulls()
                        .filter(pull -> pull.number() < update.number())
                        .flatMap(pull -> wordsOf(story.incident(), pull.action()).stream())
                        .filter(said::contains)
                        .sorted()
                        .findFirst();
        return new Verdict(
                shared.isPresent() ? UPDATE_NAMES_CHANGE : 0,
                UPDATE_NAMES_CHANGE,
                shared.map("The update names what was changed (\"%s\")."::formatted)
                        .orElse("The update does not name what was changed."),
                Optional.of(update.done()));
    }

    private static Set<String> wordsOf(Incident incident, Action action) {
        if (!(action instanceof Action.Pull(String id, String option))) {
            return Set.of();
        }
        Set<String> words = new HashSet<>(words(id + " " + option));
        for (Incident.Lever lever : incident.levers()) {
            if (lever.id().equals(id)) {
                words.addAll(words(lever.title()));
            }
        }
        return words;
    }

    /// Words long enough to mean something, and all with digits in them, such as `8k`.
    private static Set<String> words(String text) {
        return NOT_A_WORD
                .splitAsStream(text.toLowerCase(Locale.ROOT))
                .filter(word -> word.length() >= SHORTEST_WORD || HAS_DIGIT.matcher(word).matches())
                .collect(Collectors.toSet());
    }

    private static Verdict gates(Story story, Set<String> right) {
        Optional<Deed> deed = story.declaration();
        if (deed.isEmpty() || !(deed.get().action() instanceof Action.Declare declared)) {
            return new Verdict(
                    0, GATES, "Nothing was handed over: no declaration.", Optional.empty());
        }
        long hits = declared.gates().stream().filter(right::contains).count();
        long wrong = declared.gates().size() - hits;
        double points = GATES * Math.max(0, hits - wrong) / right.size();
        return new Verdict(
                points,
                GATES,
                "Hand-over: %d of the %d gates that would have stopped it%s."
                        .formatted(
                                hits,
                                right.size(),
                                wrong == 0
                                        ? ""
                                        : ", and %d that would not, each taking one back"
                                                .formatted(wrong)),
                Optional.of(deed.get().begun()));
    }
}
