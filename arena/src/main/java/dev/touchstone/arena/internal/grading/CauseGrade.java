package dev.touchstone.arena.internal.grading;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Report.Dimension;
import dev.touchstone.arena.Report.Verdict;
import dev.touchstone.arena.internal.Moments;
import dev.touchstone.arena.internal.content.Variant;
import dev.touchstone.arena.internal.content.Variant.Cause;
import dev.touchstone.arena.internal.rules.Deed;
import dev.touchstone.arena.internal.rules.Story;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The declared cause against the accepted ones; the one that fits best counts.
///
/// The component earns 5, one next to it half of that. The main mechanism earns 5 where it is named
/// first and 3 further down; the others share 2; each wrong one costs 1 of these 7. The onset earns
/// 3 within a minute of the true one.
final class CauseGrade {
    private static final double MAX = 15;
    private static final double COMPONENT = 5;
    private static final double NEAR_COMPONENT = 2.5;
    private static final double PRIMARY_FIRST = 5;
    private static final double PRIMARY_LATER = 3;
    private static final double SECONDARY = 2;
    private static final double WRONG_MECHANISM = 1;
    private static final double ONSET = 3;
    private static final Duration ONSET_TOLERANCE = Duration.ofSeconds(60);

    private CauseGrade() {}

    static Dimension of(Story story, Variant variant) {
        Optional<Deed> deed = story.declaration();
        if (deed.isEmpty() || !(deed.get().action() instanceof Action.Declare declared)) {
            return dimension(
                    List.of(
                            new Verdict(
                                    0,
                                    MAX,
                                    "No cause was declared before the clock ran out.",
                                    Optional.empty())));
        }
        Optional<Duration> at = Optional.of(deed.get().begun());
        Dimension best = dimension(verdicts(declared, at, variant.causes().getFirst(), variant));
        for (Cause cause : variant.causes()) {
            Dimension other = dimension(verdicts(declared, at, cause, variant));
            if (other.points() > best.points()) {
                best = other;
            }
        }
        return best;
    }

    private static Dimension dimension(List<Verdict> verdicts) {
        double points = verdicts.stream().mapToDouble(Verdict::points).sum();
        return new Dimension("cause", "Root cause", points, MAX, verdicts);
    }

    private static List<Verdict> verdicts(
            Action.Declare declared, Optional<Duration> at, Cause cause, Variant variant) {
        return List.of(
                component(declared, at, cause, variant.incident()),
                mechanisms(declared, at, cause, variant.incident()),
                onset(declared, at, cause));
    }

    private static Verdict component(
            Action.Declare declared, Optional<Duration> at, Cause cause, Incident incident) {
        String named = label(incident.components(), declared.component());
        String right = label(incident.components(), cause.component());
        if (declared.component().equals(cause.component())) {
            return new Verdict(COMPONENT, COMPONENT, "Component: %s, right.".formatted(named), at);
        }
        boolean near = cause.near().contains(declared.component());
        return new Verdict(
                near ? NEAR_COMPONENT : 0,
                COMPONENT,
                "Component: %s was named; %s %s."
                        .formatted(
                                named, near ? "next to it is the right one," : "right is", right),
                at);
    }

    private static Verdict mechanisms(
            Action.Declare declared, Optional<Duration> at, Cause cause, Incident incident) {
        List<String> named = declared.mechanisms();
        boolean others = !cause.secondary().isEmpty();
        double max = PRIMARY_FIRST + SECONDARY;
        double scale = others ? 1 : max / PRIMARY_FIRST;
        double points = 0;
        if (named.contains(cause.primary())) {
            points =
                    scale
                            * (named.getFirst().equals(cause.primary())
                                    ? PRIMARY_FIRST
                                    : PRIMARY_LATER);
        }
        long found = named.stream().filter(cause.secondary()::contains).count();
        if (others) {
            points += SECONDARY * found / cause.secondary().size();
        }
        long wrong =
                named.stream()
                        .filter(it ->
                                !it.equals(cause.primary()) && !cause.secondary().contains(it))
                        .count();
        return new Verdict(
                Math.max(0, points - WRONG_MECHANISM * wrong),
                max,
                "Mechanism: %s. Main mechanism: %s%s.%s"
                        .formatted(
                                place(named, cause, incident),
                                label(incident.mechanisms(), cause.primary()),
                                others
                                        ? "; %d of %d further ones named"
                                                .formatted(found, cause.secondary().size())
                                        : "",
                                wrong == 0 ? "" : " %d named that had no part.".formatted(wrong)),
                at);
    }

    private static String place(List<String> named, Cause cause, Incident incident) {
        int place = named.indexOf(cause.primary());
        return switch (place) {
            case 0 -> "the main one named first";
            case -1 ->
                    "%s named first, the main one not at all"
                            .formatted(label(incident.mechanisms(), named.getFirst()));
            default -> "the main one named in place %d".formatted(place + 1);
        };
    }

    private static Verdict onset(Action.Declare declared, Optional<Duration> at, Cause cause) {
        Duration off = declared.onset().minus(cause.onset()).abs();
        boolean right = off.compareTo(ONSET_TOLERANCE) <= 0;
        return new Verdict(
                right ? ONSET : 0,
                ONSET,
                right
                        ? "Onset: %s, right to %s."
                                .formatted(Moments.at(declared.onset()), Moments.length(off))
                        : "Onset: %s was named, it was %s; up to %s off is right."
                                .formatted(
                                        Moments.at(declared.onset()),
                                        Moments.at(cause.onset()),
                                        Moments.length(ONSET_TOLERANCE)),
                at);
    }

    private static String label(List<Incident.Term> terms, String id) {
        return terms.stream()
                .filter(term -> term.id().equals(id))
                .map(Incident.Term::label)
                .findFirst()
                .orElse(id);
    }
}
