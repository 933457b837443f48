package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.stream.Parallel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;

/// Puts finished parts beside the labels and writes the set.
final class SetAssembly {
    private final BuildPlan plan;
    private final Disk disk;
    private final SetColumns columns;
    private final Parallel parallel;

    /// Labels that are encoded and not yet written.
    private SetOutput.Piece ready = () -> {};

    SetAssembly(BuildPlan plan, Disk disk) {
        this.plan = plan;
        this.disk = disk;
        this.columns = new SetColumns(plan);
        this.parallel = new Parallel(plan.room().threads());
    }

    /// Writes the set; it is all on the disk when this returns.
    ///
    /// @param name of its file
    /// @param written hears how many more labels have been written, and says whether to go on
    /// @return nothing when it was stopped
    Optional<TrainingSetManifest> write(String name, SetFormat format, IntPredicate written)
            throws IOException {
        List<Column> own = plan.ownColumns(format.isTyped());
        try (var file = new DiskOutput(disk, name);
                var pass = plan.labels().read(plan.withFields(own))) {
            SetOutput output =
                    format.begin(file, plan.withFeatures(own), plan.room().threads() > 1);
            for (int block = 0; block < plan.blocks(); block++) {
                if (!write(block, pass, output, written)) {
                    return Optional.empty();
                }
            }
            ready.write();
            output.end();
            return Optional.of(columns.manifest(file.force()));
        }
    }

    private boolean write(int block, LabelFile.Pass pass, SetOutput output, IntPredicate written)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            List<SetColumns.Part> parts = new ArrayList<>();
            for (int v = 0; v < plan.views().size(); v++) {
                String name = BlockBuild.part(block, v);
                parts.add(
                        new CellFile.Reader(
                                name, disk.map(name, arena), plan.views().get(v).partColumns()));
            }
            columns.begin(parts);
            for (int at = 0; at < plan.blockSize(block); at += plan.chunk()) {
                int rows = Math.min(plan.chunk(), plan.blockSize(block) - at);
                var next = new AtomicReference<SetOutput.Piece>();
                parallel.both(
                        () -> next.set(output.prepare(columns.next(rows, pass, parts), rows)),
                        ready::write);
                ready = next.get();
                if (!written.test(rows)) {
                    return false;
                }
            }
        }
        return true;
    }
}
