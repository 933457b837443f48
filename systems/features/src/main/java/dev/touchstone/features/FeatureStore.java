package dev.touchstone.features;

import dev.touchstone.features.engines.EventFeedProvider;
import dev.touchstone.features.engines.OnlineTable;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.events.FolderFeed;
import dev.touchstone.features.internal.events.Quarantine;
import dev.touchstone.features.internal.files.WholeFile;
import dev.touchstone.features.internal.join.Explainer;
import dev.touchstone.features.internal.remote.RemoteViews;
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
import java.util.function.Consumer;

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
    private static final String IDENTITY = "identity";
    private static final int FEW_REMOTE_BYTES = 1 << 12;

    private final Path folder;
    private final Definitions definitions;
    private final Histories histories;
    private final RowCounts counts;
    private Optional<OnlineStore> online = Optional.empty();
    private Optional<ServedLog> served = Optional.empty();
    private Optional<ParityWatch> watch = Optional.empty();

    private FeatureStore(Path folder, Definitions definitions, Histories histories) {
        this.folder = folder;
        this.definitions = definitions;
        this.histories = histories;
        this.counts = RowCounts.of(folder);
    }

    /// Opens a store. A view's history is opened when it is first needed.
    public static FeatureStore open(Path folder, Definitions definitions) {
        return new FeatureStore(folder, definitions, Histories.of(folder));
    }

    /// Opens a store beside the process that has it open, if there is one: to build training sets,
    /// audit, explain and replay. Each view is seen as it is when it is first asked for; what would
    /// change the store throws an [IOException].
    public static FeatureStore openToRead(Path folder, Definitions definitions) {
        return new FeatureStore(folder, definitions, Histories.beside(folder));
    }

    Histories histories() {
        return histories;
    }

    /// Appends rows to a view's history; they are on the disk when this returns.
    ///
    /// @return the sequence number of the first
    public long append(String view, List<FeatureRow> rows) throws IOException {
        return append(view, rows, Map.of());
    }

    private long append(String view, List<FeatureRow> rows, Map<String, Long> positions)
            throws IOException {
        OnlineStore its;
        synchronized (this) {
            if (online.isEmpty()) {
                return histories.append(definitions.view(view), rows, positions);
            }
            its = online.get();
        }
        // Takes locks that others hold while they ask for this one.
        return its.append(view, rows, positions);
    }

    /// How far a view's sources have been read: as of the rows that are on the disk, no more and no
    /// less. A source numbers what it gives; here stands, by the name that it has chosen, the
    /// number that comes next.
    public Map<String, Long> positions(String view) throws IOException {
        return histories.positions(definitions.view(view));
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
        if (!histories.owned()) {
            throw new IOException(
                    "the store in %s was opened to be read; who serves it owns it"
                            .formatted(folder));
        }
        if (online.isEmpty()) {
            var served = new OnlineStore(histories, counts, definitions, views, now);
            counts.save(definitions, served);
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
            return new FeedReader(histories, its, definition, opener, quarantine);
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
        var made = new ParityWatch(histories, settings);
        watch = Optional.of(made);
        return made;
    }

    /// Where reads are remembered, for training sets and for [#parity].
    public synchronized ServedLog served(long now) throws IOException {
        ServedLog log =
                served.isPresent()
                        ? served.get()
                        : new ServedLog(histories, online(now), definitions, watch);
        served = Optional.of(log);
        return log;
    }

    /// Prepares reads that are remembered, for training sets and for [#parity].
    /// [OnlineStore#reader] gives some that are not.
    ///
    /// @param features `view.feature`, or `view.*`
    /// @param now the present, in nanoseconds
    /// @throws OnlineUnavailableException when one of them is of a [#broken] view
    public LoggedReader reader(List<String> features, long now) throws IOException {
        return new LoggedReader(online(now).reader(features), served(now));
    }

    /// Replays what was served as a training set would be given it, and says where the two differ
    /// and why. [#broken] views are left out.
    ///
    /// @param perMille how many of a thousand reads to look at, the same ones every time; 1 to 1000
    /// @param examples how many differences to keep
    public ParityReport parity(int perMille, int examples) throws IOException {
        if (served.isPresent()) {
            served.get().flush();
        }
        var audit = new ParityAudit(perMille, examples);
        Map<String, String> broken = broken();
        for (ViewDefinition definition : definitions.views()) {
            if (!broken.containsKey(definition.view().name())) {
                replay(definition, audit);
            }
        }
        return audit.report();
    }

    private void replay(ViewDefinition definition, ParityAudit audit) throws IOException {
        ServedHistory log = ServedHistory.of(histories, definition);
        List<FeatureRow> reads = new ArrayList<>();
        log.rows(read -> {
            if (audit.samples(read)) {
                reads.add(read);
            }
        });
        audit.replay(definition, log.records(), reads, histories.tables(definition));
    }

    /// What a view that restates and keeps has served before and after each late event, in order:
    /// rows at the moment of the change, with the late event's time, then every feature as it was
    /// before, then as it was after.
    public List<FeatureRow> restated(String view) throws IOException {
        List<FeatureRow> kept = new ArrayList<>();
        Optional<RestatementKeeper> keeper = RestatementKeeper.of(definitions.view(view));
        if (keeper.isPresent()) {
            histories.rows(keeper.get().definition(), kept::add);
        }
        kept.sort(Comparator.comparingLong(FeatureRow::sequence));
        return kept;
    }

    /// Appends the rows of a file, Parquet if its name ends in `.parquet`, else CSV: the view's
    /// columns, `event_time`, and if there are any `available_time` and `deleted`.
    ///
    /// Every row of a file is taken once. With the rows stands in the history how many of the
    /// file's were taken, by a digest of its bytes: the same file again adds nothing, and one of
    /// which an append was interrupted is gone on with. A file with a row that cannot be read is
    /// refused before anything of it is taken.
    public Appended appendFile(String view, Path file) throws IOException {
        return appendFile(view, file, false);
    }

    /// As [#appendFile], also of what was taken before.
    public Appended appendFileAgain(String view, Path file) throws IOException {
        return appendFile(view, file, true);
    }

    private Appended appendFile(String view, Path file, boolean again) throws IOException {
        ViewDefinition definition = definitions.view(view);
        var its = new RowFile(file, definition.source());
        String name = its.digest();
        long before = again ? 0 : positions(view).getOrDefault(name, 0L);
        if (before == 0) {
            its.check(definition);
        }
        long rows = its.read(before, (batch, taken) -> append(view, batch, Map.of(name, taken)));
        return new Appended(rows, before);
    }

    /// Compacts a view's history into a segment that is clustered by entity and time.
    public void compact(String view) throws IOException {
        histories.compact(definitions.view(view));
    }

    /// Writes a view's history as a Parquet file for other tools, and for [#append] and builds of
    /// other stores: key, `event_time`, `available_time`, `deleted` and the columns, rows of an
    /// entity together and by time. Times are microseconds; when a row was known is rounded up.
    ///
    /// @param file must not exist; appears when it is complete
    /// @return how many rows it has
    /// @throws IOException when there is such a file, or an event's time is no whole microsecond
    public long export(String view, Path file) throws IOException {
        if (Files.exists(file)) {
            throw new IOException("%s is there already; name another file".formatted(file));
        }
        ViewDefinition definition = definitions.view(view);
        return new HistoryExport(definition.source(), histories.tables(definition)).write(file);
    }

    /// The views whose histories cannot be read, and why: their rows' columns are others, or their
    /// files are damaged.
    public Map<String, String> broken() throws IOException {
        Map<String, String> broken = new LinkedHashMap<>();
        for (ViewDefinition definition : definitions.views()) {
            try {
                var _ = histories.rowCount(definition);
            } catch (UnreadableHistoryException e) {
                broken.put(definition.view().name(), String.valueOf(e.getMessage()));
            }
        }
        return broken;
    }

    /// How many rows a view's history has.
    public long rowCount(String view) throws IOException {
        return histories.rowCount(definitions.view(view));
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
        return new WindowExplainer(definition, mode)
                .explain(histories.rowsOf(definition, entity), time);
    }

    /// Says what a label of an entity would be given at a time, and why.
    ///
    /// @throws IllegalArgumentException when the key does not fit the view
    public Explanation explain(String view, EntityKey entity, long time, Mode mode)
            throws IOException {
        ViewDefinition definition = definitions.view(view);
        definition.checkPlain();
        definition.view().checkKey(entity);
        return new Explainer(definition.view().rule(), mode)
                .explain(histories.rowsOf(definition, entity), entity, time);
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
        return new TrainingSetBuild(definitions, histories, sources)
                .run(request, labels, out, progress);
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
        return new TrainingSetBuild(definitions, histories, sources)
                .inMemory(request, labels, progress);
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
            return new TrainingSetAudit(definitions, histories)
                    .run(new CsvReader(reader, file.toString()), timeColumn, columns, leaks);
        }
    }

    /// Writes what waits and lets the folders go, these even if the first fails.
    ///
    /// @throws IOException the first failure, when everything is let go
    @Override
    public synchronized void close() throws IOException {
        List<Closeable> last = new ArrayList<>();
        served.ifPresent(log -> last.add(log::flush));
        online.ifPresent(its -> last.add(() -> counts.save(definitions, its)));
        last.add(histories); // last, for the flush may open some
        Histories.closeAll(last);
    }
}
