package dev.touchstone.features.internal.window;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The events of one entity as they were known at one moment after another.
final class KnownEvents implements EventRange {
    private static final Comparator<FeatureRow> BY_EVENT =
            Comparator.comparingLong(FeatureRow::eventTime);

    private final AsOfRule rule;
    private final Mode mode;
    private final Optional<Integer> id;
    private final List<FeatureRow> rows;
    private List<FeatureRow> versions;
    private long known;

    /// @param rows all of the entity
    /// @param id the column that says which event a row is a version of
    KnownEvents(List<FeatureRow> rows, AsOfRule rule, Mode mode, Optional<Integer> id) {
        this.rule = rule;
        this.mode = mode;
        this.id = id;
        this.rows = new ArrayList<>(rows);
        this.rows.sort(BY_EVENT);
        this.versions = this.rows;
    }

    /// Moves to a label's moment.
    void at(long time) {
        known = mode == Mode.EVENT_TIME ? Times.INFINITY : Times.minus(time, rule.delayNanos());
        if (id.isPresent()) {
            versions = versions(id.get());
        }
    }

    private List<FeatureRow> versions(int column) {
        Map<Value, FeatureRow> latest = new HashMap<>();
        for (FeatureRow row : rows) {
            if (row.availableTime() <= known) {
                latest.merge(row.values().get(column), row, Versions::later);
            }
        }
        List<FeatureRow> sorted = new ArrayList<>(latest.values());
        sorted.sort(BY_EVENT);
        return sorted;
    }

    /// Whether anything was known that happened before a time.
    boolean any(long end) {
        for (FeatureRow row : rows) {
            if (row.eventTime() >= end) {
                return false;
            }
            if (row.availableTime() <= known) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void addTo(Partial[] into, long from, long to) {
        for (int at = first(from); at < versions.size(); at++) {
            FeatureRow row = versions.get(at);
            if (row.eventTime() >= to) {
                return;
            }
            if (row.availableTime() <= known) {
                for (Partial partial : into) {
                    partial.add(row);
                }
            }
        }
    }

    private int first(long time) {
        int low = 0;
        int high = versions.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (versions.get(middle).eventTime() < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
