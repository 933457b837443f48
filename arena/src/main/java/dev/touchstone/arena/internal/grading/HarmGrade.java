package dev.touchstone.arena.internal.grading;

import dev.touchstone.arena.Report.Dimension;
import dev.touchstone.arena.Report.Verdict;
import dev.touchstone.arena.internal.Moments;
import dev.touchstone.arena.internal.grading.References.Reference;
import dev.touchstone.arena.internal.play.Played;
import dev.touchstone.arena.internal.rules.Deed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Regret over the harm done: all points for as little as an expert let happen, none for as much as
/// if nobody had acted, linear in between.
final class HarmGrade {
    private static final double MAX = 40;

    private HarmGrade() {}

    static Dimension of(Played played, Reference reference) {
        double harm = played.trajectory().harm();
        double expert = reference.expert().trajectory().harm();
        double nobody = reference.nobody().harm();
        double avoided = 1 - regret(harm, expert, nobody);
        double points = MAX * avoided;
        List<Verdict> verdicts = new ArrayList<>();
        verdicts.add(
                new Verdict(
                        points,
                        MAX,
                        String.format(
                                Locale.ROOT,
                                "%,.0f users hurt by the end of the clock; an expert's run has %,.0f and"
                                        + " nobody acting %,.0f, so %.0f %% of what could be avoided was.",
                                harm,
                                expert,
                                nobody,
                                100 * avoided),
                        Optional.empty()));
        played.story()
                .pulls()
                .findFirst()
                .ifPresent(pull -> verdicts.add(beforeFirstChange(played, pull)));
        return new Dimension("harm", "Harm to users", points, MAX, verdicts);
    }

    /// A remark worth nothing: where the harm fell.
    private static Verdict beforeFirstChange(Played played, Deed pull) {
        double before = played.trajectory().harmAt(pull.done());
        return new Verdict(
                0,
                0,
                String.format(
                        Locale.ROOT,
                        "%,.0f of them before the first change (%s) took effect %s.",
                        before,
                        played.story().describe(pull.action()),
                        Moments.at(pull.done())),
                Optional.of(pull.done()));
    }

    /// From 0, as good as an expert or better, to 1, as bad as nobody or worse.
    static double regret(double harm, double expert, double nobody) {
        double avoidable = nobody - expert;
        if (avoidable <= 0) {
            return harm <= expert ? 0 : 1;
        }
        return Math.clamp((harm - expert) / avoidable, 0, 1);
    }
}
