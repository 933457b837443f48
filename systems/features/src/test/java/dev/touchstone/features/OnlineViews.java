package dev.touchstone.features;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Views that tests serve: accounts of plain rows, cards with windows, and checks that are computed
/// from both.
final class OnlineViews {
    static final long SECOND = 1_000_000_000L;
    static final long MINUTE = 60 * SECOND;
    static final long NOW = Times.parse("2026-03-04T12:00:00Z");

    static final String VIEWS =
            """
            views:
              account:
                owner: payments-risk
                key: {account: text}
                features: {balance: double, status: text}
                maxAge: 7d
              card:
                owner: payments-risk
                key: {card: long}
                events: {payment: text, amount: double}
                id: payment
                features:
                  paid_1h: {sum: amount, window: 1h}
                  payments_1h: {count: amount, window: 1h}
                  highest_1d: {max: amount, window: 1d, hop: 1h}
                late: {after: 10m, then: POLICY}
              check:
                owner: fraud
                request: {amount: double, country: text}
                features:
                  to_balance: {value: "amount / account.balance"}
                  unusual: {value: "amount > 2 * coalesce(card.highest_1d, 50)"}
                  abroad: {value: "if(country = 'PT', 'home', 'abroad')"}
            """;

    private OnlineViews() {}

    /// @param then what becomes of a late payment
    static FeatureStore open(Path folder, String then) {
        return FeatureStore.open(
                folder, Definitions.read("features.yaml", VIEWS.replace("POLICY", then)));
    }

    static FeatureRow account(String name, long event, Value... values) {
        return new FeatureRow(EntityKey.of(name), event, 0, 0, List.of(values));
    }

    static FeatureRow payment(String id, long event, double amount) {
        return new FeatureRow(
                EntityKey.of(7), event, 0, 0, List.of(Value.of(id), Value.of(amount)));
    }

    static List<Value> read(OnlineStore online, String features, long now) {
        OnlineReader reader = online.reader(List.of(features));
        OnlineRow row = reader.row();
        reader.read(reader.keys(Map.of("account", Value.of("a"), "card", Value.of(7L))), now, row);
        return IntStream.range(0, row.size()).mapToObj(row::value).toList();
    }

    static String statuses(OnlineRow row) {
        return IntStream.range(0, row.size())
                .mapToObj(row::status)
                .map(OnlineStatus::name)
                .collect(Collectors.joining(" "));
    }
}
