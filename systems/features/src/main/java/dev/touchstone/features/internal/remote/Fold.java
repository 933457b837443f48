package dev.touchstone.features.internal.remote;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.window.Versions;
import dev.touchstone.features.internal.window.WindowPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Leaves out of an entity's rows what no read at a time or later can be given.
final class Fold {
    private final AsOfRule rule;
    private final Optional<WindowPlan> plan;
    private final Optional<Integer> id;

    Fold(ViewDefinition definition) {
        this.rule = definition.view().rule();
        this.plan = definition.windows().map(WindowPlan::new);
        this.id = definition.windows().flatMap(source -> source.id());
    }

    /// The rows that are left, in ascending order of their numbers.
    ///
    /// @param from the earliest moment that anybody reads as of
    List<FeatureRow> left(List<FeatureRow> rows, long from) {
        List<FeatureRow> left = new ArrayList<>(plan.isPresent() ? events(rows, from) : rows);
        if (plan.isEmpty()) {
            rows.stream()
                    .filter(row -> isSeen(row, from))
                    .max(FeatureRow.BY_PRECEDENCE)
                    .ifPresent(winner -> left.removeIf(row -> row != winner && isSeen(row, from)));
        }
        left.sort(Comparator.comparingLong(FeatureRow::sequence));
        return left;
    }

    private boolean isSeen(FeatureRow row, long time) {
        return rule.visibleFrom(row.eventTime(), row.availableTime(), Mode.KNOWN_AT_THE_TIME)
                <= time;
    }

    private List<FeatureRow> events(List<FeatureRow> rows, long from) {
        long oldest = plan.orElseThrow().oldest(from);
        List<FeatureRow> left = new ArrayList<>();
        Map<Value, FeatureRow> versions = new HashMap<>();
        for (FeatureRow row : rows) {
            if (row.availableTime() == Times.INFINITY) {
                continue; // dropped as late: never served
            }
            if (id.isPresent() && row.availableTime() <= Times.minus(from, rule.delayNanos())) {
                versions.merge(row.values().get(id.get()), row, Versions::later);
            } else if (id.isPresent() || row.eventTime() >= oldest) {
                left.add(row);
            }
        }
        versions.values().stream().filter(row -> row.eventTime() >= oldest).forEach(left::add);
        return left;
    }

    /// Until when rows may be served: [Times#INFINITY] when for ever.
    long neededUntil(List<FeatureRow> rows, long now) {
        if (plan.isEmpty()) {
            return Times.INFINITY;
        }
        long latest =
                rows.stream()
                        .filter(row -> row.availableTime() != Times.INFINITY)
                        .mapToLong(FeatureRow::eventTime)
                        .max()
                        .orElse(now);
        return Times.plus(Math.max(now, latest), -plan.get().oldest(0));
    }
}
