package dev.touchstone.llm;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/// The blocks that open sessions keep between their requests.
///
/// A session is either idle here, or its blocks are with the sequence that serves its current
/// request. While a session is open its blocks are in use: no one else can have them.
final class SessionCache {
    private static final int[] NO_BLOCKS = {};

    private static final class Session {
        int[] blocks = NO_BLOCKS;
        int tokens;
        long idleSinceNanos;
        boolean busy;
    }

    private final KvBlockPool pool;
    private final Map<Long, Session> sessions = new HashMap<>();
    private long earliestIdleNanos = Long.MAX_VALUE;

    SessionCache(KvBlockPool pool) {
        this.pool = pool;
    }

    /// Blocks that idle sessions keep, all together.
    int idleBlocks() {
        int blocks = 0;
        for (Session session : sessions.values()) {
            blocks += session.blocks.length;
        }
        return blocks;
    }

    /// Tokens kept for an idle session; 0 when there are none.
    int idleTokens(long key) {
        Session session = sessions.get(key);
        return session == null || session.busy ? 0 : session.tokens;
    }

    int idleBlocks(long key) {
        Session session = sessions.get(key);
        return session == null || session.busy ? 0 : session.blocks.length;
    }

    /// Idle sessions that keep at least `tokens`.
    int idleOfAtLeast(int tokens) {
        int count = 0;
        for (Session session : sessions.values()) {
            if (!session.busy && session.tokens >= tokens) {
                count++;
            }
        }
        return count;
    }

    /// Hands a session's blocks to the sequence that serves its next request, and opens the session
    /// if it is new. A request that comes while another one has the blocks gets none.
    void adopt(Sequence sequence) {
        Session session =
                sessions.computeIfAbsent(sequence.request().session(), _ -> new Session());
        if (session.busy) {
            return;
        }
        session.busy = true;
        sequence.ownsSession = true;
        for (int block : session.blocks) {
            sequence.addBlock(block);
        }
        sequence.computed = session.tokens;
        session.blocks = NO_BLOCKS;
        session.tokens = 0;
    }

    /// Takes back a sequence's first blocks, which hold `tokens`. Returns how many blocks were
    /// kept: none when the sequence does not have the session's blocks, or the session was closed.
    int keep(long nowNanos, Sequence sequence, int blocks, int tokens) {
        if (!sequence.ownsSession) {
            return 0;
        }
        sequence.ownsSession = false;
        Session session = sessions.get(sequence.request().session());
        if (session == null) {
            return 0;
        }
        session.busy = false;
        session.blocks = Arrays.copyOf(sequence.blocks, blocks);
        session.tokens = tokens;
        session.idleSinceNanos = nowNanos;
        earliestIdleNanos = Math.min(earliestIdleNanos, nowNanos);
        return blocks;
    }

    /// The sequence loses its blocks; its session stays open with nothing kept.
    void abandon(Sequence sequence) {
        keep(0, sequence, 0, 0);
    }

    /// Ends a session; blocks that are with a running sequence follow when it finishes.
    void close(long key) {
        Session session = sessions.remove(key);
        if (session != null) {
            release(session);
        }
    }

    /// Ends every session that has been idle since before `sinceNanos`.
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

    /// Ends the session that has been idle longest. False when no idle session keeps anything.
    boolean evictLongestIdle() {
        long key = 0;
        long since = Long.MAX_VALUE;
        for (Map.Entry<Long, Session> entry : sessions.entrySet()) {
            Session session = entry.getValue();
            if (session.blocks.length > 0 && session.idleSinceNanos < since) {
                key = entry.getKey();
                since = session.idleSinceNanos;
            }
        }
        close(key);
        return since < Long.MAX_VALUE;
    }

    void clear() {
        sessions.clear();
        earliestIdleNanos = Long.MAX_VALUE;
    }

    private void release(Session session) {
        for (int i = session.blocks.length - 1; i >= 0; i--) {
            pool.release(session.blocks[i]);
        }
    }
}
