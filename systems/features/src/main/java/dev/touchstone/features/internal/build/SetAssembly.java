package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.internal.log.Disk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// Puts finished parts beside the labels and writes the set.
final class SetAssembly {
    private final BuildPlan plan;
    private final Disk disk;
    private final SetCounts counts;

    SetAssembly(BuildPlan plan, Disk disk) {
        this.plan = plan;
        this.disk = disk;
        this.counts = new SetCounts(plan);
    }

    /// Writes the set; it is all on the disk when this returns.
    ///
    /// @param name of its file
    /// @param written hears how many more labels have been written, and says whether to go on
    /// @return nothing when it was stopped
    Optional<TrainingSetManifest> write(String name, SetFormat format, IntPredicate written)
            throws IOException {
        List<Column> own = plan.ownColumns(format.isTyped());
        List<Column> all = new ArrayList<>(own);
        all.addAll(plan.featureColumns());
        List<Column> read = new ArrayList<>(own);
        read.addAll(plan.wanted().fields());
        try (var file = new DiskOutput(disk, name);
                var pass = plan.labels().read(read)) {
            SetOutput output = format.begin(file, all, plan.room().threads() > 1);
            for (int block = 0; block < plan.blocks(); block++) {
                if (!write(block, pass, output, written)) {
                    return Optional.empty();
                }
            }
            output.end();
            return Optional.of(counts.manifest(file.force()));
        }
    }

    private boolean write(int block, LabelFile.Pass pass, SetOutput output, IntPredicate written)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            List<CellFile.Reader> parts = new ArrayList<>();
            for (int v = 0; v < plan.views().size(); v++) {
                String name = BlockBuild.part(block, v);
                parts.add(
                        new CellFile.Reader(
                                name, disk.map(name, arena), plan.views().get(v).partColumns()));
            }
            counts.add(parts.stream().map(CellFile.Reader::summary).toList());
            for (int at = 0; at < plan.blockSize(block); at += plan.chunk()) {
                int rows = Math.min(plan.chunk(), plan.blockSize(block) - at);
                List<ColumnData> read = pass.next(rows);
                int own = read.size() - plan.wanted().fields().size();
                List<ColumnData> columns = new ArrayList<>(read.subList(0, own));
                columns.addAll(features(rows, parts, read.subList(own, read.size())));
                output.write(columns, rows);
                if (!written.test(rows)) {
                    return false;
                }
            }
        }
        return true;
    }

    /// @param fields of the labels, from which features are computed
    private List<ColumnData> features(
            int rows, List<CellFile.Reader> parts, List<ColumnData> fields) throws IOException {
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
