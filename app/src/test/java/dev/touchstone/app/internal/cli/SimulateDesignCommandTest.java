package dev.touchstone.app.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("touchstone simulate design")
class SimulateDesignCommandTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    --gpus=0           ; --gpus must be from 1 to 256, got 0; the nearest is 1
                    --gpus=-20         ; the nearest is 1
                    --budget=1         ; --budget must be from 64 to 16,384, got 1; the nearest is 64
                    --kv-type=int4     ; --kv-type 'int4' is not known; did you mean 'fp16'? There are: fp16, fp8
                    --long-at-once=999 ; --long-at-once must be from 0 to 256
                    --long-from=0      ; --long-from must be from 1 to 16,384
                    --router=random    ; --router 'random' is not known
                    --ladder=of        ; did you mean 'off'? There are: off, on
                    --gpu=5            ; Unknown option
                    """)
    void refuses_what_makes_no_sense_and_says_what_would(String arguments, String message) {
        Outcome outcome = run(arguments.split(" "));

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).doesNotContain("\tat ", "Exception");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void explains_itself() {
        assertThat(run("--help").out())
                .contains("--gpus=N", "--ladder", "--long-at-once=N", "the manager's slide");
    }

    /// What a command line came to.
    private record Outcome(int exitCode, String out, String err) {}

    private static Outcome run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exitCode =
                CommandLineInterface.run(
                        Stream.concat(Stream.of("simulate", "design"), Stream.of(arguments))
                                .toArray(String[]::new),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Map.of());
        return new Outcome(
                exitCode,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }
}
