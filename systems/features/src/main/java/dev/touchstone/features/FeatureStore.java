package dev.touchstone.features;

import dev.touchstone.features.internal.audit.Auditor;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRows;
import dev.touchstone.features.internal.files.WholeFile;
import dev.touchstone.features.internal.join.Explainer;
import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.log.FolderDisk;
import dev.touchstone.features.internal.log.ViewHistory;
import dev.touchstone.features.internal.parquet.ParquetRows;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.training.CsvOutput;
import dev.touchstone.features.internal.training.ParquetOutput;
import dev.touchstone.features.internal.training.TrainingOutput;
import dev.touchstone.features.internal.training.TrainingSetBuilder;
import dev.touchstone.features.internal.training.ViewRequest;
import java.io.Closeable;
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
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The histories of some views in a folder, and what is made of them.
///
/// ```java
/// try (var store = FeatureStore.open(folder, definitions)) {
///     store.append("account", rows);            // on the disk when it returns
///     store.buildTrainingSet(request, labelsCsv, trainingCsv, TrainingProgress.UNWATCHED);
/// }
/// ```
///
/// One process owns a folder, one thread a store.
public final class FeatureStore implements Closeable {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int ROWS_PER_APPEND = 5_000;
    private static final String ALL = "*";

    private final Path folder;
    private final Definitions definitions;
    private final Map<String, Opened> opened = new LinkedHashMap<>();

    private record Opened(Disk disk, ViewHistory history) {}

    private FeatureStore(Path folder, Definitions definitions) {
        this.folder = folder;
        this.definitions = definitions;
    }

    /// Opens a store. A view's history is opened when it is first needed.
    public static FeatureStore open(Path folder, Definitions definitions) {
        return new FeatureStore(folder, definitions);
    }

    private ViewHistory history(String view) throws IOException {
        Opened its = opened.get(view);
        if (its == null) {
            FeatureView definition = definitions.view(view).view();
            Disk disk = FolderDisk.open(folder.resolve(view));
            try {
                its = new Opened(disk, new ViewHistory(disk, definition));
            } catch (IOException e) {
                disk.close();
                throw e;
            }
            opened.put(view, its);
        }
        return its.history();
    }

    /// Appends rows to a view's history; they are on the disk when this returns.
    ///
    /// @return the sequence number of the first
    public long append(String view, List<FeatureRow> rows) throws IOException {
        return history(view).append(rows);
    }

    /// Appends the rows of a file, Parquet if its name ends in `.parquet`, else CSV: the view's
    /// columns, `event_time`, and if there are any `available_time` and `deleted`. Rows before one
    /// that cannot be read are kept.
    ///
    /// @return how many rows
    public long appendFile(String view, Path file) throws IOException {
        FeatureView definition = definitions.view(view).view();
        if (isParquet(file)) {
            try (var rows = new ParquetRows(file, definition)) {
                return appendAll(view, rows::next);
            }
        }
        try (var reader = Files.newBufferedReader(file)) {
            return appendAll(
                    view, new CsvRows(new CsvReader(reader, file.toString()), definition)::next);
        }
    }

    private static boolean isParquet(Path file) {
        return file.toString().endsWith(".parquet");
    }

    /// Gives the next rows, at most as many as asked for; none at the end.
    private interface Batches {
        List<FeatureRow> next(int limit) throws IOException;
    }

    private long appendAll(String view, Batches batches) throws IOException {
        long count = 0;
        while (true) {
            List<FeatureRow> batch = batches.next(ROWS_PER_APPEND);
            if (batch.isEmpty()) {
                return count;
            }
            append(view, batch);
            count += batch.size();
        }
    }

    /// Compacts a view's history into a segment that is clustered by entity and time.
    public void compact(String view) throws IOException {
        history(view).compact();
    }

    /// How many rows a view's history has.
    public long rowCount(String view) throws IOException {
        return history(view).rowCount();
    }

    /// Says what a label of an entity would be given at a time, and why.
    ///
    /// @throws IllegalArgumentException when the key does not fit the view
    public Explanation explain(String view, EntityKey entity, long time, Mode mode)
            throws IOException {
        FeatureView definition = definitions.view(view).view();
        definition.checkKey(entity);
        List<FeatureRow> rows = new ArrayList<>();
        for (ClusteredTable table : history(view).tables()) {
            rows.addAll(table.rowsOf(entity));
        }
        return new Explainer(definition.rule(), mode).explain(rows, entity, time);
    }

    /// Gives the labels in a CSV file the features that would have been served at their moments.
    ///
    /// The set is Parquet if its name ends in `.parquet` (times then have microseconds), else CSV.
    /// The file appears when it is complete, and its manifest (`….manifest.json`) before it. Labels
    /// stay in their order, each with its columns as they were.
    ///
    /// @return nothing when `progress` stopped it; then there is no file
    /// @throws FileAlreadyExistsException when the file is there
    public Optional<TrainingSetManifest> buildTrainingSet(
            TrainingSetRequest request, Path labels, Path out, TrainingProgress progress)
            throws IOException {
        if (Files.exists(out)) {
            throw new FileAlreadyExistsException(
                    out.toString(), null, "is there already; name another file or remove it");
        }
        List<String> names = names(request.features());
        var builder = new TrainingSetBuilder(request, views(names), names.size());
        try (var reader = Files.newBufferedReader(labels);
                var data = new WholeFile(out);
                var manifest =
                        new WholeFile(out.resolveSibling(out.getFileName() + ".manifest.json"))) {
            var file = new CsvReader(reader, labels.toString());
            TrainingOutput output =
                    isParquet(out)
                            ? new ParquetOutput(data.stream())
                            : new CsvOutput(data.writer());
            if (!builder.write(file, names, output, progress)) {
                return Optional.empty();
            }
            TrainingSetManifest what = builder.manifest(names, data.force());
            manifest.writer().write(JSON.writeValueAsString(what));
            manifest.force();
            manifest.appear();
            data.appear();
            return Optional.of(what);
        }
    }

