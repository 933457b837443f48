package dev.touchstone.arena.practice;

import static dev.touchstone.arena.practice.Sitting.save;
import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.arena.practice.EvidenceGrade.Fact;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The grade by evidence")
class EvidenceGradeTest {
    @Test
    void names_the_sentence_that_each_fact_rests_on() {
        EvidenceGrade grade =
                grade(
                        save("text/numbers", "First this. The peak is about 350 rps. Then that."),
                        save("text/skeleton", "Nothing\n- a WAL in front of the store\n- more"));
        Quote peak = fact(grade, "peak").quote().orElseThrow();
        assertThat(peak.section()).isEqualTo("text/numbers");
        assertThat(peak.text()).isEqualTo("The peak is about 350 rps.");
        assertThat(
                        "First this. The peak is about 350 rps. Then that."
                                .substring(peak.from(), peak.to()))
                .isEqualTo(peak.text());
        assertThat(fact(grade, "log").quote().orElseThrow().text())
                .isEqualTo("- a WAL in front of the store");
        assertThat(fact(grade, "daily").quote()).isEmpty();
    }

    @Test
    void finds_a_number_in_the_question_that_asks_for_it() {
        EvidenceGrade grade = grade(save("question/load", "347", 3), save("text/skeleton", "x"));
        assertThat(fact(grade, "peak").quote().orElseThrow().section()).isEqualTo("question/load");
    }

    @Test
    void takes_the_highest_level_of_which_a_fact_and_half_of_those_up_to_it_were_found() {
        EvidenceGrade grade =
                grade(save("text/numbers", "350 req/s with a margin."), save("text/skeleton", "x"));
        assertThat(dimension(grade, "numbers").evidence()).isEqualTo(Level.STAFF); // 2 of 3
        assertThat(dimension(grade, "numbers").found()).isEqualTo(2);
        assertThat(dimension(grade, "durability").evidence()).isEqualTo(Level.NONE);
    }

    @Test
    void gives_no_level_of_which_nothing_was_found() {
        EvidenceGrade grade =
                grade(
                        save("text/numbers", "350 req/s and 20 TB."), // no margin, the staff fact
                        save(
                                "text/failures",
                                "A write-ahead log. A zone fails and reads fall back."
                                        + " It is a cost to the team.")); // no objection
        assertThat(dimension(grade, "numbers").evidence()).isEqualTo(Level.SENIOR);
        assertThat(dimension(grade, "durability").evidence()).isEqualTo(Level.STAFF); // 3 of 4
    }

    @Test
    void is_principal_in_a_dimension_where_nothing_is_missing_and_sends_nobody_to_read_there() {
        EvidenceGrade.DimensionGrade numbers =
                dimension(
                        grade(save("text/numbers", "350 req/s and 20 TB, with a margin.")),
                        "numbers");
        assertThat(numbers.evidence()).isEqualTo(Level.PRINCIPAL); // its facts end at staff
        assertThat(
                        Practice.stuck(
                                PlateauTest.outcomes(
                                        numbers.evidence(),
                                        numbers.evidence(),
                                        numbers.evidence())))
                .isEmpty();
    }

    @Test
    void reads_prose_together_with_its_revision_and_lets_other_revisions_count_alone() {
        var sitting = Sitting.at("TOY");
        sitting.writes()
                .does(
                        save("text/numbers", "350 req/s and 20 TB."),
                        save("question/load", "350 request/s"),
                        new Move.Submit(),
                        new Move.OpenHint(),
                        save("text/numbers", "With a margin."),
                        save("question/load", "5 request/s"),
                        new Move.OpenAnswer(),
                        new Move.SelfGrade(
                                Map.of("numbers", Level.SENIOR, "durability", Level.SENIOR)));
        EvidenceGrade grade = sitting.challenge().evidence().orElseThrow();
        assertThat(dimension(grade, "numbers").found()).isEqualTo(3);
        assertThat(grade.questions().getFirst().given()).isEqualTo("5 request/s");
    }

