package dev.touchstone.arena.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A hint for an unknown name")
class NamesTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    contxt-cap  ~ did you mean 'context-cap'? known are: context-cap, gpus, pools
                    gpu         ~ did you mean 'gpus'? known are: context-cap, gpus, pools
                    pool        ~ did you mean 'pools'? known are: context-cap, gpus, pools
                    network     ~ known are: context-cap, gpus, pools
                    ''          ~ known are: context-cap, gpus, pools
                    """)
    void offers_the_nearest_one_that_is_near_enough(String name, String hint) {
        assertThat(Names.hint(name, List.of("pools", "gpus", "context-cap"))).isEqualTo(hint);
    }

    @Test
    void lists_no_more_than_twenty_and_says_where_there_are_none() {
        List<String> many = IntStream.range(100, 130).mapToObj(i -> "lever-" + i).toList();

        assertThat(Names.hint("x", many)).endsWith("lever-119, …").doesNotContain("lever-120");
        assertThat(Names.hint("x", List.of())).isEqualTo("there are none");
    }
}
