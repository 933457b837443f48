package dev.touchstone.arena.internal.grading;

import dev.touchstone.arena.Report.Dimension;
import dev.touchstone.arena.Report.Verdict;
import dev.touchstone.arena.internal.content.Variant.Alternative;
import dev.touchstone.arena.internal.content.Variant.WeightedRule;
import dev.touchstone.arena.internal.rules.Judge;
import dev.touchstone.arena.internal.rules.Ruling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How well the order of actions kept to a right way of going about it: the best-kept of the
/// alternatives counts, the first of equals.
final class OrderGrade {
    private static final double MAX = 25;

    private OrderGrade() {}

    static Dimension of(Judge judge, List<Alternative> orders) {
        Dimension best = dimension(judge, orders.getFirst(), orders.size());
        for (Alternative alternative : orders.subList(1, orders.size())) {
            Dimension other = dimension(judge, alternative, orders.size());
            if (other.points() > best.points()) {
                best = other;
            }
        }
        return best;
    }

    private static Dimension dimension(Judge judge, Alternative alternative, int alternatives) {
        double weights = alternative.rules().stream().mapToDouble(WeightedRule::weight).sum();
        List<Verdict> verdicts = new ArrayList<>();
        if (alternatives > 1) {
            verdicts.add(
                    new Verdict(
                            0,
                            0,
                            "Judged as \"%s\", the closest of %d right ways."
                                    .formatted(alternative.title(), alternatives),
                            Optional.empty()));
        }
        double points = 0;
        for (WeightedRule weighted : alternative.rules()) {
            double max = MAX * weighted.weight() / weights;
            Ruling ruling = judge.judge(weighted.rule());
            double earned = ruling.earned() ? max : 0;
            points += earned;
            verdicts.add(
                    new Verdict(
                            earned,
                            max,
                            "%s – %s.".formatted(weighted.text(), ruling.why()),
                            ruling.at()));
        }
        return new Dimension("order", "Order of actions", points, MAX, verdicts);
    }
}