    @Test
    void takes_no_row_of_the_budget_for_a_derived_number() {
        EvidenceGrade grade =
                grade(save("budget/disk", "347 request/s"), save("text/skeleton", "x"));
        assertThat(fact(grade, "peak").quote()).isEmpty();
    }

    @ParameterizedTest(name = "{1} is {2}")
    @CsvSource({
        "question/total, 20 TB, exact",
        "question/total, 20, exact",
        "question/share, 50, exact",
        "question/share, 0.5, exact",
        "question/load, 347 request/s, exact to three digits",
        "question/load, 350 request/s, within 5 % of the value"
    })
    void says_how_near_a_right_number_is(String question, String typed, String reason) {
        EvidenceGrade grade = grade(save(question, typed), save("text/skeleton", "x"));
        assertThat(grade.questions())
                .filteredOn(check -> check.section().equals(question))
                .extracting(Check::reason)
                .containsExactly(reason);
    }

    @Test
    void is_junior_at_most_without_a_derived_number() {
        EvidenceGrade grade =
                grade(
                        save("text/numbers", "With a margin: 20 TB."),
                        save(
                                "text/failures",
                                "A write-ahead log. A zone fails and reads fall back to the others."
                                        + " It is a cost to the team."));
        assertThat(grade.level()).isEqualTo(Level.JUNIOR);
        assertThat(grade.reasons()).anyMatch(reason -> reason.contains("derived number"));
    }

    @Test
    void is_senior_at_most_without_a_cost_to_the_organisation() {
        EvidenceGrade grade =
                grade(
                        save("text/numbers", "350 req/s and 20 TB, with a margin."),
                        save(
                                "text/failures",
                                "A write-ahead log. A zone fails and reads fall back."
                                        + " Never lost is not possible; eleven nines are."));
        assertThat(grade.level()).isEqualTo(Level.SENIOR);
        assertThat(grade.reasons()).anyMatch(reason -> reason.contains("organisation"));
    }

