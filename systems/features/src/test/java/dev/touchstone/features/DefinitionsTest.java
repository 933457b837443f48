package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Definitions")
class DefinitionsTest {
    private static final String GOOD =
            """
            views:
              account:
                owner: payments-risk
                key: {account: text}
                features:
                  balance: double
                  opened: timestamp
                boundary: "<"
                delay: 5s
                maxAge: 7d
                staleness: availability
            """;

    @Test
    void say_key_features_and_rule() {
        FeatureView view = Definitions.read("f.yaml", GOOD).view("account").view();
        assertThat(view.key()).containsExactly(new Column("account", ColumnType.TEXT));
        assertThat(view.features())
                .containsExactly(
                        new Column("balance", ColumnType.DOUBLE),
                        new Column("opened", ColumnType.TIMESTAMP));
        assertThat(view.rule())
                .isEqualTo(
                        new AsOfRule(
                                AsOfRule.Boundary.BEFORE,
                                5_000_000_000L,
                                604_800_000_000_000L,
                                AsOfRule.StalenessClock.AVAILABILITY));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "balance: double | balance: float | line 6 | account.features.balance | double",
                "boundary: \"<\" | boundary: \"<<\" | line 8 | views.account.boundary | [<, <=]",
                "maxAge: 7d | maxage: 7d | line 10 | views.account.maxage | unknown field",
                "maxAge: 7d | maxAge: a week | line 10 | views.account.maxAge | such as 500ms",
                "owner: payments-risk | owner: 3 | line 3 | views.account.owner | name the team",
                "account: text | account: double | line 2 | views.account | a key is LONG or TEXT",
                "opened: time | account: time | line 2 | views.account | two columns named account",
                "views: | view: | line 1 | view | there are [views, models, parity, served]",
                "balance: double | 'bal ance: double' | line 6 | bal ance | a name is a letter",
                "features: | features: [ | line | cannot be read | f.yaml",
            })
    void that_are_wrong_name_the_line_the_field_and_the_cure(
            String good, String bad, String line, String field, String cure) {
        assertThat(GOOD).contains(good);
        assertThatThrownBy(() -> Definitions.read("f.yaml", GOOD.replace(good, bad)))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContainingAll("f.yaml", line, field, cure);
    }

    private static final String COMPUTED =
            """
            views:
              card:
                owner: cards
                key: {card: long}
                events: {merchant: text, amount: double}
                features:
                  merchants_7d: {distinct: merchant, window: 7d}
                  high_7d: {quantile: amount, at: 0.95, window: 7d}
              check:
                owner: fraud
                request: {amount: double}
                features:
                  to_high: {value: "amount / card.high_7d"}
            models:
              fraud: {owner: ml, features: [check.*]}
            """;

    @Test
    void compute_features_whose_types_they_know() {
        Definitions definitions = Definitions.read("f.yaml", COMPUTED);
        assertThat(definitions.computed())
                .containsExactly(
                        new ComputedView(
                                "check",
                                "fraud",
                                List.of(new Column("amount", ColumnType.DOUBLE)),
                                List.of(
                                        new ComputedView.Computed(
                                                "to_high",
                                                "amount / card.high_7d",
                                                ColumnType.DOUBLE,
                                                List.of("amount", "card.high_7d")))));
        assertThat(definitions.view("card").view().features())
                .containsExactly(
                        new Column("merchants_7d", ColumnType.LONG),
                        new Column("high_7d", ColumnType.DOUBLE));
        assertThat(definitions.names(List.of("check.*"))).containsExactly("check.to_high");
        assertThat(new Lineage(definitions).breaks("card.high_7d").models())
                .extracting(Model::name)
                .containsExactly("fraud");
        assertThat(new Lineage(definitions).breaks("card:amount").features())
                .containsExactly("card.high_7d", "check.to_high");
        assertThat(new Lineage(definitions).breaks("check").owners())
                .containsExactly("fraud", "ml");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "card.high_7d\" | card.hihg_7d\" | line 13 | views.check.features.to_high.value | 'card.hihg_7d' is neither a field",
                "{value: \"amount / card.high_7d\"} | {vale: x} | line 13 | to_high.vale | there are [value]",
                "{amount: double} | {amount: text} | line 13 | to_high.value | / takes numbers, got a text",
                "at: 0.95, | | line 8 | high_7d.at | say which quantile it is",
                "at: 0.95 | at: 95 | line 8 | high_7d | a quantile is at 0 to 1",
                "quantile: amount | quantile: merchant | line 6 | card.features | merchant is text, which has no QUANTILE",
            })
    void that_compute_wrongly_name_the_line_the_field_and_the_cure(
            String good, @Nullable String bad, String line, String field, String cure) {
        assertThat(COMPUTED).contains(good);
        assertThatThrownBy(() ->
                        Definitions.read("f.yaml", COMPUTED.replace(good, bad == null ? "" : bad)))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContainingAll("f.yaml", line, field, cure);
    }

    @Test
    void that_compute_otherwise_break_their_models() {
        List<DefinitionChange> changes =
                DefinitionChange.between(
                        Definitions.read("f.yaml", COMPUTED),
                        Definitions.read(
                                "f.yaml", COMPUTED.replace("amount / card", "2 * amount / card")));
        assertThat(changes)
                .singleElement()
                .satisfies(change -> {
                    assertThat(change.name()).isEqualTo("check.to_high");
                    assertThat(change.refused()).isTrue();
                });
    }
}
