package dev.touchstone.llm;

import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.SchedulerConfig.Exhaustion;

/// Decides what an engine does in each step: which sequences run, how much of which prompt is read,
/// who is admitted, who waits, and who gives up memory.
///
/// Every sequence has tokens that are not computed yet, and a step computes some of them. Within
/// one token budget the running sequences come first, in the order in which they were admitted: one
/// that decodes takes one token and its drafts, one that is still reading its prompt takes what the
/// later ones leave. Then waiting requests are admitted, in their order; only a request that open
/// sessions keep out is passed by. When a running sequence needs a block and none is free, one
/// loses its blocks and is computed again later. This is the policy of vLLM's version 1 scheduler,
/// with the old ones beside it as settings.
///
/// A plan depends on the calls made so far and nothing else; planning reads no clock and, once its
/// arrays have grown, allocates nothing. What is planned and not carried out changes nothing but
/// who owns which blocks, so a step may be planned again.
public final class Scheduler {
    private final KvBlockPool pool;
    private final KvMemory memory;
    private final SessionCache sessions;
    private final PromptCache prompts;
    private final EngineObserver observer;
    private final SequenceQueue waiting = new SequenceQueue();
    private final Batch batch;
    private final Step step = new Step();
    private SchedulerConfig config;
    private long tickets;

    /// While a step is planned: what is left of its budget, the prompts it reads, and whose turn it
    /// is.
    private int budget;

    private int prefills;
    private int turn;

    public Scheduler(KvBlockPool pool, SchedulerConfig config, EngineObserver observer) {
        this.pool = pool;
        this.memory = new KvMemory(pool);
        this.sessions = new SessionCache(pool);
        this.prompts = new PromptCache(pool, sessions);
        this.batch = new Batch(memory, sessions);
        this.observer = observer;
        this.config = config;
        reconfigure(config);
    }

    /// Changes the policy from the next step on. What sequences already own stays with them.
    public void reconfigure(SchedulerConfig config) {
        this.config = config;
        memory.reconfigure(config.memory());
        prompts.reconfigure(keepsSessions(), config.memory().prefixCache() && !memory.contiguous());
        sessions.reconfigure(config.tiers());
        batch.reconfigure(config);
        waiting.reconfigure(config.contention().order());
    }

    public SchedulerConfig config() {
        return config;
    }

    public int running() {
        return batch.size();
    }

    public int waiting() {
        return waiting.size();
    }

    /// Prompt tokens of all that wait.
    public long waitingTokens() {
        return waiting.promptTokens;
    }

    /// Blocks of the pool that idle sessions keep.
    public int idleSessionBlocks() {
        return sessions.idleBlocks();
    }

    /// Sessions that were opened and neither closed nor forgotten.
    public int openSessions() {
        return sessions.open();
    }

    /// Tokens that idle sessions keep in host memory.
    public long hostTokens() {
        return sessions.hostTokens();
    }

    /// A running sequence, in order of admission.
    public Sequence running(int index) {
        return batch.get(index);
    }

    /// A waiting sequence, next first.
    public Sequence waiting(int index) {
        return waiting.get(index);
    }

