package dev.touchstone.features;

import static dev.touchstone.features.OnlineViews.NOW;
import static dev.touchstone.features.OnlineViews.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A definition that is changed while there are rows")
class ChangedDefinitionTest {
    private static final String VIEWS =
            """
            views:
              account:
                owner: risk
                key: {account: text}
                features: {balance: double, status: text}
              card:
                owner: cards
                key: {card: long}
                events: {payment: text, amount: double}
                id: payment
                features: {paid_1d: {sum: amount, window: 1d}}
                late: {after: 10m, then: restate-and-keep}
              quiet:
                owner: risk
                key: {account: text}
                features: {seen: long}
            """;

    @TempDir private Path folder = Path.of("");

    private static FeatureRow account(long second, Value... values) {
        return new FeatureRow(EntityKey.of("a"), NOW + second * SECOND, 0, 0, List.of(values));
    }

    private static FeatureRow card(long second, Value... values) {
        return new FeatureRow(EntityKey.of(7), NOW + second * SECOND, 0, 0, List.of(values));
    }

    private void fill() throws IOException {
        apply(VIEWS);
        try (var store = open(VIEWS)) {
            OnlineStore online = store.online(NOW);
            online.push("account", List.of(account(0, Value.of(1.5), Value.of("open"))), NOW);
            online.push("card", List.of(card(0, Value.of("p1"), Value.of(10.0))), NOW);
        }
    }

    private FeatureStore open(String text) {
        return FeatureStore.open(folder, Definitions.read("features.yaml", text));
    }

    private List<DefinitionChange> apply(String text) throws IOException {
        try (var registry = Registry.open(folder)) {
            return registry.apply("features.yaml", text, NOW);
        }
    }

    private static List<Value> read(OnlineStore online, String features, long second) {
        OnlineReader reader = online.reader(List.of(features));
        OnlineRow row = reader.row();
        reader.read(
                reader.keys(Map.of("account", Value.of("a"), "card", Value.of(7L))),
                NOW + second * SECOND,
                row);
        return IntStream.range(0, row.size()).mapToObj(row::value).toList();
    }

    @ParameterizedTest(name = "compacted: {0}")
    @ValueSource(booleans = {false, true})
    void serves_old_and_new_rows_after_columns_were_added_dropped_and_moved(boolean compacted)
            throws IOException {
        fill();
        if (compacted) {
            try (var store = open(VIEWS)) {
                store.compact("account");
                store.compact("card");
            }
        }
        String changed =
                VIEWS.replace("{balance: double, status: text}", "{limit: long, balance: double}")
                        .replace(
                                "{payment: text, amount: double}",
                                "{amount: double, country: text, payment: text}")
                        .replace(
                                "window: 1d}}",
                                "window: 1d}, countries_1d: {distinct: country, window: 1d}}");
        assertThat(apply(changed))
                .extracting(DefinitionChange::name)
                .contains("account.limit", "account.status", "card.country", "card.countries_1d")
                .doesNotContain("card.paid_1d");
        try (var store = open(changed)) {
            OnlineStore online = store.online(NOW + SECOND);
            assertThat(read(online, "account.*", 1)).containsExactly(Value.MISSING, Value.of(1.5));
            online.push(
                    "card",
                    List.of(card(2, Value.of(5.0), Value.of("PT"), Value.of("p2"))),
                    NOW + 3 * SECOND);
            online.push(
                    "account", List.of(account(2, Value.of(9L), Value.of(2.5))), NOW + 3 * SECOND);
        }
        try (var store = open(changed)) {
            assertThat(read(store.online(NOW + 4 * SECOND), "card.*", 4))
                    .containsExactly(Value.of(15.0), Value.of(1L));
            assertThat(training(store))
                    .isEqualTo(
                            """
                            account,card,time,account.limit,account.balance,card.paid_1d,card.countries_1d
                            a,7,2026-03-04T12:00:01Z,,1.5,10.0,0
                            a,7,2026-03-04T12:00:05Z,9,2.5,15.0,1
                            """);
            store.compact("account");
            store.compact("card");
            assertThat(store.rowCount("account")).isEqualTo(2);
            assertThat(read(store.online(NOW), "card.paid_1d", 5)).containsExactly(Value.of(15.0));
        }
    }

