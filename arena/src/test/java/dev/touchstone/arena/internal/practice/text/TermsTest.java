package dev.touchstone.arena.internal.practice.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Words that are looked for")
class TermsTest {
    @ParameterizedTest(name = "{0} in {1}: {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    deploy       | The deployment at 13:45      | true
                    deploy       | It was redeployed            | false
                    release      | RELEASED it                  | true
                    fail closed  | it must fail-closed          | true
                    fail-closed  | it must fail  closed         | true
                    1 %          | ramp to 1% of users          | true
                    1 %          | ramp to 11 % of users        | false
                    1 %          | ramp to 0.1 % of users       | false
                    80           | at 80, then                  | true
                    80           | at 800                       | false
                    80           | at 80.5                      | false
                    p99          | the p99 of reads             | true
                    Zipf         | by zipf's law                | true
                    """)
    void are_met_at_the_start_of_a_word_in_any_case(String term, String text, boolean met) {
        assertThat(new Terms(List.of(List.of(term))).missing(text).isEmpty()).isEqualTo(met);
    }

    @Test
    void are_met_when_each_group_is_by_one_of_its_words() {
        var terms = new Terms(List.of(List.of("deploy", "release"), List.of("feature")));
        assertThat(terms.missing("a release with twelve features")).isEmpty();
        assertThat(terms.missing("a release with twelve columns")).contains(List.of("feature"));
    }

    @Test
    void are_quoted_by_the_sentence_that_says_most_of_them() {
        var terms = new Terms(List.of(List.of("shadow"), List.of("1 %"), List.of("rollback")));
        String text = "Shadow first. Then shadow at 1 % with a rollback. Then more.";
        assertThat(terms.find(text).map(span -> span.of(text)))
                .contains("Then shadow at 1 % with a rollback.");
    }

    @Test
    void are_looked_for_in_one_sentence_before_several() {
        var terms = new Terms(List.of(List.of("roll"), List.of("v11")));
        String text = "It was rolled out. Items are of v11. More. Roll back to v11.";
        assertThat(terms.find(text).map(span -> span.of(text))).contains("Roll back to v11.");
    }

    @Test
    void are_not_found_where_a_group_is_missing() {
        var terms = new Terms(List.of(List.of("shadow"), List.of("canary")));
        assertThat(terms.find("Shadow traffic only.")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "We would not restart the pods.",
                "Don't restart.",
                "Never restart, never retrain.",
                "I would avoid restarting anything.",
                "Restarting would be wrong: the evidence is lost.",
                "Ramp down rather than restart.",
                "Instead of restarting, ramp down.",
                "Without restarting a single pod, ramp down.",
                "We won't restart.",
                "A restart would not help here.",
                "Resist the restart.",
                "'Restart the ranker first' and 'keep the evidence' contradict each other.",
                "A restart is tempting.",
                "We hold the job that would restart them.",
            })
    void are_denied_by_a_no_in_their_clause(String sentence) {
        assertThat(new Terms(List.of(List.of("restart"))).assertedIn(sentence)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "First we restart the pods.",
                "The cache is not the cause, so restart the pods.",
                "Do not wait; restart now.",
                "We do not know why, but a restart fixed it last time.",
                "Restart all replicas, then look at the logs.",
            })
    void are_asserted_where_no_clause_denies_them(String sentence) {
        assertThat(new Terms(List.of(List.of("restart"))).assertedIn(sentence)).isPresent();
    }

    @Test
    void are_asserted_by_one_sentence_together() {
        var terms =
                new Terms(List.of(List.of("roll back"), List.of("model only", "only the model")));
        assertThat(terms.assertedIn("Roll back. Then test only the model.")).isEmpty();
        assertThat(terms.assertedIn("We roll back only the model.")).isPresent();
    }
}
