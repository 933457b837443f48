package dev.touchstone.llm;

import java.util.Arrays;

/// A first-in, first-out queue that can also take from its middle and give back to its front.
final class SequenceQueue {
    private Sequence[] ring = new Sequence[64];
    private int head;
    private int size;

    int size() {
        return size;
    }

    Sequence get(int index) {
        return ring[slot(index)];
    }

    void addLast(Sequence sequence) {
        ensureRoom();
        ring[slot(size++)] = sequence;
    }

    void addFirst(Sequence sequence) {
        ensureRoom();
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
