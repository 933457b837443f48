package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.internal.log.Disk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
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
        try (var file = new DiskOutput(disk, name);
                var pass = plan.labels().read(own);
                var asked = plan.readRequest()) {
            SetOutput output = format.begin(file, all, plan.room().threads() > 1);
            for (int block = 0; block < plan.blocks(); block++) {
                if (!write(block, new Passes(pass, asked), output, written)) {
                    return Optional.empty();
                }
            }
            output.end();
            return Optional.of(counts.manifest(file.force()));
        }
    }

    /// Readings of the labels.
    ///
    /// @param own all their columns, as they are written
    /// @param request those that features are computed from
    private record Passes(LabelFile.Pass own, LabelFile.Pass request) {}

    private boolean write(int block, Passes labels, SetOutput output, IntPredicate written)
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
                List<ColumnData> columns = new ArrayList<>(labels.own().next(rows));
                columns.addAll(features(rows, parts, labels.request().next(rows)));
                output.write(columns, rows);
                if (!written.test(rows)) {
                    return false;
                }
            }
        }
        return true;
    }

    private List<ColumnData> features(
            int rows, List<CellFile.Reader> parts, List<ColumnData> request) throws IOException {
        int named = plan.names().size();
        ColumnData[] cellsOf = new ColumnData[named + plan.wanted().hidden()];
        boolean served = plan.request().rowIds().isPresent();
        ColumnData[] marksOf = new ColumnData[served ? cellsOf.length : 0];
        for (int v = 0; v < parts.size(); v++) {
            List<ColumnData> cells = parts.get(v).next();
            List<Integer> outputs = plan.views().get(v).outputs();
            for (int f = 0; f < outputs.size(); f++) {
                cellsOf[outputs.get(f)] = cells.get(f);
                if (served) {
                    marksOf[outputs.get(f)] = cells.get(outputs.size() + f);
                }
            }
        }
        for (ComputedColumn computed : plan.wanted().computed()) {
            cellsOf[computed.output()] = computed.compute(rows, cellsOf, request);
            if (served) {
                marksOf[computed.output()] = ColumnData.allocate(ColumnType.BOOLEAN, rows);
            }
        }
        ColumnData[] features = Arrays.copyOf(cellsOf, named);
        ColumnData[] marks = Arrays.copyOf(marksOf, served ? named : 0);
        counts.add(rows, features, marks);
        if (!plan.marksServed()) {
            return List.of(features);
        }
        List<ColumnData> marked = new ArrayList<>(2 * features.length);
        for (int f = 0; f < features.length; f++) {
            marked.add(features[f]);
            marked.add(marks[f]);
        }
        return marked;
    }
}
