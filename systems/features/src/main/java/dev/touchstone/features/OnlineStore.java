package dev.touchstone.features;

import dev.touchstone.features.internal.online.OnlineView;
import dev.touchstone.features.internal.remote.RemoteViews;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the views of a store serve now, in memory or in a table elsewhere. Made by
/// [FeatureStore#online].
///
/// An event is pushed once: it goes to the history, on the disk, and from then on it is served. A
/// read says as of which moment it answers, and an as-of join at that moment gives the same: a row
/// counts as available from a moment that no earlier read was answered for.
///
/// Safe for many threads. Reads wait for a push only while its rows are taken in, not for its disk.
public final class OnlineStore {
    /// Rows that are written at once, unless a single push has more.
    private static final int MOST_TOGETHER = 10_000;

    private final FeatureStore store;
    private final Definitions definitions;
    private final Map<String, Served> views = new LinkedHashMap<>();

    /// Where the views are, unless they are here.
    private final Optional<RemoteTable> remote;

    /// Held while rows go to the disk and are taken in, before [#present].
    private final Object pushing = new Object();

    /// Pushes that nobody has taken on yet; guarded by itself.
    private final List<Push> waiting = new ArrayList<>();

    /// Held while views are read or changed.
    private final Object present = new Object();

    /// The latest moment that something was answered for or became available at.
    private long latest = Times.MINUS_INFINITY;

    /// From when on the rows will count that are on their way to the disk.
    private long inFlight = Times.INFINITY;

    /// A view, and what became of its rows.
    private static final class Served {
        final ViewDefinition definition;
        final OnlineView view;
        final Optional<RestatementKeeper> keeper;
        IngestCounts counts;

        Served(ViewDefinition definition, OnlineView view, IngestCounts counts) {
            this.definition = definition;
            this.view = view;
            this.keeper = RestatementKeeper.of(definition);
            this.counts = counts;
        }
    }

    /// Rows on their way in, and what became of them.
    private static final class Push {
        final Served served;
        final List<FeatureRow> rows;
        final Map<String, Long> positions;
        final long now;
        boolean done;
        private @Nullable PushReport report;
        private @Nullable Exception failure;

        Push(Served served, List<FeatureRow> rows, Map<String, Long> positions, long now) {
            this.served = served;
            this.rows = rows;
            this.positions = positions;
            this.now = now;
        }

        void succeed(IngestCounts before, IngestCounts after, long available) {
            done = true;
            report =
                    new PushReport(
                            rows.size(),
                            (int) (after.late() - before.late()),
                            (int) (after.dropped() - before.dropped()),
                            available);
        }

        void fail(Exception why) {
            done = true;
            failure = why;
        }

        PushReport report() throws IOException {
            switch (failure) {
                case null -> {}
                case IOException e -> throw new IOException(e.getMessage(), e);
                case RuntimeException e -> throw e;
                default -> throw new IllegalStateException(failure);
            }
            return Objects.requireNonNull(report);
        }
    }

    /// @param views where the views are kept, unless in memory
    OnlineStore(FeatureStore store, Definitions definitions, Optional<RemoteViews> views, long now)
            throws IOException {
        this.store = store;
        this.definitions = definitions;
        this.remote = views.map(its -> new RemoteTable(its, store, definitions));
        for (ViewDefinition definition : definitions.views()) {
            OnlineView view = OnlineView.of(definition);
            view.advance(now);
            var counts = store.counts(definition);
            if (remote.isEmpty()) {
                store.rows(definition, view::put);
            }
            this.views.put(definition.view().name(), new Served(definition, view, counts));
        }
        latest = now;
        if (remote.isPresent()) {
            remote.get().catchUp(now);
        }
    }

    /// Has a table that has lost rows, or was away, filled again from the histories: worth a call a
    /// few times a second. Reads fail until then.
    ///
    /// @throws OnlineUnavailableException when it is still away, or would drop rows by itself
    public void mend() {
        if (remote.isPresent()) {
            synchronized (pushing) {
                remote.get().watch();
                if (!remote.get().isWhole()) {
                    remote.get().catchUp(asOfLatest());
                }
            }
        }
    }

    /// How the table is that the views are served from, unless that is memory.
    public Optional<TableState> table() {
        return remote.map(RemoteTable::state);
    }

    private long asOfLatest() {
        synchronized (present) {
            return latest;
        }
    }

    /// Takes rows in: they are on the disk and served when this returns.
    ///
    /// @param rows what happened; from when on they are available is decided here
    /// @param now the present, in nanoseconds
    /// @throws IllegalArgumentException when a row does not fit the view; then none is kept
    /// @throws IOException when they may not be on the disk; open the store again to know
    /// @throws OnlineUnavailableException when what is served lies in a table that is away; the
    ///   message says whether the rows are kept
    public PushReport push(String view, List<FeatureRow> rows, long now) throws IOException {
        return push(view, rows, Map.of(), now);
    }

