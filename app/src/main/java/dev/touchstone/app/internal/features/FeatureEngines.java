package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.edge.Repeat;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EventSource;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeedCounts;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.OnlineUnavailableException;
import dev.touchstone.features.Quarantined;
import dev.touchstone.features.TableState;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.engines.EventFeedProvider;
import dev.touchstone.features.engines.OnlineReads;
import dev.touchstone.features.engines.OnlineTable;
import dev.touchstone.features.engines.OnlineTableProvider;
import dev.touchstone.features.engines.ReadDoor;
import dev.touchstone.features.engines.ReadDoorProvider;
import dev.touchstone.guardrails.Timeline.Kind;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// What is around a feature store while the server runs: the table that it is served from, the
/// sources of its views, another door for reads.
public final class FeatureEngines implements AutoCloseable {
    private static final Logger LOG = System.getLogger(FeatureEngines.class.getName());
    private static final Duration MEND_EVERY = Duration.ofMillis(250);

    private final FeatureChanges changes;
    private final Engines engines = new Engines();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final List<FeedLoop> feeds = new ArrayList<>();
    private boolean away;

    FeatureEngines(FeatureChanges changes) {
        this.changes = changes;
    }

    /// What there is to be around a store.
    ///
    /// @param online the address of the table that is served from, unless from memory
    /// @param grpc where Feast's clients may ask over gRPC, if anywhere
    public record Wanted(Optional<URI> online, Optional<ReadDoorProvider.Place> grpc) {
        /// Nothing.
        public static final Wanted NOTHING = new Wanted(Optional.empty(), Optional.empty());
    }

    FeatureChanges changes() {
        return changes;
    }

    /// Closes something with the rest, the last of all.
    void keep(AutoCloseable part) {
        parts.addFirst(part);
    }

    /// What a store serves, in memory or in a table.
    ///
    /// @throws IOException when the table cannot be reached
    OnlineStore online(FeatureStore store, Wanted wanted, long now) throws IOException {
        if (wanted.online().isEmpty()) {
            return store.online(now);
        }
        OnlineTable table = table(wanted.online().get());
        parts.add(table);
        OnlineStore online = store.online(table, now);
        parts.add(Repeat.every(MEND_EVERY, "features online", () -> mend(online)));
        return online;
    }

    private OnlineTable table(URI address) throws IOException {
        List<OnlineTableProvider> tables =
                engines.of(loader -> ServiceLoader.load(OnlineTableProvider.class, loader));
        return tables.stream()
                .filter(table -> table.provides(address))
                .findFirst()
                .orElseThrow(() ->
                        new IOException(
                                "--online %s: no engine here knows such an address; write redis://HOST:PORT"
                                        .formatted(address.getScheme())))
                .open(address);
    }

    private void mend(OnlineStore online) {
        long before = fillings(online);
        try {
            online.mend();
            long filled = fillings(online) - before;
            if (filled > 0) {
                String what =
                        "%s had lost rows, or may have dropped some: %d views were filled again from their histories"
                                .formatted(where(online), filled);
                LOG.log(Level.WARNING, what);
                changes.add(Kind.DEPENDENCY, "online table", what, "features");
            }
            if (away) {
                changes.add(Kind.DEPENDENCY, "online table", "is back and whole", "features");
            }
            away = false;
        } catch (OnlineUnavailableException e) {
            if (!away) {
                LOG.log(Level.WARNING, "features are not served: " + e.getMessage());
                changes.add(
                        Kind.DEPENDENCY, "online table", "is away: " + e.getMessage(), "features");
            }
            away = true;
        }
    }

    private static long fillings(OnlineStore online) {
        return online.table().map(TableState::fillings).orElse(0L);
    }

    private static String where(OnlineStore online) {
        return online.table().map(TableState::where).orElse("memory");
    }

    /// Begins to read the sources of the views that have one.
    ///
    /// @throws IllegalArgumentException when a source says something that it cannot
    void readSources(FeatureStore store, Definitions definitions, LongSupplier now)
            throws IOException {
        var broken = store.online(now.getAsLong()).broken();
        List<ViewDefinition> fed =
                definitions.views().stream()
                        .filter(view -> view.feed().isPresent())
                        .filter(view -> !broken.containsKey(view.view().name()))
                        .toList();
        boolean onlyFiles =
                fed.stream()
                        .map(view -> view.feed().orElseThrow())
                        .allMatch(EventSource.Folder.class::isInstance);
        List<EventFeedProvider> providers =
                onlyFiles
                        ? List.of()
                        : engines.of(loader -> ServiceLoader.load(EventFeedProvider.class, loader));
        for (ViewDefinition view : fed) {
            FeedLoop loop =
                    FeedLoop.start(
                            store.reads(view.view().name(), providers, now.getAsLong()),
                            now,
                            changes);
            feeds.add(loop);
            parts.add(loop);
        }
    }

    /// Opens the door, if one is wanted.
    void openDoor(Wanted wanted, OnlineReads reads) throws IOException {
        if (wanted.grpc().isEmpty()) {
            return;
        }
        List<ReadDoorProvider> doors =
                engines.of(loader -> ServiceLoader.load(ReadDoorProvider.class, loader));
        ReadDoor door =
                doors.stream()
                        .filter(one -> one.kind().equals("grpc"))
                        .findFirst()
                        .orElseThrow(() ->
                                new IOException("--grpc-port: the engine for gRPC is not here"))
                        .open(wanted.grpc().get(), reads);
        parts.add(door);
        LOG.log(Level.INFO, "features over gRPC at port " + door.port());
    }

    /// What has become of what the sources gave, by view.
    Map<String, FeedCounts> sources() {
        Map<String, FeedCounts> counts = new TreeMap<>();
        feeds.forEach(feed -> counts.put(feed.view(), feed.counts()));
        return counts;
    }

    List<Quarantined> quarantined(String view, int limit) throws IOException {
        for (FeedLoop feed : feeds) {
            if (feed.view().equals(view)) {
                return feed.quarantined(limit);
            }
        }
        return List.of();
    }

    /// Closes what was opened last first, all of it.
    @Override
    public void close() throws IOException {
        Optional<Exception> failure = Optional.empty();
        for (AutoCloseable each : parts.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                failure.ifPresent(e::addSuppressed);
                failure = Optional.of(e);
            }
        }
        parts.clear();
        if (failure.isPresent()) {
            throw new IOException(failure.get().getMessage(), failure.get());
        }
    }
}
