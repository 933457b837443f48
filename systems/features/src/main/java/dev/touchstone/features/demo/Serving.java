package dev.touchstone.features.demo;

import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.LoggedReader;
import dev.touchstone.features.Mode;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.Times;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.TrainingSetRequest.RowIds;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.demo.FraudMonth.Payment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The online side: a store of its own that was asked for the features of every payment as it came,
/// and remembers what it gave.
///
/// What feeds it has one fault. A job that keeps the online store small deletes devices that were
/// quiet for [#DEVICE_TIME_TO_LIVE], which the definition does not ask for and the history never
/// hears of.
final class Serving {
    static final long DEVICE_TIME_TO_LIVE = Times.parseSpan("6h");

    private static final int ROWS_PER_APPEND = 5_000;

    private final Definitions definitions;
    private final FraudMonth month;

    Serving(Definitions definitions, FraudMonth month) {
        this.definitions = definitions;
        this.month = month;
    }

    /// Serves every payment, then gives each label what was served to it.
    ///
    /// @param store a new folder
    /// @param labels with `payment`, the row id that each was served under, and `time`
    /// @param out the training set of what was served
    TrainingSetManifest serve(Path store, Path labels, Path out) throws IOException {
        try (var serving = FeatureStore.open(store, definitions)) {
            for (ViewDefinition definition : definitions.views()) {
                feed(serving, definition.view().name());
            }
            score(serving);
            return serving.buildTrainingSet(
                            new TrainingSetRequest(
                                    LeakDemo.FEATURES,
                                    "time",
                                    Mode.KNOWN_AT_THE_TIME,
                                    Optional.of(new RowIds("payment", false))),
                            labels,
                            out,
                            BuildProgress.UNWATCHED)
                    .orElseThrow();
        }
    }

    private void feed(FeatureStore serving, String view) throws IOException {
        List<FeatureRow> rows = new ArrayList<>(month.histories().getOrDefault(view, List.of()));
        if (view.equals(FraudMonth.DEVICE)) {
            rows.addAll(deletions(rows));
        }
        for (int from = 0; from < rows.size(); from += ROWS_PER_APPEND) {
            serving.append(view, rows.subList(from, Math.min(rows.size(), from + ROWS_PER_APPEND)));
        }
    }

    /// What the job deletes: rows that no other has followed for too long.
    private static List<FeatureRow> deletions(List<FeatureRow> rows) {
        List<FeatureRow> latestFirst = new ArrayList<>(rows);
        latestFirst.sort(Comparator.comparingLong(FeatureRow::eventTime).reversed());
        Map<EntityKey, Long> next = new HashMap<>();
        List<FeatureRow> deletions = new ArrayList<>();
        for (FeatureRow row : latestFirst) {
            long quiet = row.eventTime() + DEVICE_TIME_TO_LIVE + 1;
            if (quiet < next.getOrDefault(row.entity(), Times.INFINITY)) {
                deletions.add(new FeatureRow(row.entity(), quiet, quiet, 0, List.of()));
            }
            next.put(row.entity(), row.eventTime());
        }
        return deletions;
    }

    private void score(FeatureStore serving) throws IOException {
        LoggedReader reader = serving.reader(LeakDemo.FEATURES, month.payments().getFirst().time());
        OnlineRow row = reader.features().row();
        int number = 0;
        for (Payment payment : month.payments()) {
            Map<String, Value> keys =
                    Map.of(
                            FraudMonth.ACCOUNT, Value.of(payment.account()),
                            FraudMonth.MERCHANT, Value.of(payment.merchant()),
                            FraudMonth.DEVICE, Value.of(payment.device()));
            reader.read(
                    Integer.toString(number++), reader.features().keys(keys), payment.time(), row);
        }
    }
}
