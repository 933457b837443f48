package dev.touchstone.llm;

import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.SchedulerConfig.Exhaustion;
import dev.touchstone.llm.SchedulerConfig.Reservation;
import java.util.Arrays;

/// Decides what an engine does in each step: which sequences run, how much of which prompt is read,
/// who is admitted, who waits, and who gives up memory.
///
/// Every sequence has tokens that are not computed yet, and a step computes some of them. Within
/// one token budget the running sequences come first, in the order in which they were admitted: one
/// that decodes takes one token, one that is still reading its prompt takes what the later ones
/// leave. Then waiting requests are admitted, first come first served; only a request that open
/// sessions keep out is passed by. When a running sequence needs a block and none is free, the
/// youngest one loses its blocks and is computed again later. This is the policy of vLLM's version
/// 1 scheduler, with the old ones beside it as settings.
///
/// A plan depends on the calls made so far and nothing else; planning reads no clock and, once its
/// arrays have grown, allocates nothing.
public final class Scheduler {
    private static final int NOT_COUNTED = -1;

    private final KvBlockPool pool;
    private final SessionCache sessions;
    private final PromptCache prompts;
    private final EngineObserver observer;
    private final SequenceQueue waiting = new SequenceQueue();
    private final Step step = new Step();
    private Sequence[] running = new Sequence[64];
    private int runningCount;

    private final int blockTokens;
    private SchedulerConfig config;
    private int granuleBlocks;
    private int watermarkBlocks;

    /// Blocks all running sequences own if each reaches its full length.
    private long projectedBlocks;

    /// What long requests and sessions hold, counted when first asked for: once for a whole queue.
    private int longHolders = NOT_COUNTED;

    private int sessionBlocks = NOT_COUNTED;

    public Scheduler(KvBlockPool pool, SchedulerConfig config, EngineObserver observer) {
        this.pool = pool;
        this.sessions = new SessionCache(pool);
        this.prompts = new PromptCache(pool, sessions);
        this.observer = observer;
        this.blockTokens = pool.layout().blockTokens();
        this.config = config;
        reconfigure(config);
    }

    /// Changes the policy from the next step on. What sequences already own stays with them.
    public void reconfigure(SchedulerConfig config) {
        this.config = config;
        granuleBlocks = pool.layout().blocksFor(config.memory().granuleTokens());
        watermarkBlocks = (int) Math.ceil(config.memory().watermark() * pool.layout().blockCount());
        prompts.reconfigure(keepsSessions(), config.memory().prefixCache() && !contiguous());
        projectedBlocks = 0;
        for (int i = 0; i < runningCount; i++) {
            projectedBlocks += projection(running[i].request());
        }
    }

    public SchedulerConfig config() {
        return config;
    }

    public int running() {
        return runningCount;
    }

    public int waiting() {
        return waiting.size();
    }

    /// A running sequence, in order of admission.
    public Sequence running(int index) {
        return running[index];
    }

    /// A waiting sequence, next first.
    public Sequence waiting(int index) {
        return waiting.get(index);
    }

    /// Takes a request into the queue, or refuses it.
    public Admission submit(long nowNanos, Request request) {
        KvCacheLayout layout = pool.layout();
        int needed = projection(request);
        int most = (int) Math.min(layout.blockCount() - watermarkBlocks, ceilingBlocks());
        if (needed > most) {
            return new Admission.Refused(
                    Admission.Cause.NEVER_FITS,
                    ("request %d needs %d cache blocks of %d tokens but only %d can be handed out;"
                                    + " shorten the prompt or lower max_tokens")
                            .formatted(request.id(), needed, layout.blockTokens(), most));
        }
        if (waiting.size() >= config.batching().maxWaiting()) {
            return new Admission.Refused(
                    Admission.Cause.QUEUE_FULL,
                    waiting.size() + " requests are waiting, as many as may; try again later");
        }
        Sequence sequence =
                new Sequence(request, sessions.open(nowNanos, request.session()), nowNanos);
        sequence.lastTokenNanos = nowNanos;
        if (request.patienceNanos() == 0) {
            int blocks = blocksToAdmit(sequence);
            int room = pool.freeBlocks() - watermarkBlocks - blocksWaitedFor();
            if (blocks > room) {
                return new Admission.Refused(
                        Admission.Cause.NO_ROOM, noRoom(request, blocks, Math.max(0, room)));
            }
        }
        waiting.addLast(sequence);
        return new Admission.Waiting(waiting.size() - 1);
    }

