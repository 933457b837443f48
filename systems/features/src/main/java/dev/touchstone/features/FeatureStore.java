package dev.touchstone.features;

import dev.touchstone.features.engines.EventFeedProvider;
import dev.touchstone.features.engines.OnlineTable;
import dev.touchstone.features.internal.audit.Auditor;
import dev.touchstone.features.internal.build.History;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRows;
import dev.touchstone.features.internal.events.FolderFeed;
import dev.touchstone.features.internal.events.Quarantine;
import dev.touchstone.features.internal.files.WholeFile;
import dev.touchstone.features.internal.join.Explainer;
import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.log.FolderDisk;
import dev.touchstone.features.internal.log.ViewHistory;
import dev.touchstone.features.internal.parquet.ParquetRows;
import dev.touchstone.features.internal.remote.RemoteViews;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.window.WindowExplainer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The histories of some views in a folder, and what is made of them.
///
/// ```java
/// try (var store = FeatureStore.open(folder, definitions)) {
///     store.append("account", rows);            // on the disk when it returns
///     store.buildTrainingSet(request, labels, trainingSet, BuildProgress.UNWATCHED);
/// }
/// ```
///
/// One process owns a folder. What is appended and read online may come from any thread.
public final class FeatureStore implements Closeable {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String COUNTS = "counts.json";
    private static final String IDENTITY = "identity";
    private static final int FEW_REMOTE_BYTES = 1 << 12;
    private static final int ROWS_PER_APPEND = 5_000;

