package dev.touchstone.features.demo;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.demo.FraudMonth.Payment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The online side: tables with the latest row of each entity, updated as rows become available and
/// read as payments come.
///
/// It has one fault. Rows of the device table expire after [#DEVICE_TIME_TO_LIVE], which the
/// definition does not ask for, so a device that was quiet for longer is served nothing.
final class Serving {
    static final long DEVICE_TIME_TO_LIVE = Times.parseSpan("6h");

    private final List<Payment> payments;

    /// @param payments in the order of time
    Serving(List<Payment> payments) {
        this.payments = payments;
    }

    /// What was served to each payment.
    ///
    /// @param history of one view, in any order
    List<List<Value>> serve(String view, List<FeatureRow> history, int features) {
        List<FeatureRow> arrivals = new ArrayList<>(history);
        arrivals.sort(Comparator.comparingLong(FeatureRow::availableTime));
        long timeToLive = view.equals(FraudMonth.DEVICE) ? DEVICE_TIME_TO_LIVE : Times.INFINITY;
        List<Value> nothing = List.copyOf(Collections.nCopies(features, Value.MISSING));
        Map<EntityKey, FeatureRow> table = new HashMap<>();
        List<List<Value>> served = new ArrayList<>();
        int next = 0;
        for (Payment payment : payments) {
            while (next < arrivals.size() && arrivals.get(next).availableTime() <= payment.time()) {
                FeatureRow row = arrivals.get(next);
                table.merge(row.entity(), row, Serving::later);
                next++;
            }
            FeatureRow row = table.get(payment.key(view));
            boolean there = row != null && payment.time() - row.eventTime() <= timeToLive;
            served.add(there && row != null ? row.values() : nothing);
        }
        return served;
    }

    private static FeatureRow later(FeatureRow one, FeatureRow other) {
        return FeatureRow.BY_PRECEDENCE.compare(one, other) > 0 ? one : other;
    }
}