    /// Put together without a format: a full engine says it thousands of times a second.
    private static String noRoom(Request request, int blocks, int room) {
        String needs = "request " + request.id() + " needs " + blocks + " cache blocks now";
        return needs + " and " + room + " can be had; try again later";
    }

    /// Decides the next step. The result is reused by the next call; carry it out and then report
    /// it with [#complete].
    public Step plan(long nowNanos) {
        step.clear();
        waiting.expire(nowNanos, observer);
        evictIdleSessions(nowNanos);
        int budget = config.batching().tokenBudget();
        int prefills = 0;
        int before = runningCount;
        for (int i = 0; i < runningCount; i++) {
            Sequence sequence = running[i];
            boolean decoding = sequence.decoding();
            int tokens =
                    decoding
                            ? Math.min(budget, 1)
                            : chunk(
                                    sequence.remaining(),
                                    budget - (runningCount - i - 1),
                                    prefills);
            if (tokens <= 0 || !makeRoom(nowNanos, sequence, tokens)) {
                continue;
            }
            budget -= tokens;
            if (decoding) {
                step.addDecode(sequence);
            } else {
                prefills++;
                step.addPrefill(sequence, tokens);
            }
        }
        if (runningCount < before) {
            // Those who could have run were preempted: who is left gets their memory at once.
            return step.size() == 0 ? plan(nowNanos) : step;
        }
        if (!step.outOfMemory()) {
            admit(nowNanos, budget, prefills);
        }
        return step;
    }

    /// Applies a step that was carried out: its tokens are in the cache, and every sequence with
    /// nothing left to compute has one more token.
    public void complete(long nowNanos, Step done) {
        boolean finished = false;
        for (int i = 0; i < done.size(); i++) {
            Sequence sequence = done.sequence(i);
            if (!sequence.running) {
                continue;
            }
            sequence.computed += done.tokens(i);
            prompts.publish(sequence);
            if (sequence.computed == sequence.length) {
                finished |= token(nowNanos, sequence, done.stopped(i));
            }
        }
        if (finished) {
            compactRunning();
        }
    }

    /// Withdraws a request, waiting or running; its blocks are free at once. Returns whether it was
    /// known.
    public boolean cancel(long id) {
        for (int i = 0; i < waiting.size(); i++) {
            if (waiting.get(i).request().id() == id) {
                waiting.remove(i);
                return true;
            }
        }
        for (int i = 0; i < runningCount; i++) {
            if (running[i].request().id() == id) {
                leave(running[i]);
                sessions.abandon(running[i]);
                releaseFrom(running[i], 0);
                compactRunning();
                return true;
            }
        }
        return false;
    }

    /// Ends a session: what was kept for it is free, at once or when its running request finishes.
    public void closeSession(long session) {
        sessions.close(session);
    }

    /// The engine died: every sequence and every kept session is lost, waiting requests included.
    public void crash(long nowNanos) {
        for (int i = 0; i < runningCount; i++) {
            running[i].running = false;
            observer.lost(nowNanos, running[i]);
        }
        while (waiting.size() > 0) {
            observer.lost(nowNanos, waiting.remove(0));
        }
        Arrays.fill(running, 0, runningCount, null);
        runningCount = 0;
        projectedBlocks = 0;
        sessions.clear();
        pool.clear();
    }

    /// How many of `remaining` prompt tokens may be read in this step; 0 for none.
    private int chunk(int remaining, int budget, int prefills) {
        SchedulerConfig.Prefill prefill = config.prefill();
        if (prefills >= prefill.concurrent()) {
            return 0;
        }
        if (prefill.chunked()) {
            return Math.max(0, Math.min(Math.min(remaining, prefill.chunkTokens()), budget));
        }
        boolean wholeStep = prefills == 0 && remaining > config.batching().tokenBudget();
        return remaining <= budget || wholeStep ? remaining : 0;
    }

    /// Gives the sequence blocks for `tokens` more: at the cost of idle sessions if need be, then
    /// of younger sequences. False when it has to sit this step out.
    private boolean makeRoom(long nowNanos, Sequence sequence, int tokens) {
        while (!grow(sequence, sequence.computed + tokens)) {
            if (config.memory().exhaustion() == Exhaustion.FAIL) {
                step.failOutOfMemory();
                return false;
            }
            if (sessions.evictLongestIdle()) {
                continue;
            }
            Sequence youngest = running[runningCount - 1];
            preempt(nowNanos, youngest);
            if (youngest == sequence) {
                return false;
            }
        }
        return true;
    }

