package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.edge.Repeat;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EventSource;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeedCounts;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.OnlineUnavailableException;
import dev.touchstone.features.Registry;
import dev.touchstone.features.ServedLog;
import dev.touchstone.features.Times;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.engines.EventFeedProvider;
import dev.touchstone.features.engines.OnlineReads;
import dev.touchstone.features.engines.OnlineTable;
import dev.touchstone.features.engines.OnlineTableProvider;
import dev.touchstone.features.engines.ReadDoor;
import dev.touchstone.features.engines.ReadDoorProvider;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A feature store while the server runs.
public final class FeatureService implements OnlineReads, AutoCloseable {
    private static final Logger LOG = System.getLogger(FeatureService.class.getName());

    /// A store with definitions under this name is served.
    private static final String DEFINITIONS = "features.yaml";

    /// Different lists of features that are kept ready; callers use a few.
    private static final int MAX_READERS = 1_000;

    private static final long SWEEP_EVERY = Duration.ofHours(1).toNanos();
    private static final Duration MEND_EVERY = Duration.ofMillis(250);

    private final Definitions definitions;
    private final FeatureStore store;
    private final OnlineStore online;
    private final ServedLog served;
    private final InstantSource clock;
    private long nextSweep;
    private boolean away;
    private final AtomicLong reads = new AtomicLong();
    private final Map<List<String>, OnlineReader> readers = new ConcurrentHashMap<>();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final List<FeedLoop> feeds = new ArrayList<>();

    /// What is beside the store.
    ///
    /// @param online the address of the table that is served from, unless from memory
    /// @param grpc where Feast's clients may ask over gRPC, if anywhere
    public record Around(Optional<URI> online, Optional<ReadDoorProvider.Place> grpc) {
        /// Nothing.
        public static final Around NOTHING = new Around(Optional.empty(), Optional.empty());
    }

    private FeatureService(
            Definitions definitions, FeatureStore store, OnlineStore online, InstantSource clock)
            throws IOException {
        this.definitions = definitions;
        this.store = store;
        this.online = online;
        this.served = store.served(Times.of(clock.instant()));
        this.clock = clock;
        this.nextSweep = Times.of(clock.instant()) + SWEEP_EVERY;
    }

    /// Opens the store in a folder, if there is one.
    ///
    /// @throws IOException also when its definitions cannot be used
    public static Optional<FeatureService> open(Path folder, InstantSource clock)
            throws IOException {
        return open(folder, Around.NOTHING, clock);
    }

