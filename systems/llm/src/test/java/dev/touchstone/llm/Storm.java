package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.Admission.Cause;
import dev.touchstone.llm.Admission.Refused;
import dev.touchstone.llm.Request.Terms;
import dev.touchstone.llm.SchedulerConfig.Eviction;
import dev.touchstone.llm.SchedulerConfig.Memory;
import dev.touchstone.llm.SchedulerConfig.Order;
import dev.touchstone.llm.SchedulerConfig.Reservation;
import dev.touchstone.llm.SchedulerConfig.Tiers;
import dev.touchstone.llm.SchedulerConfig.Victim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// A scheduler under everything that can happen to one, drawn from a seed, and what must hold all
/// the while: requests of every kind, cancellations, closed sessions, other policies, crashes.
final class Storm implements EngineObserver {
    private static final int ROUNDS = 120;
    private static final int LIMIT_TO_FINISH = 20_000;
    private static final int SESSIONS = 4;

    private static final List<Reservation> RESERVATIONS = List.of(Reservation.values());

    private final SplittableRandom random;
    private final KvBlockPool pool;
    private final CacheContents contents;
    private final Scheduler scheduler;
    private final int granule;
    private SchedulerConfig config;
    private long nowNanos;

    /// Tokens read back from host memory.
    private long transferred;

    /// What became of each request; absent while it is in flight. Ids count up as requests come.
    private final Map<Long, String> fates = new HashMap<>();

    private final Map<Long, Request> requests = new HashMap<>();
    private final Map<Long, Integer> tokens = new HashMap<>();
    private final List<Long> admitted = new ArrayList<>();
    private final StringBuilder trace = new StringBuilder();

    /// Whether a request may have been passed by, lawfully, under any policy so far.
    private boolean passing;

    /// Whether sessions may keep blocks under any policy so far.
    private boolean keeping;

    /// Whether the clock is set back now and then.
    private final boolean unsteady;

    Storm(long seed) {
        random = new SplittableRandom(seed);
        int blockTokens = random.nextBoolean() ? 4 : 16;
        pool = new KvBlockPool(new KvCacheLayout(blockTokens, random.nextInt(6, 60)));
        contents = new CacheContents(pool);
        granule = blockTokens * (random.nextInt(4) == 0 ? random.nextInt(2, 5) : 1);
        unsteady = random.nextInt(5) == 0;
        passing = unsteady;
        config = randomConfig();
        scheduler = new Scheduler(pool, config, this);
    }

    /// Everything that was decided, in order.
    String trace() {
        return trace.toString();
    }

    long transferred() {
        return transferred;
    }

    /// Rages, then lets everything come to its end.
    void run() {
        for (int round = 0; round < ROUNDS; round++) {
            disturb();
            step();
        }
        calm();
    }

    private void calm() {
        int steps = 0;
        while (scheduler.running() > 0 || scheduler.waiting() > 0) {
            assertThat(steps++).as("steps to finish").isLessThan(LIMIT_TO_FINISH);
            if (scheduler.running() == 0) {
                closeSessions();
            }
            step();
        }
        closeSessions();
        assertThat(scheduler.hostTokens()).isZero();
        assertThat(scheduler.idleSessionBlocks()).isZero();
        assertThat(fates).hasSameSizeAs(requests);
        assertThat(pool.freeBlocks()).isEqualTo(pool.layout().blockCount());
        checkBlocks();
    }

    private void closeSessions() {
        for (long session = 1; session <= SESSIONS; session++) {
            scheduler.closeSession(session);
        }
    }

    private void disturb() {
        for (int i = random.nextInt(3); i > 0; i--) {
            submit();
        }
        if (random.nextInt(20) == 0) {
            cancel();
        }
        if (random.nextInt(20) == 0) {
            scheduler.closeSession(random.nextInt(1, SESSIONS + 1));
        }
        if (random.nextInt(50) == 0) {
            config = randomConfig();
            scheduler.reconfigure(config);
        }
        if (random.nextInt(100) == 0) {
            crash();
        }
    }

