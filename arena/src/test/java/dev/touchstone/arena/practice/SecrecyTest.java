package dev.touchstone.arena.practice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.arena.practice.ChallengeAttempt.Phase;
import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/// Hidden texts of the toy content begin with SECRET.
@DisplayName("What is hidden")
class SecrecyTest {
    @Test
    void is_in_no_list_of_the_content() {
        String shown =
                ""
                        + Sitting.TOY.challenges()
                        + Sitting.TOY.cards()
                        + Sitting.TOY.errata()
                        + Sitting.TOY.frameworks()
                        + Sitting.TOY.items();
        assertThat(shown).contains("photos for 1,000,000 users").doesNotContain("SECRET");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(400)
    void stays_hidden_until_the_event_that_opens_it_whatever_a_person_does(long seed) {
        var random = new SplittableRandom(seed);
        var sitting = Sitting.at(random.nextBoolean() ? "TOY" : "PAGER");
        Map<String, Written> submitted = Map.of();
        for (int i = 0; i < 60; i++) {
            sitting.waits(Duration.ofSeconds(random.nextInt(random.nextInt(8) == 0 ? 900 : 60)));
            sitting.attemptTo(move(random, sitting.challenge().brief()));
            check(sitting);
            ChallengeAttempt attempt = sitting.challenge();
            if (!submitted.isEmpty()) {
                assertThat(attempt.original()).isEqualTo(submitted);
            }
            if (attempt.phase(sitting.now) != Phase.WRITING) {
                submitted = attempt.original();
            }
        }
    }

    private static void check(Sitting sitting) {
        ChallengeAttempt attempt = sitting.challenge();
        long hints = count(sitting, Move.OpenHint.class);
        boolean answer = count(sitting, Move.OpenAnswer.class) > 0;
        boolean graded = count(sitting, Move.SelfGrade.class) > 0;
        boolean opened = count(sitting, Move.GiveUp.class) > 0 || attempt.missing().isEmpty();

        assertThat("" + attempt.brief()).doesNotContain("SECRET");
        assertThat(attempt.hints()).hasSize(answer ? 3 : (int) hints);
        assertThat(attempt.solution().isPresent()).isEqualTo(answer);
        assertThat(attempt.evidence().isPresent()).isEqualTo(graded);
        if (!graded && !attempt.givenUp()) {
            assertThat(attempt.readings()).isEmpty();
        }
        if (answer || hints > 0) {
            assertThat(opened || !attempt.original().isEmpty()).isTrue();
        }
        if (!answer) {
            assertThat(visible(attempt, sitting))
                    .doesNotContainPattern("SECRET-(?!HINT)")
                    .doesNotContain("SECRET-HINT-" + (hints + 1));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void and_all_that_is_shown_follows_from_the_events_alone(long seed) {
        var random = new SplittableRandom(seed);
        var sitting = Sitting.at("TOY");
        Attempt live = sitting.attempt();
        for (int i = 0; i < 40; i++) {
            sitting.waits(Duration.ofSeconds(random.nextInt(120)));
            Move move = move(random, sitting.challenge().brief());
            if (live.decide(move, sitting.now) instanceof Decision.Accepted(Event event)) {
                live = live.apply(event);
                sitting.events.add(event);
            }
            assertThat(visible(sitting.challenge(), sitting))
                    .isEqualTo(visible((ChallengeAttempt) live, sitting));
            assertThat(sitting.challenge().outcome()).isEqualTo(live.outcome());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void on_the_back_of_a_card_stays_there_until_it_is_turned(long seed) {
        var random = new SplittableRandom(seed);
        List<Item> items =
                List.of(Item.card("storage/photos"), Item.card("storage/log"), Item.erratum("E1"));
        var sitting = new Sitting(items.get(random.nextInt(items.size())));
        for (int i = 0; i < 12; i++) {
            sitting.attemptTo(
                    switch (random.nextInt(4)) {
                        case 0 -> new Move.Answer("2 TB", Optional.of(2));
                        case 1 -> random.nextInt(4) == 0 ? new Move.GiveUp() : new Move.Submit();
                        case 2 ->
                                random.nextInt(3) == 0
                                        ? new Move.OpenAnswer()
                                        : new Move.OpenHint();
                        default -> new Move.Rate(Rating.GOOD);
                    });
            var card = (CardAttempt) sitting.attempt();
            boolean turned =
                    count(sitting, Move.OpenAnswer.class) + count(sitting, Move.GiveUp.class) > 0;
            assertThat(card.back().isPresent()).isEqualTo(turned);
            assertThat(card.check().isPresent() && !turned).isFalse();
            assertThat("" + card.face() + card.typed()).doesNotContain("SECRET");
        }
    }

    private static String visible(ChallengeAttempt attempt, Sitting sitting) {
        return "%s %s %s %s %s %s %s %s %s %s %s"
                .formatted(
                        attempt.phase(sitting.now),
                        attempt.left(sitting.now),
                        attempt.missing(),
                        attempt.original(),
                        attempt.revised(),
                        attempt.annotations(),
                        attempt.hints(),
                        attempt.solution(),
                        attempt.evidence(),
                        attempt.readings(),
                        attempt.reflection());
    }

    private static long count(Sitting sitting, Class<? extends Move> kind) {
        return sitting.events.stream().filter(event -> kind.isInstance(event.move())).count();
    }

    private static Move move(SplittableRandom random, Brief brief) {
        Brief.Section section = brief.form().get(random.nextInt(brief.form().size()));
        return switch (random.nextInt(24)) {
            case 0 -> new Move.Submit();
            case 1 -> random.nextInt(3) == 0 ? new Move.GiveUp() : new Move.Submit();
            case 2, 3 -> new Move.OpenHint();
            case 4 -> new Move.OpenAnswer();
            case 5 -> new Move.Annotate(section.id(), "note " + random.nextInt());
            case 6, 7 -> {
                Map<String, Level> levels = new HashMap<>();
                brief.rubric().forEach(row -> levels.put(row.id(), Level.SENIOR));
                yield new Move.SelfGrade(levels);
            }
            case 8 -> new Move.Reflect(random.nextBoolean() ? "I missed the zones." : " ");
            case 9 -> new Move.Answer("6", Optional.empty());
            case 10 -> new Move.Rate(Rating.EASY);
            default ->
                    Sitting.save(
                            section.id(),
                            random.nextInt(9) == 0 ? "" : "text " + random.nextInt(100));
        };
    }
}
