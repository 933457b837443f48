package dev.touchstone.features.internal.build;

import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.TrainingSet;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.TrainingSetSources;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Builds a training set in memory: as [BlockBuild] does, block by block, but writes nothing.
public final class MemoryBuild {
    private static final int BYTES_PER_TEXT = 64;

    private final BuildPlan plan;
    private final BuildProgress progress;
    private final double allWork;
    private double doneWork;

    private MemoryBuild(BuildPlan plan, BuildProgress progress) {
        this.plan = plan;
        this.progress = progress;
        long rows = plan.views().stream().mapToLong(view -> view.history().rows()).sum();
        this.allWork = Math.max(1, (double) rows * plan.blocks());
    }

    /// Cuts the work so that it fits beside the set.
    ///
    /// @throws IOException also when the set would take more memory than it may
    public static MemoryBuild of(
            TrainingSetRequest request,
            Wanted wanted,
            LabelFile labels,
            TrainingSetSources sources,
            BuildProgress progress)
            throws IOException {
        long perLabel = bytes(labels.columns()) + bytes(wanted.columns());
        long set = labels.rows() > Integer.MAX_VALUE ? Long.MAX_VALUE : labels.rows() * perLabel;
        if (set > sources.memoryBytes() / 2) {
            throw new IOException(
                    "a set of %,d labels with %,d columns takes about %,d MB, and half of %,d MB is there for it; write it to a file, or allow more memory"
                            .formatted(
                                    labels.rows(),
                                    labels.columns().size() + wanted.written(),
                                    set >> 20,
                                    sources.memoryBytes() >> 20));
        }
        var rest =
                new TrainingSetSources(
                        sources.files(), sources.memoryBytes() - set, sources.threads());
        return new MemoryBuild(BuildPlan.of(request, wanted, labels, rest), progress);
    }

    private static long bytes(List<Column> columns) {
        return columns.stream()
                .mapToLong(c -> c.type() == ColumnType.TEXT ? BYTES_PER_TEXT : Long.BYTES + 1)
                .sum();
    }

    /// @return nothing when `progress` stopped it
    public Optional<TrainingSet> run() throws IOException {
        List<Column> own = plan.ownColumns(true);
        List<Column> columns = plan.withFeatures(own);
        List<Column> known = plan.known();
        int size = Math.toIntExact(plan.labels().rows());
        List<ColumnData> cells = new ArrayList<>();
        for (Column column : columns) {
            cells.add(ColumnData.allocate(column.type(), size));
        }
        var set = new SetColumns(plan);
        try (var joined = plan.labels().read(known);
                var kept = plan.labels().read(plan.withFields(own))) {
            int at = 0;
            for (int block = 0; block < plan.blocks(); block++) {
                int rows = plan.blockSize(block);
                Optional<List<SetColumns.Part>> parts =
                        parts(new BlockJoin(plan, known, joined.next(rows)));
                if (parts.isEmpty()) {
                    return Optional.empty();
                }
                set.begin(parts.get());
                List<ColumnData> made = set.next(rows, kept, parts.get());
                for (int c = 0; c < columns.size(); c++) {
                    made.get(c).copy(0, cells.get(c), at, rows);
                }
                at += rows;
            }
        }
        return Optional.of(new TrainingSet(columns, cells, set.manifest("")));
    }

    private Optional<List<SetColumns.Part>> parts(BlockJoin block) throws IOException {
        List<SetColumns.Part> parts = new ArrayList<>();
        for (WantedView view : plan.views()) {
            Optional<BlockJoin.Part> part =
                    block.join(view, rows -> done(view.view().name(), rows));
            if (part.isEmpty()) {
                return Optional.empty();
            }
            parts.add(new Held(part.get().summary(), part.get().cells()));
        }
        return Optional.of(parts);
    }

    private boolean done(String doing, long work) {
        doneWork += work;
        return progress.at(doing, Math.min(1, doneWork / allWork));
    }

    /// What a view gave, for a block as a whole.
    private record Held(CellFile.Summary summary, List<ColumnData> next)
            implements SetColumns.Part {}
}
