package dev.touchstone.features;

import static dev.touchstone.features.OnlineViews.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.testkit.Eventually;
import dev.touchstone.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A file of events that have no id")
class AppendFileTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MANY = 60_000;
    private static final Definitions DEFINITIONS =
            Definitions.read(
                    "append.yaml",
                    """
                    views:
                      card:
                        owner: cards
                        key: {card: long}
                        events: {amount: long}
                        features:
                          payments: {count: amount, window: 365d}
                          paid: {sum: amount, window: 365d}
                    """);

    @TempDir private Path folder = Path.of("");

    private Path file(String name, Stream<String> lines) throws IOException {
        return Files.writeString(
                folder.resolve(name),
                Stream.concat(Stream.of("card,amount,event_time"), lines)
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    private FeatureStore open() {
        return FeatureStore.open(folder.resolve("store"), DEFINITIONS);
    }

    private static List<Value> served(FeatureStore store) throws IOException {
        OnlineReader reader = store.online(NOW).reader(List.of("card.*"));
        OnlineRow row = reader.row();
        reader.read(reader.keys(Map.of("card", Value.of(7L))), NOW, row);
        return List.of(row.value(0), row.value(1));
    }

    private static String line(int amount) {
        return "7,%d,2026-03-04T11:%02d:00Z".formatted(amount, amount % 60);
    }

    @ParameterizedTest(name = "served: {0}")
    @ValueSource(booleans = {false, true})
    void is_counted_once_however_often_it_is_appended(boolean online) throws IOException {
        Path file = file("a.csv", Stream.of(line(1), line(2), line(3)));
        try (var store = open()) {
            if (online) {
                served(store);
            }
            assertThat(store.appendFile("card", file)).isEqualTo(new Appended(3, 0));
            assertThat(store.appendFile("card", file)).isEqualTo(new Appended(0, 3));
            store.compact("card"); // the logs that remember it go
        }
        Path moved = Files.move(file, folder.resolve("b.csv"));
        try (var store = open()) {
            assertThat(store.appendFile("card", moved)).isEqualTo(new Appended(0, 3));
            assertThat(served(store)).containsExactly(Value.of(3L), Value.of(6L));
            assertThat(store.appendFileAgain("card", moved)).isEqualTo(new Appended(3, 0));
            assertThat(served(store)).containsExactly(Value.of(6L), Value.of(12L));
            Path other = file("c.csv", Stream.of(line(1), line(2), line(3), line(4)));
            assertThat(store.appendFile("card", other)).isEqualTo(new Appended(4, 0));
        }
    }

    @Test
    void is_taken_as_a_whole_or_not_at_all_when_a_line_is_bad() throws IOException {
        List<String> lines =
                IntStream.range(0, 12_000)
                        .mapToObj(AppendFileTest::line)
                        .collect(Collectors.toList());
        lines.set(11_000, "7,much,2026-03-04T11:00:00Z");
        Path file = file("a.csv", lines.stream());
        try (var store = open()) {
            assertThatThrownBy(() -> store.appendFile("card", file))
                    .hasMessageContainingAll("line 11002", "much");
            assertThat(store.rowCount("card")).isZero();
            lines.set(11_000, line(11_000));
            file("a.csv", lines.stream());
            assertThat(store.appendFile("card", file)).isEqualTo(new Appended(12_000, 0));
            assertThat(served(store).getFirst()).isEqualTo(Value.of(12_000L));
        }
    }

    @Test
    void is_taken_though_its_rows_are_too_large_to_be_written_at_once() throws IOException {
        Definitions wide =
                Definitions.read(
                        "wide.yaml",
                        """
                        views:
                          card:
                            owner: cards
                            key: {card: long}
                            features: {note: text}
                        """);
        String line = "7,%s,2026-03-04T11:00:00Z%n".formatted("x".repeat(20_000));
        Path file =
                Files.writeString(
                        folder.resolve("wide.csv"), "card,note,event_time\n" + line.repeat(4_000));
        try (var store = FeatureStore.open(folder.resolve("store"), wide)) {
            assertThat(store.appendFile("card", file)).isEqualTo(new Appended(4_000, 0));
            assertThat(store.appendFile("card", file)).isEqualTo(new Appended(0, 4_000));
            assertThat(store.rowCount("card")).isEqualTo(4_000);
        }
    }

    @Test
    void is_counted_once_when_processes_that_append_it_are_killed() throws Exception {
        Path file = file("a.csv", IntStream.range(0, MANY).mapToObj(AppendFileTest::line));
        Path log = folder.resolve("store").resolve("card").resolve("log-00000001");
        long before = 0;
        for (int kill = 0; kill < 4; kill++) {
            long enough = before + 300_000; // bytes: another batch or two
            try (var appender =
                    JavaProcess.start(
                            JavaProcess.testClassPath(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            Appender.class.getName(),
                            folder.toString())) {
                appender.awaitLine("begins", LIMIT);
                Eventually.holds(
                        "more rows or the end",
                        () ->
                                (Files.exists(log) && log.toFile().length() > enough)
                                        || appender.output().contains("ends"));
                appender.kill();
                appender.awaitExit(LIMIT);
            }
            before = Files.size(log);
            try (var store = open()) {
                assertThat(store.rowCount("card")).isBetween(1L, (long) MANY);
            }
        }
        try (var store = open()) {
            long found = store.rowCount("card");
            assertThat(store.appendFile("card", file)).isEqualTo(new Appended(MANY - found, found));
            long sum = IntStream.range(0, MANY).asLongStream().sum();
            assertThat(served(store)).containsExactly(Value.of((long) MANY), Value.of(sum));
        }
    }

    /// The program that is killed.
    static final class Appender {
        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            System.out.println("begins");
            try (var store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
                store.appendFile("card", folder.resolve("a.csv"));
            }
            System.out.println("ends");
        }
    }
}
