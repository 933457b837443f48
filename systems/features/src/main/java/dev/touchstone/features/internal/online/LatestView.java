package dev.touchstone.features.internal.online;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.OnlineStatus;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A view of plain rows: of each entity the strongest that has become visible.
final class LatestView extends OnlineView {
    private final Map<EntityKey, FeatureRow> winners = new HashMap<>();

    LatestView(AsOfRule rule) {
        super(rule);
    }

    @Override
    void show(FeatureRow row) {
        FeatureRow before = winners.get(row.entity());
        if (before == null) {
            winners.put(row.entity(), row);
        } else if (FeatureRow.BY_PRECEDENCE.compare(before, row) < 0) {
            // The key stays the same object, and old rows can go.
            winners.replace(row.entity(), row);
        }
    }

    @Override
    public int entities() {
        return winners.size();
    }

    /// A row that is too old is still known to be there.
    @Override
    public void sweep() {}

    @Override
    public Reads reads(List<Integer> features, List<Integer> outputs) {
        return new LatestReads(
                features.stream().mapToInt(Integer::intValue).toArray(),
                outputs.stream().mapToInt(Integer::intValue).toArray());
    }

    private final class LatestReads implements Reads {
        private final int[] features;
        private final int[] outputs;

        LatestReads(int[] features, int[] outputs) {
            this.features = features;
            this.outputs = outputs;
        }

        @Override
        public void read(EntityKey entity, OnlineCells out) {
            FeatureRow row = winners.get(entity);
            if (row == null) {
                readNothing(out);
            } else if (rule().isStale(row, now())) {
                out.begin(outputs, OnlineStatus.OUTSIDE_MAX_AGE, row.eventTime());
                out.fillMissing();
            } else {
                out.begin(outputs, OnlineStatus.NULL_VALUE, row.eventTime());
                if (row.isTombstone()) {
                    out.fillMissing();
                } else {
                    List<Value> values = row.values();
                    for (int i = 0; i < features.length; i++) {
                        out.at(i);
                        out.value(values.get(features[i]));
                    }
                }
            }
        }

        @Override
        public void readNothing(OnlineCells out) {
            out.begin(outputs, OnlineStatus.NOT_FOUND, Times.MINUS_INFINITY);
            out.fillMissing();
        }
    }
}
