package dev.touchstone.guardrails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.touchstone.guardrails.Timeline.Change;
import dev.touchstone.guardrails.Timeline.Kind;
import dev.touchstone.testkit.Seeds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A timeline")
class TimelineTest {
    private static final Instant NINE = Instant.parse("2026-11-02T09:00:00Z");

    private final Timeline timeline = new Timeline();
    private final Change flag = change(10, "flag on");
    private final Change deploy = change(20, "0.4.1 to 0.5.0");
    private final Change config = change(20, "timeout 50 ms to 20 ms");

    @Test
    void says_what_changed_just_before_a_moment_latest_first() {
        List.of(flag, deploy, config).forEach(timeline::add);

        assertThat(timeline.before(NINE.plusSeconds(21), 2)).containsExactly(config, deploy);
        assertThat(timeline.before(NINE.plusSeconds(20), 2)).containsExactly(flag);
        assertThat(timeline.before(NINE, 2)).isEmpty();
        assertThat(timeline.before(NINE.plusSeconds(60), 0)).isEmpty();
    }

    @Test
    void puts_a_late_report_where_it_belongs_after_others_of_that_instant() {
        List.of(deploy, flag, config).forEach(timeline::add);

        assertThat(timeline.between(NINE, NINE.plusSeconds(60)))
                .containsExactly(flag, deploy, config);
    }

    @Test
    void includes_the_start_of_a_range_but_not_its_end() {
        List.of(flag, deploy, config).forEach(timeline::add);

        assertThat(timeline.between(flag.at(), deploy.at())).containsExactly(flag);
        assertThat(timeline.between(deploy.at(), flag.at())).isEmpty();
    }

    @Test
    void does_not_change_what_it_has_already_answered() {
        timeline.add(flag);
        List<Change> answer = timeline.between(NINE, NINE.plusSeconds(60));
        timeline.add(deploy);

        assertThat(answer).containsExactly(flag);
    }

    @Test
    void refuses_changes_that_say_nothing_and_negative_limits() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> change(0, " "))
                .withMessageContainingAll("a target and a summary", "CONFIG", "ranker");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> timeline.before(NINE, -1))
                .withMessageContaining("-1");
    }

    @Test
    void keeps_the_latest_ten_thousand() {
        for (int second = 0; second < 10_005; second++) {
            timeline.add(change(second, "change"));
        }
        timeline.add(change(1, "reported too late to be kept"));
        List<Change> all = timeline.before(NINE.plusSeconds(20_000), Integer.MAX_VALUE);

        assertThat(all).hasSize(10_000);
        assertThat(all.getFirst().at()).isEqualTo(NINE.plusSeconds(10_004));
        assertThat(all.getLast().at()).isEqualTo(NINE.plusSeconds(5));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void answers_as_a_list_sorted_afresh_would(long seed) {
        var random = new SplittableRandom(seed);
        List<Change> sorted = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Change change = change(random.nextInt(30), "change " + i);
            timeline.add(change);
            sorted.add(change);
            sorted.sort(Comparator.comparing(Change::at)); // stable

            Instant from = NINE.plusSeconds(random.nextInt(-1, 31));
            Instant to = NINE.plusSeconds(random.nextInt(-1, 31));
            int limit = random.nextInt(10);
            assertThat(timeline.between(from, to))
                    .isEqualTo(
                            sorted.stream()
                                    .filter(c -> !c.at().isBefore(from) && c.at().isBefore(to))
                                    .toList());
            assertThat(timeline.before(to, limit))
                    .isEqualTo(
                            sorted.reversed().stream()
                                    .filter(c -> c.at().isBefore(to))
                                    .limit(limit)
                                    .toList());
        }
    }

    private static Change change(int second, String summary) {
        return new Change(NINE.plusSeconds(second), Kind.CONFIG, "ranker", summary, "dana");
    }
}
