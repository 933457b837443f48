package dev.touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.cli.CommandLineInterface;
import dev.touchstone.app.internal.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@DisplayName("touchstone features audit")
class FeaturesAuditCommandTest {
    @TempDir private Path directory = Path.of("");

    private record Result(int code, String out, String err) {}

    /// Two payments, of which the second was known a day later, and a set that counted both.
    @BeforeEach
    void write() throws IOException {
        Files.writeString(
                directory.resolve("features.yaml"),
                """
                views:
                  card:
                    owner: cards
                    key: {card: long}
                    events: {amount: double}
                    features: {paid_7d: {sum: amount, window: 7d}}
                  check:
                    owner: fraud
                    request: {now: double}
                    features: {share: {value: "now / card.paid_7d"}}
                """);
        Files.writeString(
                directory.resolve("events.csv"),
                """
                card,event_time,available_time,amount
                7,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z,10.0
                7,2026-01-02T00:00:00Z,2026-01-03T00:00:00Z,30.0
                """);
        Files.writeString(
                directory.resolve("set.csv"),
                """
                time,card,now,card.paid_7d,check.share
                2026-01-02T12:00:00Z,7,20.0,40.0,0.5
                2026-01-02T12:00:00Z,7,20.0,10.0,2.0
                """);
        assertThat(features("append", "card", at("events.csv")).code()).isZero();
    }

    @Test
    void proves_leaks_of_a_window_and_of_the_formula_that_uses_it() throws IOException {
        String proofs = at("proofs.csv");
        Result audit = features("audit", at("set.csv"), "--proofs", proofs);

        assertThat(audit.err()).isEmpty();
        assertThat(audit.code()).isEqualTo(1);
        assertThat(audit.out())
                .contains(
                        "line 2, card.paid_7d of 7: 40.0 leaked",
                        "line 2, check.share of 7: 0.5 leaked",
                        "label 2026-01-02T12:00:00Z, 12.0 h too early, from rows that had happened",
                        "event 2026-01-02T00:00:00Z, available 2026-01-03T00:00:00Z",
                        "  1 from rows that had happened, but were not known yet",
                        "2 cells leak");
        assertThat(Path.of(proofs))
                .content()
                .contains(
                        "2,check.share,7,2026-01-02T12:00:00Z,0.5,not-known,2026-01-02T00:00:00Z");
    }

    @Test
    void tells_programs_the_same_as_json() {
        Result audit = features("audit", at("set.csv"), "--json");

        assertThat(audit.code()).isEqualTo(1);
        JsonNode read = Json.readObject(audit.out().getBytes(StandardCharsets.UTF_8));
        assertThat(read.at("/leaked").asInt()).isEqualTo(2);
        assertThat(read.at("/columns/0/cells/as-served").asInt()).isEqualTo(1);
        assertThat(read.at("/columns/1/causes/not-known").asInt()).isEqualTo(1);
        assertThat(read.at("/proofs/0/leadSeconds").asDouble()).isEqualTo(43_200);
        assertThat(read.at("/proofs/0/rows/0/availableTime").asString())
                .isEqualTo("2026-01-03T00:00:00Z");
    }

    @Test
    void accuses_nothing_in_a_set_that_the_store_builds_itself() throws IOException {
        String out = at("built.csv");
        Files.writeString(
                directory.resolve("labels.csv"), "time,card,now\n2026-01-02T12:00:00Z,7,20.0\n");
        String[] join = {
            "join", "--labels", at("labels.csv"), "--features", "card.*,check.*", "--out", out
        };
        assertThat(features(join).code()).isZero();
        Result audit = features("audit", out);
        assertThat(audit.code()).isZero();
        assertThat(audit.out()).contains("No cell leaks.");
    }

    private String at(String name) {
        return directory.resolve(name).toString();
    }

    private Result features(String... arguments) {
        String[] store = {"--definitions", at("features.yaml"), "--store", at("store")};
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        String[] all =
                Stream.of(new String[] {"features"}, arguments, store)
                        .flatMap(Stream::of)
                        .toArray(String[]::new);
        int code = CommandLineInterface.run(all, print(out), print(err), Map.of());
        return new Result(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }
}
