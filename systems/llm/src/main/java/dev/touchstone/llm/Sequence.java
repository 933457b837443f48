package dev.touchstone.llm;

import java.util.Arrays;

/// A request on its way through an engine: what of it is computed and which blocks it owns.
///
/// A sequence has `length` tokens, prompt and answer together, of which `computed` are in the
/// cache. While more than one token is missing it is in prefill; when exactly the newest is
/// missing, the next step decodes one more. Preemption sets `computed` back to zero and changes
/// nothing else: prefill, decode and recomputation are one rule.
public final class Sequence {
    private static final int[] NO_BLOCKS = {};

    private final Request request;
    final SessionCache.Session session;
    final long arrivalNanos;

    int[] blocks = NO_BLOCKS;
    int blockCount;

    /// Tokens known so far: the prompt and the answer up to now.
    int length;

    /// Tokens whose keys and values are in the cache.
    int computed;

    /// Leading tokens whose hashes can ever be known.
    final int hashedTokens;

    /// Blocks at the front whose hashes are published; see [KvBlockPool#publish].
    int publishedBlocks;

    /// Counts up as requests come, for those that come at one moment.
    long ticket;

    int cachedTokens;
    int preemptions;

    /// Whether its session's kept blocks are with it.
    boolean ownsSession;

    /// Drafts that its executor has for its next step; see [Step#propose].
    int drafts;

    /// Steps it was in that failed.
    int failures;

    boolean running;

    /// Whether it neither runs nor waits any more.
    boolean gone;

    long lastTokenNanos;

    Sequence(Request request, SessionCache.Session session, long arrivalNanos) {
        this.request = request;
        this.session = session;
        this.arrivalNanos = arrivalNanos;
        this.length = request.promptTokens();
        this.hashedTokens =
                request.prefix().coversAnswer() ? Integer.MAX_VALUE : request.promptTokens();
    }

    public Request request() {
        return request;
    }

    public long arrivalNanos() {
        return arrivalNanos;
    }

    /// Answer tokens so far.
    public int generated() {
        return length - request.promptTokens();
    }

    /// Tokens known so far: the prompt and the answer up to now.
    public int length() {
        return length;
    }

    /// Tokens whose keys and values are in the cache.
    public int computed() {
        return computed;
    }

    /// Cache blocks it owns or shares.
    public int blocks() {
        return blockCount;
    }

    /// The cache block that holds the tokens from `index` times the block size on.
    public int block(int index) {
        return blocks[index];
    }

    /// Prompt tokens that were found in the cache when it was admitted.
    public int cachedTokens() {
        return cachedTokens;
    }

    /// How often it lost its blocks and started over.
    public int preemptions() {
        return preemptions;
    }

    /// When its newest token came out; its arrival before the first one.
    public long lastTokenNanos() {
        return lastTokenNanos;
    }

    /// Tokens still to be computed before the next answer token.
    int remaining() {
        return length - computed;
    }

    /// Whether its next step yields a token from one token of input.
    boolean decoding() {
        return length - computed == 1 && computed > 0;
    }

    void forgetComputed() {
        computed = 0;
        publishedBlocks = 0;
        drafts = 0;
    }

    /// Answer tokens that may still come.
    int outstanding() {
        return request.outputTokens() - generated();
    }

    /// When it gives up waiting: never once its answer has begun.
    long patienceEndsNanos() {
        long patience = request.patienceNanos();
        return patience == 0 || generated() > 0 ? Long.MAX_VALUE : after(patience);
    }

    /// When the next of its deadlines passes.
    long deadlineNanos() {
        Request.Terms terms = request.terms();
        long total = after(terms.totalNanos());
        return generated() > 0 ? total : Math.min(total, after(terms.firstTokenNanos()));
    }

    private long after(long nanos) {
        return nanos < Long.MAX_VALUE - arrivalNanos ? arrivalNanos + nanos : Long.MAX_VALUE;
    }

    int priority() {
        return request.terms().priority();
    }

    boolean cameBefore(Sequence other) {
        return arrivalNanos == other.arrivalNanos
                ? ticket < other.ticket
                : arrivalNanos < other.arrivalNanos;
    }

    /// Makes room for so many blocks, so that adding them allocates nothing.
    void expectBlocks(int count) {
        if (count > blocks.length) {
            blocks = Arrays.copyOf(blocks, count);
        }
    }

    void addBlock(int block) {
        if (blockCount == blocks.length) {
            expectBlocks(Math.max(8, 2 * blockCount));
        }
        blocks[blockCount++] = block;
    }
}
