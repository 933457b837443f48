package dev.touchstone.simulation;

import java.util.Arrays;

/// Fires events in order of time and, at equal times, in order of insertion.
///
/// A binary heap over parallel arrays: scheduling and firing allocate nothing once the arrays have
/// grown to the largest number of pending events.
public final class EventLoop {
    /// Something that happens at a moment; it may schedule more.
    @FunctionalInterface
    public interface Event {
        void fire(long nowNanos);
    }

    private static final int INITIAL_CAPACITY = 64;

    private final VirtualClock clock;
    private long[] times = new long[INITIAL_CAPACITY];
    private long[] orders = new long[INITIAL_CAPACITY];
    private Event[] events = new Event[INITIAL_CAPACITY];
    private int size;
    private long inserted;

    public EventLoop(VirtualClock clock) {
        this.clock = clock;
    }

    /// Current virtual time, in nanoseconds since the clock's start.
    public long now() {
        return clock.nanos();
    }

    /// Events scheduled and not yet fired.
    public int pending() {
        return size;
    }

    /// Schedules an event.
    ///
    /// @throws IllegalArgumentException when `nanos` is in the past
    public void at(long nanos, Event event) {
        if (nanos < clock.nanos()) {
            throw new IllegalArgumentException(
                    "cannot schedule at %d ns: now is %d ns".formatted(nanos, clock.nanos()));
        }
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            orders = Arrays.copyOf(orders, 2 * size);
            events = Arrays.copyOf(events, 2 * size);
        }
        siftUp(size++, nanos, inserted++, event);
    }

    /// Fires every event due at or before `nanos`, then sets the clock to `nanos`.
    public void runUntil(long nanos) {
        while (size > 0 && times[0] <= nanos) {
            fireNext();
        }
        clock.advanceTo(nanos);
    }

    private void fireNext() {
        long time = times[0];
        Event event = events[0];
        int last = --size;
        long lastTime = times[last];
        long lastOrder = orders[last];
        Event lastEvent = events[last];
        Arrays.fill(events, last, last + 1, null);
        if (last > 0) {
            siftDown(lastTime, lastOrder, lastEvent);
        }
        clock.advanceTo(time);
        event.fire(time);
    }

    private void siftUp(int from, long time, long order, Event event) {
        int child = from;
        while (child > 0) {
            int parent = (child - 1) >>> 1;
            if (!precedes(time, order, parent)) {
                break;
            }
            move(parent, child);
            child = parent;
        }
        place(child, time, order, event);
    }

    private void siftDown(long time, long order, Event event) {
        int parent = 0;
        for (int child = 1; child < size; child = 2 * parent + 1) {
            int right = child + 1;
            if (right < size && precedes(times[right], orders[right], child)) {
                child = right;
            }
            if (precedes(time, order, child)) {
                break;
            }
            move(child, parent);
            parent = child;
        }
        place(parent, time, order, event);
    }

    private boolean precedes(long time, long order, int slot) {
        return time < times[slot] || (time == times[slot] && order < orders[slot]);
    }

    private void move(int from, int to) {
        place(to, times[from], orders[from], events[from]);
    }

    private void place(int slot, long time, long order, Event event) {
        times[slot] = time;
        orders[slot] = order;
        events[slot] = event;
    }
}
