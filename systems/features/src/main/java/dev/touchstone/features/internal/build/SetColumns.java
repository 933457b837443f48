package dev.touchstone.features.internal.build;

import dev.touchstone.features.ColumnData;
import dev.touchstone.features.TrainingSetManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The columns of a set: puts what views gave beside the labels, and counts what the manifest says.
final class SetColumns {
    private final BuildPlan plan;
    private final SetCounts counts;

    SetColumns(BuildPlan plan) {
        this.plan = plan;
        this.counts = new SetCounts(plan);
    }

    /// What one view gave to a block of labels.
    interface Part {
        CellFile.Summary summary();

        /// Its columns, [WantedView#partColumns], for the next labels.
        List<ColumnData> next() throws IOException;
    }

    /// Begins a block.
    ///
    /// @param parts one for each view
    void begin(List<Part> parts) {
        counts.add(parts.stream().map(Part::summary).toList());
    }

    /// What the manifest says when all labels have passed.
    TrainingSetManifest manifest(String sha256) {
        return counts.manifest(sha256);
    }

    /// The next labels' own columns, then the features'.
    List<ColumnData> next(int rows, LabelFile.Pass pass, List<Part> parts) throws IOException {
        List<ColumnData> read = pass.next(rows);
        int own = read.size() - plan.wanted().fields().size();
        List<ColumnData> columns = new ArrayList<>(read.subList(0, own));
        columns.addAll(features(rows, parts, read.subList(own, read.size())));
        return columns;
    }

    /// @param fields of the labels, from which features are computed
    private List<ColumnData> features(int rows, List<Part> parts, List<ColumnData> fields)
            throws IOException {
        ColumnData[] features = new ColumnData[plan.names().size()];
        boolean served = plan.request().rowIds().isPresent();
        ColumnData[] marks = new ColumnData[served ? features.length : 0];
        for (int v = 0; v < parts.size(); v++) {
            List<ColumnData> cells = parts.get(v).next();
            List<Integer> outputs = plan.views().get(v).outputs();
            for (int f = 0; f < outputs.size(); f++) {
                features[outputs.get(f)] = cells.get(f);
                if (served) {
                    marks[outputs.get(f)] = cells.get(outputs.size() + f);
                }
            }
        }
        for (ComputedColumn computed : plan.wanted().computed()) {
            features[computed.output()] =
                    computed.compute(rows, plan.names(), features, plan.wanted().fields(), fields);
            if (served) {
                marks[computed.output()] =
                        new ColumnData.Booleans(new boolean[rows], new boolean[rows]);
            }
        }
        counts.add(rows, features, marks);
        int written = plan.wanted().written();
        if (!plan.marksServed()) {
            return List.of(features).subList(0, written);
        }
        List<ColumnData> marked = new ArrayList<>(2 * written);
        for (int f = 0; f < written; f++) {
            marked.add(features[f]);
            marked.add(marks[f]);
        }
        return marked;
    }
}
