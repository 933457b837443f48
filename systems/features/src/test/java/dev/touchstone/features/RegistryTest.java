package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A registry")
class RegistryTest {
    private static final String FIRST =
            """
            views:
              account:
                owner: payments-risk
                key: {account: text}
                features: {balance: double, status: text}
              card:
                owner: cards
                key: {card: long}
                events: {payment: text, amount: double}
                id: payment
                features:
                  paid_1h: {sum: amount, window: 1h}
                  paid_1d: {sum: amount, window: 1d}
                  payments_1h: {count: payment, window: 1h}
            models:
              fraud: {owner: ml, features: [account.balance, card.paid_1h]}
            """;

    private static final long TIME = Times.parse("2026-03-04T12:00:00Z");

    @TempDir private Path folder = Path.of("");

    @Test
    void counts_versions_of_all_and_of_each_view() throws IOException {
        try (var registry = Registry.open(folder)) {
            assertThat(registry.current()).isEmpty();
            registry.apply("a.yaml", FIRST, TIME);
            assertThat(registry.apply("a.yaml", FIRST, TIME)).isEmpty();
            List<DefinitionChange> changes =
                    registry.apply("a.yaml", FIRST.replace("owner: cards", "owner: issuing"), TIME);
            assertThat(changes)
                    .extracting(DefinitionChange::name, DefinitionChange::what)
                    .containsExactly(tuple("card", "its owner was cards and becomes issuing"));
        }
        try (var registry = Registry.open(folder)) {
            Registry.Applied current = registry.current().orElseThrow();
            assertThat(current.version()).isEqualTo(2);
            assertThat(current.time()).isEqualTo("2026-03-04T12:00:00Z");
            assertThat(current.views()).containsEntry("account", 1).containsEntry("card", 2);
            assertThat(current.definitions().view("card").owner()).isEqualTo("issuing");
            assertThat(registry.all()).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sum: amount, window: 1h | sum: amount, window: 2h | card.paid_1h",
                "sum: amount, window: 1h | mean: amount, window: 1h | card.paid_1h",
                "balance: double | balance: long | account.balance",
                "key: {account: text} | key: {account: long} | account",
                "id: payment | boundary: \"<\" | card",
            })
    void refuses_a_change_that_breaks_what_a_model_reads(String good, String bad, String name)
            throws IOException {
        try (var registry = Registry.open(folder)) {
            registry.apply("a.yaml", FIRST, TIME);
            assertThat(FIRST).contains(good);
            assertThatThrownBy(() -> registry.apply("a.yaml", FIRST.replace(good, bad), TIME))
                    .isInstanceOf(DefinitionException.class)
                    .hasMessageContainingAll(name + ": ", "still read by [fraud (ml)]");
            assertThat(registry.current().orElseThrow().version()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sum: amount, window: 1d | sum: amount, window: 2d",
                "features: [account.balance, card.paid_1h] | features: [account.balance]",
                "owner: cards | owner: us",
            })
    void applies_a_change_that_breaks_nobody(String before, String after) throws IOException {
        try (var registry = Registry.open(folder)) {
            registry.apply("a.yaml", FIRST, TIME);
            assertThat(FIRST).contains(before);
            assertThat(registry.apply("a.yaml", FIRST.replace(before, after), TIME)).hasSize(1);
        }
    }

    @Test
    void knows_what_breaks_when_something_goes() {
        var lineage = new Lineage(Definitions.read("a.yaml", FIRST));
        assertThat(lineage.breaks("card:amount"))
                .isEqualTo(
                        new Lineage.Breakage(
                                List.of("card.paid_1h", "card.paid_1d"),
                                Definitions.read("a.yaml", FIRST).models(),
                                List.of("cards", "ml")));
        assertThat(lineage.breaks("card:payment").features()).containsExactly("card.payments_1h");
        assertThat(lineage.breaks("card:payment").models()).isEmpty();
        assertThat(lineage.breaks("account").features())
                .containsExactly("account.balance", "account.status");
        assertThatThrownBy(() -> lineage.breaks("card.paid"))
                .hasMessageContaining("view card has [paid_1h, paid_1d, payments_1h]");
        assertThatThrownBy(() -> lineage.breaks("crd")).hasMessageContaining("no view");
    }

    @Test
    void knows_it_for_a_hundred_thousand_features() {
        List<ViewDefinition> views = new ArrayList<>();
        List<Model> models = new ArrayList<>();
        for (int v = 0; v < 1_000; v++) {
            List<Column> features =
                    IntStream.range(0, 100)
                            .mapToObj(f -> new Column("f" + f, ColumnType.DOUBLE))
                            .toList();
            var key = List.of(new Column("k", ColumnType.LONG));
            views.add(
                    new ViewDefinition(
                            new FeatureView("v" + v, key, features, AsOfRule.DEFAULT), "o" + v));
            int view = v;
            models.add(
                    new Model(
                            "m" + v,
                            "ml",
                            IntStream.range(0, 100).mapToObj(f -> "v" + view + ".f" + f).toList()));
        }
        var lineage = new Lineage(new Definitions(views, models));
        assertThat(lineage.breaks("v17").features()).hasSize(100);
        assertThat(lineage.breaks("v17.f3").models()).containsExactly(models.get(17));
    }
}
