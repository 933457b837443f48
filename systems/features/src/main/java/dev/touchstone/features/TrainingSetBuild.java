package dev.touchstone.features;

import dev.touchstone.features.TrainingSetSources.HistoryFile;
import dev.touchstone.features.internal.build.BlockBuild;
import dev.touchstone.features.internal.build.BuildFolder;
import dev.touchstone.features.internal.build.BuildPlan;
import dev.touchstone.features.internal.build.ComputedColumn;
import dev.touchstone.features.internal.build.History;
import dev.touchstone.features.internal.build.LabelFile;
import dev.touchstone.features.internal.build.MemoryBuild;
import dev.touchstone.features.internal.build.ServedCells;
import dev.touchstone.features.internal.build.Wanted;
import dev.touchstone.features.internal.build.WantedView;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Finds out what a request means in a store, and has it built. See
/// [FeatureStore#buildTrainingSet].
record TrainingSetBuild(Definitions definitions, Histories histories, TrainingSetSources sources) {
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
        BuildPlan plan =
                BuildPlan.of(
                        request,
                        wanted(request),
                        LabelFile.open(labels, sources.threads()),
                        sources);
        try (var folder = BuildFolder.open(out)) {
            return new BlockBuild(plan, folder, progress).run(String.valueOf(out.getFileName()));
        }
    }

    Optional<TrainingSet> inMemory(TrainingSetRequest request, Path labels, BuildProgress progress)
            throws IOException {
        return MemoryBuild.of(
                        request,
                        wanted(request),
                        LabelFile.open(labels, sources.threads()),
                        sources,
                        progress)
                .run();
    }

    private Wanted wanted(TrainingSetRequest request) throws IOException {
        List<String> written = definitions.names(request.features());
        Set<String> all = new LinkedHashSet<>(written);
        for (String name : written) {
            definitions.computedFeature(name).ifPresent(one -> all.addAll(one.features()));
        }
        List<String> names = List.copyOf(all);
        List<ComputedColumn> computed = new ArrayList<>();
        for (int output = 0; output < written.size(); output++) {
            String name = names.get(output);
            int position = output;
            Optional<ComputedView> view =
                    definitions.computed(name.substring(0, name.indexOf('.')));
            definitions
                    .computedFeature(name)
                    .ifPresent(one -> computed.add(computed(position, view.orElseThrow(), one)));
        }
        return new Wanted(
                names, written.size(), views(names, request.rowIds().isPresent()), computed);
    }

    private ComputedColumn computed(int output, ComputedView view, ComputedView.Computed feature) {
        return new ComputedColumn(
                output,
                ComputedView.formula(feature.text(), view.request(), definitions.views()),
                view.request().stream()
                        .filter(field -> feature.inputs().contains(field.name()))
                        .toList());
    }

    private List<WantedView> views(List<String> names, boolean preferServed) throws IOException {
        Map<String, WantedView> views = new LinkedHashMap<>();
        for (int output = 0; output < names.size(); output++) {
            int dot = names.get(output).indexOf('.');
            String name = names.get(output).substring(0, dot);
            if (definitions.computed(name).isPresent()) {
                continue;
            }
            ViewDefinition definition = definitions.view(name);
            WantedView its = views.get(name);
            if (its == null) {
                its =
                        new WantedView(
                                definition,
                                new ArrayList<>(),
                                new ArrayList<>(),
                                history(definition),
                                preferServed ? Optional.of(served(definition)) : Optional.empty());
                views.put(name, its);
            }
            its.features().add(definition.view().position(names.get(output).substring(dot + 1)));
            its.outputs().add(output);
        }
        return List.copyOf(views.values());
    }

    private History history(ViewDefinition definition) throws IOException {
        FeatureView view = definition.view();
        Optional<HistoryFile> file = Optional.ofNullable(sources.files().get(view.name()));
        if (file.isEmpty()) {
            return histories.builtFrom(definition);
        }
        if (definition.windows().isPresent()) {
            throw new IllegalArgumentException(
                    "view %s has windows, which need its events in the store; append %s to it"
                            .formatted(view.name(), file.get().file()));
        }
        return History.of(file.get(), view, sources.threads());
    }

    private ServedCells served(ViewDefinition definition) throws IOException {
        ServedHistory log = ServedHistory.of(histories, definition);
        return new Logged(log.records(), log.builtFrom(), definition.view().features().size());
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
