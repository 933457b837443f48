package dev.touchstone.features.internal.remote;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.engines.OnlineTable;
import dev.touchstone.features.engines.OnlineTable.Write;
import dev.touchstone.features.internal.log.RowCodec;
import dev.touchstone.features.internal.online.OnlineView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.CRC32C;

/// Views in a table outside this process.
///
/// Under `VIEW` stands a mark: which definition the rows below are kept for, and how many of the
/// history's rows are in. Under `VIEW:KEY` stand the rows of an entity, see [EntityState]. The mark
/// is written after the rows, so what it counts is there; rows behind it may be there already, and
/// are written again. An entity with windows is due when none of them can hold its events any more:
/// what stays of it then says that it had some, and when.
public final class RemoteViews {
    /// Reads that began so long ago have failed by now.
    private static final long LONGEST_READ_NANOS = 10_000_000_000L;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int MOST_DUE_AT_ONCE = 1_000;

    /// How rows are laid out; those of another layout are made anew.
    private static final int LAYOUT = 2;

    private static final char SEPARATOR = ':';

    private final OnlineTable table;
    private final int fewBytes;
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    /// A view, compiled.
    private record Shape(ViewDefinition definition, EntityState state, Fold fold, String print) {
        static Shape of(ViewDefinition definition, String history) {
            return new Shape(
                    definition,
                    new EntityState(definition),
                    new Fold(definition),
                    fingerprint(definition) + "-" + history);
        }
    }

    /// @param history names the histories, so that rows of others are not taken for theirs
    /// @param fewBytes up to how many nothing is left out of an entity's rows
    public RemoteViews(
            OnlineTable table, List<ViewDefinition> definitions, String history, int fewBytes) {
        this.table = table;
        this.fewBytes = fewBytes;
        definitions.forEach(its -> shapes.put(its.view().name(), Shape.of(its, history)));
    }

    /// What of a definition decides which rows are kept, and how.
    private static String fingerprint(ViewDefinition definition) {
        var checksum = new CRC32C();
        String text =
                LAYOUT
                        + RowCodec.schema(definition.source())
                        + definition.windows()
                        + definition.view().rule().boundary()
                        + definition.view().rule().delayNanos();
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(checksum.getValue());
    }

    /// The table's address.
    public String where() {
        return table.where();
    }

    /// Whether the table may have dropped rows since the last call.
    ///
    /// @throws IOException when it would, as it is set now
    public boolean hasDropped() throws IOException {
        return table.hasDropped();
    }

    private Shape shape(String view) {
        Shape shape = shapes.get(view);
        if (shape == null) {
            throw new IllegalArgumentException("no view is called '%s'".formatted(view));
        }
        return shape;
    }

    private static byte[] markKey(String view) {
        return view.getBytes(StandardCharsets.UTF_8);
    }

