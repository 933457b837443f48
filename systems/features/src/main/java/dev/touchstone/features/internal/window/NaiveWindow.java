package dev.touchstone.features.internal.window;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Event;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Windowed aggregates, one label at a time, from all events: what every faster way must equal.
public final class NaiveWindow {
    private static final Comparator<FeatureRow> BY_AVAILABILITY =
            Comparator.comparingLong(FeatureRow::availableTime)
                    .thenComparingLong(FeatureRow::sequence);

    private final List<Event> events;
    private final AsOfRule rule;
    private final Mode mode;

    /// @param events all events, in any order
    public NaiveWindow(List<Event> events, AsOfRule rule, Mode mode) {
        this.events = events;
        this.rule = rule;
        this.mode = mode;
    }

    /// The aggregate for an entity at `time`.
    ///
    /// @param knownAt the moment of serving: `time`, unless events are served as they arrive
    public Value answer(Aggregate aggregate, EntityKey entity, long time, long knownAt) {
        List<Value> values = new ArrayList<>();
        for (FeatureRow row : window(aggregate.window(), entity, time, knownAt)) {
            Value value = row.values().get(aggregate.column());
            if (!value.equals(Value.MISSING)) {
                values.add(value);
            }
        }
        return Aggregates.of(aggregate.function(), aggregate.at(), values);
    }

    private List<FeatureRow> window(Window window, EntityKey entity, long time, long knownAt) {
        List<FeatureRow> covered = new ArrayList<>();
        for (FeatureRow row : asKnown(entity, knownAt)) {
            boolean happened =
                    switch (rule.boundary()) {
                        case AT_OR_BEFORE -> row.eventTime() <= time;
                        case BEFORE -> row.eventTime() < time;
                    };
            if (happened && !row.isTombstone()) {
                covered.add(row);
            }
        }
        covered.sort(FeatureRow.BY_PRECEDENCE);
        switch (window) {
            case Window.Span span -> covered.removeIf(row -> row.eventTime() < span.start(time));
            case Window.Latest(int count) ->
                    covered.subList(0, Math.max(0, covered.size() - count)).clear();
        }
        return covered;
    }

    /// Of every event of the entity, the version that was known.
    private Iterable<FeatureRow> asKnown(EntityKey entity, long knownAt) {
        Map<Value, FeatureRow> versions = new HashMap<>();
        for (Event event : events) {
            FeatureRow row = event.row();
            boolean known =
                    mode == Mode.EVENT_TIME
                            || row.availableTime() <= Times.minus(knownAt, rule.delayNanos());
            if (known && row.entity().equals(entity)) {
                versions.merge(
                        event.id(), row, (a, b) -> BY_AVAILABILITY.compare(a, b) < 0 ? b : a);
            }
        }
        return versions.values();
    }
}