    @Test
    void goes_up_one_column_for_a_correct_objection() {
        String answer =
                "A write-ahead log. A zone fails and reads fall back. It is a cost to the team.";
        Move.Save numbers = save("text/numbers", "350 req/s and 20 TB.");
        EvidenceGrade without = grade(numbers, save("text/failures", answer));
        assertThat(without.level()).isEqualTo(Level.SENIOR); // senior and staff, halves down
        EvidenceGrade with =
                grade(numbers, save("text/failures", answer + " Never lost is not possible."));
        assertThat(with.reasons()).contains("Closest column over all dimensions: staff.");
        assertThat(with.level()).isEqualTo(Level.PRINCIPAL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    I would restart the database.                      | 1
                    I would not restart the database.                  | 0
                    Restart the pods. The database is fine.            | 0
                    Restarting the database would be fatal.            | 0
                    """)
    void finds_fatal_actions_unless_they_are_denied(String fix, int fatal) {
        var sitting = Sitting.at("PAGER");
        sitting.does(
                save("question/when", "13:45"),
                save("question/changed", "a deploy"),
                save("question/moved", "errors and restarts"),
                save("text/fix", "Roll back. 12 % of requests fail. A canary next time. " + fix),
                new Move.Submit(),
                new Move.OpenAnswer(),
                new Move.SelfGrade(Map.of("fix", Level.SENIOR, "timeline", Level.SENIOR)));
        EvidenceGrade grade = sitting.challenge().evidence().orElseThrow();
        assertThat(grade.fatal()).hasSize(fatal);
        assertThat(grade.level()).isEqualTo(fatal == 0 ? Level.SENIOR : Level.JUNIOR);
    }

    @Test
    void counts_nothing_that_is_copied_from_the_brief() {
        var copied = Sitting.at("PAGER");
        String scenario = copied.challenge().brief().scenario();
        copied.does(save("text/fix", scenario + "\nA canary.")).waitsMinutes(15);
        copied.does(
                new Move.OpenAnswer(),
                new Move.SelfGrade(Map.of("fix", Level.NONE, "timeline", Level.NONE)));
        EvidenceGrade grade = copied.challenge().evidence().orElseThrow();
        assertThat(scenario).contains("13:45", "12 %");
        assertThat(fact(grade, "when").quote()).isEmpty();
        assertThat(fact(grade, "rate").quote()).isEmpty();
        assertThat(fact(grade, "canary").quote()).isPresent();
    }

    @Test
    void wants_words_that_make_a_fact_near_one_another() {
        String filler = " One. Two. Three.";
        assertThat(
                        fact(
                                        grade(
                                                save(
                                                        "text/failures",
                                                        "A zone." + filler + " Fall back.")),
                                        "zones")
                                .quote())
                .isEmpty();
        assertThat(fact(grade(save("text/failures", "A zone. One. Fall back.")), "zones").quote())
                .isPresent();
    }

    @Test
    void quotes_common_mistakes() {
        EvidenceGrade grade = grade(save("text/skeleton", "We keep photos in memory. Fast."));
        assertThat(grade.mistakes()).hasSize(1);
        assertThat(grade.mistakes().getFirst().quote().text())
                .isEqualTo("We keep photos in memory.");
        assertThat(grade.mistakes().getFirst().because()).isEqualTo("A restart loses it.");
    }

    @ParameterizedTest(name = "{0} with certainty {1} is {2}")
    @CsvSource({
        "347 request/s, 1, 1",
        "347 request/s, 2, 2",
        "347 request/s, 3, 3",
        "5 request/s, 1, 0",
        "5 request/s, 2, -2",
        "5 request/s, 3, -6",
        "no idea, 3, -6"
    })
    void marks_certainty_as_moodle_does(String load, int certainty, int points) {
        EvidenceGrade grade =
                grade(save("question/load", load, certainty), save("text/skeleton", "x"));
        assertThat(grade.questions().getFirst().points()).isEqualTo(points);
        assertThat(grade.certainty()).isEqualTo(points);
    }

    @ParameterizedTest(name = "{0} + {1}: {2}, fits: {3}")
    @CsvSource({
        "40 ms, 50 ms, 90 ms, true",
        "40, 50, 90 ms, true",
        "40 ms, 0.06 s, 100 ms, true",
        "40 ms, 70 ms, 110 ms, false",
        "40 ms, fast, 40 ms, false"
    })
    void adds_the_budget_up(String network, String disk, String total, boolean fits) {
        EvidenceGrade.Sum sum =
                grade(
                                save("budget/network", network),
                                save("budget/disk", disk),
                                save("text/skeleton", "x"))
                        .budget()
                        .orElseThrow();
        assertThat(sum.total()).isEqualTo(total);
        assertThat(sum.limit()).isEqualTo("100 ms");
        assertThat(sum.fits()).isEqualTo(fits);
    }

    @Test
    void checks_a_time_and_words() {
        var sitting = Sitting.at("PAGER");
        sitting.does(
                save("question/when", "about 13:48"),
                save("question/changed", "the front end was deployed"),
                save("question/moved", "errors only"),
                save("text/fix", "Undo."));
        sitting.does(
                new Move.Submit(),
                new Move.OpenAnswer(),
                new Move.SelfGrade(Map.of("fix", Level.NONE, "timeline", Level.NONE)));
        var questions = sitting.challenge().evidence().orElseThrow().questions();
        assertThat(questions.stream().map(Check::isRight)).containsExactly(true, true, false);
        assertThat(questions.get(2).reason()).contains("restart");
    }

    private static EvidenceGrade grade(Move.Save... saves) {
        var sitting = Sitting.at("TOY");
        sitting.does(saves).waitsMinutes(35);
        return sitting.does(
                        new Move.OpenAnswer(),
                        new Move.SelfGrade(
                                Map.of("numbers", Level.SENIOR, "durability", Level.SENIOR)))
                .challenge()
                .evidence()
                .orElseThrow();
    }

    private static Fact fact(EvidenceGrade grade, String id) {
        return grade.facts().stream()
                .filter(fact -> fact.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static EvidenceGrade.DimensionGrade dimension(EvidenceGrade grade, String id) {
        return grade.dimensions().stream()
                .filter(dimension -> dimension.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