    /// Takes a request into the queue, or refuses it.
    public Admission submit(long nowNanos, Request request) {
        KvCacheLayout layout = pool.layout();
        int needed = memory.projection(request);
        int most = (int) Math.min(memory.mostBlocks(), memory.ceilingBlocks);
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
        long tokens = waiting.promptTokens + request.promptTokens();
        if (waiting.size() > 0 && tokens > config.contention().maxWaitingTokens()) {
            return new Admission.Refused(
                    Admission.Cause.QUEUE_FULL,
                    waiting.promptTokens
                            + " prompt tokens are waiting and at most "
                            + config.contention().maxWaitingTokens()
                            + " may; try again later");
        }
        Sequence sequence =
                new Sequence(request, sessions.open(nowNanos, request.session()), nowNanos);
        sequence.lastTokenNanos = nowNanos;
        sequence.ticket = ++tickets;
        if (request.patienceNanos() == 0) {
            int blocks = memory.blocksToAdmit(sequence);
            int room = pool.freeBlocks() - memory.watermarkBlocks - blocksWaitedFor();
            if (blocks > room) {
                return new Admission.Refused(
                        Admission.Cause.NO_ROOM, noRoom(request, blocks, Math.max(0, room)));
            }
        }
        return new Admission.Waiting(waiting.add(sequence));
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
        expireRunning(nowNanos);
        evictIdleSessions(nowNanos);
        budget = config.batching().tokenBudget();
        prefills = 0;
        int ran = batch.size();
        for (turn = 0; turn < batch.size(); turn++) {
            Sequence sequence = batch.get(turn);
            boolean decoding = sequence.decoding();
            int later = batch.size() - turn - 1;
            int drafts = decoding && sequence.drafts > 0 ? drafts(sequence, budget - 1 - later) : 0;
            int tokens =
                    decoding
                            ? Math.min(budget, 1 + drafts)
                            : chunk(sequence.remaining(), budget - later);
            if (tokens <= 0 || !makeRoom(nowNanos, sequence, tokens)) {
                continue;
            }
            budget -= tokens;
            if (decoding) {
                step.addDecode(sequence, drafts);
            } else {
                prefills++;
                step.addPrefill(sequence, tokens);
            }
        }
        if (batch.size() < ran) {
            // Those who could have run were preempted: who is left gets their memory at once.
            return step.size() == 0 ? plan(nowNanos) : step;
        }
        if (!step.outOfMemory()) {
            admit(nowNanos);
        }
        return step;
    }

    /// How many drafts a decoding sequence verifies: what the policy, its answer and the budget
    /// allow, and memory that no one has to give up for it.
    private int drafts(Sequence sequence, int spare) {
        int most = Math.min(config.speculation().maxDrafts(), sequence.drafts);
        long room = memory.roomFor(sequence) - sequence.computed - 1;
        long drafts = Math.min(Math.min(most, spare), sequence.outstanding() - 1);
        return (int) Math.max(0, Math.min(drafts, room));
    }

    private void expireRunning(long nowNanos) {
        if (!batch.deadlinePassed(nowNanos)) {
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            Sequence sequence = batch.get(i);
            if (sequence.deadlineNanos() <= nowNanos) {
                drop(sequence);
                observer.expired(nowNanos, sequence);
            }
        }
        batch.compact();
        batch.watchDeadlines();
    }

    /// Ends a running sequence before its time; the batch is compacted by whoever calls.
    private void drop(Sequence sequence) {
        batch.leave(sequence);
        sequence.gone = true;
        sessions.abandon(sequence);
        memory.release(sequence, 0);
    }

    /// Applies a step that was carried out: its tokens are in the cache, and every sequence with
    /// nothing left to compute has one more token, and one for each accepted draft. A sequence that
    /// was preempted meanwhile has its tokens all the same; one that was cancelled has not.
    public void complete(long nowNanos, Step done) {
        boolean finished = false;
        for (int i = 0; i < done.size(); i++) {
            Sequence sequence = done.sequence(i);
            if (sequence.gone) {
                continue;
            }
            boolean yields = done.yields(i);
            if (sequence.running) {
                int rejected = done.drafts(i) - done.accepted(i);
                sequence.computed = done.start(i) + done.tokens(i) - rejected;
                sequence.drafts = yields ? done.proposed(i) : 0;
                prompts.publish(sequence);
            }
            for (int token = yields ? done.accepted(i) : -1; token >= 0; token--) {
                finished |= token(nowNanos, sequence, token == 0 && done.stopped(i));
            }
        }
        if (finished) {
            batch.compact();
        }
    }

    /// Withdraws a request, waiting or running; its blocks are free at once, also when it takes
    /// part in a step under way. Returns whether it was known.
    public boolean cancel(long id) {
        int place = waiting.indexOf(id);
        int index = batch.indexOf(id);
        if (place >= 0) {
            waiting.remove(place).gone = true;
        } else if (index >= 0) {
            drop(batch.get(index));
            batch.compact();
        }
        return place >= 0 || index >= 0;
    }

    /// Takes a running sequence's blocks away, as [#plan] does when memory runs out; it is computed
    /// again later, and what a step under way yields for it is not lost. Returns whether it ran.
    public boolean preempt(long nowNanos, long id) {
        int index = batch.indexOf(id);
        if (index >= 0) {
            preempt(nowNanos, index);
        }
        return index >= 0;
    }

