package dev.touchstone.features;

import dev.touchstone.features.TrainingSetSources.HistoryFile;
import dev.touchstone.features.internal.build.BlockBuild;
import dev.touchstone.features.internal.build.BuildFolder;
import dev.touchstone.features.internal.build.BuildPlan;
import dev.touchstone.features.internal.build.History;
import dev.touchstone.features.internal.build.LabelFile;
import dev.touchstone.features.internal.build.ServedCells;
import dev.touchstone.features.internal.build.WantedColumns;
import dev.touchstone.features.internal.build.WantedView;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Finds out what a request means in a store, and has it built. See
/// [FeatureStore#buildTrainingSet].
record TrainingSetBuild(Definitions definitions, FeatureStore store, TrainingSetSources sources) {
    TrainingSetBuild {
        sources.files().keySet().forEach(definitions::view);
    }

    Optional<TrainingSetManifest> run(
            TrainingSetRequest request, Path labels, Path out, BuildProgress progress)
            throws IOException {
        if (Files.exists(out)) {
            throw new FileAlreadyExistsException(
                    out.toString(), null, "is there already; name another file or remove it");
        }
        ReaderPlan read = ReaderPlan.of(definitions, request.features());
        var columns =
                new WantedColumns(
                        read.names(),
                        read.request(),
                        read.computations().stream().map(Computation::column).toList(),
                        read.hidden());
        BuildPlan plan =
                BuildPlan.of(
                        request,
                        views(read, request.rowIds().isPresent()),
                        columns,
                        LabelFile.open(labels, sources.threads()),
                        sources);
        try (var folder = BuildFolder.open(out)) {
            return new BlockBuild(plan, folder, progress).run(String.valueOf(out.getFileName()));
        }
    }

    private List<WantedView> views(ReaderPlan read, boolean preferServed) throws IOException {
        List<WantedView> views = new ArrayList<>();
        for (Map.Entry<String, ReaderPlan.Wanted> wanted : read.wanted().entrySet()) {
            ViewDefinition definition = definitions.view(wanted.getKey());
            views.add(
                    new WantedView(
                            definition,
                            wanted.getValue().features(),
                            wanted.getValue().outputs(),
                            history(definition),
                            preferServed ? Optional.of(served(definition)) : Optional.empty()));
        }
        return views;
    }

    private History history(ViewDefinition definition) throws IOException {
        FeatureView view = definition.view();
        Optional<HistoryFile> file = Optional.ofNullable(sources.files().get(view.name()));
        if (file.isEmpty()) {
            return store.builtFrom(definition);
        }
        if (definition.windows().isPresent()) {
            throw new IllegalArgumentException(
                    "view %s has windows, which need its events in the store; append %s to it"
                            .formatted(view.name(), file.get().file()));
        }
        return History.Parquet.of(file.get(), view, sources.threads());
    }

    private ServedCells served(ViewDefinition definition) throws IOException {
        ServedRecords records = ServedRecords.of(definition);
        return new Logged(
                records,
                store.builtFrom(records.definition()),
                definition.view().features().size());
    }

    /// What was logged of a view.
    private record Logged(ServedRecords records, History.Tables log, int features)
            implements ServedCells {
        @Override
        public Optional<List<Optional<Value>>> at(String rowId, EntityKey entity, long time) {
            Optional<FeatureRow> last = Optional.empty();
            for (ClusteredTable table : log.tables()) {
                for (FeatureRow record : table.rowsOf(EntityKey.of(rowId))) {
                    if (record.eventTime() <= time
                            && records.read(record).entity().equals(entity)
                            && (last.isEmpty()
                                    || FeatureRow.BY_PRECEDENCE.compare(record, last.get()) > 0)) {
                        last = Optional.of(record);
                    }
                }
            }
            return last.map(record ->
                    IntStream.range(0, features)
                            .mapToObj(feature -> records.value(record, feature))
                            .toList());
        }

        @Override
        public String fingerprint() {
            return log.fingerprint();
        }
    }
}