    private boolean grow(Sequence sequence, int tokens) {
        if (tokens <= sequence.blockCount * blockTokens) {
            return true;
        }
        int blocks = granular(pool.layout().blocksFor(tokens)) - sequence.blockCount;
        boolean copied = contiguous() && sequence.blockCount > 0;
        if (pool.freeBlocks() < (copied ? blocks + sequence.blockCount : blocks)) {
            return false;
        }
        pool.allocate(blocks, sequence);
        return true;
    }

    /// Whether a sequence's memory is one piece. Such a piece cannot be extended where it lies: it
    /// is copied into a larger one, and for that moment both take up room.
    private boolean contiguous() {
        return granuleBlocks > 1;
    }

    private void preempt(long nowNanos, Sequence youngest) {
        leave(youngest);
        Arrays.fill(running, runningCount - 1, runningCount, null);
        runningCount--;
        sessions.abandon(youngest);
        releaseFrom(youngest, 0);
        youngest.forgetComputed();
        youngest.preemptions++;
        waiting.addFirst(youngest);
        observer.preempted(nowNanos, youngest);
    }

    private void admit(long nowNanos, int budget, int prefillsSoFar) {
        int prefills = prefillsSoFar;
        int left = budget;
        countHoldersAnew();
        boolean joinable = config.batching().mode() == BatchingMode.CONTINUOUS || runningCount == 0;
        for (int i = 0; joinable && i < waiting.size() && left > 0; ) {
            if (runningCount >= config.batching().maxSequences()
                    || prefills == config.prefill().concurrent()) {
                return;
            }
            Sequence sequence = waiting.get(i);
            if (laneIsFull(sequence)) {
                i++;
                continue;
            }
            int tokens = tryAdmit(sequence, left, prefills);
            if (tokens == 0) {
                if (step.outOfMemory() || !keptOutBySessions(sequence)) {
                    return;
                }
                i++;
                continue;
            }
            waiting.remove(i);
            enter(nowNanos, sequence);
            countHoldersAnew();
            step.addPrefill(sequence, tokens);
            left -= tokens;
            prefills++;
        }
    }

    /// Gives a waiting sequence its first blocks. Returns the tokens of its first chunk, or 0 when
    /// there is no room for it.
    private int tryAdmit(Sequence sequence, int budget, int prefills) {
        prompts.find(sequence);
        int tokens = chunk(sequence.length - prompts.foundTokens(), budget, prefills);
        int reserved =
                switch (config.memory().reservation()) {
                    case NONE ->
                            lostItsPiece(sequence)
                                    ? sequence.length
                                    : prompts.foundTokens() + tokens;
                    case PROMPT -> sequence.length;
                    case MAXIMUM -> sequence.request().maximumTokens();
                };
        int blocks = granular(pool.layout().blocksFor(reserved)) - prompts.foundBlocks();
        if (tokens == 0 || !fits(blocks + prompts.foundFreeBlocks(), sequence)) {
            return 0;
        }
        if (contiguous() && blocks > 0 && pool.freeBlocks() < blocks + prompts.foundBlocks()) {
            // What its session kept is too small and cannot be copied.
            if (config.memory().exhaustion() == Exhaustion.FAIL) {
                step.failOutOfMemory();
                return 0;
            }
            sessions.release(sequence.session);
            countHoldersAnew();
            return tryAdmit(sequence, budget, prefills);
        }
        sequence.expectBlocks(projection(sequence.request()));
        prompts.take(sequence);
        grow(sequence, reserved);
        return tokens;
    }

    /// Whether it outgrew contiguous memory before. It gets a piece for all it has: to be copied
    /// from piece to piece once more, it might be preempted in the same place again and again.
    private boolean lostItsPiece(Sequence sequence) {
        return contiguous() && sequence.preemptions > 0;
    }

    /// Blocks that admitting the request takes off the free list, equal prefixes aside.
    private int blocksToAdmit(Sequence sequence) {
        int tokens =
                config.memory().reservation() == Reservation.MAXIMUM
                        ? sequence.request().maximumTokens()
                        : sequence.length;
        int blocks = granular(pool.layout().blocksFor(tokens));
        return Math.max(0, blocks - sequence.session.idleBlocks());
    }

    /// Blocks that the requests now waiting will take before a later one may have any.
    private int blocksWaitedFor() {
        int blocks = 0;
        countHoldersAnew();
        for (int i = 0; i < waiting.size(); i++) {
            Sequence sequence = waiting.get(i);
            if (!laneIsFull(sequence) && !keptOutBySessions(sequence)) {
                blocks += blocksToAdmit(sequence);
            }
        }
        return blocks;
    }

