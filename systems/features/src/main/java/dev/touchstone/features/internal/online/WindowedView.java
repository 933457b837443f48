package dev.touchstone.features.internal.online;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.OnlineStatus;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.WindowedSource;
import dev.touchstone.features.internal.window.EntityWindows;
import dev.touchstone.features.internal.window.Versions;
import dev.touchstone.features.internal.window.WindowPlan;
import dev.touchstone.features.internal.window.WindowReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A view of windowed aggregates: of each entity the events that a window may still cover.
final class WindowedView extends OnlineView {
    private final WindowPlan plan;
    private final Optional<Integer> id;
    private final Map<EntityKey, Entity> entities = new HashMap<>();

    /// Of whom nothing counts.
    private final EntityWindows nobody;

    private int kept;

    /// One entity's events, and which version of each counts; empty where events have no id.
    ///
    /// That there were events is known for good, as the history knows it.
    private static final class Entity {
        EntityWindows windows;
        Map<Value, FeatureRow> versions = Map.of();
        long earliest = Times.INFINITY;
        long latest = Times.MINUS_INFINITY;
        long latestSwept = Times.MINUS_INFINITY;

        Entity(EntityWindows windows) {
            this.windows = windows;
        }

        /// The time of the latest event that counts and is before another time.
        long latestBefore(long end) {
            long before = latestSwept < end ? latestSwept : Times.MINUS_INFINITY;
            for (FeatureRow row : versions.values()) {
                if (row.eventTime() < end) {
                    before = Math.max(before, row.eventTime());
                }
            }
            return before;
        }

        /// Forgets versions of events before a time.
        void sweepVersions(long oldest) {
            latestSwept = Math.max(latestSwept, latestBefore(oldest));
            versions.values().removeIf(row -> row.eventTime() < oldest);
        }
    }

    WindowedView(ViewDefinition definition) {
        super(definition.view().rule());
        WindowedSource source = definition.windows().orElseThrow();
        this.plan = new WindowPlan(source);
        this.id = source.id();
        this.nobody = new EntityWindows(plan);
    }

    /// A version of an event takes the place of the one before it as soon as it is known, even if
    /// it says that the event is still to come. The others count when they have happened.
    @Override
    long visibleFrom(FeatureRow row) {
        return id.isPresent() ? known(row) : super.visibleFrom(row);
    }

    @Override
    void show(FeatureRow row) {
        if (row.isTombstone()) {
            return; // refused at the door; an old history may hold some
        }
        Entity entity = entities.get(row.entity());
        if (entity == null) {
            entity = new Entity(nobody);
            entities.put(row.entity(), entity);
        }
        entity.earliest = Math.min(entity.earliest, row.eventTime());
        entity.latest = Math.max(entity.latest, row.eventTime());
        boolean old = row.eventTime() < plan.oldest(now());
        if (old && id.isEmpty()) {
            return;
        }
        if (entity.windows == nobody) {
            entity.windows = new EntityWindows(plan);
            entity.versions = id.isPresent() ? new HashMap<>() : Map.of();
            kept++;
        }
        if (id.isPresent()) {
            Value event = row.values().get(id.get());
            FeatureRow before = entity.versions.get(event);
            if (before != null) {
                if (Versions.later(before, row).equals(before)) {
                    return;
                }
                entity.windows.remove(before);
            }
            entity.versions.put(event, row);
        }
        if (!old) {
            entity.windows.add(row);
            entity.windows.trim(now());
        }
    }

    @Override
    public int entities() {
        return kept;
    }

    /// Events that are older than any window go, and with them the knowledge which version of each
    /// counts. A version that came after that, but claims to have been available before the one
    /// that is forgotten, would count; pushed rows never claim that.
    @Override
    public void sweep() {
        long oldest = plan.oldest(now());
        for (Entity entity : entities.values()) {
            if (entity.windows != nobody) {
                entity.windows.trim(now());
                if (!entity.versions.isEmpty()) {
                    entity.sweepVersions(oldest);
                }
                if (entity.latest < oldest && entity.versions.isEmpty()) {
                    entity.windows = nobody;
                    entity.versions = Map.of();
                    kept--;
                }
            }
        }
    }

    @Override
    public Reads reads(List<Integer> features, List<Integer> outputs) {
        return new WindowReads(
                new WindowReader(plan, features),
                outputs.stream().mapToInt(Integer::intValue).toArray());
    }

    private final class WindowReads implements Reads {
        private final WindowReader reader;
        private final int[] outputs;

        WindowReads(WindowReader reader, int[] outputs) {
            this.reader = reader;
            this.outputs = outputs;
        }

        @Override
        public void read(EntityKey entity, OnlineCells out) {
            Entity found = entities.get(entity);
            long happened = Versions.end(rule(), now());
            if (found == null || found.earliest >= happened) {
                out.begin(outputs, OnlineStatus.NOT_FOUND, Times.MINUS_INFINITY);
                reader.read(nobody, now(), happened, out);
                return;
            }
            long latest = found.latest < happened ? found.latest : found.latestBefore(happened);
            out.begin(outputs, OnlineStatus.NULL_VALUE, latest);
            // Without ids, only what has happened is in the windows.
            reader.read(found.windows, now(), id.isPresent() ? happened : EntityWindows.END, out);
        }

        @Override
        public void readNothing(OnlineCells out) {
            out.begin(outputs, OnlineStatus.NOT_FOUND, Times.MINUS_INFINITY);
            out.fillMissing();
        }
    }
}
