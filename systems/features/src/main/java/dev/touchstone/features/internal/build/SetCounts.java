package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.Times;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.internal.join.AsOfJoin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a manifest counts, gathered while the set is written.
final class SetCounts {
    private static final int STATUSES = 4;
    private static final String REBUILT = "rebuilt from history";
    private static final String COMPUTED = "computed from the label and other features";
    private static final String SERVED = "logged when served, else rebuilt from history";

    private final BuildPlan plan;
    private final long[][] statuses;
    private final long[] missing;
    private final ServedRanges[] served;
    private long labels;
    private long first = Times.INFINITY;
    private long last = Times.MINUS_INFINITY;

    SetCounts(BuildPlan plan) {
        this.plan = plan;
        this.statuses = new long[plan.views().size()][STATUSES];
        this.missing = new long[plan.names().size()];
        this.served = new ServedRanges[missing.length];
        Arrays.setAll(served, _ -> new ServedRanges());
    }

    /// Adds what the parts of a block say about themselves.
    void add(List<CellFile.Summary> parts) {
        for (int v = 0; v < parts.size(); v++) {
            first = Math.min(first, parts.get(v).first());
            last = Math.max(last, parts.get(v).last());
            for (int status = 0; status < STATUSES; status++) {
                statuses[v][status] += parts.get(v).statuses().get(status);
            }
        }
    }

    /// Adds a chunk of labels.
    ///
    /// @param marks for each feature which cells were served; empty when none can have been
    void add(int rows, ColumnData[] features, ColumnData[] marks) {
        for (int f = 0; f < features.length; f++) {
            int none = 0;
            for (boolean missed : features[f].missing()) {
                none += missed ? 1 : 0;
            }
            missing[f] += none;
            if (marks.length > 0 && marks[f] instanceof ColumnData.Booleans(boolean[] cells, _)) {
                for (int row = 0; row < rows; row++) {
                    if (cells[row]) {
                        served[f].add(labels + row);
                    }
                }
            }
        }
        labels += rows;
    }

    TrainingSetManifest manifest(String sha256) {
        List<TrainingSetManifest.ViewPart> viewParts = new ArrayList<>();
        for (int v = 0; v < statuses.length; v++) {
            WantedView view = plan.views().get(v);
            viewParts.add(
                    new TrainingSetManifest.ViewPart(
                            view.view().name(),
                            view.definition().owner(),
                            view.history().rows(),
                            view.view().rule(),
                            statuses[v][AsOfJoin.FOUND],
                            statuses[v][AsOfJoin.DELETED],
                            statuses[v][AsOfJoin.STALE],
                            statuses[v][AsOfJoin.NOT_FOUND]));
        }
        return new TrainingSetManifest(
                plan.request().mode(),
                labels,
                first > last ? "" : Times.text(first),
                first > last ? "" : Times.text(last),
                sha256,
                viewParts,
                columnParts());
    }

    private List<TrainingSetManifest.ColumnPart> columnParts() {
        List<Column> features = plan.features();
        List<TrainingSetManifest.ColumnPart> parts = new ArrayList<>();
        List<Integer> computed =
                plan.wanted().computed().stream().map(ComputedColumn::output).toList();
        for (int f = 0; f < features.size(); f++) {
            parts.add(
                    new TrainingSetManifest.ColumnPart(
                            features.get(f).name(),
                            features.get(f).type().name(),
                            computed.contains(f)
                                    ? COMPUTED
                                    : plan.request().rowIds().isPresent() ? SERVED : REBUILT,
                            served[f].count(),
                            served[f].ranges(),
                            missing[f],
                            labels == 0 ? 1 : 1 - (double) missing[f] / labels));
        }
        return parts;
    }
}
