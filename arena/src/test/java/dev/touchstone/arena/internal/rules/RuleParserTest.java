package dev.touchstone.arena.internal.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.internal.rules.OrderRule.Unless;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A rule")
class RuleParserTest {
    private static final Vocabulary NAMES =
            new Vocabulary(
                    Map.of(
                            "cap", Set.of("off", "8k"),
                            "lane", Set.of("off", "1"),
                            "gpus", Set.of("none", "+1")),
                    Set.of("trace", "histogram"),
                    Set.of("itl-p99", "kv"));

    private static final ActionRef CAP = new ActionRef.Lever("cap", Optional.empty());
    private static final ActionRef CAP_8K = new ActionRef.Lever("cap", Optional.of("8k"));
    private static final ActionRef LANE_1 = new ActionRef.Lever("lane", Optional.of("1"));
    private static final ActionRef TRACE = new ActionRef.Probe("trace");

    static Stream<Arguments> orderRules() {
        return Stream.of(
                Arguments.of(
                        "first(cap|lane:1) <= 5m",
                        new OrderRule.First(List.of(CAP, LANE_1), Duration.ofMinutes(5))),
                Arguments.of(
                        "first( trace )<=90s",
                        new OrderRule.First(List.of(TRACE), Duration.ofSeconds(90))),
                Arguments.of(
                        "confirm(itl-p99|trace) within 5m of cap|lane:1",
                        new OrderRule.Confirm(
                                List.of("itl-p99", "trace"),
                                Duration.ofMinutes(5),
                                List.of(CAP, LANE_1))),
                Arguments.of(
                        "before(announce, 10m)",
                        new OrderRule.By(
                                List.of(new ActionRef.Announce()), Duration.ofMinutes(10))),
                Arguments.of(
                        "before(trace, cap:8k)",
                        new OrderRule.Before(List.of(TRACE), List.of(CAP_8K), Optional.empty())),
                Arguments.of(
                        "before(trace, declare) unless p99Ms > 100",
                        new OrderRule.Before(
                                List.of(TRACE),
                                List.of(new ActionRef.Declare()),
                                Optional.of(new Unless("p99Ms", true, 100)))),
                Arguments.of(
                        "before(trace, cap) unless tokens-per-gpu < 0.5",
                        new OrderRule.Before(
                                List.of(TRACE),
                                List.of(CAP),
                                Optional.of(new Unless("tokens-per-gpu", false, 0.5)))),
                Arguments.of(
                        "if evidence(kv|histogram) then lever(cap)",
                        new OrderRule.Evidenced(List.of("kv", "histogram"), List.of(CAP))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("orderRules")
    void is_read_from_one_line(String text, OrderRule rule) {
        assertThat(RuleParser.order(text, NAMES, ContentException::new)).isEqualTo(rule);
    }

    @Test
    void of_what_is_fatal_is_read_from_one_line() {
        assertThat(fatal("pulled(cap:8k)"))
                .isEqualTo(new FatalCondition.Pulled(List.of(CAP_8K), 1));
        assertThat(fatal("never(cap)")).isEqualTo(new FatalCondition.Pulled(List.of(CAP), 1));
        assertThat(fatal("pulled(cap|lane:1) >= 3"))
                .isEqualTo(new FatalCondition.Pulled(List.of(CAP, LANE_1), 3));
        assertThat(fatal("only(gpus:+1)"))
                .isEqualTo(
                        new FatalCondition.Only(
                                List.of(new ActionRef.Lever("gpus", Optional.of("+1")))));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    ''                                 ~ at column 1 expected 'first' or 'confirm' or 'before' or 'if', found the end
                    after(cap, 5m)                     ~ at column 1 expected 'first' or 'confirm' or 'before' or 'if', found 'after'
                    first cap <= 5m                    ~ at column 7 expected '(', found 'cap'
                    first(cap <= 5m                    ~ at column 11 expected ')', found '<='
                    first() <= 5m                      ~ at column 7 expected a lever, a probe, 'announce' or 'declare'
                    first(cap|) <= 5m                  ~ at column 11 expected a lever, a probe, 'announce' or 'declare'
                    first(kap) <= 5m                   ~ at column 7 expected a lever, a probe, 'announce' or 'declare', found 'kap'; did you mean 'cap'?
                    first(cap:9k) <= 5m                ~ at column 11 expected an option of cap, found '9k'; did you mean '8k'? known are: 8k, off
                    first(cap) <= soon                 ~ at column 15 expected a duration, found 'soon'; write it as 90s, 5m, 1h30m or PT5M
                    first(cap) <=                      ~ at column 14 expected a duration, found the end
                    first(cap) <= 5m 6m                ~ at column 18 expected the end of the rule, found '6m'
                    first(cap) = 5m                    ~ at column 12 expected '<=', found '='
                    confirm(announce) within 5m of cap ~ at column 9 expected a signal of a panel or a probe, found 'announce'
                    confirm(kv) in 5m of cap           ~ at column 13 expected 'within', found 'in'
                    confirm(kv) within 5m of trace     ~ at column 26 expected a lever, found 'trace'
                    before(announce 10m)               ~ at column 17 expected ',', found '10m'
                    before(trace, cap) unless p99 = 1  ~ at column 31 expected '>' or '<', found '='
                    before(trace, cap) unless p99 > x  ~ at column 33 expected a number, found 'x'; write it as 3 or 0.95
                    before(announce, 10m) unless x > 1 ~ at column 23 expected the end of the rule, found 'unless'
                    if evidence(kv) lever(cap)         ~ at column 17 expected 'then', found 'lever'
                    if evidence(kv) then lever(trace)  ~ at column 28 expected a lever, found 'trace'
                    """)
    void that_is_broken_is_refused_with_column_and_cure(String text, String message) {
        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> RuleParser.order(text, NAMES, ContentException::new))
                .withMessageStartingWith("'%s' is no rule: ", text)
                .withMessageContaining(message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    pull(cap)         ~ at column 1 expected 'pulled' or 'never' or 'only', found 'pull'
                    pulled(trace)     ~ at column 8 expected a lever, found 'trace'
                    pulled(cap) > 3   ~ at column 13 expected the end of the rule, found '>'
                    pulled(cap) >= no ~ at column 16 expected a count, found 'no'; write a whole number from 1 to 99
                    pulled(cap) >= 0  ~ at column 16 expected a count, found '0'
                    only(cap) >= 3    ~ at column 11 expected the end of the rule, found '>='
                    """)
    void of_what_is_fatal_is_refused_likewise(String text, String message) {
        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> fatal(text))
                .withMessageContaining(message);
    }

    private static FatalCondition fatal(String text) {
        return RuleParser.fatal(text, NAMES, ContentException::new);
    }
}
