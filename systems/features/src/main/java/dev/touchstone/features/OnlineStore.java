package dev.touchstone.features;

import dev.touchstone.features.PushQueue.Push;
import dev.touchstone.features.internal.files.LongFile;
import dev.touchstone.features.internal.log.TooManyBytesException;
import dev.touchstone.features.internal.online.OnlineView;
import dev.touchstone.features.internal.remote.RemoteViews;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// What the views of a store serve now, in memory or in a table elsewhere. Made by
/// [FeatureStore#online].
///
/// An event is pushed once: it goes to the history, on the disk, and from then on it is served. A
/// read says as of which moment it answers, and an as-of join at that moment gives the same: a row
/// counts as available from a moment that no earlier read was answered for.
///
/// Safe for many threads. Reads wait for a push only while its rows are taken in, not for its disk.
public final class OnlineStore {
    private final Histories histories;
    private final Definitions definitions;
    private final Map<String, ServedView> views = new LinkedHashMap<>();

    /// Why views are not served whose histories cannot be read.
    private final Map<String, String> broken = new LinkedHashMap<>();

    /// Where the views are, unless they are here.
    private final Optional<RemoteTable> remote;

    private final PushQueue pushes = new PushQueue(this::commit);

    /// Held while views are read or changed, after the way of the pushes.
    private final Present present;

    /// @param views where the views are kept, unless in memory
    OnlineStore(
            Histories histories,
            RowCounts counted,
            Definitions definitions,
            Optional<RemoteViews> views,
            long now)
            throws IOException {
        this.histories = histories;
        this.definitions = definitions;
        this.present = new Present(LongFile.open(histories.folder().resolve("moment"), now), now);
        long from = latest();
        for (ViewDefinition definition : definitions.views()) {
            this.views.put(
                    definition.view().name(), open(definition, counted, views.isEmpty(), from));
        }
        List<ViewDefinition> whole =
                definitions.views().stream()
                        .filter(its -> !broken.containsKey(its.view().name()))
                        .toList();
        this.remote = views.map(its -> new RemoteTable(its, histories, new Definitions(whole)));
        if (remote.isPresent()) {
            remote.get().catchUp(from);
        }
    }

    private ServedView open(ViewDefinition definition, RowCounts counted, boolean here, long now)
            throws IOException {
        OnlineView view = OnlineView.of(definition);
        view.advance(now);
        RowCounts.Counted counts = RowCounts.Counted.NONE;
        try {
            counts = counted.count(definition, histories);
            Optional<RestatementKeeper> keeper = RestatementKeeper.of(definition);
            if (keeper.isPresent()) {
                var _ = histories.rowCount(keeper.get().definition());
            }
            if (here) {
                histories.rows(definition, view::put);
            }
        } catch (UnreadableHistoryException e) {
            broken.put(definition.view().name(), String.valueOf(e.getMessage()));
        }
        return new ServedView(definition, view, counts);
    }

    /// The views that are not served because their histories cannot be read, and why. All others
    /// are.
    public Map<String, String> broken() {
        return Map.copyOf(broken);
    }

    private ServedView whole(String view) {
        ServedView its = served(view);
        String why = broken.get(view);
        if (why != null) {
            throw new OnlineUnavailableException("view %s is not served: %s".formatted(view, why));
        }
        return its;
    }

    /// Has a table that has lost rows, or was away, filled again from the histories: worth a call a
    /// few times a second. Reads fail until then.
    ///
    /// @throws OnlineUnavailableException when it is still away, or would drop rows by itself
    public void mend() {
        if (remote.isPresent()) {
            pushes.between(() -> {
                remote.get().watch();
                if (!remote.get().isWhole()) {
                    remote.get().catchUp(latest());
                }
            });
        }
    }

    /// How the table is that the views are served from, unless that is memory.
    public Optional<TableState> table() {
        return remote.map(RemoteTable::state);
    }

