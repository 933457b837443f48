package dev.touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.cli.CommandLineInterface;
import dev.touchstone.app.testing.RawHttp.Response;
import dev.touchstone.app.testing.ServerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("While a server serves a store, the commands")
class FeaturesBesideServerTest {
    private static final String DEFINITIONS =
            """
            views:
              account:
                owner: risk
                key: {account: text}
                features: {balance: double}
              card:
                owner: cards
                key: {card: long}
                events: {amount: double}
                features: {paid_1h: {sum: amount, window: 1h}}
            """;

    private static final String AT = "2026-11-23T09:31:00Z";

    @TempDir private Path directory = Path.of("");

    private record Result(int code, String out, String err) {}

    private Result features(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code =
                CommandLineInterface.run(
                        Stream.concat(
                                        Stream.of("features"),
                                        Stream.concat(
                                                Stream.of(arguments),
                                                Stream.of(
                                                        "--store",
                                                        directory.resolve("features").toString())))
                                .toArray(String[]::new),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Map.of());
        return new Result(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static void post(ServerProcess server, String path, String body) throws IOException {
        Response answer = server.http().postJson(path, body.replace('\'', '"'));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void that_only_read_work_and_those_that_write_say_who_holds_it() throws Exception {
        Path definitions = Files.writeString(directory.resolve("features.yaml"), DEFINITIONS);
        assertThat(features("apply", definitions.toString()).code()).isZero();
        try (ServerProcess server = ServerProcess.start(directory)) {
            post(
                    server,
                    "/push",
                    "{'push_source_name': 'account', 'df': {'account': ['a'], 'balance': [12.5], 'event_timestamp': ['2026-11-23T09:00:00Z']}}");
            post(
                    server,
                    "/push",
                    "{'push_source_name': 'card', 'df': {'card': [7], 'amount': [3], 'event_timestamp': ['2026-11-23T09:29:00Z']}}");

            assertThat(features("list").out()).contains("account", "1 rows");
            assertThat(features("show").out()).contains("version 1");
            assertThat(features("explain", "account", "a", "--at", AT).out())
                    .contains("The row that wins is served.", "balance 12.5");
            assertThat(features("explain", "card", "7", "--at", AT).out()).contains("paid_1h 3.0");
            Path labels =
                    Files.writeString(
                            directory.resolve("labels.csv"),
                            "account,card,time\na,7,%s\n".formatted(AT));
            Path out = directory.resolve("set.csv");
            Result join =
                    features(
                            "join",
                            "--labels",
                            labels.toString(),
                            "--features",
                            "account.*,card.*",
                            "--out",
                            out.toString());
            assertThat(join.code()).as(join.err()).isZero();
            assertThat(Files.readString(out)).contains("12.5,3.0");
            assertThat(
                            features(
                                            "audit",
                                            out.toString(),
                                            "--column",
                                            "account.balance=account.balance")
                                    .err())
                    .isEmpty();
            assertThat(features("parity").out()).contains("0 reads");

            Path rows =
                    Files.writeString(
                            directory.resolve("rows.csv"),
                            "account,balance,event_time\na,1,2026-11-23T09:00:00Z\n");
            Path changed =
                    Files.writeString(
                            directory.resolve("more.yaml"),
                            DEFINITIONS.replace("owner: cards", "owner: payments"));
            for (Result refused :
                    List.of(
                            features("append", "account", rows.toString()),
                            features("compact", "account"),
                            features("apply", changed.toString()))) {
                assertThat(refused.code()).isEqualTo(1);
                assertThat(refused.err()).contains("is in use by process " + server.pid());
            }
        }
        assertThat(features("list").out()).contains("account", "1 rows");
    }
}
