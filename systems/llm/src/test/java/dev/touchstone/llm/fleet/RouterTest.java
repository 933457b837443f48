package dev.touchstone.llm.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.llm.fleet.Router.Reason;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import dev.touchstone.llm.fleet.RouterConfig.Pool;
import dev.touchstone.testkit.Allocation;
import dev.touchstone.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A router")
class RouterTest {
    private static final long SECOND = 1_000_000_000;
    private static final long CAPACITY = 100_000;

    @Test
    void says_so_when_nobody_is_there() {
        var router = new Router(RouterConfig.DEFAULT);

        assertThat(router.choose(request(1, 100), 0)).isEqualTo(Router.NONE);
        assertThat(router.reason()).isEqualTo(Reason.NOBODY);
    }

    @Test
    void follows_a_conversation_to_the_replica_that_holds_it() {
        Router router = router(8, RouterConfig.DEFAULT);
        int first = send(router, conversation(7, 1_500), 0);
        finish(router, first, conversation(7, 1_500), 0);

        for (int turn = 1; turn < 5; turn++) {
            int next = send(router, conversation(7, 1_500 + 700 * turn), turn * SECOND);
            assertThat(next).isEqualTo(first);
            assertThat(router.reason()).isEqualTo(Reason.PREFIX);
            finish(router, next, conversation(7, 1_500 + 700 * turn), turn * SECOND);
        }
    }

    @Test
    void moves_only_the_sessions_of_a_replica_that_leaves() {
        Router router = router(10, RouterConfig.DEFAULT.with(Policy.SESSION));
        int moved = 0;
        int[] before = new int[1_000];
        for (int session = 0; session < before.length; session++) {
            before[session] = router.choose(request(session + 1, 100), 0);
        }
        router.drain(3);
        for (int session = 0; session < before.length; session++) {
            int after = router.choose(request(session + 1, 100), 0);
            assertThat(after).isNotEqualTo(3);
            if (before[session] != 3) {
                assertThat(after).isEqualTo(before[session]);
            } else {
                moved++;
            }
        }
        assertThat(moved).isBetween(50, 200);
    }

    @Test
    void sends_a_new_conversation_away_from_a_replica_above_85_percent() {
        Router router = router(2, RouterConfig.DEFAULT);
        RoutingRequest known = conversation(1, 1_600);
        int holder = send(router, known, 0);
        finish(router, holder, known, 0);
        scrape(router, holder, 10, 0, 0.9, SECOND);
        scrape(router, 1 - holder, 10, 0, 0.84, SECOND);

        assertThat(router.choose(conversation(1, 2_000), SECOND)).isEqualTo(holder);
        for (int session = 100; session < 200; session++) {
            assertThat(router.choose(conversation(session, 1_600), SECOND)).isEqualTo(1 - holder);
        }
    }

    @Test
    void counts_what_it_sent_since_the_last_scrape() {
        Router router = router(2, RouterConfig.DEFAULT.with(Policy.LEAST_REQUESTS));
        scrape(router, 0, 5, 0, 0.1, 0);
        scrape(router, 1, 8, 0, 0.1, 0);

        int[] got = new int[2];
        for (int i = 0; i < 5; i++) {
            got[send(router, request(0, 100), 1)]++;
        }

        assertThat(got).containsExactly(4, 1);
        assertThat(router.replica(0).requests(1)).isEqualTo(9);
    }

    @Test
    void counts_what_happens_while_a_scrape_is_under_way_on_top_of_it() {
        Router router = router(1, RouterConfig.DEFAULT);
        ReplicaView view = router.replica(0);
        send(router, request(0, 100), 0);
        view.scrapeBegins(10);
        send(router, request(0, 1_000), 20);
        view.scraped(1, 0, 0.5);

        assertThat(view.requests(30)).isEqualTo(2);
        assertThat(view.kvUsage(30)).isEqualTo(0.5 + 1_000.0 / CAPACITY);
    }

    @Test
    void believes_its_own_counts_when_metrics_are_stale() {
        Router router = router(1, RouterConfig.DEFAULT);
        scrape(router, 0, 100, 20, 0.9, 0);
        send(router, request(0, 1_000), 1);

        assertThat(router.replica(0).requests(4 * SECOND)).isEqualTo(121);
        assertThat(router.replica(0).requests(6 * SECOND)).isEqualTo(1);
        assertThat(router.replica(0).kvUsage(6 * SECOND)).isEqualTo(1_000.0 / CAPACITY);
    }

