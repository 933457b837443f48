package dev.touchstone.arena.internal.practice.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.arena.internal.content.Document;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The check of content that ships")
class LintTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    It takes 42 GPUs.                   | 1
                    It takes 7 ms.                      | 1
                    It takes 7 of them.                 | 0
                    It takes 100 ms.                    | 0
                    It takes {f}.                       | 0
                    Ask v12, p99, H100, E13 and top-10. | 0
                    A 13B model, a 7-day window.        | 0
                    It costs $3.                        | 1
                    It was so in 2024.                  | 0
                    From 14:05 on.                      | 0
                    """)
    void finds_numbers_without_a_calculation(String answer, int complaints) {
        assertThat(cards(answer).stream().filter(text -> text.contains("no calculation")))
                .hasSize(complaints);
    }

    @Test
    void finds_figures_that_nothing_uses() {
        assertThat(cards("Nothing.")).anyMatch(text -> text.contains("'f' is used nowhere"));
    }

    @Test
    void finds_errors_that_nothing_refutes() {
        String erratum =
                """
                errata:
                  - {id: E1, topic: t, claim: "It is 6.", ask: "Is it?", right: "No.", terms: [[no]], check: [f]}
                figures: {f: {shows: "%s", formula: "%s"}}
                """;
        assertThat(errata(erratum.formatted("6", "2 * 3"))).anyMatch(t -> t.contains("refutes"));
        assertThat(errata(erratum.formatted("7", "2 * 3 + 1"))).isEmpty();
        assertThat(errata(erratum.formatted("1", "2 * 3 < 7"))).isEmpty();
    }

    private static List<String> errata(String text) {
        return Lint.complaints(Lint.Kind.ERRATA, Document.read("errata.yaml", text).root());
    }

    private static List<String> cards(String answer) {
        String text =
                """
                topic: t
                title: T
                cards: [{id: a, ask: "Within 100 ms?", answer: "%s"}]
                figures: {f: {shows: "6", formula: "2 * 3"}}
                """
                        .formatted(answer);
        return Lint.complaints(Lint.Kind.CARDS, Document.read("cards.yaml", text).root());
    }
}