    private void submit() {
        long id = requests.size() + 1L;
        int most = (int) pool.layout().capacityTokens();
        int prompt = random.nextInt(1, random.nextInt(4) == 0 ? most : most / 4 + 2);
        int output = random.nextInt(1, random.nextInt(4) == 0 ? most / 4 + 2 : 8);
        long patience =
                switch (random.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> random.nextInt(1, 1_000);
                    default -> Request.PATIENT;
                };
        long session = random.nextInt(3) == 0 ? random.nextInt(1, SESSIONS + 1) : 0;
        Request plain = contents.request(random, id, prompt, output, patience, session);
        Request request = plain.with(terms(plain.terms()));
        requests.put(id, request);
        boolean full = queueIsFull(request);
        switch (scheduler.submit(nowNanos, request)) {
            case Admission.Waiting(int ahead) ->
                    assertThat(scheduler.waiting(ahead).request()).isSameAs(request);
            case Refused(Cause cause, String reason) -> {
                fate(id, "refused");
                assertThat(reason).isNotBlank();
                assertThat(cause != Cause.NO_ROOM || patience == 0).isTrue();
                assertThat(cause == Cause.QUEUE_FULL).isEqualTo(cause != Cause.NEVER_FITS && full);
            }
        }
    }

    private boolean queueIsFull(Request request) {
        long tokens = request.promptTokens();
        for (int i = 0; i < scheduler.waiting(); i++) {
            tokens += scheduler.waiting(i).request().promptTokens();
        }
        assertThat(scheduler.waitingTokens()).isEqualTo(tokens - request.promptTokens());
        return scheduler.waiting() >= config.batching().maxWaiting()
                || (scheduler.waiting() > 0 && tokens > config.contention().maxWaitingTokens());
    }

    private Terms terms(Terms terms) {
        return terms.withPriority(random.nextInt(3))
                .withDeadlines(
                        random.nextInt(6) == 0 ? random.nextInt(1, 2_000) : Terms.NEVER,
                        random.nextInt(6) == 0 ? random.nextInt(1, 4_000) : Terms.NEVER);
    }

    private void cancel() {
        if (requests.isEmpty()) {
            return;
        }
        long id = random.nextLong(1, requests.size() + 1);
        boolean inFlight = !fates.containsKey(id);
        assertThat(scheduler.cancel(id)).isEqualTo(inFlight);
        if (inFlight) {
            fate(id, "cancelled");
        }
    }

    private void crash() {
        scheduler.crash(nowNanos);
        assertThat(fates).hasSameSizeAs(requests);
        assertThat(pool.freeBlocks()).isEqualTo(pool.layout().blockCount());
    }

    private void step() {
        admitted.clear();
        List<Sequence> decoding = decoding();
        Step step = scheduler.plan(nowNanos);
        trace(step);
        checkPlan(step, decoding);
        checkBlocks();
        speculate(step);
        transferred += step.transferredTokens();
        assertThat(scheduler.hostTokens()).isBetween(0L, config.tiers().hostTokens());
        contents.execute(step);
        if (step.outOfMemory()) {
            crash();
            return;
        }
        if (random.nextInt(30) == 0) {
            fail(step);
            return;
        }
        if (random.nextInt(5) == 0) {
            disturb();
        }
        if (random.nextInt(20) == 0 && scheduler.running() > 0) {
            int index = random.nextInt(scheduler.running());
            scheduler.preempt(nowNanos, scheduler.running(index).request().id());
        }
        boolean back = unsteady && random.nextInt(10) == 0;
        nowNanos += back ? -random.nextInt(100) : random.nextInt(1, 50);
        scheduler.complete(nowNanos, step);
        checkBlocks();
    }

    private void speculate(Step step) {
        for (int i = 0; i < step.size(); i++) {
            assertThat(step.drafts(i)).isBetween(0, config.speculation().maxDrafts());
            step.accept(i, random.nextInt(step.drafts(i) + 1));
            step.propose(i, random.nextInt(4));
        }
    }

    /// The step could not be carried out.
    private void fail(Step step) {
        trace.append("failed\n");
        int lost = fates.size();
        int most = random.nextInt(3);
        scheduler.recover(nowNanos, step, most);
        for (int i = 0; i < step.size(); i++) {
            assertThat(step.sequence(i).running).isFalse();
            assertThat(step.sequence(i).blockCount).isZero();
        }
        assertThat(fates.size() - lost).isLessThanOrEqualTo(step.size());
        assertThat(most > 0 || fates.size() - lost == step.size()).isTrue();
        checkBlocks();
    }

    private List<Sequence> decoding() {
        List<Sequence> decoding = new ArrayList<>();
        for (int i = 0; i < scheduler.running(); i++) {
            if (scheduler.running(i).decoding()) {
                decoding.add(scheduler.running(i));
            }
        }
        return decoding;
    }