    /// The key as a person would look for it: `card:7`. In a text part of a key of several, `:` is
    /// written `\:`.
    private static byte[] key(String view, EntityKey entity) {
        var text = new StringBuilder(view);
        for (Value part : entity.parts()) {
            text.append(SEPARATOR);
            switch (part) {
                case Value.Whole(long whole) -> text.append(whole);
                case Value.Text(String its) ->
                        text.append(
                                entity.parts().size() == 1
                                        ? its
                                        : its.replace("\\", "\\\\").replace(":", "\\:"));
                case Value.Real _, Value.Truth _, Value.Missing _ ->
                        throw new IllegalArgumentException("no part of a key: " + part);
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /// How many of the history's rows are in the table; none where they are kept for another
    /// definition.
    public OptionalLong marked(String view) throws IOException {
        return marked(shape(view), table.get(List.of(markKey(view))).getFirst());
    }

    private static OptionalLong marked(Shape shape, byte[] mark) {
        String text = new String(mark, StandardCharsets.UTF_8);
        return text.startsWith(shape.print + " ")
                ? OptionalLong.of(Long.parseLong(text.substring(shape.print.length() + 1)))
                : OptionalLong.empty();
    }

    /// Says how many of the history's rows are in.
    public void mark(String view, long rows) throws IOException {
        String text = "%s %d".formatted(shape(view).print, rows);
        replace(markKey(view), text.getBytes(StandardCharsets.UTF_8));
    }

    private void replace(byte[] key, byte[] bytes) throws IOException {
        var _ = table.write(List.of(new Write(key, bytes, false, Write.AS_BEFORE)));
    }

    /// Removes all of a view.
    public void clear(String view) throws IOException {
        replace(markKey(view), new byte[] {'-'});
        table.clear(markKey(view));
    }

    /// Adds rows of the history. To add some again changes nothing.
    ///
    /// @param rows of each entity in ascending order of their numbers, and higher than those before
    /// @param now reads are as of this moment or later, but for those that have begun
    /// @param mark how many of the history's rows are in then; negative to say nothing yet
    public void add(String view, List<FeatureRow> rows, long now, long mark) throws IOException {
        Shape shape = shape(view);
        Map<EntityKey, List<FeatureRow>> entities = new LinkedHashMap<>();
        for (FeatureRow row : rows) {
            entities.computeIfAbsent(row.entity(), _ -> new ArrayList<>()).add(row);
        }
        List<Write> writes = new ArrayList<>(entities.size());
        entities.forEach((entity, its) ->
                writes.add(
                        new Write(
                                key(view, entity),
                                shape.state.added(its),
                                true,
                                dueMillis(shape, its, now))));
        long[] sizes = table.write(writes);
        if (mark >= 0) {
            mark(view, mark); // only when all of them are there
        }
        List<byte[]> grown = new ArrayList<>();
        for (int i = 0; i < entities.size(); i++) {
            long before = sizes[i] - writes.get(i).bytes().length;
            if (sizes[i] > fewBytes && doublings(sizes[i]) > doublings(before)) {
                grown.add(writes.get(i).key());
            }
        }
        if (!grown.isEmpty()) {
            fold(shape, grown, Times.minus(now, LONGEST_READ_NANOS));
        }
    }

    private static int doublings(long size) {
        return Long.SIZE - Long.numberOfLeadingZeros(size);
    }

    private static long dueMillis(Shape shape, List<FeatureRow> rows, long now) {
        long until = shape.fold.neededUntil(rows, now);
        return until == Times.INFINITY ? Write.AS_BEFORE : Math.max(0, until / NANOS_PER_MILLI + 1);
    }

    private void fold(Shape shape, List<byte[]> keys, long from) throws IOException {
        List<byte[]> states = table.get(keys);
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            EntityState.Read read = shape.state.read(states.get(i));
            List<FeatureRow> left = shape.fold.left(read.rows(), from);
            if (left.size() < read.rows().size()) {
                writes.add(
                        new Write(
                                keys.get(i),
                                shape.state.folded(left, read.last()),
                                false,
                                Write.AS_BEFORE));
            }
        }
        var _ = table.write(writes);
    }

    /// Leaves out what no window can cover any more, of entities that are not written to either.
    ///
    /// @param now as for [#add]
    /// @return whether there may be more of them
    public boolean sweep(String view, long now) throws IOException {
        Shape shape = shape(view);
        long from = Times.minus(now, LONGEST_READ_NANOS);
        List<byte[]> keys = table.due(markKey(view), from / NANOS_PER_MILLI, MOST_DUE_AT_ONCE);
        if (keys.isEmpty()) {
            return false;
        }
        List<byte[]> states = table.get(keys);
        List<Write> writes = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            EntityState.Read read = shape.state.read(states.get(i));
            List<FeatureRow> left = shape.fold.left(read.rows(), from);
            writes.add(
                    new Write(
                            keys.get(i),
                            shape.state.folded(left, read.last()),
                            false,
                            Write.NEVER));
        }
        var _ = table.write(writes);
        return keys.size() == MOST_DUE_AT_ONCE;
    }

    /// Which entities of which view to fetch.
    ///
    /// @param rows how many of the history's rows must be in
    public record Wanted(String view, Set<EntityKey> entities, long rows) {}

    /// Fetches entities of several views in one round trip.
    ///
    /// @param asOf the views' present
    /// @return a view of nothing but them for each that is wanted
    /// @throws IOException when the table does not answer, or has lost rows
    public List<OnlineView> fetch(List<Wanted> wanted, long asOf) throws IOException {
        List<byte[]> keys = new ArrayList<>();
        for (Wanted one : wanted) {
            keys.add(markKey(one.view));
            one.entities.forEach(entity -> keys.add(key(one.view, entity)));
        }
        List<byte[]> found = table.get(keys);
        List<OnlineView> views = new ArrayList<>(wanted.size());
        int at = 0;
        for (Wanted one : wanted) {
            Shape shape = shape(one.view);
            long rows = marked(shape, found.get(at++)).orElse(-1);
            if (rows < one.rows) {
                throw new IOException(
                        rows < 0
                                ? "it is being filled with %s".formatted(one.view)
                                : "it has lost %d rows of %s".formatted(one.rows - rows, one.view));
            }
            OnlineView view = OnlineView.of(shape.definition);
            view.advance(asOf);
            for (int entity = 0; entity < one.entities.size(); entity++) {
                shape.state.read(found.get(at++)).rows().forEach(view::put);
            }
            views.add(view);
        }
        return views;
    }

    /// Fetches the entities of some rows.
    ///
    /// @param known how many of the history's rows must be in
    public OnlineView fetch(String view, List<FeatureRow> rows, long asOf, long known)
            throws IOException {
        Set<EntityKey> entities = new LinkedHashSet<>();
        rows.forEach(row -> entities.add(row.entity()));
        return fetch(List.of(new Wanted(view, entities, known)), asOf).getFirst();
    }
}
