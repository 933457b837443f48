package dev.touchstone.features.internal.log;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.table.TableBuilder;
import dev.touchstone.features.internal.table.TableShape;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the files of a history hold when they are read from beginning to end.
final class Contents {
    final Catalog catalog;
    final Optional<ClusteredTable> segment;
    final Map<String, Long> positions = new LinkedHashMap<>();

    /// The rows of the logs.
    final TableBuilder recent;

    /// The number of the last log, and how many of its bytes are whole frames.
    final long lastLog;

    final long whole;
    private long nextSequence;
    private boolean current = true;
    private boolean changed;

    /// @throws ChangedColumnsException when the rows' columns cannot be read as the view's
    /// @throws CorruptHistoryException when a file is damaged, but for the end of the last log
    Contents(DiskFiles disk, FeatureView view) throws IOException {
        this.catalog = Catalog.read(disk);
        this.recent = new TableBuilder(TableShape.of(view));
        if (catalog.segment() > 0) {
            SegmentFile.Opened opened =
                    SegmentFile.open(disk, Catalog.segmentName(catalog.segment()), view);
            this.segment = Optional.of(opened.table());
            this.nextSequence = opened.nextSequence();
            this.changed = opened.changed();
        } else {
            this.segment = Optional.empty();
        }
        List<String> files = disk.list();
        this.lastLog =
                files.stream()
                        .filter(Catalog::isLog)
                        .mapToLong(Catalog::logNumber)
                        .max()
                        .orElse(catalog.firstLog());
        long bytes = 0;
        for (long number = catalog.firstLog(); number <= lastLog; number++) {
            String name = Catalog.logName(number);
            bytes = files.contains(name) ? read(disk, view, name) : missing(number);
        }
        this.whole = bytes;
    }

    /// A log that is not there is only all right when it is the one about to begin.
    private long missing(long number) throws IOException {
        if (number < lastLog) {
            throw new CorruptHistoryException(
                    "%s is gone, though later logs are there".formatted(Catalog.logName(number)));
        }
        return 0;
    }

    private long read(DiskFiles disk, FeatureView view, String name) throws IOException {
        var reader = new LogReader(view, this::remember, positions::putAll);
        boolean last = name.equals(Catalog.logName(lastLog));
        long bytes = LogFile.read(disk, name, last, reader::schema, reader::frame);
        current = reader.hasViewsColumns();
        changed |= !current && reader.hasRows();
        return bytes;
    }

    private void remember(FeatureRow row) {
        recent.add(row);
        nextSequence = row.sequence() + 1;
    }

    /// The sequence number of the row that comes next.
    long nextSequence() {
        return nextSequence;
    }

    /// Whether the last log has the view's columns: else the next row begins another.
    boolean current() {
        return current;
    }

    /// Whether rows lie in files with other columns than the view has.
    boolean changed() {
        return changed;
    }
}