    /// Opens the store in a folder, if there is one, begins to read the sources of its views, and
    /// opens the other door.
    ///
    /// @throws IOException also when its definitions cannot be used, or something around it not be
    ///   reached
    public static Optional<FeatureService> open(Path folder, Around around, InstantSource clock)
            throws IOException {
        try {
            Optional<Definitions> definitions = definitions(folder);
            if (definitions.isEmpty()) {
                if (!around.equals(Around.NOTHING)) {
                    throw new IOException(
                            "there is no feature store in %s to serve; touchstone features apply makes one"
                                    .formatted(folder));
                }
                return Optional.empty();
            }
            return Optional.of(open(folder, definitions.get(), around, clock));
        } catch (IllegalArgumentException | OnlineUnavailableException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static FeatureService open(
            Path folder, Definitions definitions, Around around, InstantSource clock)
            throws IOException {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            FeatureStore store = FeatureStore.open(folder, definitions);
            opened.add(store);
            long now = Times.of(clock.instant());
            OnlineStore online;
            if (around.online().isPresent()) {
                OnlineTable table = table(around.online().get());
                opened.addFirst(table);
                online = store.online(table, now);
            } else {
                online = store.online(now);
            }
            var service = new FeatureService(definitions, store, online, clock);
            service.parts.addAll(opened);
            opened.clear();
            opened.add(service);
            if (around.online().isPresent()) {
                service.parts.add(Repeat.every(MEND_EVERY, "features online", service::mend));
            }
            service.startFeeds(now);
            if (around.grpc().isPresent()) {
                service.parts.add(door(around.grpc().get(), service));
            }
            return service;
        } catch (IOException | RuntimeException e) {
            closeAll(opened);
            throw e;
        }
    }

    private static OnlineTable table(URI address) throws IOException {
        List<OnlineTableProvider> tables =
                Engines.of(loader -> ServiceLoader.load(OnlineTableProvider.class, loader));
        return tables.stream()
                .filter(table -> table.provides(address))
                .findFirst()
                .orElseThrow(() ->
                        new IOException(
                                "--online %s: no engine here knows such an address; write redis://HOST:PORT"
                                        .formatted(address.getScheme())))
                .open(address);
    }

    private static ReadDoor door(ReadDoorProvider.Place place, FeatureService service)
            throws IOException {
        List<ReadDoorProvider> doors =
                Engines.of(loader -> ServiceLoader.load(ReadDoorProvider.class, loader));
        return doors.stream()
                .filter(door -> door.kind().equals("grpc"))
                .findFirst()
                .orElseThrow(() -> new IOException("--grpc-port: the engine for gRPC is not here"))
                .open(place, service);
    }

    private void startFeeds(long now) throws IOException {
        List<ViewDefinition> fed =
                definitions.views().stream().filter(view -> view.feed().isPresent()).toList();
        if (fed.isEmpty()) {
            return;
        }
        boolean engine =
                fed.stream()
                        .map(view -> view.feed().orElseThrow())
                        .anyMatch(source -> !(source instanceof EventSource.Folder));
        List<EventFeedProvider> providers =
                engine
                        ? Engines.of(loader -> ServiceLoader.load(EventFeedProvider.class, loader))
                        : List.of();
        for (ViewDefinition view : fed) {
            FeedLoop loop =
                    FeedLoop.start(store.reads(view.view().name(), providers, now), this::now);
            feeds.add(loop);
            parts.add(loop);
        }
    }

    private void mend() {
        try {
            online.mend();
            away = false;
        } catch (OnlineUnavailableException e) {
            if (!away) {
                LOG.log(Level.WARNING, "nothing is served: " + e.getMessage());
            }
            away = true;
        }
    }

    /// What has become of what the views' sources gave, by view.
    public Map<String, FeedCounts> feeds() {
        Map<String, FeedCounts> counts = new TreeMap<>();
        feeds.forEach(feed -> counts.put(feed.view(), feed.counts()));
        return counts;
    }

    @Override
    public Served read(
            OnlineReader reader, List<OnlineKeys> keys, List<String> rowIds, List<OnlineRow> out) {
        long asOf = reader.read(keys, now(), out);
        List<String> ids = new ArrayList<>(rowIds);
        for (int row = 0; row < keys.size(); row++) {
            if (rowIds.isEmpty()) {
                ids.add(newRowId(asOf));
            }
            remember(ids.get(row), reader, keys.get(row), out.get(row), asOf);
        }
        return new Served(ids, asOf);
    }

    /// What was applied to a store, or else lies in it.
    private static Optional<Definitions> definitions(Path folder) throws IOException {
        if (Registry.exists(folder)) {
            try (var registry = Registry.open(folder)) {
                Optional<Registry.Applied> applied = registry.current();
                if (applied.isPresent()) {
                    return Optional.of(applied.get().definitions());
                }
            }
        }
        Path file = folder.resolve(DEFINITIONS);
        return Files.exists(file)
                ? Optional.of(Definitions.read(file.toString(), Files.readString(file)))
                : Optional.empty();
    }

    @Override
    public Definitions definitions() {
        return definitions;
    }

    /// What is served.
    public OnlineStore online() {
        return online;
    }

    /// The present, in nanoseconds.
    public long now() {
        return Times.of(clock.instant());
    }

    /// The same for the same list.
    @Override
    public OnlineReader reader(List<String> features) {
        OnlineReader reader = readers.get(features);
        if (reader == null) {
            reader = online.reader(features);
            if (readers.size() < MAX_READERS) {
                readers.put(List.copyOf(features), reader);
            }
        }
        return reader;
    }

    /// A row id that no read had before.
    String newRowId(long asOf) {
        return "%x-%x".formatted(asOf, reads.getAndIncrement());
    }

    /// Remembers a read. It is answered even where that fails.
    void remember(String rowId, OnlineReader reader, OnlineKeys keys, OnlineRow row, long asOf) {
        try {
            served.record(rowId, reader, keys, row, asOf);
        } catch (IOException e) {
            notKept(e);
        }
    }

    private void notKept(IOException e) {
        LOG.log(
                Level.WARNING,
                "what was served could not be kept (%d records so far): %s"
                        .formatted(served.dropped(), e.getMessage()));
    }

    /// The histories.
    public FeatureStore store() {
        return store;
    }

    /// Writes what was served since the last beat, and once an hour gives memory back; called a few
    /// times a second by one thread.
    public void beat() {
        try {
            served.flush();
        } catch (IOException e) {
            notKept(e);
        }
        long now = now();
        if (now >= nextSweep) {
            nextSweep = now + SWEEP_EVERY;
            online.sweep();
        }
    }

    @Override
    public void close() throws IOException {
        closeAll(parts);
    }

    /// Closes what was opened last first, all of it.
    private static void closeAll(List<AutoCloseable> opened) throws IOException {
        Optional<Exception> failure = Optional.empty();
        for (AutoCloseable each : opened.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                failure.ifPresent(e::addSuppressed);
                failure = Optional.of(e);
            }
        }
        if (failure.isPresent()) {
            throw new IOException(failure.get().getMessage(), failure.get());
        }
    }
}
