package dev.touchstone.arena.practice;

import static dev.touchstone.arena.practice.Sitting.save;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.arena.practice.ChallengeAttempt.Phase;
import dev.touchstone.arena.practice.Decision.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An attempt at a challenge")
class ChallengeAttemptTest {
    private final Sitting sitting = Sitting.at("TOY");

    @Test
    void asks_for_the_numbers_first() {
        assertThat(sitting.challenge().brief().form().stream().map(Brief.Section::id))
                .containsExactly(
                        "question/load",
                        "question/bytes",
                        "question/total",
                        "question/share",
                        "text/requirements",
                        "text/numbers",
                        "text/skeleton",
                        "budget/network",
                        "budget/disk",
                        "text/dive-one",
                        "text/dive-two",
                        "text/failures",
                        "text/evolution");
    }

    @Test
    void asks_the_three_timeline_questions_of_a_failure_once() {
        assertThat(Sitting.at("PAGER").challenge().brief().form().stream().map(Brief.Section::id))
                .containsExactly(
                        "question/when",
                        "question/changed",
                        "question/moved",
                        "text/hypotheses",
                        "text/probes",
                        "text/fix",
                        "text/prevention");
    }

    @Test
    void has_35_minutes_for_a_design_and_15_for_a_page() {
        assertThat(sitting.challenge().left(sitting.now)).isEqualTo(Duration.ofMinutes(35));
        assertThat(Sitting.at("PAGER").challenge().left(sitting.now))
                .isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void goes_from_writing_to_done() {
        sitting.writes();
        assertThat(sitting.phase()).isEqualTo(Phase.WRITING);
        sitting.does(new Move.Submit());
        assertThat(sitting.phase()).isEqualTo(Phase.SUBMITTED);
        sitting.does(new Move.OpenHint());
        assertThat(sitting.phase()).isEqualTo(Phase.REVISING);
        sitting.does(new Move.OpenAnswer());
        assertThat(sitting.phase()).isEqualTo(Phase.ANSWERED);
        sitting.does(
                new Move.SelfGrade(Map.of("numbers", Level.STAFF, "durability", Level.JUNIOR)));
        assertThat(sitting.phase()).isEqualTo(Phase.GRADED);
        assertThat(sitting.challenge().outcome()).isEmpty();
        sitting.does(new Move.Reflect("I forgot the zones, because I drew before I sized."));
        assertThat(sitting.phase()).isEqualTo(Phase.DONE);
        assertThat(sitting.challenge().outcome()).isPresent();
    }

    @Test
    void is_submitted_only_with_its_questions_attempted_and_something_written() {
        sitting.isRefused(new Move.Submit(), Kind.INCOMPLETE, "question/load")
                .does(
                        save("question/load", "1"),
                        save("question/bytes", "?"),
                        save("question/total", "no idea"),
                        save("question/share", "50 %"))
                .isRefused(new Move.Submit(), Kind.INCOMPLETE, "text/requirements")
                .does(save("text/skeleton", "  "))
                .isRefused(new Move.Submit(), Kind.INCOMPLETE, "text/requirements")
                .does(save("text/skeleton", "A disk."), new Move.Submit());
    }

    @Test
    void refuses_what_is_saved_too_late_and_counts_what_was_saved() {
        sitting.does(save("text/skeleton", "A disk."))
                .waitsMinutes(35)
                .isRefused(save("text/skeleton", "Two disks."), Kind.TOO_LATE, "time to write");
        assertThat(sitting.phase()).isEqualTo(Phase.SUBMITTED);
        assertThat(text(sitting.challenge().original(), "text/skeleton")).isEqualTo("A disk.");
        sitting.does(new Move.OpenAnswer());
    }

    @Test
    void takes_what_is_saved_in_the_last_moment() {
        sitting.waits(Duration.ofMinutes(35).minusNanos(1)).does(save("text/skeleton", "A disk."));
    }

    @Test
    void opens_nothing_for_letting_the_time_pass() {
        sitting.waitsMinutes(36);
        assertThat(sitting.phase()).isEqualTo(Phase.EXPIRED);
        sitting.isRefused(new Move.OpenHint(), Kind.TOO_EARLY, "give up")
                .isRefused(new Move.OpenAnswer(), Kind.TOO_EARLY, "give up")
                .isRefused(new Move.Submit(), Kind.TOO_LATE, "give up")
                .does(new Move.GiveUp(), new Move.OpenAnswer());
    }

    @Test
    void opens_everything_when_given_up_and_grades_it_as_no_attempt() {
        sitting.writes()
                .does(new Move.GiveUp(), new Move.OpenHint())
                .isRefused(save("text/skeleton", "more"), Kind.TOO_LATE, "submitted")
                .does(new Move.OpenAnswer())
                .isRefused(new Move.SelfGrade(Map.of()), Kind.TOO_LATE, "given up")
                .does(new Move.Reflect("I did not know where to begin."));
        Outcome outcome = sitting.challenge().outcome().orElseThrow();
        assertThat(outcome.attempted()).isFalse();
        assertThat(outcome.rating()).isEqualTo(Rating.AGAIN);
        assertThat(sitting.challenge().evidence()).isEmpty();
    }

    @Test
    void opens_hints_one_by_one_after_submitting() {
        sitting.writes()
                .isRefused(new Move.OpenHint(), Kind.TOO_EARLY, "submit")
                .does(new Move.Submit(), new Move.OpenHint());
        assertThat(sitting.challenge().hints()).hasSize(1);
        sitting.does(new Move.OpenHint(), new Move.OpenHint())
                .isRefused(new Move.OpenHint(), Kind.TOO_LATE, "all 3 hints");
        assertThat(sitting.challenge().hints()).hasSize(3);
    }

    @Test
    void may_be_revised_for_five_minutes_after_the_first_hint_and_never_again() {
        sitting.writes()
                .does(new Move.Submit())
                .isRefused(save("text/skeleton", "more"), Kind.TOO_LATE, "submitted")
                .does(new Move.OpenHint())
                .waitsMinutes(4)
                .does(save("text/skeleton", "With a margin."), new Move.OpenHint())
                .waitsMinutes(1)
                .isRefused(save("text/skeleton", "more"), Kind.TOO_LATE, "submitted")
                .does(new Move.OpenHint())
                .isRefused(save("text/skeleton", "more"), Kind.TOO_LATE, "submitted");
        ChallengeAttempt attempt = sitting.challenge();
        assertThat(text(attempt.original(), "text/skeleton")).startsWith("A write-ahead");
        assertThat(attempt.revised()).containsOnlyKeys("text/skeleton");
        assertThat(text(attempt.answer(), "text/skeleton"))
                .isEqualTo("A write-ahead log before an object store.\n\nWith a margin.");
        assertThat(text(attempt.answer(), "question/load")).isEqualTo("347 request/s");
    }

    @Test
    void stays_as_written_once_the_model_answer_is_open_and_takes_notes_beside() {
        sitting.writes()
                .isRefused(new Move.Annotate("text/skeleton", "gap"), Kind.TOO_EARLY, "after")
                .does(new Move.Submit(), new Move.OpenHint(), new Move.OpenAnswer())
                .isRefused(save("text/skeleton", "copied"), Kind.TOO_LATE, "annotate")
                .does(new Move.Annotate("text/skeleton", "The zones are missing."));
        ChallengeAttempt attempt = sitting.challenge();
        assertThat(text(attempt.original(), "text/skeleton")).startsWith("A write-ahead");
        assertThat(text(attempt.annotations(), "text/skeleton")).contains("zones");
    }

    @Test
    void shows_the_evidence_only_after_ones_own_grade() {
        sitting.writes()
                .does(new Move.Submit())
                .isRefused(new Move.SelfGrade(Map.of()), Kind.TOO_EARLY, "open that first")
                .does(new Move.OpenAnswer())
                .isRefused(
                        new Move.SelfGrade(Map.of("numbers", Level.STAFF)),
                        Kind.INCOMPLETE,
                        "durability");
        assertThat(sitting.challenge().evidence()).isEmpty();
        sitting.does(new Move.SelfGrade(Map.of("numbers", Level.STAFF, "durability", Level.JUNIOR)))
                .isRefused(
                        new Move.SelfGrade(Map.of("numbers", Level.NONE, "durability", Level.NONE)),
                        Kind.TOO_LATE,
                        "stays as given");
        EvidenceGrade grade = sitting.challenge().evidence().orElseThrow();
        assertThat(grade.dimensions().stream().map(EvidenceGrade.DimensionGrade::gap))
                .containsExactly(1, 0);
    }

    @Test
    void wants_one_sentence_on_what_was_missed() {
        sitting.writes()
                .isGraded()
                .isRefused(new Move.Reflect("  "), Kind.INCOMPLETE, "one sentence")
                .isRefused(new Move.Reflect("x".repeat(601)), Kind.MALFORMED, "600")
                .does(new Move.Reflect("The zones; I stopped reading."))
                .isRefused(new Move.Reflect("Again."), Kind.TOO_LATE, "finished");
        assertThat(sitting.challenge().outcome().orElseThrow().note())
                .isEqualTo("The zones; I stopped reading.");
    }

    @Test
    void refuses_sections_and_certainties_that_are_not_there() {
        sitting.isRefused(save("text/poem", "Roses."), Kind.MALFORMED, "text/skeleton")
                .isRefused(save("question/load", "1", 4), Kind.MALFORMED, "1, 2 or 3")
                .isRefused(save("text/skeleton", "A disk.", 2), Kind.MALFORMED, "only questions")
                .isRefused(save("text/skeleton", "x".repeat(30_001)), Kind.MALFORMED, "30000")
                .isRefused(
                        new Move.Answer("6", Optional.empty()),
                        Kind.MALFORMED,
                        "section by section");
    }

    @Test
    void is_rated_hard_at_most_after_a_second_hint() {
        sitting.writes()
                .does(save("text/failures", "When a zone fails, reads fall back. The team pays."))
                .does(save("text/evolution", "Headroom; the on-call cost of a team."))
                .does(new Move.Submit(), new Move.OpenHint(), new Move.OpenHint())
                .does(new Move.OpenAnswer())
                .does(new Move.SelfGrade(Map.of("numbers", Level.STAFF, "durability", Level.STAFF)))
                .does(new Move.Reflect("Nothing."));
        Outcome outcome = sitting.challenge().outcome().orElseThrow();
        assertThat(outcome.level()).isEqualTo(Level.STAFF);
        assertThat(outcome.rating()).isEqualTo(Rating.HARD);
    }

    @Test
    void does_not_go_back_in_time_when_the_clock_does() {
        sitting.waitsMinutes(10).does(save("text/skeleton", "A disk.")).waitsMinutes(-5);
        sitting.does(save("text/skeleton", "Two disks."));
        assertThat(sitting.events.getLast().at())
                .isEqualTo(sitting.now.plus(Duration.ofMinutes(5)));
    }

    @Test
    void does_not_replay_events_that_never_were_accepted() {
        List<Event> forged =
                List.of(sitting.events.getFirst(), new Event(sitting.now, new Move.OpenAnswer()));
        assertThatThrownBy(() -> Sitting.TOY.replay(forged))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is refused");
    }

    private static String text(Map<String, Written> written, String section) {
        return Optional.ofNullable(written.get(section)).map(Written::text).orElse("");
    }
}
