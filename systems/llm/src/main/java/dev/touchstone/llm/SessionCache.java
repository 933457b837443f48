package dev.touchstone.llm;

import dev.touchstone.llm.SchedulerConfig.Eviction;
import dev.touchstone.llm.SchedulerConfig.Tiers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;

/// What open sessions keep between their requests, and where: in blocks of the pool, in host
/// memory, or nowhere, to be computed again.
///
/// A session's blocks are either idle here, or with the sequence that serves its current request.
/// While a session is open they are in use: no one else can have them, unless it is evicted. What
/// is evicted from the pool goes to host memory, if there is any and nothing there is worth more. A
/// session that is idle for too long is forgotten; a request of it that still waits brings it back,
/// empty.
final class SessionCache {
    private static final int[] NO_BLOCKS = {};

    /// How many of the longest idle are compared to find the one of least value.
    private static final int CANDIDATES = 64;

    /// One conversation, from its first request until it is closed.
    static final class Session {
        /// For requests that belong to no session: keeps nothing.
        static final Session NONE = new Session(0);

        private final long key;

        /// What it keeps while it is idle: blocks, tokens in them, tokens in host memory.
        int[] blocks = NO_BLOCKS;

        int tokens;
        int hostTokens;
        private long idleSinceNanos;

        /// How often it came back, and how long it was idle before, all times together.
        private int returns;

        private double idleNanos;

        /// Whether it has had an answer and not come back yet.
        private boolean answered;

        /// Whether its blocks are with a running sequence.
        private boolean busy;

        private boolean closed;

        private Session(long key) {
            this.key = key;
        }
    }

    private final KvBlockPool pool;
    private final Map<Long, Session> sessions = new HashMap<>();

    /// Idle sessions by where they keep something, the longest there first.
    private final SequencedSet<Session> onDevice = new LinkedHashSet<>();

    private final SequencedSet<Session> onHost = new LinkedHashSet<>();
    private final SequencedSet<Session> empty = new LinkedHashSet<>();

    private Tiers tiers = Tiers.DEVICE_ONLY;
    private int idleBlocks;
    private long hostTokens;

    SessionCache(KvBlockPool pool) {
        this.pool = pool;
    }

    void reconfigure(Tiers other) {
        tiers = other;
        while (hostTokens > tiers.hostTokens()) {
            dropFromHost(onHost.getFirst());
        }
    }

    /// The session with this key, opened if it is new; [Session#NONE] for key 0.
    Session open(long nowNanos, long key) {
        if (key == 0) {
            return Session.NONE;
        }
        Session session = sessions.get(key);
        if (session == null) {
            session = new Session(key);
            session.idleSinceNanos = nowNanos;
            sessions.put(key, session);
            empty.add(session);
        } else if (session.answered) {
            session.answered = false;
            session.returns++;
            session.idleNanos += Math.max(0, nowNanos - session.idleSinceNanos);
        }
        return session;
    }

    /// Sessions that are known.
    int open() {
        return sessions.size();
    }

    /// Blocks that idle sessions keep, all together.
    int idleBlocks() {
        return idleBlocks;
    }

    /// Tokens that idle sessions keep in host memory, all together.
    long hostTokens() {
        return hostTokens;
    }

    /// Idle sessions that keep at least `tokens` in blocks.
    int idleOfAtLeast(int tokens) {
        if (onDevice.isEmpty()) {
            return 0; // Its iterator would be all that a plan allocates.
        }
        int count = 0;
        for (Session session : onDevice) {
            count += session.tokens >= tokens ? 1 : 0;
        }
        return count;
    }

    /// Hands a session's blocks to the sequence that serves its next request; what was in host
    /// memory is read back by the step that it takes part in. A request that comes while another
    /// has them gets none.
    void adopt(Sequence sequence) {
        Session session = sequence.session;
        if (session.busy || session.closed) {
            return;
        }
        Session known = sessions.putIfAbsent(session.key, session);
        if (known != null && known != session) {
            return;
        }
        session.busy = true;
        sequence.ownsSession = true;
        for (int block : session.blocks) {
            sequence.addBlock(block);
        }
        idleBlocks -= session.blocks.length;
        session.blocks = NO_BLOCKS;
        session.tokens = 0;
        forgetHost(session);
        onDevice.remove(session);
        empty.remove(session);
    }

    /// Takes back a sequence's first blocks, which hold `tokens`. Returns how many blocks were
    /// kept: none when the sequence does not have the session's blocks, or the session was closed.
    int keep(long nowNanos, Sequence sequence, int blocks, int tokens) {
        Session session = sequence.session;
        if (!sequence.ownsSession) {
            return 0;
        }
        sequence.ownsSession = false;
        session.busy = false;
        if (session.closed) {
            return 0;
        }
        session.blocks = Arrays.copyOf(sequence.blocks, blocks);
        session.tokens = tokens;
        session.idleSinceNanos = nowNanos;
        session.answered = true;
        idleBlocks += blocks;
        (blocks > 0 ? onDevice : empty).add(session);
        return blocks;
    }

