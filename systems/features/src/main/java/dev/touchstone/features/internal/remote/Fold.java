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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Leaves out of an entity's rows what no read at a time or later can be given.
final class Fold {
    private static final Comparator<FeatureRow> BY_EVENT =
            Comparator.comparingLong(FeatureRow::eventTime);

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
            long winner =
                    rows.stream()
                            .filter(row -> isSeen(row, from))
                            .max(FeatureRow.BY_PRECEDENCE)
                            .map(FeatureRow::sequence)
                            .orElse(-1L);
            left.removeIf(row -> row.sequence() != winner && isSeen(row, from));
        }
        left.sort(Comparator.comparingLong(FeatureRow::sequence));
        return left;
    }

    private boolean isSeen(FeatureRow row, long time) {
        return rule.visibleFrom(row.eventTime(), row.availableTime(), Mode.KNOWN_AT_THE_TIME)
                <= time;
    }

    /// Of what is older than any window stays what says since when and until when there were
    /// events: that is known of an entity for good.
    private List<FeatureRow> events(List<FeatureRow> rows, long from) {
        long oldest = plan.orElseThrow().oldest(from);
        Set<FeatureRow> left = new LinkedHashSet<>();
        List<FeatureRow> known = new ArrayList<>();
        for (FeatureRow row : rows) {
            if (row.availableTime() != Times.INFINITY) { // else dropped as late: never served
                (isKnown(row, from) ? known : left).add(row);
            }
        }
        List<FeatureRow> counting = counting(known);
        counting.stream().filter(row -> row.eventTime() >= oldest).forEach(left::add);
        List<FeatureRow> ends = new ArrayList<>();
        known.stream().min(BY_EVENT).ifPresent(ends::add);
        known.stream().max(BY_EVENT).ifPresent(ends::add);
        counting.stream()
                .filter(row -> row.eventTime() < oldest)
                .max(BY_EVENT)
                .ifPresent(ends::add);
        for (FeatureRow end : ends) {
            left.add(end);
            if (id.isPresent()) { // never without the version that took its place
                Value event = end.values().get(id.get());
                counting.stream()
                        .filter(row -> row.values().get(id.get()).equals(event))
                        .forEach(left::add);
            }
        }
        return List.copyOf(left);
    }

    /// Of versions of one event the last, of those that are known; all events where they have no
    /// id.
    private List<FeatureRow> counting(List<FeatureRow> known) {
        if (id.isEmpty()) {
            return known;
        }
        Map<Value, FeatureRow> versions = new HashMap<>();
        known.forEach(row -> versions.merge(row.values().get(id.get()), row, Versions::later));
        return List.copyOf(versions.values());
    }

    /// A version takes the place of the one before as soon as it is available, an event without id
    /// counts once it has happened too.
    private boolean isKnown(FeatureRow row, long time) {
        return id.isPresent()
                ? row.availableTime() <= Times.minus(time, rule.delayNanos())
                : isSeen(row, time);
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