    @Test
    void takes_a_replica_out_that_fails_and_tries_it_again_later() {
        Router router = router(4, RouterConfig.DEFAULT.with(Policy.LEAST_REQUESTS));
        RoutingRequest request = request(0, 100);
        boolean out = false;
        for (int i = 0; i < 5; i++) {
            assertThat(out).isFalse();
            router.sent(2, request, 0);
            out = router.failed(2, request, 0, 0);
        }

        assertThat(out).isTrue();
        assertThat(router.replica(2).ejected(29 * SECOND)).isTrue();
        assertThat(router.replica(2).ejected(30 * SECOND)).isFalse();
        for (int i = 0; i < 8; i++) {
            assertThat(send(router, request, SECOND)).isNotEqualTo(2);
        }
        assertThat(send(router, request, 31 * SECOND)).isEqualTo(2);
    }

    @Test
    void takes_out_the_one_that_is_far_slower_than_the_others() {
        Router router = router(4, RouterConfig.DEFAULT);
        for (int i = 0; i < 30; i++) {
            for (int slot = 0; slot < 4; slot++) {
                router.sent(slot, request(0, 100), 0);
                router.ended(slot, request(0, 100), 0, 100, slot == 1 ? 120e6 : 30e6 + slot);
            }
        }

        assertThat(router.ejectSlow(SECOND)).isEqualTo(1);
        assertThat(router.ejectSlow(SECOND)).isEqualTo(Router.NONE);
    }

    @Test
    void compares_a_replica_with_those_of_its_pool_alone() {
        var router = new Router(RouterConfig.DEFAULT.withLongFrom(8_000));
        for (int slot = 0; slot < 6; slot++) {
            router.add("replica-" + slot, slot < 3 ? Pool.SHORT : Pool.LONG, CAPACITY);
        }
        for (int i = 0; i < 30; i++) {
            for (int slot = 0; slot < 6; slot++) {
                router.sent(slot, request(0, 100), 0);
                router.ended(slot, request(0, 100), 0, 100, slot < 3 ? 10e6 : 40e6);
            }
        }

        assertThat(router.ejectSlow(SECOND)).isEqualTo(Router.NONE);
    }

    @Test
    void never_takes_out_so_many_that_the_rest_cannot_carry_them() {
        Router router = router(10, RouterConfig.DEFAULT);
        int out = 0;
        for (int slot = 0; slot < 10; slot++) {
            for (int i = 0; i < 5; i++) {
                router.sent(slot, request(0, 100), 0);
                out += router.failed(slot, request(0, 100), 0, 0) ? 1 : 0;
            }
        }

        assertThat(out).isEqualTo(3);
        assertThat(router.choose(request(0, 100), 0)).isNotEqualTo(Router.NONE);
    }

    @Test
    void does_not_ask_again_the_one_that_just_failed_unless_it_is_alone() {
        Router router = router(2, RouterConfig.DEFAULT);
        int first = router.choose(request(5, 100), 0);

        assertThat(router.choose(request(5, 100), first, 0)).isEqualTo(1 - first);
        router.remove(1 - first);
        assertThat(router.choose(request(5, 100), first, 0)).isEqualTo(first);
    }

    @Test
    void keeps_long_prompts_in_their_pool() {
        var router = new Router(RouterConfig.DEFAULT.withLongFrom(8_000));
        router.add("short", Pool.SHORT, CAPACITY);
        router.add("long", Pool.LONG, CAPACITY);

        assertThat(router.choose(request(0, 7_999), 0)).isEqualTo(0);
        assertThat(router.choose(request(0, 8_000), 0)).isEqualTo(1);
        router.drain(1);
        assertThat(router.choose(request(0, 8_000), 0)).isEqualTo(0);
    }

    @Test
    void gives_a_newcomer_its_share_and_not_everything() {
        Router router = router(4, RouterConfig.DEFAULT);
        storm(router, 2_000, 0);
        int newcomer = router.add("replica-4", Pool.ANY, CAPACITY);
        int[] got = storm(router, 500, 100 * SECOND);

        assertThat(got[newcomer]).isBetween(70, 250);
    }