    /// The sequence loses its blocks; its session stays open with nothing kept.
    void abandon(Sequence sequence) {
        if (sequence.ownsSession) {
            sequence.ownsSession = false;
            sequence.session.busy = false;
            if (!sequence.session.closed) {
                empty.add(sequence.session);
            }
        }
    }

    /// Ends a session; blocks that are with a running sequence follow when it finishes.
    void close(long key) {
        Session session = sessions.remove(key);
        if (session != null) {
            session.closed = true;
            release(session);
            forgetHost(session);
            empty.remove(session);
        }
    }

    /// Evicts from the pool what has been idle since before `sinceNanos`, and forgets what has been
    /// idle since before `hostSinceNanos` as well.
    void evictIdle(long nowNanos, long sinceNanos, long hostSinceNanos) {
        while (!onDevice.isEmpty() && onDevice.getFirst().idleSinceNanos < sinceNanos) {
            evict(nowNanos, onDevice.getFirst());
        }
        long last = Math.min(sinceNanos, hostSinceNanos);
        while (!onHost.isEmpty() && onHost.getFirst().idleSinceNanos < last) {
            dropFromHost(onHost.getFirst());
        }
        while (!empty.isEmpty() && empty.getFirst().idleSinceNanos < last) {
            sessions.remove(empty.removeFirst().key);
        }
    }

    /// Forgets what all idle sessions keep.
    void dropAll() {
        while (!onDevice.isEmpty()) {
            release(onDevice.getFirst());
        }
        evictIdle(0, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /// Frees what one idle session keeps in the pool, chosen as the policy says. False when none
    /// keeps anything.
    boolean evictOne(long nowNanos) {
        if (onDevice.isEmpty()) {
            return false;
        }
        evict(nowNanos, leastWorth(nowNanos, onDevice));
        return true;
    }

    /// Frees so many blocks at the cost of idle sessions other than `except`; none if there are not
    /// so many.
    boolean makeRoom(long nowNanos, int blocks, Session except) {
        if (idleBlocks - except.blocks.length < blocks) {
            return false;
        }
        if (onDevice.remove(except)) {
            onDevice.addLast(except);
        }
        int enough = pool.freeBlocks() + blocks;
        while (pool.freeBlocks() < enough) {
            Session least = leastWorth(nowNanos, onDevice);
            evict(nowNanos, least == except ? onDevice.getFirst() : least);
        }
        return true;
    }

    /// Moves a session from the pool to host memory, or nowhere.
    private void evict(long nowNanos, Session session) {
        int tokens = session.tokens;
        release(session);
        if (tokens == 0 || tokens > tiers.hostTokens()) {
            return;
        }
        while (hostTokens + tokens > tiers.hostTokens()) {
            Session other = leastWorth(nowNanos, onHost);
            boolean worthMore =
                    tiers.eviction() == Eviction.LEAST_VALUE
                            && value(nowNanos, other, other.hostTokens)
                                    > value(nowNanos, session, tokens);
            if (worthMore) {
                return;
            }
            dropFromHost(other);
        }
        session.hostTokens = tokens;
        hostTokens += tokens;
        empty.remove(session);
        onHost.add(session);
    }

    private Session leastWorth(long nowNanos, SequencedSet<Session> among) {
        Session least = among.getFirst();
        if (tiers.eviction() == Eviction.LONGEST_IDLE) {
            return least;
        }
        double leastValue = Double.POSITIVE_INFINITY;
        int seen = 0;
        for (Session session : among) {
            double value = value(nowNanos, session, session.tokens + session.hostTokens);
            if (value < leastValue) {
                least = session;
                leastValue = value;
            }
            if (++seen == CANDIDATES) {
                break;
            }
        }
        return least;
    }

    private double value(long nowNanos, Session session, int tokens) {
        return tiers.value()
                .perToken(
                        tokens,
                        session.returns,
                        session.idleNanos,
                        (double) Math.max(0, nowNanos - session.idleSinceNanos));
    }

    /// Forgets every session; the pool is cleared by whoever owns it.
    void clear() {
        sessions.values().forEach(session -> session.closed = true);
        sessions.clear();
        onDevice.clear();
        onHost.clear();
        empty.clear();
        idleBlocks = 0;
        hostTokens = 0;
    }

    /// Frees what an idle session keeps in the pool.
    void release(Session session) {
        for (int i = session.blocks.length - 1; i >= 0; i--) {
            pool.release(session.blocks[i]);
        }
        idleBlocks -= session.blocks.length;
        session.blocks = NO_BLOCKS;
        session.tokens = 0;
        if (onDevice.remove(session)) {
            empty.add(session);
        }
    }

    private void dropFromHost(Session session) {
        forgetHost(session);
        empty.add(session);
    }

    private void forgetHost(Session session) {
        hostTokens -= session.hostTokens;
        session.hostTokens = 0;
        onHost.remove(session);
    }
}
