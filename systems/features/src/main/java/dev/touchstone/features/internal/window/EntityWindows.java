package dev.touchstone.features.internal.window;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Times;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The events of one entity that some window may still cover.
///
/// Single events are kept where the plan needs them, in order of time. Tiles over them are made
/// once there are more than a few events: below that, going through the events is as fast.
public final class EntityWindows implements EventRange {
    private static final int INITIAL = 4;
    private static final int FEW = 64;
    private static final int SINGLE_EVENTS = -1;

    /// As the end of a range: everything that is there.
    public static final long END = Long.MAX_VALUE;

    private final WindowPlan plan;
    private @Nullable FeatureRow[] events;
    private int size;
    private TileLevel[] levels = {};

    public EntityWindows(WindowPlan plan) {
        this.plan = plan;
        this.events = new FeatureRow[plan.keepsEvents ? INITIAL : 0];
        if (!plan.keepsEvents) {
            makeLevels();
        }
    }

    private void makeLevels() {
        levels = new TileLevel[plan.levels.length];
        for (int level = 0; level < levels.length; level++) {
            levels[level] = new TileLevel(plan, plan.levels[level]);
        }
    }

    /// Adds an event.
    public void add(FeatureRow row) {
        if (plan.keepsEvents) {
            insert(row);
            if (levels.length == 0 && size > FEW && plan.levels.length > 0) {
                makeLevels();
                for (int at = 0; at < size; at++) {
                    addToTiles(event(at));
                }
                return;
            }
        }
        addToTiles(row);
    }

    private void addToTiles(FeatureRow row) {
        for (TileLevel level : levels) {
            level.add(row);
        }
    }

    private FeatureRow event(int at) {
        FeatureRow row = events[at];
        if (row == null) {
            throw new IllegalStateException("no event at %d of %d".formatted(at, size));
        }
        return row;
    }

    private void insert(FeatureRow row) {
        if (size == events.length) {
            events = Arrays.copyOf(events, 2 * size);
        }
        int at =
                size == 0 || event(size - 1).eventTime() <= row.eventTime()
                        ? size
                        : first(row.eventTime() + 1);
        System.arraycopy(events, at, events, at + 1, size - at);
        events[at] = row;
        size++;
    }

    /// Takes an event back that was added.
    public void remove(FeatureRow row) {
        int at = first(row.eventTime());
        while (at < size && !event(at).equals(row)) {
            at++;
        }
        if (at == size) {
            return; // it was too old, and is forgotten
        }
        System.arraycopy(events, at + 1, events, at, size - at - 1);
        events[--size] = null;
        for (TileLevel level : levels) {
            level.reset(row.eventTime());
            long number = level.numberOf(row.eventTime());
            for (int i = first(number * level.length());
                    i < size && level.numberOf(event(i).eventTime()) == number;
                    i++) {
                level.add(event(i));
            }
        }
    }

    /// Forgets what no window covers at `time` or later.
    public void trim(long time) {
        if (plan.keepsEvents) {
            int gone = first(plan.oldest(time));
            if (gone > size / 2) {
                System.arraycopy(events, gone, events, 0, size - gone);
                Arrays.fill(events, size - gone, size, null);
                size -= gone;
            }
        }
        for (int level = 0; level < levels.length; level++) {
            levels[level].trim(Times.minus(time, plan.levelRetention[level]));
        }
    }

    @Override
    public void addTo(Partial[] into, long from, long to) {
        addTo(into, levels.length - 1, from, to);
    }

    private void addTo(Partial[] into, int level, long from, long to) {
        if (from >= to) {
            return;
        }
        if (level == SINGLE_EVENTS) {
            for (int at = first(from); at < size && event(at).eventTime() < to; at++) {
                for (Partial partial : into) {
                    partial.add(event(at));
                }
            }
            return;
        }
        TileLevel tiles = levels[level];
        long length = tiles.length();
        if (from > Long.MAX_VALUE - length) {
            addTo(into, level - 1, from, to);
            return;
        }
        long first = Math.ceilDiv(from, length);
        long end = to == END ? END : Math.floorDiv(to, length);
        if (first >= end) {
            addTo(into, level - 1, from, to);
            return;
        }
        addTo(into, level - 1, from, first * length);
        tiles.addTo(into, first, end);
        if (to != END) {
            addTo(into, level - 1, end * length, to);
        }
    }

    /// The position of the first event that is not before a time.
    private int first(long time) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (event(middle).eventTime() < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