    @Test
    void forgets_what_a_replica_held_when_it_is_gone() {
        Router router = router(2, RouterConfig.DEFAULT);
        RoutingRequest known = conversation(3, 3_200);
        int holder = send(router, known, 0);
        router.remove(holder);
        int back = router.add("replica-" + holder, Pool.ANY, CAPACITY);

        assertThat(back).isEqualTo(holder);
        router.choose(known, 0);
        assertThat(router.reason()).isNotEqualTo(Reason.PREFIX);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void keeps_the_work_even_whatever_comes(long seed) {
        Router router = router(16, RouterConfig.DEFAULT);
        var random = new SplittableRandom(seed);
        long[] work = new long[16];
        for (int i = 0; i < 20_000; i++) {
            long nowNanos = i * 10_000_000L;
            // Some conversations are far more popular than others.
            int topic = (int) Math.pow(2, 12 * random.nextDouble());
            RoutingRequest request = conversation(topic, random.nextInt(200, 6_000));
            int slot = send(router, request, nowNanos);
            work[slot] += router.newTokens() + request.outputTokens();
            finish(router, slot, request, nowNanos);
        }
        long sum = 0;
        long most = 0;
        for (long each : work) {
            sum += each;
            most = Math.max(most, each);
        }
        assertThat(most * 16.0 / sum).isLessThan(1.2);
    }

    /// Whatever the machines' clocks say: routers and replicas never compare theirs.
    @ParameterizedTest(name = "{0} s off")
    @ValueSource(longs = {-1_000_000_000, -3_600, -1, 1, 3_600, 1_000_000_000})
    void chooses_the_same_whether_its_clock_is_ahead_or_behind(long seconds) {
        assertThat(choices(seconds * SECOND, 0)).isEqualTo(choices(0, 0));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void keeps_the_work_even_while_its_clock_jumps(long seed) {
        int[] got = new int[16];
        for (int slot : choices(0, seed + 1)) {
            got[slot]++;
        }
        assertThat(Arrays.stream(got).max().orElseThrow()).isLessThan(2 * 4_000 / 16);
        assertThat(Arrays.stream(got).min().orElseThrow()).isGreaterThan(4_000 / 16 / 2);
    }

    /// Who got each of 4,000 requests, by a clock that is off by so much and, unless the seed is 0,
    /// set now and then to anything within an hour.
    private static List<Integer> choices(long offNanos, long jumpSeed) {
        var random = new SplittableRandom(3);
        var jumps = new SplittableRandom(jumpSeed);
        Router router = router(16, RouterConfig.DEFAULT);
        var choices = new ArrayList<Integer>();
        long off = offNanos;
        for (int i = 0; i < 4_000; i++) {
            if (jumpSeed != 0 && jumps.nextInt(100) == 0) {
                off = jumps.nextLong(-1_800 * SECOND, 1_800 * SECOND);
            }
            long nowNanos = 1_000_000_000_000L + i * 10_000_000L + off;
            RoutingRequest request = conversation(random.nextInt(200), random.nextInt(200, 3_000));
            int slot = send(router, request, nowNanos);
            choices.add(slot);
            finish(router, slot, request, nowNanos);
            if (i % 100 == 0) {
                for (int each = 0; each < 16; each++) {
                    scrape(router, each, random.nextInt(20), 0, random.nextDouble(), nowNanos);
                }
                router.ejectSlow(nowNanos);
            }
        }
        return choices;
    }

    @Test
    void chooses_among_256_without_allocating() {
        Router router = router(Router.MAX_REPLICAS, RouterConfig.DEFAULT);
        storm(router, 10_000, 0);
        RoutingRequest request = conversation(117, 1_500);

        assertThat(Allocation.bytes(() -> router.choose(request, SECOND))).isZero();
    }

    private static int[] storm(Router router, int requests, long nowNanos) {
        int[] got = new int[Router.MAX_REPLICAS];
        for (int i = 0; i < requests; i++) {
            RoutingRequest request = conversation(nowNanos + i % 300, 1_500);
            int slot = send(router, request, nowNanos + i * 1_000_000L);
            got[slot]++;
            finish(router, slot, request, nowNanos + i * 1_000_000L);
        }
        return got;
    }

    private static Router router(int replicas, RouterConfig config) {
        var router = new Router(config);
        for (int i = 0; i < replicas; i++) {
            router.add("replica-" + i, Pool.ANY, CAPACITY);
        }
        return router;
    }

    private static int send(Router router, RoutingRequest request, long nowNanos) {
        int slot = router.choose(request, nowNanos);
        router.sent(slot, request, nowNanos);
        return slot;
    }

    private static void finish(Router router, int slot, RoutingRequest request, long sentNanos) {
        router.answered(slot, router.newTokens());
        router.ended(slot, request, sentNanos, request.outputTokens(), 30e6);
    }

    private static void scrape(
            Router router, int slot, int running, int waiting, double kv, long nowNanos) {
        router.replica(slot).scrapeBegins(nowNanos);
        router.replica(slot).scraped(running, waiting, kv);
    }

    private static RoutingRequest request(long session, int promptTokens) {
        return new RoutingRequest(session, promptTokens, 100, PrefixHashes.NONE);
    }

    /// A prompt that begins like every other of its session.
    private static RoutingRequest conversation(long session, int promptTokens) {
        return new RoutingRequest(
                session, promptTokens, 100, block -> session * 1_000_003 + block + 1);
    }
}
