package dev.touchstone.arena.practice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.arena.practice.Memory.State;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Trajectories marked py-fsrs are those of its public tests.
@DisplayName("The review schedule")
class FsrsTest {
    private static final Instant START = Instant.parse("2022-11-29T12:30:00Z");

    private final Fsrs cards = Fsrs.cards();
    private final Fsrs challenges = Fsrs.challenges();

    @Test
    void gives_the_intervals_of_py_fsrs() {
        List<Rating> ratings = new ArrayList<>();
        ratings.addAll(times(6, Rating.GOOD));
        ratings.addAll(times(2, Rating.AGAIN));
        ratings.addAll(times(5, Rating.GOOD));
        List<Long> days = new ArrayList<>();
        Optional<Memory> memory = Optional.empty();
        Instant now = START;
        for (Rating rating : ratings) {
            Memory next = cards.review(memory, rating, now);
            days.add(Duration.between(now, next.due()).toDays());
            now = next.due();
            memory = Optional.of(next);
        }
        assertThat(days)
                .containsExactly(0L, 2L, 11L, 46L, 163L, 498L, 0L, 0L, 2L, 4L, 7L, 12L, 21L);
    }

    @Test
    void gives_the_memory_state_of_py_fsrs() {
        List<Rating> ratings = new ArrayList<>(List.of(Rating.AGAIN));
        ratings.addAll(times(5, Rating.GOOD));
        int[] waits = {0, 0, 1, 3, 8, 21};
        Optional<Memory> memory = Optional.empty();
        Instant now = START;
        for (int i = 0; i < waits.length; i++) {
            now = now.plus(Duration.ofDays(waits[i]));
            memory = Optional.of(cards.review(memory, ratings.get(i), now));
        }
        assertThat(memory.orElseThrow().stability()).isCloseTo(53.62691, within(1e-4));
        assertThat(memory.orElseThrow().difficulty()).isCloseTo(6.3574867, within(1e-4));
    }

    @Test
    void starts_cards_with_the_short_steps_of_py_fsrs() {
        assertThat(first(cards, Rating.AGAIN)).isEqualTo(Duration.ofMinutes(1));
        assertThat(first(cards, Rating.HARD)).isEqualTo(Duration.ofSeconds(330));
        assertThat(first(cards, Rating.GOOD)).isEqualTo(Duration.ofMinutes(10));
        assertThat(first(cards, Rating.EASY)).isEqualTo(Duration.ofDays(8));
    }

    @Test
    void keeps_a_hard_card_on_its_second_step() {
        Memory second = cards.review(Optional.empty(), Rating.GOOD, START);
        Memory hard = cards.review(Optional.of(second), Rating.HARD, second.due());
        assertThat(hard.state()).isEqualTo(State.LEARNING);
        assertThat(hard.step()).isEqualTo(1);
        assertThat(Duration.between(second.due(), hard.due())).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void relearns_what_was_forgotten_in_ten_minutes() {
        Memory settled = cards.review(Optional.empty(), Rating.EASY, START);
        Memory lapsed = cards.review(Optional.of(settled), Rating.AGAIN, settled.due());
        assertThat(lapsed.state()).isEqualTo(State.RELEARNING);
        assertThat(Duration.between(settled.due(), lapsed.due())).isEqualTo(Duration.ofMinutes(10));
        Memory hard = cards.review(Optional.of(lapsed), Rating.HARD, lapsed.due());
        assertThat(Duration.between(lapsed.due(), hard.due())).isEqualTo(Duration.ofMinutes(15));
        Memory again = cards.review(Optional.of(lapsed), Rating.GOOD, lapsed.due());
        assertThat(again.state()).isEqualTo(State.REVIEW);
        assertThat(Duration.between(lapsed.due(), again.due())).isGreaterThanOrEqualTo(days(1));
    }

    @Test
    void finds_a_card_easy_that_was_easy_ten_times() {
        Optional<Memory> memory = Optional.empty();
        for (int i = 0; i < 10; i++) {
            memory = Optional.of(cards.review(memory, Rating.EASY, START.plusNanos(1_000L * i)));
        }
        assertThat(memory.orElseThrow().difficulty()).isEqualTo(1.0);
    }

    @ParameterizedTest
    @EnumSource(Rating.class)
    void brings_a_challenge_back_after_two_to_three_days(Rating rating) {
        assertThat(first(challenges, rating)).isBetween(days(2), days(3));
    }

    @Test
    void lets_a_challenge_that_goes_well_wait_longer_and_longer() {
        Memory memory = challenges.review(Optional.empty(), Rating.GOOD, START);
        Duration last = days(0);
        for (int i = 0; i < 5; i++) {
            Duration wait = Duration.between(memory.reviewed(), memory.due());
            assertThat(wait).isGreaterThan(last);
            last = wait;
            memory = challenges.review(Optional.of(memory), Rating.GOOD, memory.due());
        }
    }

    @Test
    void expects_nine_in_ten_to_be_recalled_when_the_stability_has_passed() {
        var memory = new Memory(State.REVIEW, 0, 10, 5, START, START.plus(days(10)));
        assertThat(cards.retrievability(memory, START)).isEqualTo(1.0);
        assertThat(cards.retrievability(memory, START.plus(days(10)))).isCloseTo(0.9, within(1e-9));
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void stays_within_its_bounds_whatever_the_ratings(long seed) {
        var random = new SplittableRandom(seed);
        Fsrs fsrs = random.nextBoolean() ? cards : challenges;
        List<Rating> ratings = List.of(Rating.values());
        Optional<Memory> before = Optional.empty();
        Instant now = START;
        for (int i = 0; i < 100; i++) {
            Rating rating = ratings.get(random.nextInt(ratings.size()));
            Memory after = fsrs.review(before, rating, now);
            assertThat(after.stability()).isGreaterThanOrEqualTo(0.001).isFinite();
            assertThat(after.difficulty()).isBetween(1.0, 10.0);
            assertThat(after.due()).isAfter(now);
            assertThat(after.due()).isBefore(now.plus(days(36_501)));
            before = Optional.of(after);
            now = now.plus(Duration.ofMinutes(random.nextLong(1, 60 * 24 * 40)));
        }
    }

    private static Duration first(Fsrs fsrs, Rating rating) {
        return Duration.between(START, fsrs.review(Optional.empty(), rating, START).due());
    }

    private static Duration days(long days) {
        return Duration.ofDays(days);
    }

    private static List<Rating> times(int n, Rating rating) {
        return Collections.nCopies(n, rating);
    }
}
