package dev.touchstone.features.internal.audit;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Value;
import dev.touchstone.features.WindowedSource;
import dev.touchstone.features.internal.window.Versions;
import dev.touchstone.features.internal.window.WindowValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The events that a window counts while one after another becomes known, and their aggregate.
/// Adding an event costs no more than adding it up; a correction adds everything up again.
final class CountedEvents {
    private final Optional<Integer> id;
    private final int column;
    private final WindowValue value;

    private final Map<Value, FeatureRow> versions = new HashMap<>();
    private final List<FeatureRow> events = new ArrayList<>();

    /// While following: of every event that got another version, the one before, if there was any.
    private final Map<Value, Optional<FeatureRow>> before = new LinkedHashMap<>();

    private long from;
    private long to;
    private boolean following;
    private boolean stale;

    CountedEvents(WindowedSource source, int feature) {
        this.id = source.id();
        this.column = source.aggregates().get(feature).column();
        this.value = new WindowValue(source, feature);
    }

    /// An event that counts, or a correction that made another count no more.
    ///
    /// @param instead what counts without the row
    record Change(FeatureRow row, Optional<FeatureRow> instead) {
        /// The events as they would be without it.
        List<FeatureRow> takenBackFrom(List<FeatureRow> events) {
            List<FeatureRow> without = new ArrayList<>(events);
            without.remove(row);
            instead.ifPresent(without::add);
            return without;
        }
    }

    /// Begins anew, with nothing known.
    ///
    /// @param firstMoment of the window
    /// @param end the moment after its last
    void begin(long firstMoment, long end) {
        from = firstMoment;
        to = end;
        following = false;
        stale = false;
        versions.clear();
        events.clear();
        before.clear();
        value.reset();
    }

    /// Keeps corrections in mind from now on.
    void follow() {
        following = true;
    }

    private boolean covers(FeatureRow row) {
        return row.eventTime() >= from && row.eventTime() < to;
    }

    /// Lets an event become known; those that became available later come later.
    void put(FeatureRow row) {
        if (id.isPresent() && !replaces(row, row.values().get(id.get()))) {
            return;
        }
        putVersion(row);
    }

    private boolean replaces(FeatureRow row, Value event) {
        FeatureRow old = versions.get(event);
        if (old != null && Versions.later(old, row).equals(old)) {
            return false;
        }
        versions.put(event, row);
        if (following) {
            before.putIfAbsent(event, Optional.ofNullable(old));
        }
        if (old != null && covers(old)) {
            events.remove(old);
            stale = true;
        }
        return true;
    }

    /// Lets a version of an event count beside all others.
    void putVersion(FeatureRow row) {
        if (covers(row)) {
            events.add(row);
            if (!stale) {
                value.add(row);
            }
        }
    }

    Value value() {
        if (!stale) {
            return value.value();
        }
        stale = false;
        return value.of(events);
    }

    /// The aggregate of other events.
    Value of(Collection<FeatureRow> others) {
        stale = true;
        return value.of(others);
    }

    List<FeatureRow> events() {
        return events;
    }

    /// What counts, or counts no more, because of rows that are not admitted.
    List<Change> unlike(Predicate<FeatureRow> admitted) {
        List<Change> changes = new ArrayList<>();
        Set<FeatureRow> corrected = new HashSet<>();
        before.forEach((event, old) -> {
            FeatureRow row = Objects.requireNonNull(versions.get(event));
            Optional<FeatureRow> instead = old.filter(this::covers).filter(admitted);
            if (instead.isPresent() || (covers(row) && counts(row))) {
                changes.add(new Change(row, instead));
            }
            corrected.add(row);
        });
        for (FeatureRow row : events) {
            if (counts(row) && !admitted.test(row) && !corrected.contains(row)) {
                changes.add(new Change(row, Optional.empty()));
            }
        }
        return changes;
    }

    private boolean counts(FeatureRow row) {
        return !row.values().get(column).equals(Value.MISSING);
    }
}
