package dev.touchstone.features;

import static dev.touchstone.features.OnlineViews.MINUTE;
import static dev.touchstone.features.OnlineViews.NOW;
import static dev.touchstone.features.OnlineViews.SECOND;
import static dev.touchstone.features.OnlineViews.account;
import static dev.touchstone.features.OnlineViews.payment;
import static dev.touchstone.features.OnlineViews.statuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.testkit.Allocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A computed feature")
class OnlineComputedTest {
    @TempDir private Path folder = Path.of("");

    private FeatureStore open(String then) {
        return OnlineViews.open(folder, then);
    }

    @Test
    void computes_features_from_the_request_and_other_features() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            online.push(
                    "account",
                    List.of(account("a", NOW - MINUTE, Value.of(50.0), Value.of("open"))),
                    NOW);
            online.push("card", List.of(payment("p1", NOW, 10)), NOW);
            OnlineReader reader = online.reader(List.of("check.*", "card.paid_1h"));
            assertThat(reader.names())
                    .containsExactly(
                            "check.to_balance", "check.unusual", "check.abroad", "card.paid_1h");
            assertThat(reader.request().stream().map(Column::name))
                    .containsExactly("amount", "country");
            OnlineRow row = reader.row();
            OnlineKeys keys =
                    reader.keys(
                            Map.of(
                                    "account",
                                    Value.of("a"),
                                    "card",
                                    Value.of(7L),
                                    "amount",
                                    Value.of(25.0),
                                    "country",
                                    Value.of("ES")));
            reader.read(keys, NOW + SECOND, row);
            assertThat(row.size()).isEqualTo(4);
            assertThat(IntStream.range(0, 4).mapToObj(row::value))
                    .containsExactly(
                            Value.of(0.5), Value.of(true), Value.of("abroad"), Value.of(10.0));
            assertThat(row.eventTime(1)).isEqualTo(NOW);

            reader.read(keys.request(0, 20.0).request(1, Value.MISSING), NOW + SECOND, row);
            assertThat(statuses(row)).isEqualTo("PRESENT PRESENT NULL_VALUE PRESENT");
            assertThat(row.truth(1)).isFalse();
            assertThat(Allocation.bytes(() -> readAgain(reader, keys, row))).isZero();

            assertThatThrownBy(() -> reader.keys(Map.of("amount", Value.of("x"))))
                    .hasMessage("amount is DOUBLE, got Text[value=x]");
        }
    }

    @Test
    void gives_labels_the_computed_features_that_requests_were_given() throws IOException {
        try (FeatureStore store = open("restate")) {
            OnlineStore online = store.online(NOW);
            OnlineReader reader = online.reader(List.of("check.*", "card.paid_1h"));
            OnlineRow row = reader.row();
            var labels = new StringBuilder("at,account,card,amount,country\n");
            List<List<Value>> served = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                long now = NOW + i * 7L * MINUTE;
                Value balance = i % 5 == 0 ? Value.MISSING : Value.of(i % 3 - 1.0);
                online.push("account", List.of(account("a", now, balance, Value.of("x"))), now);
                online.push("card", List.of(payment("p" + i, now - MINUTE, i)), now);
                Value amount = i % 7 == 0 ? Value.MISSING : Value.of(3.0 * i);
                Value country = i % 4 == 0 ? Value.of("PT") : Value.of("ES");
                Map<String, Value> ask =
                        Map.of(
                                "account",
                                Value.of("a"),
                                "card",
                                Value.of(i % 6 == 0 ? 8L : 7L),
                                "amount",
                                amount,
                                "country",
                                country);
                long asOf = reader.read(reader.keys(ask), now + SECOND, row);
                served.add(IntStream.range(0, row.size()).mapToObj(row::value).toList());
                labels.append(
                        "%s,a,%d,%s,%s%n"
                                .formatted(
                                        Times.text(asOf),
                                        i % 6 == 0 ? 8 : 7,
                                        amount.equals(Value.MISSING) ? "" : 3.0 * i,
                                        ((Value.Text) country).value()));
            }
            Path file = Files.writeString(folder.resolve("asked.csv"), labels);
            Path out = folder.resolve("computed.csv");
            TrainingSetManifest manifest =
                    store.buildTrainingSet(
                                    new TrainingSetRequest(
                                            reader.names(), "at", Mode.KNOWN_AT_THE_TIME),
                                    file,
                                    out,
                                    BuildProgress.UNWATCHED)
                            .orElseThrow();

            List<String> lines = Files.readAllLines(out);
            assertThat(lines.getFirst())
                    .isEqualTo(
                            "at,account,card,amount,country,check.to_balance,check.unusual,check.abroad,card.paid_1h");
            for (int i = 0; i < served.size(); i++) {
                String expected =
                        served.get(i).stream()
                                .map(OnlineComputedTest::text)
                                .collect(Collectors.joining(","));
                assertThat(lines.get(1 + i)).endsWith("," + expected);
            }
            assertThat(manifest.columns())
                    .extracting(TrainingSetManifest.ColumnPart::name)
                    .containsExactlyElementsOf(reader.names());

            Files.writeString(file, "at,account,card,country\n2026-03-04T12:00:00Z,a,7,PT\n");
            assertThatThrownBy(() ->
                            store.buildTrainingSet(
                                    new TrainingSetRequest(
                                            List.of("check.to_balance"),
                                            "at",
                                            Mode.KNOWN_AT_THE_TIME),
                                    file,
                                    folder.resolve("none.csv"),
                                    BuildProgress.UNWATCHED))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("amount");
        }
    }

    private static String text(Value value) {
        return switch (value) {
            case Value.Missing _ -> "";
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(long whole) -> Long.toString(whole);
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
            case Value.Text(String text) -> text;
        };
    }

    private static void readAgain(OnlineReader reader, OnlineKeys keys, OnlineRow row) {
        reader.read(keys, NOW + 2 * SECOND, row);
    }
}
