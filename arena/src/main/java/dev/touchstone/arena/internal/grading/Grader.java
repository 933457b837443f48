package dev.touchstone.arena.internal.grading;

import dev.touchstone.arena.Report;
import dev.touchstone.arena.Report.Dimension;
import dev.touchstone.arena.internal.DeploymentFactory;
import dev.touchstone.arena.internal.content.IncidentPlan;
import dev.touchstone.arena.internal.content.Variant;
import dev.touchstone.arena.internal.grading.References.Reference;
import dev.touchstone.arena.internal.play.Grading;
import dev.touchstone.arena.internal.play.Played;
import dev.touchstone.arena.internal.play.Trajectory;
import dev.touchstone.arena.internal.rules.Deed;
import dev.touchstone.arena.internal.rules.FactLine;
import dev.touchstone.arena.internal.rules.Judge;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Grades a run against its references and the incident's rules.
public final class Grader implements Grading {
    private static final int FULL_SCORE = 100;

    private final DeploymentFactory factory;
    private final References references;

    /// @param factory builds the reference runs' deployments
    public Grader(DeploymentFactory factory, References references) {
        this.factory = factory;
        this.references = references;
    }

    @Override
    public Report grade(Played played) {
        IncidentPlan plan = played.plan();
        Variant variant = played.variant();
        Reference reference = references.of(plan, factory, played.seed());
        var judge = new Judge(played.story(), plan.structural(), plan.facts());
        List<Dimension> dimensions =
                List.of(
                        HarmGrade.of(played, reference),
                        OrderGrade.of(judge, variant.orders()),
                        CauseGrade.of(played.story(), variant),
                        EvidenceGrade.of(played, reference),
                        CommunicationGrade.of(played),
                        WasteGrade.of(played, reference.expert()));
        List<Report.Fatal> fatal = fatal(judge, plan);
        return new Report(
                plan.incident().id(),
                played.seed(),
                variant.title(),
                score(dimensions, fatal),
                dimensions,
                fatal,
                List.of(
                        run("you", played.trajectory()),
                        run("an expert", reference.expert().trajectory()),
                        run("nobody acts", reference.nobody())),
                variant.debrief(),
                facts(plan, played.figures()),
                played.hash());
    }

    private static List<Report.Fatal> fatal(Judge judge, IncidentPlan plan) {
        List<Report.Fatal> fatal = new ArrayList<>();
        for (IncidentPlan.Fatal rule : plan.fatal()) {
            Optional<Deed> deed = judge.fatal(rule.when());
            deed.ifPresent(it ->
                    fatal.add(new Report.Fatal(rule.title(), rule.why(), it.done(), rule.cap())));
        }
        return fatal;
    }

    private static int score(List<Dimension> dimensions, List<Report.Fatal> fatal) {
        double sum = dimensions.stream().mapToDouble(Dimension::points).sum();
        int cap = fatal.stream().mapToInt(Report.Fatal::cap).min().orElse(FULL_SCORE);
        return Math.min(cap, Math.clamp(Math.round(sum), 0, FULL_SCORE));
    }

    private static Report.Run run(String name, Trajectory trajectory) {
        return new Report.Run(
                name,
                trajectory.harm(),
                trajectory.harmOverTime(),
                trajectory.signals(),
                trajectory.marks());
    }

    private static List<Report.Fact> facts(IncidentPlan plan, Played.Snapshots figures) {
        return plan.facts().stream()
                .map(line ->
                        new Report.Fact(
                                line.label(),
                                line.written(value(line, figures.before())),
                                line.written(value(line, figures.atPage())),
                                line.written(value(line, figures.atEnd()))))
                .toList();
    }

    private static double value(FactLine line, Map<String, Double> figures) {
        return figures.getOrDefault(line.figure(), Double.NaN);
    }
}