    private void checkPlan(Step step, List<Sequence> decoding) {
        int budget = config.batching().tokenBudget();
        List<Sequence> planned = new ArrayList<>();
        int sum = 0;
        int largest = 0;
        int prefills = 0;
        for (int i = 0; i < step.size(); i++) {
            Sequence sequence = step.sequence(i);
            int tokens = step.tokens(i);
            assertThat(tokens - step.drafts(i)).isBetween(1, sequence.remaining());
            assertThat(sequence.decoding() || step.drafts(i) == 0).isTrue();
            assertThat(sequence.length + step.drafts(i))
                    .isLessThan(sequence.request().maximumTokens());
            assertThat(sequence.running).isTrue();
            if (!sequence.decoding()) {
                prefills++;
                assertThat(tokens)
                        .isLessThanOrEqualTo(
                                config.prefill().chunked()
                                        ? config.prefill().chunkTokens()
                                        : Integer.MAX_VALUE);
            }
            planned.add(sequence);
            sum += tokens;
            largest = Math.max(largest, tokens);
        }
        assertThat(planned).doesNotHaveDuplicates();
        assertThat(sum).isEqualTo(step.tokens());
        assertThat(prefills).isLessThanOrEqualTo(config.prefill().concurrent());
        boolean wholePrompt = !config.prefill().chunked() && largest > budget;
        assertThat(wholePrompt ? sum - largest : sum).isLessThanOrEqualTo(budget);
        if (!admitted.isEmpty()) {
            assertThat(scheduler.running()).isLessThanOrEqualTo(config.batching().maxSequences());
        }
        if (!step.outOfMemory() && !wholePrompt && scheduler.running() <= budget) {
            decoding.removeIf(sequence -> !sequence.running);
            assertThat(planned).containsAll(decoding);
        }
        checkQueue();
        checkIdleness(step);
    }

    /// First come, first served; and who waits owns nothing.
    private void checkQueue() {
        for (int i = 0; i < scheduler.waiting(); i++) {
            Sequence sequence = scheduler.waiting(i);
            assertThat(sequence.blockCount).isZero();
            assertThat(sequence.computed).isZero();
            assertThat(sequence.running).isFalse();
            long id = sequence.request().id();
            assertThat(passing || admitted.stream().allMatch(other -> other < id))
                    .as("%s were admitted before %d", admitted, id)
                    .isTrue();
        }
    }

    /// A step may be empty only when no one runs and no one in the queue could.
    private void checkIdleness(Step step) {
        if (step.size() > 0 || step.outOfMemory()) {
            return;
        }
        assertThat(scheduler.running()).isZero();
        int blocks = pool.layout().blockCount();
        boolean empty = pool.freeBlocks() == blocks;
        assertThat(empty ? scheduler.waiting() : 0).as("waiting for an empty engine").isZero();
        for (int i = 0; i < scheduler.waiting(); i++) {
            Request request = scheduler.waiting(i).request();
            if (request.promptTokens() >= config.longRequests().fromTokens()) {
                continue;
            }
            double room =
                    Math.min(
                            pool.freeBlocks() - Math.ceil(config.memory().watermark() * blocks),
                            config.memory().projectedCeiling() * blocks);
            assertThat(pieces(request.maximumTokens()))
                    .as("blocks that %d waits for, with room for %s", request.id(), room)
                    .isGreaterThan((int) room);
        }
    }

    private int pieces(int tokens) {
        int perPiece = pool.layout().blocksFor(granule);
        return Math.ceilDiv(pool.layout().blocksFor(tokens), perPiece) * perPiece;
    }

    /// A block is used once for each running sequence that owns it and once more by the session
    /// that keeps it, if one does.
    private void checkBlocks() {
        int[] owners = new int[pool.layout().blockCount()];
        for (int i = 0; i < scheduler.running(); i++) {
            Sequence sequence = scheduler.running(i);
            assertThat(sequence.running).isTrue();
            for (int j = 0; j < sequence.blockCount; j++) {
                owners[sequence.blocks[j]]++;
            }
        }
        int free = 0;
        for (int block = 0; block < owners.length; block++) {
            int kept = pool.uses(block) - owners[block];
            assertThat(kept).isBetween(0, keeping ? 1 : 0);
            free += pool.uses(block) == 0 ? 1 : 0;
        }
        assertThat(free).isEqualTo(pool.freeBlocks());
    }

    private void trace(Step step) {
        for (int i = 0; i < step.size(); i++) {
            trace.append(step.sequence(i).request().id()).append(':').append(step.tokens(i));
            trace.append(' ');
        }
        trace.append('\n');
    }

    private void fate(long id, String fate) {
        trace.append(id).append(' ').append(fate).append('\n');
        assertThat(fates.put(id, fate)).as("fate of %d, now %s", id, fate).isNull();
    }

