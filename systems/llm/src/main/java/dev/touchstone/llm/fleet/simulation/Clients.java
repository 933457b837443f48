package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.PrefixHashes;

/// The clients of one run, numbered from 0: each has at most one request under way.
abstract sealed class Clients permits SessionClients, TraceClients {
    /// A client that asks no more.
    static final long NEVER = Long.MAX_VALUE;

    final int[] promptTokens;
    final int[] outputTokens;

    Clients(int count) {
        promptTokens = new int[count];
        outputTokens = new int[count];
    }

    int count() {
        return promptTokens.length;
    }

    /// When a client asks for the first time.
    abstract long firstNanos(int client);

    /// Decides what a client asks now.
    abstract void draw(int client, long nowNanos);

    /// Key of its conversation; 0 for none.
    abstract long session(int client);

    /// What its prompt shares with others.
    abstract PrefixHashes prefix(int client);

    abstract boolean lowPriority(int client);

    /// When it asks next, after a request that came at `arrivalNanos` ended just now with so many
    /// answer tokens.
    abstract long nextNanos(int client, long arrivalNanos, long nowNanos, int answerTokens);
}
