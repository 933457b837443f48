package dev.touchstone.llm;

import java.util.Arrays;

/// Sequences that wait, the next one first. It can also take from its middle and give back to its
/// front, and it knows whose patience ends when.
final class SequenceQueue {
    private Sequence[] ring = new Sequence[64];
    private int head;
    private int size;

    /// No one gives up before.
    private long earliestDeadlineNanos = Long.MAX_VALUE;

    int size() {
        return size;
    }

    Sequence get(int index) {
        return ring[slot(index)];
    }

    void addLast(Sequence sequence) {
        enter(sequence);
        ring[slot(size++)] = sequence;
    }

    void addFirst(Sequence sequence) {
        enter(sequence);
        head = slot(-1);
        ring[head] = sequence;
        size++;
    }

    Sequence remove(int index) {
        Sequence removed = get(index);
        for (int i = index; i > 0; i--) {
            ring[slot(i)] = ring[slot(i - 1)];
        }
        Arrays.fill(ring, head, head + 1, null);
        head = slot(1);
        size--;
        return removed;
    }

    /// Removes those whose patience has ended, and says so.
    void expire(long nowNanos, EngineObserver observer) {
        if (nowNanos < earliestDeadlineNanos) {
            return;
        }
        earliestDeadlineNanos = Long.MAX_VALUE;
        for (int i = 0; i < size; ) {
            Sequence sequence = get(i);
            if (sequence.deadlineNanos() <= nowNanos) {
                remove(i);
                observer.gaveUp(nowNanos, sequence);
            } else {
                earliestDeadlineNanos = Math.min(earliestDeadlineNanos, sequence.deadlineNanos());
                i++;
            }
        }
    }

    private void enter(Sequence sequence) {
        earliestDeadlineNanos = Math.min(earliestDeadlineNanos, sequence.deadlineNanos());
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
