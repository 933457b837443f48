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

    /// One entity's events, and which version of each counts; empty where events have no id.
    private record Entity(EntityWindows windows, Map<Value, FeatureRow> versions) {}

    WindowedView(ViewDefinition definition) {
        super(definition.view().rule());
        WindowedSource source = definition.windows().orElseThrow();
        this.plan = new WindowPlan(source);
        this.id = source.id();
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
        long oldest = plan.oldest(now());
        if (id.isEmpty() && row.eventTime() < oldest) {
            return;
        }
        Entity entity = entities.get(row.entity());
        if (entity == null) {
            entity = new Entity(new EntityWindows(plan), new HashMap<>());
            entities.put(row.entity(), entity);
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
        if (row.eventTime() >= oldest) {
            entity.windows.add(row);
            entity.windows.trim(oldest);
        }
    }

    @Override
    public int entities() {
        return entities.size();
    }

    /// Events that are older than any window go, and with them the knowledge which version of each
    /// counts. A version that came after that, but claims to have been available before the one
    /// that is forgotten, would count; pushed rows never claim that.
    @Override
    public void sweep() {
        long oldest = plan.oldest(now());
        entities.values()
                .removeIf(entity -> {
                    entity.versions.values().removeIf(row -> row.eventTime() < oldest);
                    return !entity.windows.trim(oldest) && entity.versions.isEmpty();
                });
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
        private final EntityWindows nobody = new EntityWindows(plan);

        WindowReads(WindowReader reader, int[] outputs) {
            this.reader = reader;
            this.outputs = outputs;
        }

        @Override
        public void read(EntityKey entity, OnlineCells out) {
            Entity found = entities.get(entity);
            if (found == null) {
                answer(nobody, OnlineStatus.NOT_FOUND, out);
                return;
            }
            long end = end();
            boolean any = found.windows.any(plan.earliestStart(now()), end);
            answer(found.windows, any ? OnlineStatus.NULL_VALUE : OnlineStatus.NOT_FOUND, out);
        }

        private void answer(EntityWindows windows, OnlineStatus otherwise, OnlineCells out) {
            out.begin(outputs, otherwise, windows.latestEvent());
            reader.read(windows, now(), end(), out);
        }

        /// Without ids, only what has happened is in the windows.
        private long end() {
            return id.isPresent() ? Versions.end(rule(), now()) : EntityWindows.END;
        }

        @Override
        public void readNothing(OnlineCells out) {
            out.begin(outputs, OnlineStatus.NOT_FOUND, Times.MINUS_INFINITY);
            out.fillMissing();
        }
    }
}
