package dev.touchstone.llm;

import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.SchedulerConfig.Contention;
import dev.touchstone.llm.SchedulerConfig.Exhaustion;
import dev.touchstone.llm.SchedulerConfig.LongRequests;
import dev.touchstone.llm.SchedulerConfig.Memory;
import dev.touchstone.llm.SchedulerConfig.Order;
import dev.touchstone.llm.SchedulerConfig.Prefill;
import dev.touchstone.llm.SchedulerConfig.Reservation;
import dev.touchstone.llm.SchedulerConfig.Speculation;
import dev.touchstone.llm.SchedulerConfig.Tiers;
import dev.touchstone.llm.SchedulerConfig.Victim;
import java.time.Duration;

/// A [SchedulerConfig] put together setting by setting; starts as [SchedulerConfig#DEFAULT].
final class Policy {
    private BatchingMode mode = BatchingMode.CONTINUOUS;
    private int budget = 2_048;
    private int sequences = 256;
    private int waiting = Integer.MAX_VALUE;
    private boolean chunked = true;
    private int chunk = Integer.MAX_VALUE;
    private int prefills = Integer.MAX_VALUE;
    private Reservation reservation = Reservation.NONE;
    private int granule = KvCacheLayout.DEFAULT_BLOCK_TOKENS;
    private double watermark;
    private double ceiling = Double.POSITIVE_INFINITY;
    private Exhaustion exhaustion = Exhaustion.PREEMPT;
    private boolean prefixCache;
    private Duration ttl = Memory.NEVER;
    private LongRequests lane = LongRequests.UNLIMITED;
    private Order order = Order.ARRIVAL;
    private Victim victim = Victim.YOUNGEST;
    private long waitingTokens = Long.MAX_VALUE;
    private int drafts;
    private Tiers tiers = Tiers.DEVICE_ONLY;

    Policy staticBatches() {
        mode = BatchingMode.STATIC;
        return this;
    }

    /// Tokens a step, and as many sequences as that allows.
    Policy budget(int tokens) {
        budget = tokens;
        sequences = Math.min(sequences, tokens);
        return this;
    }

    Policy sequences(int most) {
        sequences = most;
        return this;
    }

    Policy waiting(int most) {
        waiting = most;
        return this;
    }

    Policy wholePrompts() {
        chunked = false;
        return this;
    }

    Policy chunk(int tokens) {
        chunk = tokens;
        return this;
    }

    Policy prefills(int most) {
        prefills = most;
        return this;
    }

    Policy reserve(Reservation reservation) {
        this.reservation = reservation;
        return this;
    }

    Policy granule(int tokens) {
        granule = tokens;
        return this;
    }

    Policy watermark(double share) {
        watermark = share;
        return this;
    }

    Policy ceiling(double share) {
        ceiling = share;
        return this;
    }

    Policy failWhenFull() {
        exhaustion = Exhaustion.FAIL;
        return this;
    }

    Policy prefixCache() {
        prefixCache = true;
        return this;
    }

    Policy sessions(Duration ttl) {
        this.ttl = ttl;
        return this;
    }

    Policy lane(int fromTokens, int concurrent) {
        lane = new LongRequests(fromTokens, concurrent);
        return this;
    }

    Policy byPriority() {
        order = Order.PRIORITY;
        return this;
    }

    Policy preemptLeastComputed() {
        victim = Victim.LEAST_COMPUTED;
        return this;
    }

    Policy waitingTokens(long most) {
        waitingTokens = most;
        return this;
    }

    Policy drafts(int most) {
        drafts = most;
        return this;
    }

    Policy tiers(Tiers tiers) {
        this.tiers = tiers;
        return this;
    }

    SchedulerConfig config() {
        return new SchedulerConfig(
                new Batching(mode, budget, sequences, waiting),
                new Prefill(chunked, chunk, prefills),
                new Memory(reservation, granule, watermark, ceiling, exhaustion, prefixCache, ttl),
                lane,
                new Contention(order, victim, waitingTokens),
                new Speculation(drafts),
                tiers);
    }
}