    /// Compares a training set that was built elsewhere with the histories, and proves each cell
    /// that nobody could have known at its label's moment.
    ///
    /// @param file CSV with the views' key columns and a time
    /// @param columns `view.feature` for each column that holds one; when empty, the columns that
    ///   are named so
    /// @param leaks hears of every leaked cell, line by line
    /// @throws IllegalArgumentException when there is no such column
    public LeakAudit audit(
            Path file,
            String timeColumn,
            Map<String, String> columns,
            Consumer<LeakAudit.Leak> leaks)
            throws IOException {
        try (var reader = Files.newBufferedReader(file)) {
            var csv = new CsvReader(reader, file.toString());
            var auditor = new Auditor(csv, timeColumn, leaks);
            Map<String, String> wanted = columns.isEmpty() ? ownNames(csv) : columns;
            for (ViewDefinition definition : definitions.views()) {
                FeatureView view = definition.view();
                var source = new Auditor.Source(view, history(view.name()).tables());
                for (Map.Entry<String, String> column : wanted.entrySet()) {
                    Feature feature = feature(column.getValue());
                    if (feature.view().equals(view)) {
                        auditor.compare(column.getKey(), source, feature.position());
                    }
                }
            }
            return auditor.audit();
        }
    }

    /// The columns that are called `view.feature`.
    private Map<String, String> ownNames(CsvReader csv) {
        List<String> all =
                definitions.views().stream()
                        .map(ViewDefinition::view)
                        .flatMap(view ->
                                view.features().stream()
                                        .map(column -> view.name() + "." + column.name()))
                        .toList();
        Map<String, String> own =
                csv.header().stream()
                        .filter(all::contains)
                        .collect(
                                Collectors.toMap(
                                        name -> name,
                                        name -> name,
                                        (a, _) -> a,
                                        LinkedHashMap::new));
        if (own.isEmpty()) {
            throw new IllegalArgumentException(
                    ("%s has no column named view.feature, only %s; say which holds which of %s"
                                    + " with --column NAME=VIEW.FEATURE")
                            .formatted(csv.name(), csv.header(), all));
        }
        return own;
    }

    /// A feature and its place in its view.
    private record Feature(FeatureView view, int position) {}

    /// The feature that is meant by `view.feature`.
    private Feature feature(String name) {
        List<String> names = names(List.of(name));
        if (names.size() != 1 || !names.contains(name)) {
            throw new DefinitionException("'%s' is no single feature; name one".formatted(name));
        }
        int dot = name.indexOf('.');
        FeatureView view = definitions.view(name.substring(0, dot)).view();
        return new Feature(
                view,
                view.features().stream()
                        .map(Column::name)
                        .toList()
                        .indexOf(name.substring(dot + 1)));
    }

    /// `view.feature` for each wanted feature, with `view.*` written out.
    private List<String> names(List<String> features) {
        List<String> names = new ArrayList<>();
        for (String wanted : features) {
            int dot = wanted.indexOf('.');
            if (dot < 0) {
                throw new DefinitionException(
                        "'%s' is no feature; write view.feature or view.*".formatted(wanted));
            }
            FeatureView view = definitions.view(wanted.substring(0, dot)).view();
            String feature = wanted.substring(dot + 1);
            List<String> all = view.features().stream().map(Column::name).toList();
            if (!feature.equals(ALL) && !all.contains(feature)) {
                throw new DefinitionException(
                        "view %s has no feature '%s'; it has %s"
                                .formatted(view.name(), feature, all));
            }
            for (String name : feature.equals(ALL) ? all : List.of(feature)) {
                names.add(view.name() + "." + name);
            }
        }
        return List.copyOf(new LinkedHashSet<>(names));
    }

    private List<ViewRequest> views(List<String> names) throws IOException {
        Map<String, ViewRequest> views = new LinkedHashMap<>();
        for (int output = 0; output < names.size(); output++) {
            String name = names.get(output);
            String viewName = name.substring(0, name.indexOf('.'));
            ViewRequest view = views.get(viewName);
            if (view == null) {
                view =
                        new ViewRequest(
                                definitions.view(viewName),
                                new ArrayList<>(),
                                new ArrayList<>(),
                                history(viewName).tables());
                views.put(viewName, view);
            }
            view.features().add(feature(name).position());
            view.outputs().add(output);
        }
        return List.copyOf(views.values());
    }

    @Override
    public void close() throws IOException {
        for (Opened its : opened.values()) {
            its.history().close();
            its.disk().close();
        }
        opened.clear();
    }
}
