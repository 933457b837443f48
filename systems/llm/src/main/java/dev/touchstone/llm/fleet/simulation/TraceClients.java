package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.llm.replay.Trace;

/// One client for each request of a trace.
final class TraceClients extends Clients {
    private final Trace trace;
    private final double speed;
    private final int blockTokens;

    TraceClients(TraceLoad load, int blockTokens) {
        super(load.trace().size());
        trace = load.trace();
        speed = load.speed();
        this.blockTokens = blockTokens;
    }

    @Override
    long firstNanos(int client) {
        return (long) (trace.arrivalNanos(client) / speed);
    }

    @Override
    void draw(int client, long nowNanos) {
        promptTokens[client] = trace.promptTokens(client);
        outputTokens[client] = trace.outputTokens(client);
    }

    @Override
    long session(int client) {
        return 0;
    }

    @Override
    PrefixHashes prefix(int client) {
        return trace.prefix(client, blockTokens);
    }

    @Override
    boolean lowPriority(int client) {
        return false;
    }

    @Override
    long nextNanos(int client, long arrivalNanos, long nowNanos, int answerTokens) {
        return NEVER;
    }
}