    /// Takes back a step that could not be carried out: its sequences lose their blocks and are
    /// computed again. One that has been in more than `mostFailures` failed steps is lost instead,
    /// for it may be the cause.
    public void recover(long nowNanos, Step failed, int mostFailures) {
        for (int i = failed.size() - 1; i >= 0; i--) {
            Sequence sequence = failed.sequence(i);
            if (!sequence.running) {
                continue;
            }
            if (++sequence.failures > mostFailures) {
                drop(sequence);
                batch.compact();
                observer.lost(nowNanos, sequence);
            } else {
                preempt(nowNanos, batch.indexOf(sequence.request().id()));
            }
        }
    }

    /// Ends a session: what was kept for it is free, at once or when its running request finishes.
    public void closeSession(long session) {
        sessions.close(session);
    }

    /// The engine died: every sequence and every kept session is lost, waiting requests included.
    public void crash(long nowNanos) {
        for (int i = 0; i < batch.size(); i++) {
            batch.leave(batch.get(i));
            lose(nowNanos, batch.get(i));
        }
        batch.compact();
        while (waiting.size() > 0) {
            lose(nowNanos, waiting.remove(0));
        }
        sessions.clear();
        pool.clear();
    }

    private void lose(long nowNanos, Sequence sequence) {
        sequence.gone = true;
        observer.lost(nowNanos, sequence);
    }

    /// How many of `remaining` prompt tokens may be read in this step; 0 for none.
    private int chunk(int remaining, int left) {
        SchedulerConfig.Prefill prefill = config.prefill();
        if (prefills >= prefill.concurrent()) {
            return 0;
        }
        if (prefill.chunked()) {
            return Math.max(0, Math.min(Math.min(remaining, prefill.chunkTokens()), left));
        }
        boolean wholeStep = prefills == 0 && remaining > config.batching().tokenBudget();
        return remaining <= left || wholeStep ? remaining : 0;
    }

    /// Gives the sequence blocks for `tokens` more: at the cost of idle sessions if need be, then
    /// of other sequences. False when it has to sit this step out.
    private boolean makeRoom(long nowNanos, Sequence sequence, int tokens) {
        while (!memory.grow(sequence, sequence.computed + tokens)) {
            if (config.memory().exhaustion() == Exhaustion.FAIL) {
                step.failOutOfMemory();
                return false;
            }
            if (sessions.evictOne(nowNanos)) {
                continue;
            }
            int index = batch.victim();
            Sequence victim = batch.get(index);
            int planned = step.remove(victim);
            budget += planned;
            prefills -= planned > 0 && !victim.decoding() ? 1 : 0;
            preempt(nowNanos, index);
            turn -= index <= turn ? 1 : 0;
            if (victim == sequence) {
                return false;
            }
        }
        return true;
    }

    private void preempt(long nowNanos, int index) {
        Sequence sequence = batch.remove(index);
        sessions.abandon(sequence);
        memory.release(sequence, 0);
        sequence.forgetComputed();
        sequence.preemptions++;
        waiting.add(sequence);
        observer.preempted(nowNanos, sequence);
    }

    private void admit(long nowNanos) {
        batch.countHoldersAnew();
        boolean joinable = config.batching().mode() == BatchingMode.CONTINUOUS || running() == 0;
        for (int i = 0; joinable && canTakeOneMore(); ) {
            i = pastFullLane(i);
            if (i == waiting.size()) {
                return;
            }
            Sequence sequence = waiting.get(i);
            int tokens = tryAdmit(nowNanos, sequence);
            if (tokens == 0) {
                if (step.outOfMemory() || !batch.keptOutBySessions(sequence)) {
                    return;
                }
                i++;
                continue;
            }
            waiting.remove(i);
            batch.add(sequence);
            observer.admitted(nowNanos, sequence);
            step.addPrefill(sequence, tokens);
            step.transfer(prompts.foundHostTokens);
            budget -= tokens;
            prefills++;
        }
    }

    private boolean canTakeOneMore() {
        return budget > 0
                && running() < config.batching().maxSequences()
                && prefills < config.prefill().concurrent();
    }

