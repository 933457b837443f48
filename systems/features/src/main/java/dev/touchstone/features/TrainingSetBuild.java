package dev.touchstone.features;

import dev.touchstone.features.TrainingSetSources.HistoryFile;
import dev.touchstone.features.internal.build.BlockBuild;
import dev.touchstone.features.internal.build.BuildFolder;
import dev.touchstone.features.internal.build.History;
import dev.touchstone.features.internal.build.LabelFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Builds training sets of any size: labels from CSV or Parquet, histories from the store or from
/// Parquet files as they lie.
///
/// ```java
/// var sources = new TrainingSetSources(Map.of("account", new HistoryFile(file, Map.of())), 512L << 20, 2);
/// new TrainingSetBuild(definitions, store, sources)
///         .run(request, labels, trainingSet, BuildProgress.UNWATCHED);
/// ```
///
/// Memory is bounded by [TrainingSetSources#memoryBytes], however many labels, views and rows there
/// are. While it runs, finished parts lie in a folder beside the set (`….building`); a build that
/// was killed goes on from them when it is started again.
public final class TrainingSetBuild {
    private final Definitions definitions;
    private final FeatureStore store;
    private final TrainingSetSources sources;

    public TrainingSetBuild(
            Definitions definitions, FeatureStore store, TrainingSetSources sources) {
        this.definitions = definitions;
        this.store = store;
        this.sources = sources;
        sources.files().keySet().forEach(definitions::view);
    }

    /// Gives the labels in a file the features that would have been served at their moments.
    ///
    /// The set is Parquet if its name ends in `.parquet` (times then have microseconds), else CSV.
    /// It appears when it is complete, and its manifest (`….manifest.json`) before it. Labels stay
    /// in their order, each with its columns as they were. When building fails, the message says
    /// why, and the finished parts stay for the next attempt.
    ///
    /// @param labels Parquet if the name ends in `.parquet`, else CSV
    /// @return nothing when `progress` stopped it; then nothing is left behind
    /// @throws FileAlreadyExistsException when the file is there
    public Optional<TrainingSetManifest> run(
            TrainingSetRequest request, Path labels, Path out, BuildProgress progress)
            throws IOException {
        if (Files.exists(out)) {
            throw new FileAlreadyExistsException(
                    out.toString(), null, "is there already; name another file or remove it");
        }
        if (request.rowIdColumn().isPresent()) {
            throw new IllegalArgumentException(
                    "row ids are looked up for labels in CSV and histories in the store only; leave the row-id column out, or the files");
        }
        List<String> names = definitions.names(request.features());
        var build =
                new BlockBuild(
                        request,
                        views(names),
                        names,
                        LabelFile.open(labels, sources.threads()),
                        sources.memoryBytes());
        try (var folder = BuildFolder.open(out)) {
            return build.run(folder, String.valueOf(out.getFileName()), progress);
        }
    }

    private List<BlockBuild.View> views(List<String> names) throws IOException {
        Map<String, BlockBuild.View> views = new LinkedHashMap<>();
        for (int output = 0; output < names.size(); output++) {
            int dot = names.get(output).indexOf('.');
            String name = names.get(output).substring(0, dot);
            String feature = names.get(output).substring(dot + 1);
            FeatureView view = definitions.view(name).view();
            BlockBuild.View its = views.get(name);
            if (its == null) {
                its =
                        new BlockBuild.View(
                                definitions.view(name),
                                new ArrayList<>(),
                                new ArrayList<>(),
                                history(definitions.view(name)));
                views.put(name, its);
            }
            its.features()
                    .add(view.features().stream().map(Column::name).toList().indexOf(feature));
            its.outputs().add(output);
        }
        return List.copyOf(views.values());
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
}
