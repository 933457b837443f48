package dev.touchstone.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Java process under test")
class JavaProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void prints_lines_that_can_be_awaited_in_order() throws Exception {
        try (var process = start("greet")) {
            assertThat(process.awaitLine("port (\\d+)", LIMIT).group(1)).isEqualTo("7");
            assertThat(process.awaitLine("ready", LIMIT).group()).isEqualTo("ready");
            assertThat(process.awaitExit(LIMIT)).isEqualTo(3);
            assertThat(process.output()).isEqualTo("port 7\nport 7 is ready");
        }
    }

    @Test
    void is_killed_without_a_chance_to_clean_up() throws Exception {
        try (var process = start("hang")) {
            process.awaitLine("hanging", LIMIT);
            process.kill();

            assertThat(process.awaitExit(LIMIT)).isEqualTo(128 + 9);
            assertThat(process.output()).isEqualTo("hanging");
        }
    }

    @Test
    void fails_with_its_output_when_a_line_never_comes() throws Exception {
        try (var process = start("hang")) {
            process.awaitLine("hanging", LIMIT);
            assertThatThrownBy(() -> process.awaitLine("ready", Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContainingAll("/ready/", "within PT0.05S", "hanging");
            process.kill();
            assertThatThrownBy(() -> process.awaitLine("ready", LIMIT))
                    .hasMessageContaining("before the output ended");
        }
    }

    @Test
    void is_not_waited_for_longer_than_the_limit() throws Exception {
        try (var process = start("hang")) {
            assertThatThrownBy(() -> process.awaitExit(Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("still ran after PT0.05S");
        }
    }

    private static JavaProcess start(String mode) throws IOException {
        var classes = Program.class.getProtectionDomain().getCodeSource().getLocation();
        return JavaProcess.start(classes.getPath(), Program.class.getName(), mode);
    }

    /// What the tests start.
    static final class Program {
        public static void main(String[] arguments) throws InterruptedException {
            switch (arguments[0]) {
                case "greet" -> {
                    System.out.println("port 7");
                    System.err.println("port 7 is ready");
                    System.exit(3);
                }
                default -> {
                    Runtime.getRuntime()
                            .addShutdownHook(new Thread(() -> System.out.println("bye")));
                    System.out.println("hanging");
                    new CountDownLatch(1).await();
                }
            }
        }
    }
}
