package dev.touchstone.llm;

import java.util.Arrays;

/// Sequences that wait, the next one first. It can also take from its middle and give back to its
/// front, and it knows whose patience ends when.
final class SequenceQueue {
    private Sequence[] ring = new Sequence[64];
    private int head;
    private int size;
    private long promptTokens;

    /// No one gives up or misses a deadline before.
    private long earliestEndNanos = Long.MAX_VALUE;

    int size() {
        return size;
    }

    /// Prompt tokens of all of them together.
    long promptTokens() {
        return promptTokens;
    }

    Sequence get(int index) {
        return ring[slot(index)];
    }

    void addLast(Sequence sequence) {
        enter(sequence);
        ring[slot(size++)] = sequence;
    }

    /// Gives a sequence back to the front: before all that never ran, and in order of arrival among
    /// those that did.
    void addFirst(Sequence sequence) {
        enter(sequence);
        head = slot(-1);
        size++;
        int place = 0;
        while (place + 1 < size
                && get(place + 1).preemptions > 0
                && get(place + 1).cameBefore(sequence)) {
            ring[slot(place)] = get(place + 1);
            place++;
        }
        ring[slot(place)] = sequence;
    }

    /// Adds to a queue that is in order of priority and arrival, behind its equals. Returns how
    /// many are before it.
    int addByPriority(Sequence sequence) {
        addLast(sequence);
        return rise(size - 1);
    }

    /// Brings it into order of priority and arrival.
    void sortByPriority() {
        for (int i = 1; i < size; i++) {
            rise(i);
        }
    }

    private int rise(int index) {
        Sequence sequence = get(index);
        int place = index;
        while (place > 0 && comesBefore(sequence, get(place - 1))) {
            ring[slot(place)] = get(place - 1);
            place--;
        }
        ring[slot(place)] = sequence;
        return place;
    }

    private static boolean comesBefore(Sequence a, Sequence b) {
        int priority = a.request().terms().priority();
        int other = b.request().terms().priority();
        return priority == other ? a.cameBefore(b) : priority < other;
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

    private void enter(Sequence sequence) {
        earliestEndNanos = Math.min(earliestEndNanos, endNanos(sequence));
        promptTokens += sequence.request().promptTokens();
        ensureRoom();
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
