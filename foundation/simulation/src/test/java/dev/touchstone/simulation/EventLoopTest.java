package dev.touchstone.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.testkit.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("An event loop")
class EventLoopTest {
    private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
    private final EventLoop loop = new EventLoop(clock);
    private final List<String> fired = new ArrayList<>();

    @Test
    void fires_by_time_and_then_by_insertion() {
        note(20, "late");
        note(10, "first");
        note(10, "second");
        note(0, "now");
        loop.runUntil(20);

        assertThat(fired).containsExactly("now at 0", "first at 10", "second at 10", "late at 20");
    }

    @Test
    void stops_at_the_given_time_and_keeps_what_is_due_later() {
        note(10, "due");
        note(11, "not due");
        loop.runUntil(10);

        assertThat(fired).containsExactly("due at 10");
        assertThat(loop.pending()).isEqualTo(1);
        assertThat(loop.now()).isEqualTo(10);
    }

    @Test
    void moves_the_clock_even_when_nothing_happens() {
        loop.runUntil(1_000_000_000);

        assertThat(loop.now()).isEqualTo(1_000_000_000);
        assertThat(clock.instant()).isEqualTo(Instant.EPOCH.plusSeconds(1));
    }

    @Test
    void shows_every_event_its_own_time() {
        loop.at(10, now -> fired.add("told %d, reads %d".formatted(now, loop.now())));
        loop.runUntil(50);

        assertThat(fired).containsExactly("told 10, reads 10");
    }

    @Test
    void fires_what_an_event_schedules_for_this_very_moment_last() {
        loop.at(
                10,
                now -> {
                    fired.add("parent");
                    loop.at(now, _ -> fired.add("child"));
                });
        loop.at(10, _ -> fired.add("sibling"));
        loop.runUntil(10);

        assertThat(fired).containsExactly("parent", "sibling", "child");
    }

    @Test
    void lets_an_event_keep_itself_going() {
        loop.at(1, this::tick);
        loop.runUntil(5);

        assertThat(fired).containsExactly("1", "2", "3", "4", "5");
        assertThat(loop.pending()).isEqualTo(1);
    }

    @Test
    void refuses_the_past() {
        loop.runUntil(100);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> loop.at(99, _ -> {}))
                .withMessage("cannot schedule at 99 ns: now is 100 ns");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loop.runUntil(99))
                .withMessageContainingAll("from 100 ns to 99 ns", "at or after now()");
        assertThat(loop.pending()).isZero();
    }

    /// Against the plainest form of the same rule: a list, sorted by time; sorting is stable, so
    /// equal times stay in order of insertion. Times are few, so ties are many.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void fires_in_the_order_of_a_sorted_list(long seed) {
        var random = new SplittableRandom(seed);
        List<Due> pending = new ArrayList<>();
        List<Due> expected = new ArrayList<>();
        List<Due> actual = new ArrayList<>();
        int inserted = 0;
        for (int round = 0; round < 20; round++) {
            for (int i = random.nextInt(30); i > 0; i--) {
                var due = new Due(loop.now() + random.nextInt(40), inserted++);
                pending.add(due);
                loop.at(due.nanos, now -> actual.add(new Due(now, due.order)));
            }
            long until = loop.now() + random.nextInt(30);
            loop.runUntil(until);
            pending.sort(Comparator.comparingLong(Due::nanos));
            while (!pending.isEmpty() && pending.getFirst().nanos <= until) {
                expected.add(pending.removeFirst());
            }
            assertThat(actual).isEqualTo(expected);
            assertThat(loop.pending()).isEqualTo(pending.size());
        }
    }

    /// Every event may schedule more, at its own time or later. What is fired must then be in order
    /// of time, each event after the one that scheduled it, and ties in order of insertion.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void keeps_its_order_while_events_schedule_events(long seed) {
        var family = new Family(new SplittableRandom(seed));
        for (int i = 0; i < 5; i++) {
            family.schedule();
        }
        loop.runUntil(Long.MAX_VALUE);

        assertThat(family.fired).hasSize(family.inserted).doesNotHaveDuplicates();
        assertThat(family.fired)
                .isSortedAccordingTo(
                        Comparator.comparingLong(Due::nanos).thenComparingInt(Due::order));
    }

    private void note(long nanos, String name) {
        loop.at(nanos, now -> fired.add(name + " at " + now));
    }

    private void tick(long nowNanos) {
        fired.add(Long.toString(nowNanos));
        loop.at(nowNanos + 1, this::tick);
    }

    private record Due(long nanos, int order) {}

    private final class Family {
        private static final int LIMIT = 500;

        private final SplittableRandom random;
        private final List<Due> fired = new ArrayList<>();
        private int inserted;

        Family(SplittableRandom random) {
            this.random = random;
        }

        void schedule() {
            int order = inserted++;
            loop.at(loop.now() + random.nextInt(4), now -> fire(new Due(now, order)));
        }

        private void fire(Due due) {
            fired.add(due);
            for (int i = random.nextInt(3); i > 0 && inserted < LIMIT; i--) {
                schedule();
            }
        }
    }
}
