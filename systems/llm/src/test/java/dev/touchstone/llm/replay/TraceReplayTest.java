package dev.touchstone.llm.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.SchedulerConfig.Exhaustion;
import dev.touchstone.llm.SchedulerConfig.Memory;
import dev.touchstone.llm.SchedulerConfig.Prefill;
import dev.touchstone.llm.SchedulerConfig.Reservation;
import dev.touchstone.telemetry.Series;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A replay")
class TraceReplayTest {
    private static final long MILLI = 1_000_000;

    private static final List<Reservation> RESERVATIONS = List.of(Reservation.values());

    /// One replica with 1,000 blocks of 16 tokens, on which each token takes a millisecond.
    private static final ReplaySettings MILLI_A_TOKEN =
            new ReplaySettings(
                    1,
                    new KvCacheLayout(16, 1_000),
                    SchedulerConfig.DEFAULT,
                    () -> step -> MILLI * step.tokens());

    @Test
    void of_one_request_takes_what_the_roofline_says() {
        Trace trace = new Trace.Builder().add(0, 1_000, 3).build();

        ReplayReport report =
                run(trace, ReplaySettings.modelled(ModelSpec.CHAT_13B, Accelerator.H100));

        // 2 · 13e9 FLOPs a token and 4 · 40 · 40 · 128 for each of 500,500 pairs, at half of
        // 989e12.
        double prefill = (2.0 * 13e9 * 1_000 + 819_200.0 * 500_500) / (0.5 * 989e12);
        // 26 GB of weights and 163,840 bytes for each token in the cache, at 3.35e12 bytes/s.
        double second = (26e9 + 163_840.0 * 1_001) / 3.35e12;
        double third = (26e9 + 163_840.0 * 1_002) / 3.35e12;
        assertThat(report.ttft().maxSeconds()).isCloseTo(prefill, within(1e-9));
        assertThat(report.tpot().maxSeconds()).isCloseTo((second + third) / 2, within(2e-9));
        assertThat(report.itl().meanSeconds()).isCloseTo((second + third) / 2, within(2e-9));
        assertThat(report.itl().maxSeconds()).isCloseTo(third, within(1e-9));
        assertThat(seconds(report.duration())).isCloseTo(prefill + second + third, within(3e-9));
        assertThat(report.queueing().maxSeconds()).isZero();
        assertThat(report.busy()).isEqualTo(1);
        assertThat(report.steps()).isEqualTo(3);
        assertThat(report.outputTokensPerSecond())
                .isCloseTo(3 / (prefill + second + third), within(1e-3));
    }

    @Test
    void of_two_requests_can_be_worked_out_by_hand() {
        // 0 ms: a prompt of 10 tokens; 10 ms: its first answer token, then one each millisecond.
        // 5 ms: one of 4 comes, is read in the step from 10 to 15 ms beside one decode, and both
        // decode in the step from 15 to 17 ms, which yields the last token of each.
        Trace trace = new Trace.Builder().add(0, 10, 3).add(5 * MILLI, 4, 2).build();

        ReplayReport report = run(trace, MILLI_A_TOKEN);

        assertThat(report.duration()).isEqualTo(Duration.ofMillis(17));
        assertThat(report.steps()).isEqualTo(3);
        assertThat(report.finished()).isEqualTo(2);
        assertThat(report.promptTokens()).isEqualTo(14);
        assertThat(report.prefillTokens()).isEqualTo(14);
        assertThat(report.outputTokens()).isEqualTo(5);
        assertThat(report.ttft()).satisfies(ttft -> assertLatency(ttft, 10, 10));
        assertThat(report.itl()).satisfies(itl -> assertLatency(itl, 5, 2, 2));
        assertThat(report.tpot()).satisfies(tpot -> assertLatency(tpot, 3.5, 2));
        assertThat(report.queueing()).satisfies(queueing -> assertLatency(queueing, 0, 5));
        assertThat(report.busy()).isEqualTo(1);
        assertThat(report.kvPeak()).isEqualTo(2 / 1_000.0);
        assertThat(report.kvMean()).isCloseTo((1 * 10 + 2 * 7) / 17.0 / 1_000, within(1e-12));
        assertThat(report.course().running().values()).containsExactly((1 * 10 + 2 * 7) / 17.0);
        assertThat(report.course().waiting().values()).containsExactly(5 / 17.0);
    }

