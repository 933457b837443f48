package dev.touchstone.llm.cpu;

import java.util.Arrays;

/// Which two neighbouring tokens become one, and which pair goes first: a hash table of pairs.
final class Merges {
    private static final long FREE = -1;

    private long[] pairs = new long[1 << 10];
    private long[] results = new long[1 << 10];
    private int size;

    Merges() {
        Arrays.fill(pairs, FREE);
    }

    /// Adds a pair unless it is there.
    ///
    /// @param rank lower goes first
    void add(int left, int right, int rank, int merged) {
        if (2 * ++size > pairs.length) {
            grow();
        }
        put(pair(left, right), pair(rank, merged));
    }

    /// Rank (upper half) and token (lower half) of a pair; -1 for none.
    long find(int left, int right) {
        long pair = pair(left, right);
        int slot = slot(pair);
        while (pairs[slot] != FREE) {
            if (pairs[slot] == pair) {
                return results[slot];
            }
            slot = (slot + 1) & (pairs.length - 1);
        }
        return -1;
    }

    private void put(long pair, long result) {
        int slot = slot(pair);
        while (pairs[slot] != FREE) {
            if (pairs[slot] == pair) {
                return;
            }
            slot = (slot + 1) & (pairs.length - 1);
        }
        pairs[slot] = pair;
        results[slot] = result;
    }

    private void grow() {
        long[] oldPairs = pairs;
        long[] oldResults = results;
        pairs = new long[2 * oldPairs.length];
        results = new long[2 * oldPairs.length];
        Arrays.fill(pairs, FREE);
        for (int i = 0; i < oldPairs.length; i++) {
            if (oldPairs[i] != FREE) {
                put(oldPairs[i], oldResults[i]);
            }
        }
    }

    private static long pair(int left, int right) {
        return ((long) left << 32) | right;
    }

    private int slot(long pair) {
        return (int) ((pair * 0x9E37_79B9_7F4A_7C15L) >>> 32) & (pairs.length - 1);
    }

    /// Merges neighbours in place, lowest rank first and of equal ranks the leftmost, until no pair
    /// is left. Returns how many tokens remain, at the front of `tokens`.
    int apply(int[] tokens, int length) {
        if (length < 2) {
            return length;
        }
        var next = new int[length];
        var previous = new int[length];
        var queue = new java.util.PriorityQueue<Candidate>();
        for (int i = 0; i < length; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
            if (i > 0) {
                offer(queue, tokens, i - 1, i);
            }
        }
        for (Candidate best = queue.poll(); best != null; best = queue.poll()) {
            int left = best.left;
            int right = tokens[left] < 0 ? length : next[left];
            if (right >= length
                    || tokens[left] != best.leftToken
                    || tokens[right] != best.rightToken) {
                continue;
            }
            tokens[left] = best.merged;
            tokens[right] = -1;
            next[left] = next[right];
            if (next[left] < length) {
                previous[next[left]] = left;
                offer(queue, tokens, left, next[left]);
            }
            if (previous[left] >= 0) {
                offer(queue, tokens, previous[left], left);
            }
        }
        int kept = 0;
        for (int i = 0; i < length; i = next[i]) {
            tokens[kept++] = tokens[i];
        }
        return kept;
    }

    private void offer(java.util.Queue<Candidate> queue, int[] tokens, int left, int right) {
        long found = find(tokens[left], tokens[right]);
        if (found >= 0) {
            queue.add(
                    new Candidate(
                            (int) (found >> 32), left, tokens[left], tokens[right], (int) found));
        }
    }

    private record Candidate(int rank, int left, int leftToken, int rightToken, int merged)
            implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            return rank != other.rank
                    ? Integer.compare(rank, other.rank)
                    : Integer.compare(left, other.left);
        }
    }
}
