package dev.touchstone.features.internal.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Value;
import dev.touchstone.testkit.Seeds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A formula")
class FormulaTest {
    private static final Map<String, Value> VALUES =
            Map.of(
                    "amount", Value.of(120.0),
                    "count", Value.of(4L),
                    "zero", Value.of(0L),
                    "huge", Value.of(Long.MAX_VALUE),
                    "country", Value.of("PT"),
                    "known", Value.of(true),
                    "card.mean_7d", Value.of(48.0),
                    "my-view.f-1", Value.of(2.0));
    private static final Map<String, ColumnType> MISSING =
            Map.of("none", ColumnType.DOUBLE, "nowhere", ColumnType.TEXT);

    private static Optional<ColumnType> type(String name) {
        if (MISSING.containsKey(name)) {
            return Optional.ofNullable(MISSING.get(name));
        }
        return Optional.ofNullable(VALUES.get(name))
                .map(value ->
                        switch (value) {
                            case Value.Real _ -> ColumnType.DOUBLE;
                            case Value.Whole _ -> ColumnType.LONG;
                            case Value.Text _ -> ColumnType.TEXT;
                            case Value.Truth _ -> ColumnType.BOOLEAN;
                            case Value.Missing _ -> throw new AssertionError();
                        });
    }

    private static Value of(String text) {
        Formula formula = Formula.parse(text, FormulaTest::type);
        List<Value> inputs =
                formula.inputs().stream()
                        .map(name -> VALUES.getOrDefault(name, Value.MISSING))
                        .toList();
        return formula.of(inputs, new Frame(formula.places()));
    }

    private static String shown(Value value) {
        return switch (value) {
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(long whole) -> Long.toString(whole);
            case Value.Text(String text) -> text;
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
            case Value.Missing _ -> "missing";
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "amount / card.mean_7d | 2.5",
                "1 + 2 * 3 - 4 | 3",
                "(1 + 2) * 3 % 5 | 4",
                "7 / 2 | 3.5",
                "-count - -1 | -3",
                "2 - 1 - 1 | 0",
                "1e2 + .5 | 100.5",
                "amount > 3 * card.mean_7d | false",
                "amount >= 120 and not country = 'ES' | true",
                "country != 'PT' or count == 4.0 | true",
                "if(amount > 100, 'large', 'small') | large",
                "min(count, 3) | 3",
                "max(count, amount, 3) | 120.0",
                "abs(-2.5) + abs(-3) | 5.5",
                "round(2.5) | 2.0",
                "floor(-0.5) + ceil(0.5) | 0.0",
                "sqrt(exp(log(4))) | 2.0",
                "`my-view`.`f-1` * 2 | 4.0",
                "amount / zero | missing",
                "count % zero | missing",
                "log(zero) | missing",
                "sqrt(-1) | missing",
                "huge + 1 | missing",
                "huge * 2 | missing",
                "-huge - 2 | missing",
                "none + 1 | missing",
                "none > 1 | missing",
                "none is null | true",
                "amount is not null | true",
                "coalesce(none, count, 7) | 4.0",
                "coalesce(none, none) | missing",
                "coalesce(nowhere, country) | PT",
                "known or none > 1 | true",
                "none > 1 and false | false",
                "known and none > 1 | missing",
                "if(none > 1, 1, 2) | missing",
                "if(known, none, 1) | missing",
                "min(none, 1) | missing",
                "not not known | true",
                "0.0 = -0.0 | true",
            })
    void computes(String text, String expected) {
        assertThat(shown(of(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "amout / 2 | 'amout' is neither a field of the request nor a feature",
                "amount / | a value is missing",
                "(amount | expected )",
                "amount + country | + takes numbers, got a text",
                "amount > country | > compares two numbers, two texts, two times or two truths",
                "if(amount, 1, 2) | and, or, not and if take truths such as a > b, got a number",
                "if(known, 1) | if takes 3 values, got 2",
                "coalesce(amount, country) | of one kind, got a number and a text",
                "power(amount, 2) | there is no function power, only abs, ceil, coalesce",
                "amount 2 | expected an operator or the end",
                "1.2.3 | '1.2.3' is no number",
                "'PT | the closing ' is missing",
                "amount is 3 | write is null or is not null",
                "amount; 1 | expected an operator or the end",
            })
    void says_what_is_wrong_and_where(String text, String message) {
        assertThatThrownBy(() -> of(text))
                .isInstanceOf(FormulaException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("character ");
    }

    @Test
    void is_neither_endless_nor_endlessly_deep() {
        assertThatThrownBy(() -> of("(".repeat(500) + "1" + ")".repeat(499)))
                .hasMessageContaining("nested deeper than 40");
        assertThatThrownBy(() -> of("1" + "+1".repeat(600)))
                .hasMessageContaining("1000 characters");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(300)
    void of_arithmetic_is_what_doubles_give(long seed) {
        var random = new SplittableRandom(seed);
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (String name : List.of("a", "b", "c")) {
            numbers.put(name, Math.rint(random.nextDouble(-100, 100)) / 4);
        }
        var text = new StringBuilder();
        double expected = tree(random, numbers, 4, text);
        Formula formula =
                Formula.parse(
                        text.toString(),
                        name ->
                                numbers.containsKey(name)
                                        ? Optional.of(ColumnType.DOUBLE)
                                        : Optional.empty());
        List<Value> inputs =
                formula.inputs().stream()
                        .map(name -> Value.of(numbers.getOrDefault(name, 0.0)))
                        .toList();
        assertThat(formula.of(inputs, new Frame(formula.places())))
                .as("%s with %s", text, numbers)
                .isEqualTo(Value.of(expected));
    }

    private static double tree(
            SplittableRandom random, Map<String, Double> numbers, int depth, StringBuilder text) {
        if (depth == 0 || random.nextInt(4) == 0) {
            String name = List.of("a", "b", "c").get(random.nextInt(3));
            text.append(name);
            return numbers.getOrDefault(name, 0.0);
        }
        char sign = "+-*".charAt(random.nextInt(3));
        text.append('(');
        double left = tree(random, numbers, depth - 1, text);
        text.append(' ').append(sign).append(' ');
        double right = tree(random, numbers, depth - 1, text);
        text.append(')');
        return switch (sign) {
            case '+' -> left + right;
            case '-' -> left - right;
            default -> left * right;
        };
    }
}
