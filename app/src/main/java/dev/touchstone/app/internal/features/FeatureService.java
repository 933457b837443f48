package dev.touchstone.app.internal.features;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeedCounts;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.OnlineUnavailableException;
import dev.touchstone.features.ParityWatch;
import dev.touchstone.features.Quarantined;
import dev.touchstone.features.Registry;
import dev.touchstone.features.ServedLog;
import dev.touchstone.features.TableState;
import dev.touchstone.features.Times;
import dev.touchstone.features.engines.OnlineReads;
import dev.touchstone.guardrails.Timeline;
import dev.touchstone.guardrails.Timeline.Kind;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A feature store while the server runs.
public final class FeatureService implements OnlineReads, AutoCloseable {
    private static final Logger LOG = System.getLogger(FeatureService.class.getName());

    /// A store with definitions under this name is served.
    private static final String DEFINITIONS = "features.yaml";

    /// Different lists of features that are kept ready; callers use a few.
    private static final int MAX_PLANS = 1_000;

    /// How far clocks are set back every day.
    private static final long CLOCK_SLACK = Duration.ofSeconds(1).toNanos();

    private static final long RETAIN_EVERY = Duration.ofMinutes(1).toNanos();

    private static final long SWEEP_EVERY = Duration.ofHours(1).toNanos();

    private final Definitions definitions;
    private final FeatureStore store;
    private final OnlineStore online;
    private final FeatureEngines engines;
    private final ServedLog served;
    private final ParityWatch watch;
    private final FeatureChanges changes;
    private final InstantSource clock;
    private long nextSweep;
    private long nextRetain;
    private boolean behind;
    private final AtomicLong reads = new AtomicLong();
    private final Map<ReadRequest.Wanted, ReadPlan> plans = new ConcurrentHashMap<>();

    private FeatureService(
            Definitions definitions,
            FeatureStore store,
            OnlineStore online,
            FeatureEngines engines,
            InstantSource clock)
            throws IOException {
        this.definitions = definitions;
        this.changes = engines.changes();
        this.engines = engines;
        this.store = store;
        this.online = online;
        this.watch = store.watchParity(definitions.serving().parity());
        this.served = store.served(Times.of(clock.instant()));
        this.clock = clock;
        this.nextSweep = Times.of(clock.instant()) + SWEEP_EVERY;
    }

    /// Opens the store in a folder, if there is one.
    ///
    /// @throws IOException also when its definitions cannot be used
    public static Optional<FeatureService> open(Path folder, InstantSource clock)
            throws IOException {
        return open(folder, FeatureEngines.Wanted.NOTHING, clock);
    }

    /// Opens the store in a folder, if there is one, and what is wanted around it.
    ///
    /// @throws IOException also when its definitions cannot be used, or an engine cannot be had
    public static Optional<FeatureService> open(
            Path folder, FeatureEngines.Wanted wanted, InstantSource clock) throws IOException {
        return open(folder, wanted, new Timeline(), clock);
    }

