package dev.touchstone.capacity.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.capacity.Dimension;
import dev.touchstone.capacity.Unit;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A formula over a = 8, b = 3, size = 100 bytes and time = 4 seconds")
class FormulaTest {
    private static final List<String> NAMES = List.of("a", "b", "size", "time");
    private static final List<Unit> UNITS =
            List.of(Unit.NONE, Unit.NONE, Unit.of("B"), Unit.of("s"));
    private static final double[] VALUES = {8, 3, 100, 4};

    private static Formula parse(String text) {
        return Formula.parse(
                text,
                new Formula.Scope() {
                    @Override
                    public int slot(String name) {
                        return NAMES.indexOf(name);
                    }

                    @Override
                    public Dimension dimension(int slot) {
                        return UNITS.get(slot).dimension();
                    }
                });
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a - b - 1             | 4
                    a / b / 2             | 1.33333
                    2 * (a + b)           | 22
                    a - (b - 1)           | 6
                    a / (b * 2)           | 1.33333
                    ceil(a / b)           | 3
                    floor(a / b)          | 2
                    ceil(100 / (2.5 * (1 - 0.2)))  | 50
                    max(a, min(b, 100))   | 8
                    size / time           | 25
                    2[kB] + size          | 2100
                    harmonic(a)           | 2.71786
                    harmonic(a * 100)     | 7.26245
                    b <= a                | 1
                    a < b                 | 0
                    1_000 * b             | 3000
                    """)
    void computes(String text, double value) {
        assertThat(parse(text).evaluate(VALUES)).isCloseTo(value, within(1e-5 * value));
    }

    @ParameterizedTest(name = "{0} is shown as {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a-b-1                 | a − b − 1
                    a-(b-1)               | a − (b − 1)
                    2*(a+b)               | 2 × (a + b)
                    a*(b*2)               | a × b × 2
                    a/(b*2)               | a ÷ (b × 2)
                    (a/b)*2               | a ÷ b × 2
                    ceil(size/(2[GB]))    | ⌈size ÷ 2 GB⌉
                    max(a,b)<=10          | max(a, b) ≤ 10
                    """)
    void is_shown_with_the_brackets_it_needs(String text, String shown) {
        assertThat(parse(text).show(NAMES::get)).isEqualTo(shown);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    size + time           | both sides must measure the same
                    max(size, 2)          | both sides must measure the same
                    size < time           | both sides must measure the same
                    a +                   | cannot be read at ''
                    a b                   | cannot be read at 'b'
                    (a                    | cannot be read at ''
                    3[tokns]              | unknown unit 'tokns'
                    sqrt(a)               | calls 'sqrt'; there are [ceil, floor, min, max, harmonic]
                    """)
    void refuses_nonsense(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(text))
                .withMessageContaining(reason);
    }

    @Test
    void knows_what_it_measures_and_reads() {
        Formula rate = parse("size / time * a");

        assertThat(rate.dimension()).hasToString("B/s");
        assertThat(rate.slots().stream()).containsExactly(0, 2, 3);
    }
}
