package dev.touchstone.features.internal.log;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.table.TableBuilder;
import dev.touchstone.features.internal.table.TableMerge;
import dev.touchstone.features.internal.table.TableShape;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything a view was ever told, on disk.
///
/// [#append] returns when the rows would survive a power cut; a batch is kept as a whole or not at
/// all. [#tables] is what a join reads. [#compact] moves the logs' rows into the segment; a crash
/// at any point of it changes nothing.
///
/// A view's columns may have changed since rows were written: see [WrittenColumns]. Values of
/// columns that went are kept until [#compact].
///
/// One thread owns a history. Tables stay valid when rows are appended or compacted later.
public final class ViewHistory implements HistoryRows, Closeable {
    /// Positions under names that begin so are forgotten when there are too many. No file and no
    /// partition of a topic is called so.
    public static final String PASSING = "/push/";

    private static final int MOST_PASSING = 100_000;

    private final Disk disk;
    private final FeatureView view;
    private final RowCodec codec;
    private final String schema;
    private final List<ClusteredTable> segments = new ArrayList<>();
    private final Map<String, Long> positions = new LinkedHashMap<>();
    private final Map<String, Long> passing = new LinkedHashMap<>();
    private Catalog catalog;
    private TableBuilder recent;
    private @Nullable ClusteredTable recentTable;
    private long nextSequence;
    private long logNumber;
    private LogFile log;

    /// Up to where the log is in `recent`, and how many rows come after that: what is appended is
    /// looked at again only when somebody asks for it.
    private long readTo;

    private int unread;
    private boolean broken;

    /// Whether the log that was written last has the view's columns: else the next row begins one.
    private boolean current;

    /// Whether rows lie in files with other columns than the view has.
    private boolean changed;

    /// Opens a history, or begins one in an empty folder. Whatever a crash left behind is removed.
    ///
    /// @throws ChangedColumnsException when the rows' columns cannot be read as the view's
    /// @throws IOException also when files are damaged
    public ViewHistory(Disk disk, FeatureView view) throws IOException {
        this.disk = disk;
        this.view = view;
        this.codec = new RowCodec(view);
        this.schema = RowCodec.schema(view);
        removeLeftovers(disk);
        var contents = new Contents(disk, view);
        this.catalog = contents.catalog;
        contents.segment.ifPresent(segments::add);
        this.recent = contents.recent;
        this.nextSequence = contents.nextSequence();
        this.logNumber = contents.lastLog;
        this.current = contents.current();
        this.changed = contents.changed();
        this.log = LogFile.open(disk, Catalog.logName(logNumber), schema, contents.whole);
        this.readTo = log.size();
        remember(contents.positions);
    }

    private static void removeLeftovers(Disk disk) throws IOException {
        Catalog catalog = Catalog.read(disk);
        for (String name : disk.list()) {
            if (!catalog.counts(name)) {
                disk.delete(name);
            }
        }
    }

    private void remember(Map<String, Long> read) {
        read.forEach((name, position) ->
                (name.startsWith(PASSING) ? passing : positions).put(name, position));
        Iterator<String> eldest = passing.keySet().iterator();
        while (passing.size() > MOST_PASSING) {
            eldest.next();
            eldest.remove();
        }
    }

    private void remember(FeatureRow row) {
        recent.add(row);
        recentTable = null;
    }

    /// Appends rows, in their order; sequence numbers are given here.
    ///
    /// @return the number of the first row
    /// @throws IllegalArgumentException when a row does not fit the view; then none is appended
    /// @throws IOException when the rows may not be on the disk; open the history again to know
    public long append(List<FeatureRow> rows) throws IOException {
        return append(rows, Map.of());
    }

