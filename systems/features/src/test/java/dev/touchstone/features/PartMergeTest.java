package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.engines.EventFeed;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("Parts of a source that come in together")
class PartMergeTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1_000_000 * SECOND;

    private final PartMerge merge = new PartMerge(0);

    @Test
    void wait_for_the_one_that_has_more_and_is_behind() {
        add("a", 0, 100);
        add("a", 1, 200);
        add("b", 0, 150);

        assertThat(release(Set.of("a", "b"))).containsExactly("a0", "b0");
        assertThat(merge.ahead()).containsExactly("a");

        add("b", 1, 300);
        assertThat(release(Set.of("a", "b"))).containsExactly("a1");
        assertThat(merge.ahead()).containsExactly("b");
        assertThat(release(Set.of())).containsExactly("b1");
        assertThat(merge.ahead()).isEmpty();
    }

    @Test
    void wait_for_one_of_which_nothing_has_come_but_not_for_ever() {
        add("a", 0, 100);
        assertThat(release(Set.of("a", "b"))).isEmpty();
        assertThat(release(Set.of("a", "b"), NOW + 9 * SECOND)).isEmpty();
        assertThat(release(Set.of("a", "b"), NOW + 10 * SECOND)).containsExactly("a0");
    }

    @Test
    void may_be_ahead_by_what_is_not_late() {
        var lenient = new PartMerge(Duration.ofSeconds(50).toNanos());
        lenient.add(message("a", 0), Optional.of(row(100)), NOW);
        lenient.add(message("a", 1), Optional.of(row(151)), NOW);
        lenient.add(message("b", 0), Optional.of(row(100)), NOW);
        assertThat(names(lenient.release(Set.of("a", "b"), NOW))).containsExactly("a0", "b0");
    }

    @Test
    void are_not_held_up_by_what_is_no_event_or_dated_in_the_future() {
        merge.add(message("a", 0), Optional.empty(), NOW);
        merge.add(message("a", 1), Optional.of(row(2_000_000)), NOW);
        add("a", 2, 100);
        add("b", 0, 50);
        assertThat(release(Set.of("a", "b"))).containsExactly("a0", "a1", "b0");
        assertThat(release(Set.of())).containsExactly("a2");
    }

    @Test
    void know_what_comes_next_in_each() {
        assertThat(merge.next("a")).isEmpty();
        add("a", 7, 100);
        assertThat(merge.next("a")).hasValue(8);
        release(Set.of());
        assertThat(merge.next("a")).hasValue(8);
        merge.clear();
        assertThat(merge.next("a")).isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void make_nothing_late_whatever_the_speed_of_each(long seed) {
        var random = new SplittableRandom(seed);
        int count = 1 + random.nextInt(4);
        int[] read = new int[count];
        int each = 50;
        List<Long> times = new ArrayList<>();
        while (times.size() < count * each) {
            int part = random.nextInt(count);
            int some = random.nextInt(20);
            if (!merge.ahead().contains("p" + part)) {
                for (int i = 0; i < some && read[part] < each; i++, read[part]++) {
                    add("p" + part, read[part], 10 * read[part] + part);
                }
            }
            Set<String> backlog = new HashSet<>();
            for (int i = 0; i < count; i++) {
                if (read[i] < each) {
                    backlog.add("p" + i);
                }
            }
            merge.release(backlog, NOW).stream()
                    .map(polled -> polled.row().orElseThrow().eventTime())
                    .forEach(times::add);
        }
        assertThat(times).isSorted();
    }

    private void add(String part, long position, long seconds) {
        merge.add(message(part, position), Optional.of(row(seconds)), NOW);
    }

    private List<String> release(Set<String> backlog) {
        return release(backlog, NOW);
    }

    private List<String> release(Set<String> backlog, long now) {
        return names(merge.release(backlog, now));
    }

    private static List<String> names(List<PartMerge.Polled> released) {
        return released.stream()
                .map(polled -> polled.message().part() + polled.message().position())
                .toList();
    }

    private static EventFeed.Message message(String part, long position) {
        return new EventFeed.Json(part, position, new byte[0]);
    }

    private static FeatureRow row(long seconds) {
        return new FeatureRow(EntityKey.of(1), seconds * SECOND, 0, 0, List.of());
    }
}