    /// As [#push(String, List, long)], and remembers with the rows how far their source has been
    /// read: both are on the disk, or neither.
    ///
    /// @param rows may be none
    /// @param positions of sources, by their names; see [FeatureStore#positions]
    public PushReport push(
            String view, List<FeatureRow> rows, Map<String, Long> positions, long now)
            throws IOException {
        var push = new Push(served(view), rows, positions, now);
        FeatureStore.checkRows(push.served.definition, rows);
        synchronized (waiting) {
            waiting.add(push);
        }
        synchronized (pushing) {
            if (!push.done) { // else it went with one that was written meanwhile
                List<Push> together;
                synchronized (waiting) {
                    together = List.copyOf(waiting);
                    waiting.clear();
                }
                pushTogether(together);
            }
        }
        return push.report();
    }

    /// Pushes that came while another was on its way to the disk share the next way there.
    private void pushTogether(List<Push> pushes) {
        Map<Served, List<Push>> byView = new LinkedHashMap<>();
        int rows = 0;
        for (Push push : pushes) {
            rows += push.rows.size();
            if (rows > MOST_TOGETHER) {
                commitEach(byView);
                byView.clear();
                rows = push.rows.size();
            }
            byView.computeIfAbsent(push.served, _ -> new ArrayList<>()).add(push);
        }
        commitEach(byView);
    }

    private void commitEach(Map<Served, List<Push>> byView) {
        byView.forEach((served, pushes) -> {
            try {
                commit(served, pushes);
            } catch (IOException | RuntimeException e) {
                pushes.forEach(push -> push.fail(e));
            }
        });
    }

    private void commit(Served served, List<Push> pushes) throws IOException {
        if (remote.isPresent() && !remote.get().isWhole()) {
            remote.get().catchUp(asOfLatest()); // before anything is kept
        }
        long now = pushes.stream().mapToLong(push -> push.now).max().orElseThrow();
        long available = announce(now);
        try {
            List<FeatureRow> stamped = new ArrayList<>();
            Map<String, Long> positions = new LinkedHashMap<>();
            IngestCounts counts = served.counts;
            for (Push push : pushes) {
                positions.putAll(push.positions);
                IngestCounts before = counts;
                List<FeatureRow> its = stamp(served.definition, counts, push.rows, available);
                for (FeatureRow row : its) {
                    counts = counts.after(row, served.definition.late());
                }
                stamped.addAll(its);
                push.succeed(before, counts, available);
            }
            append(served, stamped, positions, available);
        } finally {
            synchronized (present) {
                inFlight = Times.INFINITY;
                latest = Math.max(latest, available);
            }
        }
    }

    /// From when on rows will be available that are written now. Reads until then are answered as
    /// of the moment before.
    private long announce(long now) {
        synchronized (present) {
            inFlight = Math.max(now, latest + 1);
            return inFlight;
        }
    }

    private static List<FeatureRow> stamp(
            ViewDefinition definition, IngestCounts before, List<FeatureRow> rows, long available) {
        LatePolicy policy = definition.late();
        IngestCounts counts = before;
        List<FeatureRow> stamped = new ArrayList<>(rows.size());
        for (FeatureRow row : rows) {
            boolean drop =
                    policy.then() == LatePolicy.Then.DROP
                            && policy.isLate(row.eventTime(), counts.watermark());
            FeatureRow its =
                    new FeatureRow(
                            row.entity(),
                            row.eventTime(),
                            drop ? Times.INFINITY : available,
                            row.sequence(),
                            row.values());
            stamped.add(its);
            counts = counts.after(its, policy);
        }
        return stamped;
    }

    /// Takes rows in that say themselves when they were available.
    long append(String view, List<FeatureRow> rows) throws IOException {
        synchronized (pushing) {
            long asOf;
            synchronized (present) {
                asOf = latest;
            }
            return append(served(view), rows, Map.of(), asOf);
        }
    }

    private OnlineView current(Served served, List<FeatureRow> rows, long asOf) {
        return remote.isPresent() && served.keeper.isPresent()
                ? remote.get().fetch(served.definition, rows, asOf - 1)
                : served.view;
    }

