package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.simulation.Distribution;
import dev.touchstone.simulation.Distribution.LogNormal;
import dev.touchstone.simulation.RandomStreams;
import java.util.random.RandomGenerator;

/// Users who think. What a user does depends on the seed, the user's number and when the answers
/// came, and on nothing that other users do.
final class SessionClients extends Clients {
    /// Nobody answers faster than this.
    static final long LEAST_THINKING_NANOS = 1_000_000_000;

    private static final long GOLDEN_RATIO = 0x9E37_79B9_7F4A_7C15L;
    private static final double NANOS = 1e9;

    private final SessionLoad load;
    private final Conversation conversation;
    private final int blockTokens;
    private final DailyCurve curve;
    private final Distribution messages;
    private final Distribution answers;
    private final Library library;
    private final long systemKey;

    private final long[] states;
    private final long[] keys;
    private final int[] historyTokens;
    private final int[] messageTokens;
    private final int[] turns;
    private final boolean[] shared;

    /// What its conversation is about; a key of 0 is one of its own.
    private final int[] documentTokens;

    private final long[] documentKeys;
    private final boolean[] low;

    /// Draws from the stream of the user whose turn it is.
    private final class Stream implements RandomGenerator {
        private int client;

        @Override
        public long nextLong() {
            states[client] += GOLDEN_RATIO;
            return RandomStreams.mix(states[client]);
        }
    }

    private final Stream stream = new Stream();

    SessionClients(SessionLoad load, int blockTokens, long seed) {
        super(load.sessions());
        this.load = load;
        this.conversation = load.conversation();
        this.blockTokens = blockTokens;
        curve = new DailyCurve(load.peak());
        messages = LogNormal.ofMean(conversation.messageTokens(), conversation.messageSigma());
        answers = LogNormal.ofMean(conversation.answerTokens(), conversation.answerSigma());
        int count = load.sessions();
        states = new long[count];
        keys = new long[count];
        historyTokens = new int[count];
        messageTokens = new int[count];
        turns = new int[count];
        documentTokens = new int[count];
        documentKeys = new long[count];
        shared = new boolean[count];
        low = new boolean[count];
        RandomGenerator seeds = new RandomStreams(seed).stream("sessions");
        systemKey = seeds.nextLong();
        library = new Library(conversation.documents(), seed);
        for (int client = 0; client < count; client++) {
            states[client] = seeds.nextLong();
            begin(client);
            // Conversations are under way already: as old as they are at a random moment.
            while (!isMet(client)) {
                draw(client, 0);
                said(client, outputTokens[client]);
            }
        }
    }

    @Override
    long firstNanos(int client) {
        stream.client = client;
        return within(gapNanos(0));
    }

    @Override
    void draw(int client, long nowNanos) {
        stream.client = client;
        int limit = conversation.contextTokens() - conversation.systemTokens();
        int message = atLeastOne(messages.sample(stream), limit - 1);
        int answer = atLeastOne(answers.sample(stream), limit - message);
        if (documentTokens[client] + historyTokens[client] + message + answer > limit) {
            begin(client);
            documentTokens[client] = Math.min(documentTokens[client], limit - message - answer);
        }
        low[client] = stream.nextDouble() < load.lowPriorityShare();
        messageTokens[client] = message;
        promptTokens[client] =
                conversation.systemTokens()
                        + documentTokens[client]
                        + historyTokens[client]
                        + message;
        outputTokens[client] = answer;
    }

    @Override
    long session(int client) {
        return client + 1L;
    }

    /// All turns of a conversation begin alike: a block is known by its place in it.
    @Override
    PrefixHashes prefix(int client) {
        long key = keys[client];
        long document = documentKeys[client];
        int system = conversation.systemTokens();
        int systemBlocks = shared[client] ? system / blockTokens : 0;
        int documentBlocks =
                shared[client] && document != 0
                        ? (system + documentTokens[client]) / blockTokens
                        : systemBlocks;
        return block -> {
            long of = block < systemBlocks ? systemKey : block < documentBlocks ? document : key;
            long hash = RandomStreams.mix(of + block);
            return hash == PrefixHashes.NOT_SHARED ? 1 : hash;
        };
    }

    @Override
    boolean lowPriority(int client) {
        return low[client];
    }

    @Override
    long nextNanos(int client, long arrivalNanos, long nowNanos, int answerTokens) {
        stream.client = client;
        if (ends(client)) {
            begin(client);
        } else {
            said(client, answerTokens);
        }
        long next =
                Math.max(nowNanos + LEAST_THINKING_NANOS, arrivalNanos + gapNanos(arrivalNanos));
        return within(next);
    }

    private long within(long nanos) {
        return nanos < load.duration().toNanos() ? nanos : NEVER;
    }

    private void said(int client, int answerTokens) {
        historyTokens[client] += messageTokens[client] + answerTokens;
        turns[client]++;
    }

    private boolean ends(int client) {
        stream.client = client;
        return conversation.turns().ends(stream.nextDouble(), turns[client] + 1);
    }

    private boolean isMet(int client) {
        stream.client = client;
        return conversation.turns().isMetAt(stream.nextDouble(), turns[client] + 1);
    }

    private void begin(int client) {
        stream.client = client;
        keys[client] = stream.nextLong();
        historyTokens[client] = 0;
        turns[client] = 0;
        shared[client] = stream.nextDouble() < conversation.sharedShare();
        if (conversation.documents().tokens() > 0) {
            int text = library.choose(stream);
            documentKeys[client] = library.key(text);
            documentTokens[client] = library.tokens(text, stream);
        }
    }

    /// Time between two requests of a user, at this time of day.
    private long gapNanos(long nowNanos) {
        double fromPeak = (nowNanos - load.duration().toNanos() / 2) / NANOS;
        double perSecond = load.requestsPerHour() / 3_600 * curve.at(fromPeak);
        return (long) (-NANOS / perSecond * StrictMath.log1p(-stream.nextDouble()));
    }

    private static int atLeastOne(double tokens, int most) {
        return (int) Math.max(1, Math.min(most, Math.round(tokens)));
    }
}