    /// As the other [#open].
    ///
    /// @param timeline hears what happens to the store
    /// @throws IOException also when its definitions cannot be used, or an engine cannot be had
    public static Optional<FeatureService> open(
            Path folder, FeatureEngines.Wanted wanted, Timeline timeline, InstantSource clock)
            throws IOException {
        var changes = new FeatureChanges(timeline, clock);
        var engines = new FeatureEngines(changes);
        try {
            Optional<Definitions> definitions = definitions(folder, changes, engines);
            if (definitions.isEmpty()) {
                if (!wanted.equals(FeatureEngines.Wanted.NOTHING)) {
                    throw new IOException(
                            "there is no feature store in %s to serve; touchstone features apply makes one"
                                    .formatted(folder));
                }
                engines.close();
                return Optional.empty();
            }
            return Optional.of(open(folder, definitions.get(), wanted, engines, clock));
        } catch (IllegalArgumentException | OnlineUnavailableException e) {
            engines.close();
            throw new IOException(e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            engines.close();
            throw e;
        }
    }

    private static FeatureService open(
            Path folder,
            Definitions definitions,
            FeatureEngines.Wanted wanted,
            FeatureEngines engines,
            InstantSource clock)
            throws IOException {
        FeatureStore store = FeatureStore.open(folder, definitions);
        try {
            OnlineStore online = engines.online(store, wanted, Times.of(clock.instant()));
            online.broken()
                    .forEach((view, why) ->
                            LOG.log(Level.ERROR, "view %s is not served: %s".formatted(view, why)));
            var service = new FeatureService(definitions, store, online, engines, clock);
            engines.readSources(store, definitions, service::now);
            engines.openDoor(wanted, service);
            return service;
        } catch (IOException | RuntimeException e) {
            close(engines, store);
            throw e;
        }
    }

    /// The sources first, which write into the store, and the table before it, which only reads.
    private static void close(FeatureEngines engines, FeatureStore store) throws IOException {
        try (store) {
            engines.close();
        }
    }

    /// What was applied to a store, or else lies in it. Whether there is a store in a folder.
    public static boolean isIn(Path folder) {
        return Registry.exists(folder) || Files.exists(folder.resolve(DEFINITIONS));
    }

    /// The registry stays open, so that nothing is applied to what is served already.
    private static Optional<Definitions> definitions(
            Path folder, FeatureChanges changes, FeatureEngines engines) throws IOException {
        if (Registry.exists(folder)) {
            Registry registry = Registry.open(folder);
            engines.keep(registry);
            changes.applied(registry);
            Optional<Registry.Applied> applied = registry.current();
            if (applied.isPresent()) {
                return Optional.of(applied.get().definitions());
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

    /// The present.
    public Instant instant() {
        return clock.instant();
    }

    /// How a list of features is read, the same for the same list.
    ///
    /// @throws dev.touchstone.app.internal.http.Problem when there is no such feature
    ReadPlan plan(ReadRequest.Wanted wanted) {
        ReadPlan plan = plans.get(wanted);
        if (plan == null) {
            plan = ReadPlan.of(wanted, definitions, online);
            if (plans.size() < MAX_PLANS) {
                plans.put(wanted, plan);
            }
        }
        return plan;
    }

    @Override
    public boolean areServed() {
        return online.table().map(TableState::whole).orElse(true);
    }

    @Override
    public OnlineReader reader(List<String> features) {
        return plan(new ReadRequest.Wanted("", features, true)).reader();
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

    /// What has become of what the views' sources gave, by view.
    public Map<String, FeedCounts> sources() {
        return engines.sources();
    }

    /// What the source of a view gave that is no event, the latest first.
    public List<Quarantined> quarantined(String view, int limit) throws IOException {
        return engines.quarantined(view, limit);
    }

    /// A row id that no read had before.
    String newRowId(long asOf) {
        return Long.toHexString(asOf) + "-" + Long.toHexString(reads.getAndIncrement());
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
        try {
            watch.beat(now).ifPresent(this::tell);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "reads could not be replayed: " + e.getMessage());
        }
        watchClock(now);
        if (now >= nextRetain) {
            nextRetain = now + RETAIN_EVERY;
            retain(now);
        }
        if (now >= nextSweep) {
            nextSweep = now + SWEEP_EVERY;
            try {
                online.sweep();
            } catch (OnlineUnavailableException e) {
                LOG.log(Level.WARNING, "memory is given back an hour later: " + e.getMessage());
            }
        }
    }

    private void retain(long now) {
        try {
            for (ServedLog.Expired gone : served.retain(now)) {
                changes.add(
                        Kind.DATA,
                        "served:" + gone.view(),
                        "%,d records of reads before %s dropped, as the definitions want it"
                                .formatted(gone.records(), Times.text(gone.until())),
                        "features");
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "old records of reads could not be dropped: " + e.getMessage());
        }
    }

    /// Says once that the clock went back, and once that it has caught up.
    private void watchClock(long now) {
        boolean isBehind = online.latest() > now + CLOCK_SLACK;
        if (isBehind != behind) {
            behind = isBehind;
            String told =
                    isBehind
                            ? "went back: reads are as of %s until it has caught up"
                                    .formatted(Times.text(online.latest()))
                            : "has caught up with what is served";
            LOG.log(Level.WARNING, "features: the clock " + told);
            changes.add(Kind.INCIDENT, "clock", told, "features");
        }
    }

    private void tell(ParityWatch.Alarm alarm) {
        LOG.log(alarm.over() ? Level.INFO : Level.WARNING, "features: " + changes.parity(alarm));
    }

    /// What is replayed all the time.
    public ParityWatch watch() {
        return watch;
    }

    /// What it counts, as Prometheus text.
    public String metrics() {
        return new FeatureMetrics(watch, served, sources(), online.table()).text();
    }

    @Override
    public void close() throws IOException {
        close(engines, store);
    }
}