    private SchedulerConfig randomConfig() {
        int most = (int) pool.layout().capacityTokens();
        int sequences = random.nextInt(1, 9);
        var policy =
                new Policy()
                        .sequences(sequences)
                        .budget(sequences + random.nextInt(most))
                        .waiting(random.nextInt(4) == 0 ? 2 : 20)
                        .chunk(random.nextInt(1, most))
                        .prefills(random.nextInt(1, 4))
                        .reserve(RESERVATIONS.get(random.nextInt(RESERVATIONS.size())))
                        .granule(granule)
                        .watermark(random.nextInt(3) * 0.05)
                        .sessions(
                                switch (random.nextInt(4)) {
                                    case 0 -> Duration.ofNanos(100);
                                    case 1 -> Duration.ofDays(1);
                                    default -> Memory.NEVER;
                                });
        if (random.nextInt(3) == 0) {
            policy.ceiling(random.nextDouble(0.5, 1.5));
        }
        if (random.nextInt(4) == 0) {
            policy.staticBatches();
        }
        if (random.nextInt(4) == 0) {
            policy.wholePrompts();
        }
        if (random.nextInt(4) == 0) {
            policy.failWhenFull();
        }
        if (random.nextBoolean()) {
            policy.prefixCache();
        }
        if (random.nextInt(4) == 0) {
            policy.lane(random.nextInt(1, most), random.nextInt(1, 3));
        }
        if (random.nextInt(3) == 0) {
            policy.byPriority();
        }
        if (random.nextInt(3) == 0) {
            policy.preemptLeastComputed();
        }
        if (random.nextInt(4) == 0) {
            policy.waitingTokens(random.nextInt(1, most));
        }
        policy.drafts(random.nextInt(5));
        if (random.nextBoolean()) {
            policy.tiers(
                    new Tiers(
                            random.nextInt(2 * most),
                            Duration.ofNanos(random.nextInt(2_000)),
                            random.nextBoolean() ? Eviction.LONGEST_IDLE : Eviction.LEAST_VALUE,
                            new IdleValue(Duration.ofNanos(300), 0.5, 1_000)));
        }
        SchedulerConfig config = policy.config();
        keeping |= config.memory().sessionTtl().isPositive();
        passing |=
                config.contention().order() == Order.PRIORITY
                        || config.contention().victim() == Victim.LEAST_COMPUTED
                        || config.memory().sessionTtl().isPositive()
                        || config.longRequests().fromTokens() < Integer.MAX_VALUE;
        return config;
    }

    @Override
    public void gaveUp(long nowNanos, Sequence sequence) {
        Request request = sequence.request();
        fate(request.id(), "gave up");
        assertThat(sequence.generated()).isZero();
        assertThat(request.patienceNanos()).isPositive();
        assertThat(nowNanos)
                .isGreaterThanOrEqualTo(sequence.arrivalNanos + request.patienceNanos());
    }

    @Override
    public void expired(long nowNanos, Sequence sequence) {
        Terms terms = sequence.request().terms();
        fate(sequence.request().id(), "expired");
        long waited = nowNanos - sequence.arrivalNanos;
        assertThat(
                        waited >= terms.totalNanos()
                                || (sequence.generated() == 0 && waited >= terms.firstTokenNanos()))
                .isTrue();
        assertThat(sequence.running).isFalse();
        assertThat(sequence.blockCount).isZero();
    }

    @Override
    public void admitted(long nowNanos, Sequence sequence) {
        admitted.add(sequence.request().id());
        trace.append(sequence.request().id()).append(" admitted\n");
    }

    @Override
    public void preempted(long nowNanos, Sequence sequence) {
        trace.append(sequence.request().id()).append(" preempted\n");
    }

    @Override
    public void firstToken(long nowNanos, Sequence sequence, long nanos) {
        assertThat(tokens.put(sequence.request().id(), 1)).isNull();
    }

    @Override
    public void nextToken(long nowNanos, Sequence sequence, long nanos) {
        tokens.merge(sequence.request().id(), 1, Integer::sum);
    }

    @Override
    public void finished(long nowNanos, Sequence sequence) {
        Request request = sequence.request();
        fate(request.id(), "finished");
        assertThat(tokens).containsEntry(request.id(), request.outputTokens());
        assertThat(sequence.generated()).isEqualTo(request.outputTokens());
    }

    @Override
    public void lost(long nowNanos, Sequence sequence) {
        fate(sequence.request().id(), "lost");
    }
}
