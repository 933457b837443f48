package dev.touchstone.llm;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/// The blocks that open sessions keep between their requests.
///
/// A session's blocks are either idle here, or with the sequence that serves its current request.
/// While a session is open they are in use: no one else can have them, unless it is evicted. An
/// evicted session is forgotten; a request of it that still waits brings it back, empty.
final class SessionCache {
    private static final int[] NO_BLOCKS = {};

    /// One conversation, from its first request until it is closed.
    static final class Session {
        /// For requests that belong to no session: keeps nothing.
        static final Session NONE = new Session(0);

        private final long key;
        private int[] blocks = NO_BLOCKS;
        private int tokens;
        private long idleSinceNanos;

        /// Whether its blocks are with a running sequence.
        private boolean busy;

        private boolean closed;

        private Session(long key) {
            this.key = key;
        }

        /// Tokens kept while it is idle.
        int idleTokens() {
            return tokens;
        }

        /// Blocks kept while it is idle.
        int idleBlocks() {
            return blocks.length;
        }
    }

    private final KvBlockPool pool;
    private final Map<Long, Session> sessions = new HashMap<>();
    private int idleBlocks;
    private long earliestIdleNanos = Long.MAX_VALUE;

    SessionCache(KvBlockPool pool) {
        this.pool = pool;
    }

    /// The session with this key, opened if it is new; [Session#NONE] for key 0.
    Session open(long nowNanos, long key) {
        if (key == 0) {
            return Session.NONE;
        }
        Session session = sessions.get(key);
        if (session == null) {
            session = new Session(key);
            sessions.put(key, session);
            idleSince(nowNanos, session);
        }
        return session;
    }

    /// Blocks that idle sessions keep, all together.
    int idleBlocks() {
        return idleBlocks;
    }

    /// Idle sessions that keep at least `tokens`.
    int idleOfAtLeast(int tokens) {
        int count = 0;
        for (Session session : sessions.values()) {
            if (session.tokens >= tokens) {
                count++;
            }
        }
        return count;
    }

    /// Hands a session's blocks to the sequence that serves its next request. One that comes while
    /// another has them gets none.
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
        sequence.computed = Math.min(session.tokens, sequence.request().sessionTokens());
        idleBlocks -= session.blocks.length;
        session.blocks = NO_BLOCKS;
        session.tokens = 0;
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
        idleBlocks += blocks;
        idleSince(nowNanos, session);
        return blocks;
    }

    /// The sequence loses its blocks; its session stays open with nothing kept.
    void abandon(Sequence sequence) {
        if (sequence.ownsSession) {
            sequence.ownsSession = false;
            sequence.session.busy = false;
            idleSince(sequence.session.idleSinceNanos, sequence.session);
        }
    }

    /// Ends a session; blocks that are with a running sequence follow when it finishes.
    void close(long key) {
        Session session = sessions.remove(key);
        if (session != null) {
            session.closed = true;
            release(session);
        }
    }

    /// Forgets sessions that have been idle since before `sinceNanos` and frees what they keep.
    void evictIdle(long sinceNanos) {
        if (earliestIdleNanos >= sinceNanos) {
            return;
        }
        earliestIdleNanos = Long.MAX_VALUE;
        for (Iterator<Session> i = sessions.values().iterator(); i.hasNext(); ) {
            Session session = i.next();
            if (session.busy) {
                continue;
            }
            if (session.idleSinceNanos < sinceNanos) {
                release(session);
                i.remove();
            } else {
                earliestIdleNanos = Math.min(earliestIdleNanos, session.idleSinceNanos);
            }
        }
    }

    /// Frees what the session that has been idle longest keeps. False when none keeps anything.
    boolean evictLongestIdle() {
        Session longest = Session.NONE;
        for (Session session : sessions.values()) {
            if (session.blocks.length > 0
                    && (longest == Session.NONE
                            || session.idleSinceNanos < longest.idleSinceNanos)) {
                longest = session;
            }
        }
        if (longest == Session.NONE) {
            return false;
        }
        release(longest);
        return true;
    }

    /// Forgets every session; the pool is cleared by whoever owns it.
    void clear() {
        sessions.values().forEach(session -> session.closed = true);
        sessions.clear();
        idleBlocks = 0;
        earliestIdleNanos = Long.MAX_VALUE;
    }

    private void idleSince(long nanos, Session session) {
        session.idleSinceNanos = nanos;
        earliestIdleNanos = Math.min(earliestIdleNanos, nanos);
    }

    /// Frees what an idle session keeps.
    void release(Session session) {
        for (int i = session.blocks.length - 1; i >= 0; i--) {
            pool.release(session.blocks[i]);
        }
        idleBlocks -= session.blocks.length;
        session.blocks = NO_BLOCKS;
        session.tokens = 0;
    }
}