    /// Gives a waiting sequence its first blocks. Returns the tokens of its first chunk, or 0 when
    /// there is no room for it.
    private int tryAdmit(long nowNanos, Sequence sequence) {
        prompts.find(sequence);
        int tokens = chunk(sequence.length - prompts.foundTokens, budget);
        int reserved = memory.reserved(sequence, prompts.foundTokens + tokens);
        int blocks = memory.blocksFor(reserved) - prompts.foundBlocks;
        if (tokens == 0) {
            return 0;
        }
        letSessionsMakeRoom(nowNanos, blocks, sequence);
        if (!batch.fits(blocks + prompts.foundFreeBlocks, sequence)) {
            return 0;
        }
        if (memory.contiguous() && blocks > 0 && pool.freeBlocks() < blocks + prompts.foundBlocks) {
            // What its session kept is too small and cannot be copied.
            if (config.memory().exhaustion() == Exhaustion.FAIL) {
                step.failOutOfMemory();
                return 0;
            }
            sessions.release(sequence.session);
            batch.countHoldersAnew();
            return tryAdmit(nowNanos, sequence);
        }
        sequence.expectBlocks(memory.projection(sequence.request()));
        prompts.take(sequence);
        memory.grow(sequence, reserved);
        return tokens;
    }

    /// Where there is host memory, idle sessions go there for a request that waits, if that lets it
    /// in.
    private void letSessionsMakeRoom(long nowNanos, int blocks, Sequence sequence) {
        int needed = blocks + prompts.foundFreeBlocks + memory.watermarkBlocks;
        int missing = config.tiers().hostTokens() == 0 ? 0 : needed - pool.freeBlocks();
        if (missing > 0 && sessions.makeRoom(nowNanos, missing, sequence.session)) {
            batch.countHoldersAnew();
        }
    }

    /// Blocks that the requests now waiting will take before a later one may have any.
    private int blocksWaitedFor() {
        int blocks = 0;
        batch.countHoldersAnew();
        for (int i = 0; i < waiting.size(); i++) {
            Sequence sequence = waiting.get(i);
            if (!batch.laneIsFull(sequence) && !batch.keptOutBySessions(sequence)) {
                blocks += memory.blocksToAdmit(sequence);
            }
        }
        return blocks;
    }

    /// The next place in the queue, from `index` on, whose request the lane for long ones does not
    /// keep out.
    private int pastFullLane(int index) {
        SchedulerConfig.LongRequests lane = config.longRequests();
        if (index == waiting.size() || !batch.laneIsFull(waiting.get(index))) {
            return index;
        }
        boolean idle = sessions.idleBlocks() > 0 || sessions.hostTokens() > 0;
        int next = index + 1;
        while (next < waiting.size()
                && waiting.get(next).request().promptTokens() >= lane.fromTokens()
                && !(idle && waiting.get(next).session.tokens > 0)) {
            next++;
        }
        return next;
    }

    private boolean token(long nowNanos, Sequence sequence, boolean last) {
        sequence.length++;
        if (sequence.generated() == 1) {
            observer.firstToken(nowNanos, sequence, nowNanos - sequence.arrivalNanos);
        } else {
            observer.nextToken(nowNanos, sequence, nowNanos - sequence.lastTokenNanos);
        }
        sequence.lastTokenNanos = nowNanos;
        if (!last && sequence.outstanding() > 0) {
            return false;
        }
        if (sequence.running) {
            batch.leave(sequence);
            memory.release(sequence, keepForSession(nowNanos, sequence));
        } else {
            waiting.remove(waiting.indexOf(sequence.request().id()));
        }
        sequence.gone = true;
        observer.finished(nowNanos, sequence);
        return true;
    }

    private int keepForSession(long nowNanos, Sequence sequence) {
        int tokens =
                sequence.request().terms().keepsAnswer()
                        ? sequence.computed
                        : sequence.request().sessionTokens();
        int blocks = memory.contiguous() ? sequence.blockCount : pool.layout().blocksFor(tokens);
        return sessions.keep(nowNanos, sequence, Math.min(blocks, sequence.blockCount), tokens);
    }

    private boolean keepsSessions() {
        return config.memory().sessionTtl().isPositive();
    }

    private void evictIdleSessions(long nowNanos) {
        if (keepsSessions()) {
            long sinceNanos = nowNanos - config.memory().sessionTtl().toNanos();
            long hostSinceNanos = nowNanos - config.tiers().hostTtl().toNanos();
            sessions.evictIdle(nowNanos, sinceNanos, hostSinceNanos);
        } else {
            sessions.dropAll();
        }
    }
}
