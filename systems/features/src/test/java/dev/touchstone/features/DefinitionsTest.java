package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
                "views: | view: | line 1 | view | there are [views, models]",
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
}