    private long append(
            Served served, List<FeatureRow> rows, Map<String, Long> positions, long asOf)
            throws IOException {
        OnlineView view = current(served, rows, asOf);
        long first = store.appendRows(served.definition, rows, positions);
        List<FeatureRow> restated = new ArrayList<>();
        List<FeatureRow> numbered = new ArrayList<>();
        synchronized (present) {
            IngestCounts counts = served.counts;
            if (served.keeper.isEmpty()) {
                // No read will be answered for a moment before this any more.
                served.view.advance(asOf);
            }
            for (int i = 0; i < rows.size(); i++) {
                FeatureRow row = rows.get(i).withSequence(first + i);
                IngestCounts after = counts.after(row, served.definition.late());
                if (after.restated() > counts.restated() && served.keeper.isPresent()) {
                    restated.add(served.keeper.get().take(view, row, asOf));
                } else if (remote.isEmpty() || served.keeper.isPresent()) {
                    view.put(row);
                }
                numbered.add(row);
                counts = after;
            }
            served.counts = counts;
            if (remote.isEmpty()) {
                serve(asOf);
            }
        }
        if (!restated.isEmpty()) {
            store.appendRows(served.keeper.orElseThrow().definition(), restated);
        }
        if (remote.isPresent()) {
            remote.get().add(served.definition, numbered, asOf);
            synchronized (present) {
                serve(asOf);
            }
        }
        return first;
    }

    /// Reads give the rows from here on, so they say so, whatever is still to be written.
    private void serve(long asOf) {
        latest = Math.max(latest, asOf);
        inFlight = Times.INFINITY;
    }

    /// Prepares reads.
    ///
    /// @param features `view.feature`, or `view.*`
    public OnlineReader reader(List<String> features) {
        ReaderPlan plan = ReaderPlan.of(definitions, features);
        List<OnlineReader.Part> parts = new ArrayList<>();
        plan.wanted()
                .forEach((name, wanted) -> {
                    OnlineView view = served(name).view;
                    parts.add(
                            new OnlineReader.Part(
                                    name,
                                    view,
                                    view.reads(wanted.features(), wanted.outputs()),
                                    wanted.features(),
                                    wanted.outputs(),
                                    plan.entities().indexOf(wanted.view().key())));
                });
        return new OnlineReader(this, plan, parts);
    }

    long read(List<OnlineReader.Part> parts, OnlineKeys keys, long now, OnlineRow out) {
        if (remote.isPresent()) {
            return read(parts, List.of(keys), now, List.of(out));
        }
        synchronized (present) {
            long asOf = asOf(now);
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).view().advance(asOf);
            }
            read(parts, keys, out);
            return asOf;
        }
    }

    long read(List<OnlineReader.Part> parts, List<OnlineKeys> keys, long now, List<OnlineRow> out) {
        if (remote.isPresent()) {
            long asOf;
            synchronized (present) {
                asOf = asOf(now);
            }
            remote.get().read(parts, keys, asOf, out);
            return asOf;
        }
        synchronized (present) {
            long asOf = asOf(now);
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).view().advance(asOf);
            }
            for (int row = 0; row < keys.size(); row++) {
                read(parts, keys.get(row), out.get(row));
            }
            return asOf;
        }
    }

    private static void read(List<OnlineReader.Part> parts, OnlineKeys keys, OnlineRow out) {
        for (int i = 0; i < parts.size(); i++) {
            OnlineReader.Part part = parts.get(i);
            EntityKey key = keys.key(part.entity());
            if (key == null) {
                part.reads().readNothing(out.cells());
            } else {
                part.reads().read(key, out.cells());
            }
        }
    }

    private long asOf(long now) {
        long asOf = inFlight == Times.INFINITY ? now : Math.min(now, inFlight - 1);
        latest = Math.max(asOf, latest);
        return latest;
    }

    /// What has become of a view's rows so far.
    public IngestCounts counts(String view) {
        synchronized (present) {
            return served(view).counts;
        }
    }

    /// How many entities a view keeps rows, events or tiles of in memory. Of windows there may be
    /// more keys: that an entity had events, and when, stays after they are swept.
    public int entities(String view) {
        synchronized (present) {
            return served(view).view.entities();
        }
    }

    /// Gives the memory of events and tiles back that no window can cover any more: worth a call
    /// now and then, such as every hour. The keys stay, for an entity without events in its windows
    /// is served otherwise than one that never had any; plain views keep their one row an entity.
    ///
    /// @throws OnlineUnavailableException when the views are in a table that is away
    public void sweep() {
        synchronized (present) {
            views.values().forEach(served -> served.view.sweep());
        }
        if (remote.isPresent()) {
            views.keySet().forEach(view -> sweep(remote.get(), view));
        }
    }

    /// Some entities at a time, so that pushes need not wait long.
    private void sweep(RemoteTable table, String view) {
        boolean more = true;
        while (more) {
            synchronized (pushing) {
                more = table.sweep(view, asOfLatest());
            }
        }
    }

    private Served served(String view) {
        Served served = views.get(view);
        if (served == null) {
            throw new DefinitionException(
                    "no view is called '%s'; there are %s".formatted(view, views.keySet()));
        }
        return served;
    }
}