    /// Whether the memory that open sessions hold leaves too little for the request, however many
    /// running sequences finish. No one waits behind such a request.
    private boolean keptOutBySessions(Sequence sequence) {
        int held = sessionBlocks();
        return held > 0
                && blocksToAdmit(sequence) > pool.layout().blockCount() - watermarkBlocks - held;
    }

    /// Blocks that sessions hold, idle or with a running sequence.
    private int sessionBlocks() {
        if (sessionBlocks == NOT_COUNTED) {
            sessionBlocks = sessions.idleBlocks();
            for (int i = 0; i < runningCount; i++) {
                sessionBlocks += running[i].ownsSession ? running[i].blockCount : 0;
            }
        }
        return sessionBlocks;
    }

    /// Whether as many long requests hold memory as may.
    private boolean laneIsFull(Sequence sequence) {
        SchedulerConfig.LongRequests lane = config.longRequests();
        return sequence.request().promptTokens() >= lane.fromTokens()
                && sequence.session.idleTokens() == 0
                && longHolders(lane.fromTokens()) >= lane.concurrent();
    }

    /// Long requests that run and long sessions that are idle.
    private int longHolders(int fromTokens) {
        if (longHolders == NOT_COUNTED) {
            longHolders = sessions.idleOfAtLeast(fromTokens);
            for (int i = 0; i < runningCount; i++) {
                longHolders += running[i].request().promptTokens() >= fromTokens ? 1 : 0;
            }
        }
        return longHolders;
    }

    private void countHoldersAnew() {
        longHolders = NOT_COUNTED;
        sessionBlocks = NOT_COUNTED;
    }

    private boolean fits(int blocks, Sequence sequence) {
        // Limits that were tightened while it waited must not keep it out for ever.
        boolean alone = runningCount == 0;
        int spared = alone && sessions.idleBlocks() == 0 ? 0 : watermarkBlocks;
        return pool.freeBlocks() - spared >= blocks
                && (alone || projectedBlocks + projection(sequence.request()) <= ceilingBlocks());
    }

    private double ceilingBlocks() {
        return config.memory().projectedCeiling() * pool.layout().blockCount();
    }

    /// Blocks the request owns when its last token is out.
    private int projection(Request request) {
        return granular(pool.layout().blocksFor(request.maximumTokens()));
    }

    private boolean token(long nowNanos, Sequence sequence, boolean last) {
        sequence.length++;
        if (sequence.generated() == 1) {
            observer.firstToken(nowNanos, sequence, nowNanos - sequence.arrivalNanos);
        } else {
            observer.nextToken(nowNanos, sequence, nowNanos - sequence.lastTokenNanos);
        }
        sequence.lastTokenNanos = nowNanos;
        if (!last && sequence.generated() < sequence.request().outputTokens()) {
            return false;
        }
        leave(sequence);
        releaseFrom(sequence, keepForSession(nowNanos, sequence));
        observer.finished(nowNanos, sequence);
        return true;
    }

    private int keepForSession(long nowNanos, Sequence sequence) {
        int tokens = sequence.request().sessionTokens();
        int blocks = contiguous() ? sequence.blockCount : pool.layout().blocksFor(tokens);
        return sessions.keep(nowNanos, sequence, Math.min(blocks, sequence.blockCount), tokens);
    }

    private boolean keepsSessions() {
        return config.memory().sessionTtl().isPositive();
    }

    private void evictIdleSessions(long nowNanos) {
        sessions.evictIdle(
                keepsSessions()
                        ? nowNanos - config.memory().sessionTtl().toNanos()
                        : Long.MAX_VALUE);
    }

    private void enter(long nowNanos, Sequence sequence) {
        if (runningCount == running.length) {
            running = Arrays.copyOf(running, 2 * runningCount);
        }
        running[runningCount++] = sequence;
        sequence.running = true;
        projectedBlocks += projection(sequence.request());
        observer.admitted(nowNanos, sequence);
    }

    private void leave(Sequence sequence) {
        sequence.running = false;
        projectedBlocks -= projection(sequence.request());
    }

    private void compactRunning() {
        int kept = 0;
        for (int i = 0; i < runningCount; i++) {
            if (running[i].running) {
                running[kept++] = running[i];
            }
        }
        Arrays.fill(running, kept, runningCount, null);
        runningCount = kept;
    }

    private void releaseFrom(Sequence sequence, int firstBlock) {
        for (int i = sequence.blockCount - 1; i >= firstBlock; i--) {
            pool.release(sequence.blocks[i]);
        }
        sequence.blockCount = 0;
    }

    private int granular(int blocks) {
        return (blocks + granuleBlocks - 1) / granuleBlocks * granuleBlocks;
    }
}
