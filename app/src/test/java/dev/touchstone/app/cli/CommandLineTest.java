package dev.touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.Main;
import dev.touchstone.app.internal.cli.CommandLineInterface;
import dev.touchstone.app.testing.Documents;
import dev.touchstone.testkit.JavaProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The command touchstone")
class CommandLineTest {
    @TempDir private Path directory = Path.of("");

    private record Result(int code, String out, String err) {}

    @Test
    void without_a_command_says_what_to_do() {
        Result result = run();
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("touchstone up").doesNotContain("Exception");
    }

    @Test
    void lists_its_commands_and_incidents() {
        assertThat(run("help").out()).contains("up", "incident", "version");
        assertThat(run("version").out()).startsWith("touchstone ");
        assertThat(run("incident", "list").out()).contains("WR4");
    }

    @Test
    void writes_numbers_the_same_in_every_country() throws Exception {
        try (var process =
                JavaProcess.start(
                        JavaProcess.testClassPath(),
                        "-Duser.language=de",
                        "-Duser.country=DE",
                        Main.class.getName(),
                        "drill",
                        "D2",
                        "--seed=0",
                        "--answer=430 GB")) {
            assertThat(process.awaitExit(Duration.ofSeconds(60))).isZero();
            assertThat(process.output()).contains("Right, 0.1 % off.");
        }
    }

    @Test
    void says_what_was_wrong_with_an_option() {
        Result result = run("up", "--port", "70000");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--port", "65535", "70000");
        assertThat(run("up", "--prot=1").err()).contains("--prot", "touchstone up --help");
    }

    @Test
    void takes_no_empty_name_for_the_working_directory() {
        Result result = run("up", "--no-open", "--port", "0", "--data", "");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--data is empty");
    }

    @Test
    void says_that_there_is_no_such_command_to_help_with() {
        Result result = run("help", "nonsense");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("nonsense");
        assertThat(run("help", "up").code()).isZero();
    }

    @Test
    void tells_a_trace_that_is_no_plain_file_from_one_that_is_not_there() {
        Result result = run("simulate", "llm", "--trace", "/dev/null");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("/dev/null is no plain file");
    }