    @Test
    void queues_all_that_come_in_one_instant_before_it_begins() {
        Trace trace = new Trace.Builder().add(0, 10, 1).add(0, 20, 1).build();

        ReplayReport report = run(trace, MILLI_A_TOKEN);

        assertThat(report.steps()).isEqualTo(1);
        assertThat(report.ttft()).satisfies(ttft -> assertLatency(ttft, 30, 30));
        assertThat(report.tpot().count()).isZero();
        assertThat(report.tpot().p99Seconds()).isNaN();
    }

    @Test
    void waits_for_the_next_arrival_when_there_is_nothing_to_do() {
        Trace trace = new Trace.Builder().add(0, 10, 1).add(100 * MILLI, 10, 1).build();

        ReplayReport report = run(trace, MILLI_A_TOKEN);

        assertThat(report.duration()).isEqualTo(Duration.ofMillis(110));
        assertThat(report.busy()).isCloseTo(20 / 110.0, within(1e-12));
    }

    @Test
    void sends_each_request_to_the_replica_with_the_fewest() {
        Trace trace =
                new Trace.Builder().add(0, 100, 1).add(0, 10, 1).add(20 * MILLI, 10, 1).build();

        ReplayReport report = run(trace, MILLI_A_TOKEN.with(2));

        assertThat(report.ttft()).satisfies(ttft -> assertLatency(ttft, 100, 10, 10));
        assertThat(report.duration()).isEqualTo(Duration.ofMillis(100));
        assertThat(report.busy()).isCloseTo(120 / 200.0, within(1e-12));
        assertThat(report.kvPeak()).isEqualTo(7 / 1_000.0);
    }

    @Test
    void counts_every_request_it_refuses_and_why() {
        Trace trace =
                new Trace.Builder()
                        .add(0, 16_000, 1)
                        .add(0, 15_999, 1)
                        .add(MILLI, 10, 1)
                        .add(MILLI, 10, 1)
                        .build();
        Batching batching = SchedulerConfig.DEFAULT.batching();
        var oneWaits = new Batching(batching.mode(), 2_048, 256, 1);

        ReplayReport report =
                run(trace, MILLI_A_TOKEN.with(SchedulerConfig.DEFAULT.with(oneWaits)));

        assertThat(report.requests()).isEqualTo(4);
        assertThat(report.refusedNeverFits()).isEqualTo(1);
        assertThat(report.refusedQueueFull()).isEqualTo(1);
        assertThat(report.refused()).isEqualTo(2);
        assertThat(report.finished()).isEqualTo(2);
        assertThat(report.unfinished()).isZero();
    }

    @Test
    void of_nothing_but_refusals_ends_with_no_numbers_and_no_error() {
        ReplayReport report = run(new Trace.Builder().add(0, 20_000, 1).build(), MILLI_A_TOKEN);

        assertThat(report.refusedNeverFits()).isEqualTo(1);
        assertThat(report.duration()).isZero();
        assertThat(report.ttft().meanSeconds()).isNaN();
        assertThat(report.outputTokensPerSecond()).isNaN();
    }

    @Test
    void says_how_far_it_is_and_stops_when_told() {
        var builder = new Trace.Builder();
        for (int i = 0; i < 1_000; i++) {
            builder.add(i * 100L * MILLI, 10, 20);
        }
        Trace trace = builder.build();
        List<Double> fractions = new ArrayList<>();

        ReplayReport whole = TraceReplay.run(trace, MILLI_A_TOKEN, fractions::add);
        ReplayReport half = TraceReplay.run(trace, MILLI_A_TOKEN, fraction -> fraction < 0.5);
        ReplayReport nothing = TraceReplay.run(trace, MILLI_A_TOKEN, _ -> false);

        assertThat(whole.finished()).isEqualTo(1_000);
        assertThat(fractions).isSorted().startsWith(0.0).endsWith(1.0).hasSizeBetween(15, 25);
        assertThat(half.finished()).isBetween(500, 600);
        assertThat(half.finished() + half.unfinished()).isEqualTo(1_000);
        assertThat(half.duration()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(61));
        assertThat(nothing.unfinished()).isEqualTo(1_000);
        assertThat(nothing.steps()).isZero();
    }

