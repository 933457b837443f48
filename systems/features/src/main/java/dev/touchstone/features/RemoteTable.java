package dev.touchstone.features;

import dev.touchstone.features.internal.online.OnlineView;
import dev.touchstone.features.internal.remote.RemoteViews;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The views of a store in a table elsewhere, as an [OnlineStore] needs them: behind the histories
/// at times, but never silently.
///
/// A read says how many rows of each history it must see, and fails when the table has fewer: it
/// was away during a push, came back empty, or is being filled. Rows that a table dropped by itself
/// are not counted; where that may have happened all of it is filled anew.
final class RemoteTable {
    private static final int ROWS_PER_WRITE = 2_000;

    private final RemoteViews views;
    private final Histories histories;
    private final Definitions definitions;

    /// How many rows of each view are in, as far as known here.
    private final Map<String, Long> rows = new ConcurrentHashMap<>();

    private volatile boolean whole;

    /// Whether single rows may be missing; guarded by whoever mends.
    private boolean dropped;

    /// Why nothing may be read, if so.
    private volatile Optional<IOException> trouble = Optional.empty();

    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong fillings = new AtomicLong();

    RemoteTable(RemoteViews views, Histories histories, Definitions definitions) {
        this.views = views;
        this.histories = histories;
        this.definitions = definitions;
    }

    /// Whether nothing has gone wrong since it was last compared with the histories.
    boolean isWhole() {
        return whole;
    }

    /// How the table is.
    TableState state() {
        return new TableState(views.where(), whole, failures.get(), fillings.get());
    }

    private OnlineUnavailableException away(IOException e, String cure) {
        whole = false;
        failures.incrementAndGet();
        return new OnlineUnavailableException(
                "%s: %s; %s".formatted(views.where(), e.getMessage(), cure), e);
    }

    /// Looks whether the table drops rows by itself.
    ///
    /// @throws OnlineUnavailableException when it would, or does not answer
    void watch() {
        try {
            if (views.hasDropped()) {
                dropped = true;
                whole = false;
            }
            trouble = Optional.empty();
        } catch (IOException e) {
            trouble = Optional.of(e);
            throw away(e, "it is filled again once that is over");
        }
    }

    /// Takes rows in that are in the history.
    ///
    /// @param now the moment from which on they are served
    void add(ViewDefinition definition, List<FeatureRow> added, long now) {
        if (added.isEmpty()) {
            return;
        }
        String view = definition.view().name();
        long count = added.getLast().sequence() + 1;
        try {
            views.add(view, added, now, count);
        } catch (IOException e) {
            throw away(e, "the rows are kept, and served once it is back; do not send them again");
        } finally {
            rows.put(view, count);
        }
    }

    /// The entities of some rows as they are served.
    OnlineView fetch(ViewDefinition definition, List<FeatureRow> about, long asOf) {
        String view = definition.view().name();
        try {
            return views.fetch(view, about, asOf, rows.getOrDefault(view, 0L));
        } catch (IOException e) {
            throw away(e, "nothing was kept; send the rows again when it is back");
        }
    }

    /// Answers for some rows' entities, in one round trip.
    void read(
            List<OnlineReader.Part> parts, List<OnlineKeys> keys, long asOf, List<OnlineRow> out) {
        List<RemoteViews.Wanted> wanted = new ArrayList<>(parts.size());
        for (OnlineReader.Part part : parts) {
            Set<EntityKey> entities = new LinkedHashSet<>();
            for (OnlineKeys of : keys) {
                EntityKey key = of.key(part.entity());
                if (key != null) {
                    entities.add(key);
                }
            }
            wanted.add(
                    new RemoteViews.Wanted(
                            part.name(), entities, rows.getOrDefault(part.name(), 0L)));
        }
        if (trouble.isPresent()) {
            throw away(trouble.get(), "read again when that is over");
        }
        List<OnlineView> found;
        try {
            found = views.fetch(wanted, asOf);
        } catch (IOException e) {
            throw away(e, "read again when it is back");
        }
        for (int i = 0; i < parts.size(); i++) {
            OnlineReader.Part part = parts.get(i);
            OnlineView.Reads reads = found.get(i).reads(part.features(), part.outputs());
            for (int row = 0; row < keys.size(); row++) {
                EntityKey key = keys.get(row).key(part.entity());
                if (key == null) {
                    reads.readNothing(out.get(row).cells());
                } else {
                    reads.read(key, out.get(row).cells());
                }
            }
        }
    }

    /// Compares the table with the histories and adds what it has not. A table that has rows which
    /// the history has not is another's, and filled anew.
    ///
    /// @throws OnlineUnavailableException when it does not answer
    void catchUp(long now) {
        watch();
        try {
            for (ViewDefinition definition : definitions.views()) {
                String view = definition.view().name();
                long count = histories.rowCount(definition);
                OptionalLong marked = views.marked(view);
                if (dropped || marked.isEmpty() || marked.getAsLong() > count) {
                    fillings.incrementAndGet();
                    views.clear(view);
                    fill(definition, 0, now);
                    views.mark(view, count);
                } else if (marked.getAsLong() < count) {
                    fill(definition, marked.getAsLong(), now);
                    views.mark(view, count);
                }
                rows.put(view, count);
            }
            dropped = false;
            whole = true;
        } catch (UncheckedIOException e) {
            throw away(Objects.requireNonNull(e.getCause()), "it is filled again once it is back");
        } catch (IOException e) {
            throw away(e, "it is filled again once it is back");
        }
    }

    /// Has entities fold whose events no window can cover any more.
    ///
    /// @return whether there may be more of them
    boolean sweep(String view, long now) {
        try {
            return views.sweep(view, now);
        } catch (IOException e) {
            throw away(e, "it goes on once it is back");
        }
    }

    /// Adds the rows from a sequence number on, entity by entity: the history has them so.
    private void fill(ViewDefinition definition, long from, long now) throws IOException {
        String view = definition.view().name();
        List<FeatureRow> batch = new ArrayList<>();
        List<FeatureRow> entity = new ArrayList<>();
        histories.rows(
                definition,
                row -> {
                    if (row.sequence() < from) {
                        return;
                    }
                    if (!entity.isEmpty() && !entity.getFirst().entity().equals(row.entity())) {
                        moveSorted(entity, batch);
                        if (batch.size() >= ROWS_PER_WRITE) {
                            write(view, batch, now);
                        }
                    }
                    entity.add(row);
                });
        moveSorted(entity, batch);
        write(view, batch, now);
    }

    private static void moveSorted(List<FeatureRow> from, List<FeatureRow> to) {
        from.sort(Comparator.comparingLong(FeatureRow::sequence));
        to.addAll(from);
        from.clear();
    }

    private void write(String view, List<FeatureRow> batch, long now) {
        try {
            views.add(view, batch, now, -1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        batch.clear();
    }
}
