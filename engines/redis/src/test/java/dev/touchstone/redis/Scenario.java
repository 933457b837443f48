package dev.touchstone.redis;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Views of each kind, and pushes to them by chance.
final class Scenario {
    static final long SECOND = 1_000_000_000L;
    static final long MINUTE = 60 * SECOND;
    static final long NOW = Times.parse("2026-03-04T12:00:00Z");

    static final String VIEWS =
            """
            views:
              account:
                owner: payments-risk
                key: {region: text, account: text}
                features: {balance: double, status: text}
                maxAge: 7d
                delay: 2s
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
              merchant:
                owner: payments-risk
                key: {merchant: long}
                events: {amount: double}
                features:
                  mean_1h: {mean: amount, window: 1h, hop: 1m}
                  last_10m: {last: amount, window: 10m}
            """;

    static final List<String> ALL = List.of("account.*", "card.*", "merchant.*");

    private Scenario() {}

    static Definitions definitions(String policy) {
        return Definitions.read("features.yaml", VIEWS.replace("POLICY", policy));
    }

    /// Rows of some view, in some order.
    static List<FeatureRow> rows(String view, long now, RandomGenerator random) {
        List<FeatureRow> rows = new ArrayList<>();
        for (int row = random.nextInt(1, 12); row > 0; row--) {
            rows.add(row(view, now, random));
        }
        return rows;
    }

    private static FeatureRow row(String view, long now, RandomGenerator random) {
        long event =
                switch (random.nextInt(5)) {
                    case 0 -> now - random.nextLong(2 * 60 * MINUTE);
                    case 1 -> now + random.nextLong(MINUTE);
                    default -> now - random.nextLong(10 * SECOND);
                };
        int who = random.nextInt(3);
        double amount = random.nextInt(100) * 0.1;
        EntityKey entity =
                view.equals("account")
                        ? new EntityKey(
                                List.of(Value.of(who == 0 ? "a:b" : "a"), Value.of("b:c" + who)))
                        : EntityKey.of(who);
        List<Value> values =
                switch (view) {
                    case "account" ->
                            random.nextInt(8) == 0
                                    ? List.of()
                                    : List.of(Value.of(amount), Value.of("s" + amount));
                    case "card" -> List.of(Value.of("p" + random.nextInt(200)), Value.of(amount));
                    default -> List.of(Value.of(amount));
                };
        return new FeatureRow(entity, event, 0, 0, values);
    }

    /// Statuses, values and times of all features, of several rows in one read.
    ///
    /// @param repeated how often the first row is asked for again in the same read
    static List<String> answers(OnlineStore online, long now, int repeated) {
        OnlineReader reader = online.reader(ALL);
        var keys = new ArrayList<OnlineKeys>();
        var rows = new ArrayList<OnlineRow>();
        for (int row = 0; row < 4 + repeated; row++) {
            int who = row % 4;
            keys.add(
                    reader.keys(
                            Map.of(
                                    "region", Value.of(who == 0 ? "a:b" : "a"),
                                    "account", Value.of("b:c" + who),
                                    "card", Value.of((long) who),
                                    "merchant", Value.of((long) who))));
            rows.add(reader.row());
        }
        long asOf = reader.read(keys, now, rows);
        List<String> answers = new ArrayList<>();
        answers.add("as of " + asOf);
        for (OnlineRow row : rows.subList(0, 4)) {
            for (int i = 0; i < row.size(); i++) {
                answers.add(
                        "%s %s %s %d"
                                .formatted(
                                        reader.names().get(i),
                                        row.status(i),
                                        row.value(i),
                                        row.eventTime(i)));
            }
        }
        return answers;
    }
}