    @Test
    void shares_what_prompts_have_in_common_unless_told_otherwise() {
        Trace trace =
                new Trace.Builder()
                        .add(0, 1_000, 1, 1, 2)
                        .add(5_000 * MILLI, 1_000, 1, 1, 2)
                        .add(10_000 * MILLI, 1_000, 1, 1, 3)
                        .build();
        SchedulerConfig cached = ReplaySettings.withPrefixCache(SchedulerConfig.DEFAULT, true);

        ReplayReport with = run(trace, MILLI_A_TOKEN.with(cached));
        ReplayReport without = run(trace, MILLI_A_TOKEN);

        // 62 full blocks of 16 the second time, 32 of them the third time.
        assertThat(with.cachedTokens()).isEqualTo(62 * 16 + 32 * 16);
        assertThat(with.ttft()).satisfies(ttft -> assertLatency(ttft, 1_000, 8, 488));
        assertThat(with.promptTokens()).isEqualTo(3_000);
        assertThat(without.cachedTokens()).isZero();
        assertThat(without.ttft()).satisfies(ttft -> assertLatency(ttft, 1_000, 1_000, 1_000));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void finds_in_an_endless_cache_what_was_ever_computed(long seed) {
        var random = new SplittableRandom(seed);
        var builder = new Trace.Builder();
        Set<String> computed = new HashSet<>();
        long expected = 0;
        for (int request = 0; request < 30; request++) {
            int prompt = random.nextInt(1, 4_000);
            long[] ids = conversation(random, Trace.idsFor(prompt));
            // Far enough apart that each has finished when the next one comes.
            builder.add(request * 10_000L * MILLI, prompt, 1, ids);
            boolean found = true;
            for (int block = 0; 16 * (block + 1) <= prompt; block++) {
                found &= !computed.add(ids[16 * block / 512] + " " + block);
                // A prompt's last token is always computed anew, and its block with it.
                expected += found && 16 * (block + 1) < prompt ? 16 : 0;
            }
        }
        ReplaySettings settings =
                MILLI_A_TOKEN
                        .with(new KvCacheLayout(16, 10_000))
                        .with(ReplaySettings.withPrefixCache(SchedulerConfig.DEFAULT, true));

        ReplayReport report = run(builder.build(), settings);

        assertThat(report.cachedTokens()).isEqualTo(expected);
        assertThat(report.prefillTokens()).isEqualTo(report.promptTokens() - expected);
    }

    /// Ids along a random path down a tree in which each node has three children: two prompts are
    /// equal as far as their paths are.
    private static long[] conversation(SplittableRandom random, int length) {
        long[] ids = new long[length];
        long node = 0;
        for (int i = 0; i < length; i++) {
            node = 3 * node + 1 + random.nextInt(3);
            ids[i] = node;
        }
        return ids;
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void finishes_every_request_that_fits_exactly_once(long seed) {
        var random = new SplittableRandom(seed);
        Trace trace = randomTrace(random);
        ReplaySettings settings = randomSettings(random);

        ReplayReport report = run(trace, settings);

        int granule = settings.scheduler().memory().granuleTokens();
        int capacity = 16 * settings.layout().blockCount();
        int[] fitting =
                IntStream.range(0, trace.size())
                        .filter(i ->
                                Math.ceilDiv(trace.promptTokens(i) + trace.outputTokens(i), granule)
                                                * granule
                                        <= capacity)
                        .toArray();
        assertThat(report.refusedNeverFits()).isEqualTo(trace.size() - fitting.length);
        assertThat(report.unfinished()).isZero();
        assertThat(report.finished() + report.refused()).isEqualTo(trace.size());
        assertThat(report.ttft().count()).isEqualTo(report.finished());
        assertThat(report.queueing().count()).isEqualTo(report.finished());
        assertThat(report.itl().count()).isEqualTo(report.outputTokens() - report.finished());
        assertThat(report.kvPeak()).isBetween(0.0, 1.0);
        assertThat(report.kvMean()).isBetween(0.0, report.kvPeak());
        assertThat(report.busy()).isBetween(0.0, 1.0);
        if (report.refusedQueueFull() == 0) {
            assertThat(report.promptTokens())
                    .isEqualTo(IntStream.of(fitting).mapToLong(trace::promptTokens).sum());
            assertThat(report.outputTokens())
                    .isEqualTo(IntStream.of(fitting).mapToLong(trace::outputTokens).sum());
            assertThat(report.tpot().count())
                    .isEqualTo(
                            IntStream.of(fitting).filter(i -> trace.outputTokens(i) > 1).count());
        }
        // The tokens drawn in the charts are the tokens counted.
        assertThat(integral(report.course().outputTokensPerSecond(), report.duration()))
                .isCloseTo((double) report.outputTokens(), within(1e-6 * report.outputTokens()));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void gives_the_same_report_twice(long seed) {
        ReplayReport first = run(randomTrace(new SplittableRandom(seed)), settings(seed));
        ReplayReport second = run(randomTrace(new SplittableRandom(seed)), settings(seed));

        assertThat(second).isEqualTo(first);
    }

    @Test
    void asks_for_settings_that_make_sense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MILLI_A_TOKEN.with(0))
                .withMessage("replicas must be from 1 to 1024, got 0");
        Memory memory = SchedulerConfig.DEFAULT.memory();
        var failing =
                new Memory(
                        memory.reservation(),
                        memory.granuleTokens(),
                        memory.watermark(),
                        memory.projectedCeiling(),
                        Exhaustion.FAIL,
                        false,
                        Memory.NEVER);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MILLI_A_TOKEN.with(SchedulerConfig.DEFAULT.with(failing)))
                .withMessageContaining("use PREEMPT");
    }