    /// As [#append(List)], and remembers with them how far their sources have been read: both, or
    /// neither.
    ///
    /// @param read the new positions of sources, by their names
    public long append(List<FeatureRow> rows, Map<String, Long> read) throws IOException {
        rows.forEach(view::check);
        checkUnbroken();
        long first = nextSequence;
        if (!rows.isEmpty() || !read.isEmpty()) {
            ByteBuffer frame = codec.encode(rows, read, first);
            broken = true;
            if (!current) {
                begin(LogFile.open(disk, Catalog.logName(logNumber + 1), schema, 0));
            }
            log.append(frame);
            broken = false;
            nextSequence += rows.size();
            unread += rows.size();
            remember(read);
        }
        return first;
    }

    /// Goes on in the next log.
    private void begin(LogFile next) throws IOException {
        log.close();
        log = next;
        readTo = log.size();
        logNumber++;
        current = true;
    }

    @Override
    public List<ClusteredTable> tables() throws IOException {
        if (unread > 0) {
            log.read(
                    disk,
                    Catalog.logName(logNumber),
                    readTo,
                    payload -> codec.decode(payload).forEach(this::remember));
            readTo = log.size();
            unread = 0;
        }
        List<ClusteredTable> tables = new ArrayList<>(segments);
        if (recent.count() > 0) {
            ClusteredTable table = recentTable;
            if (table == null) {
                table = recent.build(Arena.ofAuto());
                recentTable = table;
            }
            tables.add(table);
        }
        return tables;
    }

    @Override
    public Map<String, Long> positions() {
        return Map.copyOf(positions);
    }

    /// One of the [#positions], or what was kept under a name that begins with [#PASSING]: of those
    /// only the latest hundred thousand are. Null when there is none.
    public @Nullable Long position(String name) {
        return (name.startsWith(PASSING) ? passing : positions).get(name);
    }

    @Override
    public long rowCount() {
        return segments.stream().mapToLong(table -> table.rows().count()).sum() + recentCount();
    }

    /// How many of them are not in the segment yet.
    public int recentCount() {
        return recent.count() + unread;
    }

    /// Puts all rows into one segment, clustered by entity and time, and begins a new log. Takes
    /// memory outside the heap for a copy of all rows.
    public void compact() throws IOException {
        checkUnbroken();
        List<ClusteredTable> tables = tables();
        if (recent.count() == 0 && !changed) {
            return;
        }
        broken = true;
        LogFile next = LogFile.open(disk, Catalog.logName(logNumber + 1), schema, 0);
        Map<String, Long> kept = new LinkedHashMap<>(positions);
        kept.putAll(passing);
        if (!kept.isEmpty()) { // the logs that say them are about to go
            next.append(codec.encode(List.of(), kept, nextSequence));
        }
        begin(next);
        var compacted = new Catalog(catalog.segment() + 1, logNumber);
        String name = Catalog.segmentName(compacted.segment());
        try (Arena arena = Arena.ofConfined()) {
            ClusteredTable all = TableMerge.merge(tables, TableShape.of(view), arena);
            SegmentFile.write(disk, Catalog.unfinished(name), all, schema, nextSequence);
        }
        disk.rename(Catalog.unfinished(name), name);
        disk.force();
        SegmentFile.Opened opened = SegmentFile.open(disk, name, view);
        compacted.write(disk);
        Catalog before = catalog;
        catalog = compacted;
        segments.clear();
        segments.add(opened.table());
        recent = new TableBuilder(TableShape.of(view));
        recentTable = null;
        deleteOld(before);
        changed = false;
        broken = false;
    }

    /// What a failed write left behind is only known after reading the files again.
    private void checkUnbroken() throws IOException {
        if (broken) {
            throw new IOException("an earlier write failed; close the history and open it again");
        }
    }

    private void deleteOld(Catalog before) throws IOException {
        if (before.segment() > 0) {
            disk.delete(Catalog.segmentName(before.segment()));
        }
        for (long number = before.firstLog(); number < catalog.firstLog(); number++) {
            disk.delete(Catalog.logName(number));
        }
    }

    /// Closes the files; the disk stays open.
    @Override
    public void close() throws IOException {
        log.close();
    }
}
