package dev.touchstone.llm;

import dev.touchstone.llm.SchedulerConfig.Order;
import java.util.Arrays;

/// Sequences that wait, the next one first. It can also take from its middle and give back to its
/// front, and it knows whose patience ends when.
final class SequenceQueue {
    private Sequence[] ring = new Sequence[64];
    private int head;
    private int size;
    private boolean byPriority;

    /// Prompt tokens of all of them together.
    long promptTokens;

    /// No one gives up or misses a deadline before.
    private long earliestEndNanos = Long.MAX_VALUE;

    int size() {
        return size;
    }

    Sequence get(int index) {
        return ring[slot(index)];
    }

    /// Orders it by priority, and by arrival among equals, or leaves it as it is and adds to its
    /// ends from now on.
    void reconfigure(Order order) {
        byPriority = order == Order.PRIORITY;
        for (int i = 1; byPriority && i < size; i++) {
            rise(i);
        }
    }

    /// Adds a sequence where its priority wants it, or else to the end; one that ran before goes to
    /// the front instead, in order of arrival among its like. Returns how many are before it.
    int add(Sequence sequence) {
        earliestEndNanos = Math.min(earliestEndNanos, endNanos(sequence));
        promptTokens += sequence.request().promptTokens();
        ensureRoom();
        if (!byPriority && sequence.preemptions > 0) {
            head = slot(-1);
            size++;
            return sink(sequence);
        }
        ring[slot(size++)] = sequence;
        return byPriority ? rise(size - 1) : size - 1;
    }

    private int sink(Sequence sequence) {
        int place = 0;
        while (place + 1 < size
                && get(place + 1).preemptions > 0
                && get(place + 1).cameBefore(sequence)) {
            ring[slot(place)] = get(++place);
        }
        ring[slot(place)] = sequence;
        return place;
    }

    private int rise(int index) {
        Sequence sequence = get(index);
        int place = index;
        while (place > 0 && comesBefore(sequence, get(place - 1))) {
            ring[slot(place)] = get(--place);
        }
        ring[slot(place)] = sequence;
        return place;
    }

    private static boolean comesBefore(Sequence a, Sequence b) {
        return a.priority() == b.priority() ? a.cameBefore(b) : a.priority() < b.priority();
    }

    /// The index of the sequence that serves this request; -1 for none.
    int indexOf(long id) {
        for (int i = 0; i < size; i++) {
            if (get(i).request().id() == id) {
                return i;
            }
        }
        return -1;
    }

    Sequence remove(int index) {
        Sequence removed = get(index);
        promptTokens -= removed.request().promptTokens();
        for (int i = index; i > 0; i--) {
            ring[slot(i)] = ring[slot(i - 1)];
        }
        Arrays.fill(ring, head, head + 1, null);
        head = slot(1);
        size--;
        return removed;
    }

    /// Removes those whose patience has ended or whose deadline has passed, and says so.
    void expire(long nowNanos, EngineObserver observer) {
        if (nowNanos < earliestEndNanos) {
            return;
        }
        earliestEndNanos = Long.MAX_VALUE;
        for (int i = 0; i < size; ) {
            Sequence sequence = get(i);
            if (endNanos(sequence) > nowNanos) {
                earliestEndNanos = Math.min(earliestEndNanos, endNanos(sequence));
                i++;
                continue;
            }
            remove(i);
            sequence.gone = true;
            if (sequence.patienceEndsNanos() <= nowNanos) {
                observer.gaveUp(nowNanos, sequence);
            } else {
                observer.expired(nowNanos, sequence);
            }
        }
    }

    private static long endNanos(Sequence sequence) {
        return Math.min(sequence.patienceEndsNanos(), sequence.deadlineNanos());
    }

    private int slot(int index) {
        return (head + index) & (ring.length - 1);
    }

    private void ensureRoom() {
        if (size < ring.length) {
            return;
        }
        Sequence[] larger = Arrays.copyOf(ring, 2 * size);
        for (int i = 0; i < size; i++) {
            larger[i] = get(i);
        }
        Arrays.fill(larger, size, larger.length, null);
        ring = larger;
        head = 0;
    }
}