    /// The latest moment that a read was answered for or a row became available at. It is ahead of
    /// the clock after that went back; until then reads are as of this moment.
    public long latest() {
        synchronized (present) {
            return present.latest();
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
        ServedView its = whole(view);
        its.definition.check(rows);
        return pushes.run(new Push(its, rows, positions, now));
    }

    /// As [#push(String, List, long)], once only: a push that comes again under its key takes
    /// nothing in, also after a crash. The last hundred thousand keys of a view are remembered.
    ///
    /// @throws UsedPushKeyException when the key was another push's
    public PushReport push(String view, List<FeatureRow> rows, PushKey key, long now)
            throws IOException {
        ServedView its = whole(view);
        its.definition.check(rows);
        try {
            return pushes.run(new Push(its, rows, key, now));
        } catch (IllegalArgumentException e) {
            Long content = histories.position(its.definition, key.position());
            if (content != null && content != key.content()) {
                throw new UsedPushKeyException(String.valueOf(e.getMessage()), e);
            }
            throw e;
        }
    }

    /// Settles a push that came before under its key.
    ///
    /// @param together the keys of the pushes that are committed with it
    private boolean came(Push push, Map<String, Long> together, long available) throws IOException {
        if (push.key.isEmpty()) {
            return false;
        }
        String name = push.key.get().position();
        Long content = together.get(name);
        if (content == null) {
            content = histories.position(push.view.definition, name);
        }
        if (content == null) {
            return false;
        }
        push.repeat(content, available);
        return true;
    }

    private void commit(ServedView served, List<Push> pushes) throws IOException {
        if (remote.isPresent() && !remote.get().isWhole()) {
            remote.get().catchUp(latest()); // before anything is kept
        }
        long now = pushes.stream().mapToLong(push -> push.now).max().orElseThrow();
        long available;
        synchronized (present) {
            available = present.announce(now);
        }
        try {
            List<FeatureRow> stamped = new ArrayList<>();
            Map<String, Long> positions = new LinkedHashMap<>();
            IngestCounts counts = served.counted.counts();
            for (Push push : pushes) {
                if (came(push, positions, available)) {
                    continue;
                }
                positions.putAll(push.positions);
                IngestCounts before = counts;
                List<FeatureRow> its = served.stamp(counts, push.rows, available);
                for (FeatureRow row : its) {
                    counts = counts.after(row, served.definition.late());
                }
                stamped.addAll(its);
                push.succeed(before, counts, available);
            }
            append(served, stamped, positions, available);
        } finally {
            synchronized (present) {
                present.arrive(available);
            }
        }
    }

    /// Takes rows in that say themselves when they were available.
    long append(String view, List<FeatureRow> rows, Map<String, Long> positions)
            throws IOException {
        return pushes.alone(() -> append(whole(view), rows, positions, latest()));
    }

    private OnlineView current(ServedView served, List<FeatureRow> rows, long asOf) {
        return remote.isPresent() && served.keeper.isPresent()
                ? remote.get().fetch(served.definition, rows, asOf - 1)
                : served.view;
    }

    private long append(
            ServedView served, List<FeatureRow> rows, Map<String, Long> positions, long asOf)
            throws IOException {
        OnlineView view = current(served, rows, asOf);
        long first = histories.append(served.definition, rows, positions);
        List<FeatureRow> restated = new ArrayList<>();
        List<FeatureRow> numbered = new ArrayList<>();
        synchronized (present) {
            RowCounts.Counted counted = served.counted;
            if (served.keeper.isEmpty()) {
                // No read will be answered for a moment before this any more.
                served.view.advance(asOf);
            }
            for (int i = 0; i < rows.size(); i++) {
                FeatureRow row = rows.get(i).withSequence(first + i);
                RowCounts.Counted after = counted.after(row, served.definition.late());
                if (after.counts().restated() > counted.counts().restated()
                        && served.keeper.isPresent()) {
                    restated.add(served.keeper.get().take(view, row, asOf));
                } else if (remote.isEmpty() || served.keeper.isPresent()) {
                    view.put(row);
                }
                numbered.add(row);
                counted = after;
            }
            served.counted = counted;
            if (remote.isEmpty()) {
                present.arrive(asOf);
            }
        }
        if (!restated.isEmpty()) {
            keep(served.keeper.orElseThrow(), restated);
        }
        if (remote.isPresent()) {
            remote.get().add(served.definition, numbered, asOf);
            synchronized (present) {
                present.arrive(asOf);
            }
        }
        return first;
    }

    /// Keeps what late rows changed, which are on the disk already: nobody may try those again.
    private void keep(RestatementKeeper keeper, List<FeatureRow> restated) throws IOException {
        try {
            Halves.take(
                    restated,
                    some -> {
                        var _ = histories.append(keeper.definition(), some, Map.of());
                    });
        } catch (TooManyBytesException e) {
            throw new IOException(
                    "the late rows are kept, but not what was served before them: %s"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    /// Prepares reads.
    ///
    /// @param features `view.feature`, or `view.*`
    /// @throws OnlineUnavailableException when one of them is of a [#broken] view
    public OnlineReader reader(List<String> features) {
        ReaderPlan plan = ReaderPlan.of(definitions, features);
        List<OnlineReader.Part> parts = new ArrayList<>();
        plan.wanted()
                .forEach((name, wanted) -> {
                    OnlineView view = whole(name).view;
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
            long asOf = present.asOf(now);
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
                asOf = present.asOf(now);
            }
            remote.get().read(parts, keys, asOf, out);
            return asOf;
        }
        synchronized (present) {
            long asOf = present.asOf(now);
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

    /// What has become of a view's rows so far.
    public IngestCounts counts(String view) {
        synchronized (present) {
            return served(view).counted.counts();
        }
    }

    RowCounts.Counted counted(String view) {
        synchronized (present) {
            return served(view).counted;
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
        var more = new AtomicBoolean(true);
        while (more.get()) {
            pushes.between(() -> more.set(table.sweep(view, latest())));
        }
    }

    private ServedView served(String view) {
        ServedView served = views.get(view);
        if (served == null) {
            throw new DefinitionException(
                    "no view is called '%s'; there are %s".formatted(view, views.keySet()));
        }
        return served;
    }
}
