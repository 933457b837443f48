package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("How a store is served")
class ServingTest {
    private static final long SECOND = 1_000_000_000L;

    private static final String VIEWS =
            """
            views:
              account:
                owner: risk
                key: {account: text}
                features: {balance: double}
            """;

    private static Definitions read(String rest) {
        return Definitions.read("features.yaml", VIEWS + rest + "\n");
    }

    @Test
    void is_as_usual_unless_the_definitions_say_otherwise() {
        assertThat(read("").serving()).isEqualTo(Serving.DEFAULT);
        assertThat(read("parity: {}\nserved: {}").serving()).isEqualTo(Serving.DEFAULT);
    }

    @Test
    void is_read_from_the_definitions() {
        Serving serving =
                read("""
                parity: {sample: 0.25, after: 5s, every: 1s, reads: 50, alarm: 0.98, over: 1m}
                served: {keep: 90d, size: 10 GB}
                """)
                        .serving();
        assertThat(serving.parity())
                .isEqualTo(
                        new ParityWatch.Settings(250, 5 * SECOND, SECOND, 50, 0.98, 60 * SECOND));
        assertThat(serving.retention()).isEqualTo(new Retention(90 * 86_400 * SECOND, 10L << 30));
    }

    @Test
    void is_a_change_of_the_definitions_that_breaks_nobody() {
        assertThat(
                        DefinitionChange.between(
                                read(""), read("parity: {alarm: 0.9}\nserved: {keep: 7d}")))
                .extracting(DefinitionChange::name, DefinitionChange::breaking)
                .containsExactly(tuple("parity", false), tuple("served", false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "parity: {sample: 0.0001} | line 6: parity.sample: write a share of reads from 0.001 to 1",
                "parity: {sample: 1%} | parity.sample: write a share from 0 to 1",
                "parity: {alarm: 1.5} | parity.alarm: write a share from 0 to 1, got 1.5",
                "parity: {reads: many} | parity.reads: write a whole number",
                "parity: {reads: 0} | replay 1 to 10000 reads at once, got 0",
                "parity: {every: 1m, over: 10s} | judge over at least as long",
                "parity: {every: 1s, over: 1h} | judge over at most 480 replays",
                "parity: {every: 15} | parity.every: write a span such as",
                "parity: {rate: 1} | parity.rate: unknown field; there are [sample",
                "served: {keep: 1s} | served: keep what was served for 1m or longer",
                "served: {size: 10} | served.size: write a size such as 10 GB",
                "served: {size: 0 GB} | served: keep 1 MB or more",
                "served: {days: 3} | served.days: unknown field; there are [keep, size]",
            })
    void is_refused_with_the_line_and_the_cure(String rest, String message) {
        assertThatThrownBy(() -> read(rest))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("features.yaml line 6: ")
                .hasMessageContaining(message);
    }
}