    private final Path folder;
    private final Definitions definitions;
    private final Map<String, Opened> opened = new LinkedHashMap<>();
    private Optional<OnlineStore> online = Optional.empty();
    private Optional<ServedLog> served = Optional.empty();
    private Optional<ParityWatch> watch = Optional.empty();

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
        return history(definitions.view(view));
    }

    private ViewHistory history(ViewDefinition definition) throws IOException {
        return opened(definition).history();
    }

    private synchronized Opened opened(ViewDefinition definition) throws IOException {
        String view = definition.view().name();
        Opened its = opened.get(view);
        if (its == null) {
            Disk disk = FolderDisk.open(folder.resolve(view));
            try {
                its = new Opened(disk, new ViewHistory(disk, definition.source()));
            } catch (IOException e) {
                disk.close();
                throw e;
            }
            opened.put(view, its);
        }
        return its;
    }

    /// Appends rows to a view's history; they are on the disk when this returns.
    ///
    /// @return the sequence number of the first
    public long append(String view, List<FeatureRow> rows) throws IOException {
        OnlineStore its;
        synchronized (this) {
            if (online.isEmpty()) {
                return appendRows(definitions.view(view), rows);
            }
            its = online.get();
        }
        return its.append(
                view, rows); // Takes its own locks first, and this one while holding them.
    }

    long appendRows(ViewDefinition definition, List<FeatureRow> rows) throws IOException {
        return appendRows(definition, rows, Map.of());
    }

    /// @param positions up to which sources have been read with these rows
    synchronized long appendRows(
            ViewDefinition definition, List<FeatureRow> rows, Map<String, Long> positions)
            throws IOException {
        if (definition.windows().isPresent()) {
            rows.forEach(row -> checkEvent(definition, row));
        }
        return history(definition).append(rows, positions);
    }

    /// How far a view's sources have been read: as of the rows that are on the disk, no more and no
    /// less. A source numbers what it gives; here stands, by the name that it has chosen, the
    /// number that comes next.
    public synchronized Map<String, Long> positions(String view) throws IOException {
        return history(view).positions();
    }

    /// Refuses rows that [#appendRows] would refuse.
    static void checkRows(ViewDefinition definition, List<FeatureRow> rows) {
        for (FeatureRow row : rows) {
            definition.source().check(row);
            if (definition.windows().isPresent()) {
                checkEvent(definition, row);
            }
        }
    }

    private static void checkEvent(ViewDefinition definition, FeatureRow row) {
        Optional<Integer> id = definition.windows().orElseThrow().id();
        if (row.isTombstone()) {
            throw new IllegalArgumentException(
                    "view %s aggregates events, which are not deleted; to take one back, send it again under its id without values"
                            .formatted(definition.view().name()));
        }
        if (id.isPresent() && row.values().get(id.get()).equals(Value.MISSING)) {
            throw new IllegalArgumentException(
                    "an event of view %s has no %s, which says which event it is"
                            .formatted(
                                    definition.view().name(),
                                    definition.source().features().get(id.get()).name()));
        }
    }

    /// What the views serve now, kept in memory from here on and fed by [#append] as well. The
    /// first call reads all histories.
    ///
    /// @param now the present, in nanoseconds
    public synchronized OnlineStore online(long now) throws IOException {
        return online(Optional.empty(), now);
    }

    /// What the views serve now, kept in a table elsewhere: filled from the histories as far as it
    /// is behind them, and fed by [#append] as well. To be asked for before anything is served; the
    /// caller closes the table after this store.
    ///
    /// @throws OnlineUnavailableException when the table does not answer
    public synchronized OnlineStore online(OnlineTable table, long now) throws IOException {
        return online(
                Optional.of(
                        new RemoteViews(
                                table, definitions.views(), identity(now), FEW_REMOTE_BYTES)),
                now);
    }

    private OnlineStore online(Optional<RemoteViews> views, long now) throws IOException {
        if (online.isEmpty()) {
            var served = new OnlineStore(this, definitions, views, now);
            saveCounts(served);
            online = Optional.of(served);
        } else if (views.isPresent()) {
            throw new IllegalStateException("the views are served already; close the store first");
        }
        return online.get();
    }

    /// Names this store, for tables that outlive it: the moment at which it first needed a name.
    private String identity(long now) throws IOException {
        Path file = folder.resolve(IDENTITY);
        if (!Files.exists(file)) {
            Files.createDirectories(folder);
            try (var whole = new WholeFile(file)) {
                whole.writer().write("%x".formatted(now));
                whole.force();
                whole.appear();
            }
        }
        return Files.readString(file);
    }

    /// Reads a view's source into its history and what is served, from where it was left.
    ///
    /// @param feeds open sources that are not files
    /// @param now the present, in nanoseconds
    /// @throws IllegalArgumentException when the view has no source, or one that nobody opens
    public FeedReader reads(String view, List<EventFeedProvider> feeds, long now)
            throws IOException {
        ViewDefinition definition = definitions.view(view);
        EventSource source =
                definition
                        .feed()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "view %s has no source; add one to its definition"
                                                .formatted(view)));
        FeedReader.Opener opener =
                switch (source) {
                    case EventSource.Folder(String path) ->
                            positions ->
                                    new FolderFeed(Path.of(path), definition.source(), positions);
                    case EventSource.Kafka _ -> {
                        EventFeedProvider feed =
                                feeds.stream()
                                        .filter(one -> one.provides(source))
                                        .findFirst()
                                        .orElseThrow(() ->
                                                new IllegalArgumentException(
                                                        "%s: nobody here reads that; is the engine installed?"
                                                                .formatted(source.text())));
                        String reader = "touchstone-%s-%s".formatted(view, identity(now));
                        yield positions -> feed.open(source, reader, positions);
                    }
                };
        OnlineStore its = online(now);
        Quarantine quarantine =
                Quarantine.open(folder.resolve("quarantine").resolve(view + ".jsonl"));
        try {
            return new FeedReader(this, its, definition, opener, quarantine);
        } catch (IOException | RuntimeException e) {
            quarantine.close();
            throw e;
        }
    }

    /// Has a sample of the reads replayed all the time; to be called before [#served].
    public synchronized ParityWatch watchParity(ParityWatch.Settings settings) {
        if (served.isPresent()) {
            throw new IllegalStateException(
                    "reads are remembered already; watch them from the beginning");
        }
        var made = new ParityWatch(this, settings);
        watch = Optional.of(made);
        return made;
    }

    /// Where reads are remembered, for training sets and for [#parity].
    public synchronized ServedLog served(long now) throws IOException {
        ServedLog log =
                served.isPresent()
                        ? served.get()
                        : new ServedLog(this, online(now), definitions, watch);
        served = Optional.of(log);
        return log;
    }

    /// Replays what was served as a training set would be given it, and says where the two differ
    /// and why.
    ///
    /// @param perMille how many of a thousand reads to look at, the same ones every time; 1 to 1000
    /// @param examples how many differences to keep
    public ParityReport parity(int perMille, int examples) throws IOException {
        if (served.isPresent()) {
            served.get().flush();
        }
        var audit = new ParityAudit(perMille, examples);
        for (ViewDefinition definition : definitions.views()) {
            ServedRecords records = ServedRecords.of(definition);
            List<FeatureRow> reads = new ArrayList<>();
            rows(
                    records.definition(),
                    read -> {
                        if (audit.samples(read)) {
                            reads.add(read);
                        }
                    });
            audit.replay(definition, records, reads, tables(definition));
        }
        return audit.report();
    }

    /// Gives every row of a view's history, in no particular order.
    synchronized void rows(ViewDefinition definition, Consumer<FeatureRow> each)
            throws IOException {
        for (ClusteredTable table : history(definition).tables()) {
            for (int entity = 0; entity < table.entities().count(); entity++) {
                for (int row = table.firstRow(entity); row < table.endRow(entity); row++) {
                    each.accept(table.row(entity, row));
                }
            }
        }
    }

    /// What has become of a view's rows. Counted row by row in the order of arrival, but for those
    /// that were counted when the store was last open.
    synchronized IngestCounts counts(ViewDefinition definition) throws IOException {
        IngestCounts counted =
                savedCounts().getOrDefault(definition.view().name(), IngestCounts.NONE);
        long from = counted.rows() <= history(definition).rowCount() ? counted.rows() : 0;
        List<FeatureRow> since = new ArrayList<>();
        rows(
                definition,
                row -> {
                    if (row.sequence() >= from) {
                        since.add(row);
                    }
                });
        since.sort(Comparator.comparingLong(FeatureRow::sequence));
        IngestCounts counts = from == 0 ? IngestCounts.NONE : counted;
        for (FeatureRow row : since) {
            counts = counts.after(row, definition.late());
        }
        return counts;
    }

    private Map<String, IngestCounts> savedCounts() throws IOException {
        Path file = folder.resolve(COUNTS);
        return Files.exists(file)
                ? JSON.readValue(
                        Files.readAllBytes(file), new TypeReference<Map<String, IngestCounts>>() {})
                : Map.of();
    }

    private void saveCounts(OnlineStore served) throws IOException {
        Map<String, IngestCounts> counts = new TreeMap<>();
        for (ViewDefinition definition : definitions.views()) {
            String view = definition.view().name();
            counts.put(view, served.counts(view));
        }
        try (var file = new WholeFile(folder.resolve(COUNTS))) {
            file.writer().write(JSON.writeValueAsString(counts));
            file.force();
            file.appear();
        }
    }

    /// What a view that restates and keeps has served before and after each late event, in order:
    /// rows at the moment of the change, with the late event's time, then every feature as it was
    /// before, then as it was after.
    public synchronized List<FeatureRow> restated(String view) throws IOException {
        List<FeatureRow> kept = new ArrayList<>();
        Optional<RestatementKeeper> keeper = RestatementKeeper.of(definitions.view(view));
        if (keeper.isPresent()) {
            rows(keeper.get().definition(), kept::add);
        }
        kept.sort(Comparator.comparingLong(FeatureRow::sequence));
        return kept;
    }

    List<ClusteredTable> tables(String view) throws IOException {
        return tables(definitions.view(view));
    }

    private synchronized List<ClusteredTable> tables(ViewDefinition definition) throws IOException {
        return history(definition).tables();
    }

    /// A view's history as a source of training sets. Known by its files and when they were
    /// written: other rows, though as many and as large, are another history.
    synchronized History.Tables builtFrom(ViewDefinition definition) throws IOException {
        List<ClusteredTable> tables = tables(definition);
        Path its = folder.resolve(definition.view().name());
        List<String> files = new ArrayList<>();
        for (String name : opened(definition).disk().list()) {
            Path file = its.resolve(name);
            files.add(
                    "%s %d %s".formatted(name, Files.size(file), Files.getLastModifiedTime(file)));
        }
        return new History.Tables(definition, tables, files.toString());
    }

    /// Appends the rows of a file, Parquet if its name ends in `.parquet`, else CSV: the view's
    /// columns, `event_time`, and if there are any `available_time` and `deleted`. Rows before one
    /// that cannot be read are kept.
    ///
    /// @return how many rows
    public long appendFile(String view, Path file) throws IOException {
        FeatureView definition = definitions.view(view).source();
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
    public synchronized void compact(String view) throws IOException {
        history(view).compact();
    }

    /// Compacts a history whose rows outside the segment are many, and half as many as those in it,
    /// so that what is compacted again and again stays in proportion.
    synchronized void compactIfLarge(ViewDefinition definition, int many) throws IOException {
        ViewHistory history = history(definition);
        int recent = history.recentCount();
        if (recent > many && recent > (history.rowCount() - recent) / 2) {
            history.compact();
        }
    }

    /// How many rows a view's history has.
    public synchronized long rowCount(String view) throws IOException {
        return history(view).rowCount();
    }

    /// A view whose rows are its features.
    private FeatureView plain(String view) {
        ViewDefinition definition = definitions.view(view);
        if (definition.windows().isPresent()) {
            throw new IllegalArgumentException(
                    "view %s has windows; only views of plain rows can be audited, and explained by rows"
                            .formatted(view));
        }
        return definition.view();
    }

    /// Says what windowed aggregates a label of an entity would be given at a time, and why.
    ///
    /// @throws IllegalArgumentException when the view has no windows, or the key does not fit it
    public WindowExplanation explainWindows(String view, EntityKey entity, long time, Mode mode)
            throws IOException {
        ViewDefinition definition = definitions.view(view);
        if (definition.windows().isEmpty()) {
            throw new IllegalArgumentException(
                    "view %s has no windows; ask for the row that wins".formatted(view));
        }
        definition.view().checkKey(entity);
        return new WindowExplainer(definition, mode).explain(rowsOf(view, entity), time);
    }

    private List<FeatureRow> rowsOf(String view, EntityKey entity) throws IOException {
        List<FeatureRow> rows = new ArrayList<>();
        for (ClusteredTable table : tables(view)) {
            rows.addAll(table.rowsOf(entity));
        }
        return rows;
    }

    /// Says what a label of an entity would be given at a time, and why.
    ///
    /// @throws IllegalArgumentException when the key does not fit the view
    public Explanation explain(String view, EntityKey entity, long time, Mode mode)
            throws IOException {
        FeatureView definition = plain(view);
        definition.checkKey(entity);
        return new Explainer(definition.rule(), mode).explain(rowsOf(view, entity), entity, time);
    }

    /// Gives the labels in a file the features that would have been served at their moments, from
    /// the histories in this store. See the other [#buildTrainingSet].
    public Optional<TrainingSetManifest> buildTrainingSet(
            TrainingSetRequest request, Path labels, Path out, BuildProgress progress)
            throws IOException {
        return buildTrainingSet(request, TrainingSetSources.STORE, labels, out, progress);
    }

    /// Gives the labels in a file the features that would have been served at their moments.
    ///
    /// Files are Parquet if their names end in `.parquet` (times then have microseconds), Arrow if
    /// in `.arrow`, `.feather` or `.ipc`, else CSV. The set appears when it is complete, and its
    /// manifest (`….manifest.json`) before it. Labels stay in their order, each with its columns as
    /// they were.
    ///
    /// Memory is bounded by [TrainingSetSources#memoryBytes], however many labels, views and rows
    /// there are. While it runs, finished parts lie in a folder beside the set (`….building`); a
    /// build that was killed or failed goes on from them when it is started again.
    ///
    /// @return nothing when `progress` stopped it; then nothing is left behind
    /// @throws FileAlreadyExistsException when the set is there
    public Optional<TrainingSetManifest> buildTrainingSet(
            TrainingSetRequest request,
            TrainingSetSources sources,
            Path labels,
            Path out,
            BuildProgress progress)
            throws IOException {
        flushServed(request);
        return new TrainingSetBuild(definitions, this, sources).run(request, labels, out, progress);
    }

    /// The same set as [#buildTrainingSet] writes, in memory; labels in a CSV file keep the columns
    /// that are neither keys nor times as text.
    ///
    /// Half of [TrainingSetSources#memoryBytes] is there for the set.
    ///
    /// @return nothing when `progress` stopped it
    /// @throws IOException also when the set would take more than that
    public Optional<TrainingSet> trainingSet(
            TrainingSetRequest request,
            TrainingSetSources sources,
            Path labels,
            BuildProgress progress)
            throws IOException {
        flushServed(request);
        return new TrainingSetBuild(definitions, this, sources).inMemory(request, labels, progress);
    }

    private void flushServed(TrainingSetRequest request) throws IOException {
        Optional<ServedLog> log;
        synchronized (this) {
            log = served;
        }
        if (log.isPresent() && request.rowIds().isPresent()) {
            log.get().flush();
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
                var source = new Auditor.Source(view, tables(view.name()));
                for (Map.Entry<String, String> column : wanted.entrySet()) {
                    Feature feature = feature(column.getValue());
                    if (feature.view().equals(view)) {
                        plain(view.name());
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
        List<String> names = definitions.names(List.of(name));
        if (names.size() != 1 || !names.contains(name)) {
            throw new DefinitionException("'%s' is no single feature; name one".formatted(name));
        }
        int dot = name.indexOf('.');
        FeatureView view = definitions.view(name.substring(0, dot)).view();
        return new Feature(view, view.position(name.substring(dot + 1)));
    }

    /// Writes what waits and lets the folders go, these even if the first fails.
    ///
    /// @throws IOException the first failure, when everything is let go
    @Override
    public synchronized void close() throws IOException {
        List<Closeable> last = new ArrayList<>();
        served.ifPresent(log -> last.add(log::flush));
        online.ifPresent(its -> last.add(() -> saveCounts(its)));
        last.add(this::closeHistories); // the flush may open some
        closeAll(last);
    }

    private void closeHistories() throws IOException {
        List<Closeable> all = new ArrayList<>();
        for (Opened its : opened.values()) {
            all.add(its.history());
            all.add(its.disk());
        }
        opened.clear();
        closeAll(all);
    }

    private static void closeAll(List<Closeable> all) throws IOException {
        List<Exception> failures = new ArrayList<>();
        for (Closeable one : all) {
            try {
                one.close();
            } catch (IOException | RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            var failure =
                    new IOException(
                            "the store is closed, but: %s"
                                    .formatted(failures.getFirst().getMessage()),
                            failures.getFirst());
            failures.subList(1, failures.size()).forEach(failure::addSuppressed);
            throw failure;
        }
    }
}
