package dev.touchstone.features.internal.build;

import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.stream.Parallel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Builds a training set in bounded memory.
///
/// 1. Labels are cut into blocks, in their order, as many at a time as memory holds with one view
///    ([BuildPlan]).
/// 2. Each block is joined with each view's history, what was logged when it was served is put in
///    the place of what was rebuilt ([BlockJoin]), and that is written as a part ([CellFile]).
/// 3. When all parts are there, the labels are read once more, and beside each chunk of them what
///    the parts hold for it; that is written as the set ([SetAssembly]), which appears when it is
///    whole.
///
/// A build that was cut off finds its finished parts again, as long as everything that they depend
/// on is as it was.
public final class BlockBuild {
    private static final String PLAN = "plan";
    private static final String PART = "block-";
    private static final String SET = "set.unfinished";
    private static final String MANIFEST = "manifest.unfinished";
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final BuildPlan plan;
    private final Disk disk;
    private final BuildProgress progress;

    /// Rows to be joined and labels to be written, and how many of them are.
    private final double allWork;

    private double doneWork;

    /// @param disk the folder of the build
    public BlockBuild(BuildPlan plan, Disk disk, BuildProgress progress) {
        this.plan = plan;
        this.disk = disk;
        this.progress = progress;
        long rows = plan.views().stream().mapToLong(view -> view.history().rows()).sum();
        this.allWork = (double) rows * plan.blocks() + plan.labels().rows();
    }

    /// The name of a part.
    static String part(int block, int view) {
        return PART + block + ".view-" + view;
    }

    private boolean done(String doing, long work) {
        doneWork += work;
        return progress.at(doing, allWork == 0 ? 1 : Math.min(1, doneWork / allWork));
    }

    /// Builds the set, on from where an earlier build was cut off.
    ///
    /// @param out the set's name, which says in which format it is
    /// @return nothing when `progress` stopped it; then nothing is left on the disk
    public Optional<TrainingSetManifest> run(String out) throws IOException {
        beginOrGoOn();
        try {
            Optional<TrainingSetManifest> made =
                    buildParts()
                            ? new SetAssembly(plan, disk)
                                    .write(
                                            SET,
                                            SetFormat.of(Path.of(out)),
                                            rows -> done("writing", rows))
                            : Optional.empty();
            if (made.isPresent()) {
                write(MANIFEST, JSON.writeValueAsString(made.get()));
                disk.force();
                disk.rename(MANIFEST, out + ".manifest.json");
                disk.rename(SET, out);
                disk.force();
            }
            clear();
            return made;
        } catch (IOException e) {
            dropUnfinished(e);
            throw e;
        }
    }

    private void write(String name, String text) throws IOException {
        try (var file = new DiskOutput(disk, name)) {
            file.write(text.getBytes(StandardCharsets.UTF_8));
            file.force();
        }
    }

    /// What failed may have failed for want of room. Without a finished part nothing is worth
    /// keeping.
    private void dropUnfinished(IOException cause) {
        try {
            List<String> names = disk.list();
            boolean parts = names.stream().anyMatch(BlockBuild::isPart);
            for (String name : names) {
                if (isOurs(name) && !(parts && (name.equals(PLAN) || isPart(name)))) {
                    disk.delete(name);
                }
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static boolean isPart(String name) {
        return name.startsWith(PART) && !name.endsWith(".part");
    }

    private static boolean isOurs(String name) {
        return name.startsWith(PART)
                || name.equals(PLAN)
                || name.equals(SET)
                || name.equals(MANIFEST);
    }

    private void clear() throws IOException {
        for (String name : disk.list()) {
            if (isOurs(name)) {
                disk.delete(name);
            }
        }
    }

    /// Drops what is there unless it is of the very same set.
    private void beginOrGoOn() throws IOException {
        String fingerprint = plan.fingerprint();
        if (!disk.list().contains(PLAN) || !fingerprint.equals(readPlan())) {
            clear();
            write(PLAN, fingerprint);
        }
    }

    private String readPlan() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return StandardCharsets.UTF_8.decode(disk.map(PLAN, arena).asByteBuffer()).toString();
        }
    }

    private boolean buildParts() throws IOException {
        List<String> there = disk.list();
        List<Column> known = plan.known();
        try (var pass = plan.labels().read(known)) {
            for (int block = 0; block < plan.blocks(); block++) {
                List<ColumnData> columns = pass.next(plan.blockSize(block));
                if (!buildBlock(there, block, new BlockJoin(plan, known, columns))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean buildBlock(List<String> there, int block, BlockJoin join) throws IOException {
        var parallel = new Parallel(plan.room().threads());
        // A part is written while the next one is made.
        Parallel.Work write = () -> {};
        for (int v = 0; v < plan.views().size(); v++) {
            WantedView view = plan.views().get(v);
            String name = part(block, v);
            if (there.contains(name) && CellFile.isWhole(disk, name, view.partColumns())) {
                doneWork += view.history().rows();
                continue;
            }
            String doing =
                    "%s, block %d of %d".formatted(view.view().name(), block + 1, plan.blocks());
            var made = new AtomicReference<Optional<BlockJoin.Part>>(Optional.empty());
            parallel.both(() -> made.set(join.join(view, rows -> done(doing, rows))), write);
            if (made.get().isEmpty()) {
                return false;
            }
            BlockJoin.Part part = made.get().get();
            write = () -> CellFile.write(disk, name, part.summary(), part.cells(), parallel);
        }
        write.run();
        return true;
    }
}