    @Test
    void does_not_open_itself_to_the_network_without_a_token() {
        Result result = run("up", "--bind", "0.0.0.0", "--data", directory.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("0.0.0.0", "--token");
    }

    @Test
    void says_when_the_port_is_taken_and_which_option_helps() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            Result result = run("up", "--port", port, "--no-open", "--data", directory.toString());
            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err()).contains(port, "in use", "--port").doesNotContain("\tat ");
        }
    }

    @Test
    void says_when_it_cannot_keep_its_runs_where_it_is_told_to() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        Result result = run("up", "--port", "0", "--no-open", "--data", file.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("cannot keep runs in " + file, "--data");
    }

    @Test
    void plays_a_script_and_prints_the_report() throws IOException {
        Path script = script("incident: WR4\nseed: 5\nactions:\n  - {do: wait, duration: 1m}\n");
        Result readable = run("incident", "run", "WR4", "--script", script.toString());
        assertThat(readable.err()).isEmpty();
        assertThat(readable.code()).isZero();
        assertThat(readable.out()).contains("of 100", "Users hurt", "event log");
        assertThat(readable.out().lines().map(String::length)).allMatch(length -> length <= 80);

        Result json = run("incident", "run", "wr4", "--json", "--script", script.toString());
        assertThat(Documents.read(json.out()).get("seed").asInt()).isEqualTo(5);
    }

    @Test
    void says_file_and_field_of_a_script_that_it_cannot_play() throws IOException {
        Path broken = script("incident: WR4\nseed: 5\nactions:\n  - {do: fly}\n");
        Result result = run("incident", "run", "WR4", "--script", broken.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("script.yaml", "fly").doesNotContain("\tat ");

        Path empty = script("");
        assertThat(run("incident", "run", "WR4", "--script", empty.toString()).err())
                .contains("script.yaml: it is empty, but an object is wanted");

        Path refused =
                script(
                        "incident: WR4\nseed: 5\nactions:\n  - {do: pull, lever: long-lane, option: \"9\"}\n");
        assertThat(run("incident", "run", "WR4", "--script", refused.toString()).err())
                .contains("script.yaml: actions[0]", "long-lane", "'9'", "known are");

        assertThat(run("incident", "run", "WR9", "--script", broken.toString()).err())
                .contains("WR9", "WR4");
        assertThat(run("incident", "run", "WR4", "--script", "none.yaml").err())
                .contains("there is no file none.yaml");
        assertThat(run("incident", "run", "WR4").code()).isEqualTo(2);
    }

    @Test
    void builds_a_training_set_from_files() throws IOException {
        Path definitions = directory.resolve("features.yaml");
        Files.writeString(
                definitions,
                "views: {account: {owner: risk, key: {account: text}, features: {balance: double}}}");
        Path rows = directory.resolve("rows.csv");
        Files.writeString(
                rows,
                """
                account,event_time,available_time,balance
                a,2026-01-01T00:00:00Z,2026-01-01T06:00:00Z,10.0
                a,2026-01-01T00:00:00Z,2026-01-04T00:00:00Z,99.0
                """);
        Path labels = directory.resolve("labels.csv");
        Files.writeString(labels, "time,account,fraud\n2026-01-02T00:00:00Z,a,1\n");
        String[] store = {
            "--definitions", definitions.toString(), "--store", directory.resolve("s").toString()
        };

        assertThat(features(store, "append", "account", rows.toString()).out())
                .isEqualTo("Appended 2 rows to account; it has 2.\n");
        assertThat(features(store, "compact", "account").code()).isZero();
        assertThat(features(store, "list").out()).contains("account", "2 rows", "owner risk");
        Path out = directory.resolve("training.csv");
        String[] join = {
            "join", "--labels", labels.toString(), "--features", "account.*", "--out", "" + out
        };
        assertThat(features(store, join).out()).contains("1 labels", "100.0 %");
        assertThat(out)
                .hasContent("time,account,fraud,account.balance\n2026-01-02T00:00:00Z,a,1,10.0\n");

        Result why = features(store, "explain", "account", "a", "--at", "2026-01-02T00:00:00Z");
        assertThat(why.out())
                .startsWith("The row that wins is served.")
                .containsSubsequence("was not known yet", "balance 99.0", "WINS", "balance 10.0");
        assertThat(features(store, "explain", "account", "a", "--at", "noon").err())
                .contains("'noon' is no time with a zone");

        Result again = features(store, join);
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("training.csv is there already").doesNotContain("\tat ");
        join[6] = directory.resolve("training.xlsx").toString();
        assertThat(features(store, join).err())
                .contains("training.xlsx ends in no format that is known", ".parquet");
        assertThat(features(store, "append", "acount", rows.toString()).err())
                .contains("no view is called 'acount'; there are [account]");
        assertThat(features(store, "append", "account", "none.csv").err())
                .contains("there is no file none.csv");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            textBlock =
                    """
                    --drafts=3                           ; add --speculate ngram or leave it out
                    --router=session                     ; is for a router; name its servers with --upstream
                    --stall-seconds=5                    ; --stall-seconds is for a router
                    --long-from=9000                     ; --long-from is for a router
                    --upstream=http://h:1 --long-from=9  ; goes with --long-upstream
                    --long-upstream=http://h:1           ; name one with --upstream
                    --upstream=http://h --long-upstream=http://h:80/ ; 'http://h' is named twice
                    --upstream=http://h --threads=2      ; --threads is about a model that is served here
                    --upstream=http://h --kv-type=fp8    ; --kv-type is about a model that is served here
                    --upstream=http://h/v1               ; without a path
                    --upstream=http://h --model=m.gguf   ; leave one of them out
                    """)
    void serves_nothing_with_an_option_that_would_do_nothing(String options, String reason) {
        String[] arguments = ("llm serve --port=0 " + options).split(" ");
        Result result = run(arguments);

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains(reason);
    }

    @Test
    void serves_no_features_from_a_folder_that_is_not_there() {
        Path store = directory.resolve("nowhere");
        Result result =
                run("up", "--no-open", "--data", directory.toString(), "--features", "" + store);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("--features: there is no folder " + store, "apply");
        assertThat(run("up", "--no-open", "--features", directory.toString()).err())
                .contains("there is no feature store in " + directory, "apply");
    }

    @Test
    void builds_a_training_set_from_parquet_as_it_lies() throws IOException {
        Path definitions = directory.resolve("features.yaml");
        Files.writeString(
                definitions,
                "views: {account: {owner: risk, key: {account: text}, features: {balance: double}}}");
        Path rows = directory.resolve("rows.csv");
        Files.writeString(
                rows,
                "account,event_time,balance\na,2026-01-01T00:00:00Z,10.0\nb,2026-01-03T00:00:00Z,7.5\n");
        Path labels = directory.resolve("labels.csv");
        Files.writeString(labels, "time,account\n2026-01-02T00:00:00Z,a\n2026-01-04T00:00:00Z,b\n");
        String[] store = {
            "--definitions", definitions.toString(), "--store", directory.resolve("s").toString()
        };
        features(store, "append", "account", rows.toString());
        String set = directory.resolve("set.parquet").toString();
        String[] join = {
            "join", "--labels", labels.toString(), "--features", "account.balance", "--out", set
        };
        assertThat(features(store, join).code()).isZero();

        // The set has a key, a time and a feature: what a history has.
        Path again = directory.resolve("again.csv");
        String[] streamed = {
            "join",
            "--labels",
            labels.toString(),
            "--from",
            "account=" + set,
            "--from-column",
            "account.event_time=time",
            "--from-column",
            "account.balance=account.balance",
            "--features",
            "account.balance",
            "--out",
            again.toString()
        };
        assertThat(features(store, streamed).err()).isEmpty();
        assertThat(again)
                .hasContent(
                        """
                        time,account,account.balance
                        2026-01-02T00:00:00Z,a,10.0
                        2026-01-04T00:00:00Z,b,7.5
                        """);
        streamed[6] = "other.event_time=time";
        assertThat(features(store, streamed).err()).contains("is of no view with --from");
    }

    @Test
    void walks_through_a_leak_with_commands_that_can_be_repeated() throws IOException {
        Path folder = directory.resolve("demo");
        Result demo = run("features", "demo", "--dir", folder.toString(), "--seed", "3");

        assertThat(demo.err()).isEmpty();
        assertThat(demo.code()).isZero();
        assertThat(demo.out().lines()).allMatch(line -> line.length() <= 100 + "/demo".length());
        assertThat(demo.out())
                .containsSubsequence(
                        "1. Define",
                        "2. Ingest",
                        "3. Train",
                        "month-end join, offline",
                        "as-of join, offline",
                        "4. The leak",
                        "5. The cure",
                        "6. The other fault");
        String[] store = {
            "--definitions",
            folder.resolve("features.yaml").toString(),
            "--store",
            folder.resolve("feature-store").toString()
        };
        assertThat(features(store, "list").out()).contains("merchant", "66,000 rows");

        // The printed commands give the same files again.
        Path again = directory.resolve("again.csv");
        String all = "account.*,merchant.*,device.*";
        String labels = folder.resolve("labels.csv").toString();
        for (String[] as : new String[][] {{"naive", "month_end"}, {"as-of", "time"}}) {
            Files.deleteIfExists(again);
            String[] join = {
                "join", "--labels", labels, "--features", all, "--time", as[1], "--out", "" + again
            };
            assertThat(features(store, join).code()).isZero();
            assertThat(again).hasSameTextualContentAs(folder.resolve(as[0] + ".csv"));
        }

        Path proofs = directory.resolve("proofs.csv");
        String naive = folder.resolve("naive.csv").toString();
        Result leaks = features(store, "audit", naive, "--proofs", proofs.toString());
        assertThat(leaks.code()).isEqualTo(1);
        assertThat(leaks.err()).isEmpty();
        assertThat(leaks.out()).contains("line 2, account.payments_30d of a-0", "cells leak");
        assertThat(Files.readString(proofs).lines().count()).isGreaterThan(60_000);
        Result clean = features(store, "audit", folder.resolve("as-of.csv").toString());
        assertThat(clean.code()).isZero();
        assertThat(clean.out()).contains("No cell leaks.");

        assertThat(run("features", "demo", "--dir", folder.toString()).err())
                .contains(folder.toString(), "is not empty")
                .doesNotContain("\tat ");
    }

    @Test
    void proves_a_leak_in_a_set_whose_columns_have_other_names() throws IOException {
        Path definitions = directory.resolve("features.yaml");
        Files.writeString(
                definitions,
                "views: {account: {owner: risk, key: {account: text}, features: {balance: double}}}");
        Path rows = directory.resolve("rows.csv");
        Files.writeString(
                rows,
                """
                account,event_time,available_time,balance
                a,2026-01-01T00:00:00Z,2026-01-01T06:00:00Z,10.0
                a,2026-01-01T00:00:00Z,2026-01-04T00:00:00Z,99.0
                """);
        Path set = directory.resolve("set.csv");
        Files.writeString(set, "when,account,money\n2026-01-02T00:00:00Z,a,99.0\n");
        String[] store = {
            "--definitions", definitions.toString(), "--store", directory.resolve("s").toString()
        };
        features(store, "append", "account", rows.toString());

        String[] audit = {
            "audit", set.toString(), "--time", "when", "--column", "money=account.balance"
        };
        Result leak = features(store, audit);
        assertThat(leak.code()).isEqualTo(1);
        assertThat(leak.out())
                .contains(
                        "line 2, money of a: 99.0 leaked",
                        "label 2026-01-02T00:00:00Z, 2.0 d too early, from rows that had happened,",
                        "event 2026-01-01T00:00:00Z, available 2026-01-04T00:00:00Z",
                        "1 cell leaks: its value could not be known");
        assertThat(features(store, "audit", set.toString(), "--time", "when").err())
                .contains("no column named view.feature", "--column");
    }

    private static Result features(String[] store, String... arguments) {
        return run(
                Stream.of(new String[] {"features"}, arguments, store)
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
    }

    private Path script(String text) throws IOException {
        return Files.writeString(directory.resolve("script.yaml"), text);
    }

    private static Result run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code = CommandLineInterface.run(arguments, print(out), print(err), Map.of());
        return new Result(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }
}