    private String training(FeatureStore store) throws IOException {
        Path labels =
                Files.writeString(
                        folder.resolve("labels.csv"),
                        "account,card,time\na,7,2026-03-04T12:00:01Z\na,7,2026-03-04T12:00:05Z\n");
        Path out = folder.resolve("training.csv");
        store.buildTrainingSet(
                new TrainingSetRequest(
                        List.of("account.*", "card.*"), "time", Mode.KNOWN_AT_THE_TIME),
                labels,
                out,
                BuildProgress.UNWATCHED);
        return Files.readString(out);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "balance: double | balance: long | balance is double, and it would be long",
                "key: {account: text}\\n    features: {balance | key: {account: long}\\n    features: {balance | [account: long]",
                "amount: double} | amount: long} | amount is double, and it would be long",
                "id: payment | id: receipt | need not have a receipt each",
            })
    void is_refused_where_rows_could_not_be_read(String good, String bad, String why)
            throws IOException {
        fill();
        String changed =
                VIEWS.replace(good.replace("\\n", "\n"), bad.replace("\\n", "\n"))
                        .replace("amount: ", "receipt: text, amount: ");
        assertThat(changed).isNotEqualTo(VIEWS);
        try (var registry = Registry.open(folder)) {
            assertThat(registry.plan(Definitions.read("f.yaml", changed)))
                    .anyMatch(DefinitionChange::refused);
        }
        assertThatThrownBy(() -> apply(changed))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContainingAll(why, "new name");
        try (var registry = Registry.open(folder)) {
            assertThat(registry.current().orElseThrow().version()).isEqualTo(1);
        }
    }

    @Test
    void may_change_the_types_of_a_view_that_has_no_rows() throws IOException {
        fill();
        String changed = VIEWS.replace("seen: long", "seen: text");
        assertThat(apply(changed))
                .extracting(DefinitionChange::what)
                .containsExactly("was long and becomes text");
        try (var store = open(changed)) {
            store.append("quiet", List.of(account(0, Value.of("yes"))));
            assertThat(store.rowCount("quiet")).isEqualTo(1);
        }
    }

    @Test
    void may_not_bring_a_dropped_view_back_with_columns_that_its_rows_do_not_have()
            throws IOException {
        fill();
        String without = VIEWS.replaceFirst("(?s)  account:.*?  card:", "  card:");
        apply(without);
        assertThatThrownBy(() -> apply(VIEWS.replace("balance: double", "balance: text")))
                .hasMessageContaining("balance is double, and it would be text");
        apply(VIEWS);
        try (var store = open(VIEWS)) {
            assertThat(read(store.online(NOW), "account.balance", 1))
                    .containsExactly(Value.of(1.5));
        }
    }

    @Test
    void may_not_turn_features_into_events_nor_keep_restatements_of_another_type()
            throws IOException {
        fill();
        assertThatThrownBy(() ->
                        apply(
                                VIEWS.replace(
                                        "features: {balance: double, status: text}",
                                        "events: {balance: double, status: text}\n    features: {n: {count: balance, window: 1d}}")))
                .hasMessageContaining("features and no events");
        try (var store = open(VIEWS)) {
            OnlineStore online = store.online(NOW + 3600 * SECOND);
            online.push(
                    "card",
                    List.of(card(3600, Value.of("p2"), Value.of(1.0))),
                    NOW + 3600 * SECOND);
            online.push(
                    "card", List.of(card(1, Value.of("p3"), Value.of(2.0))), NOW + 3601 * SECOND);
            assertThat(store.restated("card")).hasSize(1);
        }
        assertThatThrownBy(() -> apply(VIEWS.replace("{sum: amount, ", "{count: amount, ")))
                .hasMessageContaining("paid_1d_before is double, and it would be long");
    }

    @Test
    void leaves_other_views_served_when_one_cannot_be_read() throws IOException {
        fill();
        String retyped = VIEWS.replace("balance: double", "balance: long");
        try (var store = open(retyped)) { // not through the registry, which refuses it
            assertThat(store.broken()).containsOnlyKeys("account");
            OnlineStore online = store.online(NOW);
            assertThat(online.broken().get("account")).contains("balance is double");
            assertThat(read(online, "card.paid_1d", 1)).containsExactly(Value.of(10.0));
            online.push("card", List.of(card(1, Value.of("p2"), Value.of(1.0))), NOW + SECOND);
            assertThat(read(online, "card.paid_1d", 2)).containsExactly(Value.of(11.0));
            assertThatThrownBy(() -> online.reader(List.of("card.paid_1d", "account.status")))
                    .isInstanceOf(OnlineUnavailableException.class)
                    .hasMessageContainingAll("view account is not served", "balance is double");
            assertThatThrownBy(() ->
                            online.push(
                                    "account",
                                    List.of(account(1, Value.of(1L), Value.of("x"))),
                                    NOW))
                    .isInstanceOf(OnlineUnavailableException.class);
            assertThat(store.parity(1000, 1).reads()).isZero();
        }
        try (var store = open(VIEWS)) {
            assertThat(read(store.online(NOW), "account.*", 1))
                    .containsExactly(Value.of(1.5), Value.of("open"));
        }
        Path log = folder.resolve("account").resolve("log-00000001");
        Files.write(log, new byte[] {1}, StandardOpenOption.WRITE);
        try (var store = open(VIEWS)) {
            assertThat(store.broken().get("account")).contains("broken at byte 0", "from a copy");
            assertThat(read(store.online(NOW), "card.paid_1d", 5)).containsExactly(Value.of(11.0));
        }
    }
}
