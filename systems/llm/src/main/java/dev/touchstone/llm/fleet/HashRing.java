package dev.touchstone.llm.fleet;

import dev.touchstone.simulation.RandomStreams;
import java.util.Arrays;

/// Consistent hashing: each replica owns many points of a circle, a session belongs to the first
/// point at or after its own. When a replica comes or goes, only the sessions of its points move.
final class HashRing {
    private static final int POINTS = 128;
    private static final int SLOT_BITS = 10;

    /// Points in order; the owner's slot is in the low bits, which as part of a hash decide
    /// nothing.
    private long[] points = {};

    /// Most replicas a ring can tell apart.
    static final int MAX_SLOTS = 1 << SLOT_BITS;

    /// Places these replicas; names decide where, so that all routers of a fleet agree.
    void place(ReplicaView[] replicas, int count) {
        long[] placed = new long[count * POINTS];
        int used = 0;
        for (int slot = 0; slot < count; slot++) {
            if (replicas[slot].inService()) {
                long hash = hash(replicas[slot].name());
                for (int i = 0; i < POINTS; i++) {
                    long point = RandomStreams.mix(hash + i);
                    placed[used++] = (point & -MAX_SLOTS) | slot;
                }
            }
        }
        points = Arrays.copyOf(placed, used);
        Arrays.sort(points);
    }

    /// The first replica at or after a session's point that may have it; -1 when none may.
    int home(long session, boolean[] allowed) {
        if (points.length == 0) {
            return -1;
        }
        int found = Arrays.binarySearch(points, RandomStreams.mix(session));
        int at = found < 0 ? -found - 1 : found;
        for (int i = 0; i < points.length; i++) {
            int index = at + i < points.length ? at + i : at + i - points.length;
            int slot = (int) (points[index] & (MAX_SLOTS - 1));
            if (allowed[slot]) {
                return slot;
            }
        }
        return -1;
    }

    private static long hash(String name) {
        long hash = 0;
        for (int i = 0; i < name.length(); i++) {
            hash = RandomStreams.mix(hash + name.charAt(i));
        }
        return hash;
    }
}
