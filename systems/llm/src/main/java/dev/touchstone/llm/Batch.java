package dev.touchstone.llm;

import dev.touchstone.llm.SchedulerConfig.Contention;
import dev.touchstone.llm.SchedulerConfig.LongRequests;
import dev.touchstone.llm.SchedulerConfig.Order;
import dev.touchstone.llm.SchedulerConfig.Victim;
import java.util.Arrays;

/// The sequences that run, in order of admission, and what they hold together.
final class Batch {
    private static final int NOT_COUNTED = -1;

    private final KvMemory memory;
    private final SessionCache sessions;
    private SchedulerConfig config = SchedulerConfig.DEFAULT;
    private Sequence[] sequences = new Sequence[64];
    private int size;

    /// Blocks they all own if each reaches its full length.
    private long projectedBlocks;

    /// No one misses a deadline before.
    private long earliestDeadlineNanos = Long.MAX_VALUE;

    /// What long requests and sessions hold, counted when first asked for: once for a whole queue.
    private int longHolders = NOT_COUNTED;

    private int sessionBlocks = NOT_COUNTED;

    Batch(KvMemory memory, SessionCache sessions) {
        this.memory = memory;
        this.sessions = sessions;
    }

    int size() {
        return size;
    }

    Sequence get(int index) {
        return sequences[index];
    }

    /// The index of the sequence that serves this request; -1 for none.
    int indexOf(long id) {
        for (int i = 0; i < size; i++) {
            if (sequences[i].request().id() == id) {
                return i;
            }
        }
        return -1;
    }

    /// Adds up anew what depends on the size of pieces.
    void reconfigure(SchedulerConfig other) {
        config = other;
        projectedBlocks = 0;
        for (int i = 0; i < size; i++) {
            projectedBlocks += memory.projection(sequences[i].request());
        }
    }

    void add(Sequence sequence) {
        if (size == sequences.length) {
            sequences = Arrays.copyOf(sequences, 2 * size);
        }
        sequences[size++] = sequence;
        sequence.running = true;
        projectedBlocks += memory.projection(sequence.request());
        earliestDeadlineNanos = Math.min(earliestDeadlineNanos, sequence.deadlineNanos());
        countHoldersAnew();
    }

    /// Stops a sequence from running; it keeps its place until [#compact].
    void leave(Sequence sequence) {
        sequence.running = false;
        projectedBlocks -= memory.projection(sequence.request());
        countHoldersAnew();
    }

    /// Closes the places of those that left.
    void compact() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (sequences[i].running) {
                sequences[kept++] = sequences[i];
            }
        }
        Arrays.fill(sequences, kept, size, null);
        size = kept;
    }

    Sequence remove(int index) {
        Sequence removed = sequences[index];
        leave(removed);
        compact();
        return removed;
    }

    /// Whether a deadline may have passed.
    boolean deadlinePassed(long nowNanos) {
        return nowNanos >= earliestDeadlineNanos;
    }

    /// Looks up anew when the next deadline passes.
    void watchDeadlines() {
        earliestDeadlineNanos = Long.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            earliestDeadlineNanos = Math.min(earliestDeadlineNanos, sequences[i].deadlineNanos());
        }
    }

    /// The index of the sequence that gives up its memory next.
    int victim() {
        Contention contention = config.contention();
        int victim = size - 1;
        if (contention.order() == Order.ARRIVAL && contention.victim() == Victim.YOUNGEST) {
            return victim;
        }
        for (int i = victim - 1; i >= 0; i--) {
            if (givesWayBefore(sequences[i], sequences[victim], contention)) {
                victim = i;
            }
        }
        return victim;
    }

    private static boolean givesWayBefore(Sequence a, Sequence b, Contention contention) {
        if (contention.order() == Order.PRIORITY && a.priority() != b.priority()) {
            return a.priority() > b.priority();
        }
        if (contention.victim() == Victim.LEAST_COMPUTED && a.computed != b.computed) {
            return a.computed < b.computed;
        }
        return b.cameBefore(a);
    }

    void countHoldersAnew() {
        longHolders = NOT_COUNTED;
        sessionBlocks = NOT_COUNTED;
    }

    /// Whether there is room for another one that takes so many blocks off the free list.
    boolean fits(int blocks, Sequence sequence) {
        // Limits that were tightened while it waited must not keep it out for ever.
        boolean alone = size == 0;
        int spared = alone && sessions.idleBlocks() == 0 ? 0 : memory.watermarkBlocks;
        long projected = projectedBlocks + memory.projection(sequence.request());
        return memory.pool.freeBlocks() - spared >= blocks
                && (alone || projected <= memory.ceilingBlocks);
    }

    /// Whether the memory that open sessions hold leaves too little for the request, however many
    /// running sequences finish. No one waits behind such a request.
    boolean keptOutBySessions(Sequence sequence) {
        if (config.tiers().hostTokens() > 0 && size > 0) {
            return false; // They make room for it once enough of those have finished.
        }
        int held = sessionBlocks();
        return held > 0 && memory.blocksToAdmit(sequence) > memory.mostBlocks() - held;
    }

    /// Whether the lane for long requests keeps it out: as many of them hold memory as may.
    boolean laneIsFull(Sequence sequence) {
        LongRequests lane = config.longRequests();
        return sequence.request().promptTokens() >= lane.fromTokens()
                && sequence.session.tokens == 0
                && longHolders(lane.fromTokens()) >= lane.concurrent();
    }

    /// Blocks that sessions hold, idle or with a running sequence.
    private int sessionBlocks() {
        if (sessionBlocks == NOT_COUNTED) {
            sessionBlocks = sessions.idleBlocks();
            for (int i = 0; i < size; i++) {
                sessionBlocks += sequences[i].ownsSession ? sequences[i].blockCount : 0;
            }
        }
        return sessionBlocks;
    }

    /// Long requests that run and long sessions that are idle.
    private int longHolders(int fromTokens) {
        if (longHolders == NOT_COUNTED) {
            longHolders = sessions.idleOfAtLeast(fromTokens);
            for (int i = 0; i < size; i++) {
                longHolders += sequences[i].request().promptTokens() >= fromTokens ? 1 : 0;
            }
        }
        return longHolders;
    }
}