    private static Trace randomTrace(SplittableRandom random) {
        var builder = new Trace.Builder();
        int requests = random.nextInt(1, 200);
        boolean prefixes = random.nextBoolean();
        long meanGap = random.nextLong(1, 200 * MILLI);
        long now = 0;
        for (int i = 0; i < requests; i++) {
            now += random.nextInt(4) == 0 ? 0 : random.nextLong(2 * meanGap);
            int prompt = random.nextInt(1, random.nextInt(10) == 0 ? 3_000 : 600);
            int output = random.nextInt(1, 200);
            if (prefixes) {
                builder.add(now, prompt, output, conversation(random, Trace.idsFor(prompt)));
            } else {
                builder.add(now, prompt, output);
            }
        }
        return builder.build();
    }

    private static ReplaySettings settings(long seed) {
        return randomSettings(new SplittableRandom(~seed));
    }

    private static ReplaySettings randomSettings(SplittableRandom random) {
        int maxSequences = random.nextInt(1, 40);
        var batching =
                new Batching(
                        random.nextInt(4) == 0 ? BatchingMode.STATIC : BatchingMode.CONTINUOUS,
                        maxSequences + random.nextInt(1_000),
                        maxSequences,
                        random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(1, 50));
        var prefill =
                new Prefill(random.nextInt(3) > 0, random.nextInt(50, 1_000), random.nextInt(1, 4));
        boolean reserved = random.nextInt(4) == 0;
        var memory =
                new Memory(
                        reserved
                                ? Reservation.MAXIMUM
                                : RESERVATIONS.get(random.nextInt(RESERVATIONS.size())),
                        reserved ? 512 : 16,
                        0,
                        Double.POSITIVE_INFINITY,
                        Exhaustion.PREEMPT,
                        !reserved && random.nextBoolean(),
                        Memory.NEVER);
        long tokenNanos = random.nextLong(1, MILLI);
        long stepNanos = random.nextLong(MILLI);
        return new ReplaySettings(
                random.nextInt(1, 5),
                new KvCacheLayout(16, random.nextInt(64, 400)),
                new SchedulerConfig(
                        batching, prefill, memory, SchedulerConfig.DEFAULT.longRequests()),
                () -> step -> stepNanos + tokenNanos * step.tokens());
    }

    private static ReplayReport run(Trace trace, ReplaySettings settings) {
        return TraceReplay.run(trace, settings, ReplayProgress.NONE);
    }

    /// Values in milliseconds: count, mean and maximum are exact.
    private static void assertLatency(Latency latency, double... millis) {
        assertThat(latency.count()).isEqualTo(millis.length);
        assertThat(latency.meanSeconds())
                .isCloseTo(DoubleStream.of(millis).sum() / millis.length / 1e3, within(1e-9));
        assertThat(latency.maxSeconds())
                .isCloseTo(DoubleStream.of(millis).max().orElseThrow() / 1e3, within(1e-9));
    }

    private static double integral(Series rate, Duration end) {
        double[] times = rate.timesSeconds();
        double sum = 0;
        for (int i = 0; i < times.length; i++) {
            double until = i + 1 < times.length ? times[i + 1] : seconds(end);
            // The last window may hold nothing and last no time; its rate is then no number.
            sum += until > times[i] ? rate.values()[i] * (until - times[i]) : 0;
        }
        return sum;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
