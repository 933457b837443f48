package dev.touchstone.arena.practice;

import java.util.ArrayList;
import java.util.List;

/// Finds where going again no longer helps.
final class Plateau {
    private static final int RE_ATTEMPTS = 2;

    private Plateau() {}

    /// Dimensions whose evidence was in neither of the last two attempts above the best before
    /// them. What is principal has nothing left to gain, and that is where every dimension ends
    /// with all its facts found, so none is stuck at its ceiling.
    ///
    /// @param outcomes of one challenge, oldest first
    static List<String> dimensions(List<Outcome> outcomes) {
        List<Outcome> graded = outcomes.stream().filter(Outcome::attempted).toList();
        int first = graded.size() - RE_ATTEMPTS;
        if (first < 1) {
            return List.of();
        }
        List<Outcome> before = graded.subList(0, first);
        List<Outcome> again = graded.subList(first, graded.size());
        var stuck = new ArrayList<String>();
        for (Outcome.Dimension dimension : graded.getLast().dimensions()) {
            Level best = best(before, dimension.id());
            if (best != Level.PRINCIPAL && best(again, dimension.id()).compareTo(best) <= 0) {
                stuck.add(dimension.id());
            }
        }
        return stuck;
    }

    private static Level best(List<Outcome> outcomes, String dimension) {
        Level best = Level.NONE;
        for (Outcome outcome : outcomes) {
            for (Outcome.Dimension graded : outcome.dimensions()) {
                if (graded.id().equals(dimension) && graded.evidence().compareTo(best) > 0) {
                    best = graded.evidence();
                }
            }
        }
        return best;
    }
}
