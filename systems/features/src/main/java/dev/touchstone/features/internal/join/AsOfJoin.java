package dev.touchstone.features.internal.join;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.AsOfRule.Boundary;
import dev.touchstone.features.AsOfRule.StalenessClock;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.table.ClusteredTable.Availability;
import dev.touchstone.features.internal.table.EntityIndex;
import java.util.Arrays;
import java.util.List;

/// The as-of join of labels with any number of views.
///
/// Labels come in parts that share a range of hashes ([JoinLabels]); for a batch of one part and
/// one view: find the entities, find the rows, judge them, copy their cells to the labels' places.
/// Each of the four is a loop of its own over the batch, so that the processor waits for many
/// labels' memory at a time. Nothing is allocated in them. Memory is that of a batch, however many
/// views.
///
/// Not thread-safe; parts are independent, so several joins may share labels and views and take
/// different parts.
public final class AsOfJoin {
    /// No row was known.
    public static final byte NOT_FOUND = 0;

    /// Cells are there, each of them with a value or missing by itself.
    public static final byte FOUND = 1;

    /// A tombstone won.
    public static final byte DELETED = 2;

    /// The winner is older than the view serves.
    public static final byte STALE = 3;

    private static final int BATCH = 2048;
    private static final int NONE = -1;

    private final JoinLabels labels;
    private final Mode mode;
    private final int[] entity = new int[BATCH];
    private final int[] candidate = new int[BATCH];

    /// The winners of a batch: the table's number and the row in it, or [#NONE].
    private final int[] table = new int[BATCH];

    private final int[] row = new int[BATCH];

    public AsOfJoin(JoinLabels labels, Mode mode) {
        this.labels = labels;
        this.mode = mode;
    }

    /// Joins all parts. Cells of labels that are in no part are marked missing first.
    public static void run(JoinLabels labels, Mode mode, List<ViewJoin> views) {
        for (ViewJoin view : views) {
            markAbsent(labels, view);
        }
        new AsOfJoin(labels, mode).run(views, 0, labels.parts());
    }

    /// Joins the parts from `from` up to `to`.
    public void run(List<ViewJoin> views, int from, int to) {
        for (int part = from; part < to; part++) {
            int end = labels.partStart[part + 1];
            for (int first = labels.partStart[part]; first < end; first += BATCH) {
                int count = Math.min(BATCH, end - first);
                for (ViewJoin view : views) {
                    join(view, first, count);
                }
            }
        }
    }

    private static void markAbsent(JoinLabels labels, ViewJoin view) {
        if (labels.label.length == labels.size()) {
            return;
        }
        Arrays.fill(view.status(), NOT_FOUND);
        for (ColumnData cells : view.cells()) {
            for (int i = 0; i < cells.size(); i++) {
                setMissing(cells, i);
            }
        }
        for (int label : labels.label) {
            for (ColumnData cells : view.cells()) {
                cells.missing()[label] = false;
            }
        }
    }

    private void join(ViewJoin view, int first, int count) {
        Arrays.fill(table, 0, count, NONE);
        for (int t = 0; t < view.tables().size(); t++) {
            ClusteredTable rows = view.tables().get(t);
            findEntities(rows.entities(), first, count);
            findHappened(rows, view.rule(), first, count);
            keepKnown(rows, view.rule(), first, count);
            keepBetter(view, t, count);
        }
        judge(view, first, count);
        for (int f = 0; f < view.features().length; f++) {
            for (int t = 0; t < view.tables().size(); t++) {
                copy(view, f, t, first, count);
            }
            fillMissing(view.cells().get(f), first, count);
        }
    }

    private void findEntities(EntityIndex entities, int first, int count) {
        if (labels.wholeKey()) {
            for (int i = 0; i < count; i++) {
                entity[i] = entities.find(labels.hash[first + i]);
            }
        } else {
            for (int i = 0; i < count; i++) {
                entity[i] = entities.find(labels.hash[first + i], labels.key[first + i]);
            }
        }
    }

    /// The last row that had happened, or [#NONE].
    private void findHappened(ClusteredTable rows, AsOfRule rule, int first, int count) {
        boolean strictly = rule.boundary() == Boundary.BEFORE;
        // Without a time of its own, availability only moves the label: one search does for both.
        long delay =
                mode == Mode.KNOWN_AT_THE_TIME && rows.availability() == Availability.AT_EVENT
                        ? rule.delayNanos()
                        : 0;
        int after = 0;
        long before = 0;
        int same = EntityIndex.ABSENT;
        for (int i = 0; i < count; i++) {
            if (entity[i] == EntityIndex.ABSENT) {
                candidate[i] = NONE;
                continue;
            }
            long label = labels.time[first + i];
            if (strictly && label == Times.MINUS_INFINITY) {
                candidate[i] = NONE;
                continue;
            }
            long last = strictly ? label - 1 : label;
            if (delay > 0) {
                last = Math.min(last, Times.minus(label, delay));
            }
            int start = rows.firstRow(entity[i]);
            int end = rows.endRow(entity[i]);
            // Labels of a hot key come in the order of time: the next is near the one before.
            after =
                    entity[i] == same && last >= before
                            ? rows.firstAfterNear(after, end, last)
                            : rows.firstAfter(start, end, last);
            same = entity[i];
            before = last;
            candidate[i] = after == start ? NONE : after - 1;
        }
    }

    /// The last of the rows up to the candidate that was known, or [#NONE].
    private void keepKnown(ClusteredTable rows, AsOfRule rule, int first, int count) {
        if (mode == Mode.EVENT_TIME || rows.availability() == Availability.AT_EVENT) {
            return;
        }
        for (int i = 0; i < count; i++) {
            if (candidate[i] != NONE) {
                long known = Times.minus(labels.time[first + i], rule.delayNanos());
                if (rows.availableTime(candidate[i]) > known) {
                    int start = rows.firstRow(entity[i]);
                    int last = rows.lastKnown(start, candidate[i], known);
                    candidate[i] = last < start ? NONE : last;
                }
            }
        }
    }

    private void keepBetter(ViewJoin view, int t, int count) {
        ClusteredTable rows = view.tables().get(t);
        for (int i = 0; i < count; i++) {
            if (candidate[i] != NONE
                    && (table[i] == NONE
                            || wins(rows, candidate[i], view.tables().get(table[i]), row[i]))) {
                table[i] = t;
                row[i] = candidate[i];
            }
        }
    }

    private static boolean wins(ClusteredTable a, int rowA, ClusteredTable b, int rowB) {
        int byEvent = Long.compare(a.eventTime(rowA), b.eventTime(rowB));
        if (byEvent != 0) {
            return byEvent > 0;
        }
        int byAvailability = Long.compare(a.availableTime(rowA), b.availableTime(rowB));
        return byAvailability != 0 ? byAvailability > 0 : a.sequence(rowA) > b.sequence(rowB);
    }

    /// Notes what became of each label and drops winners that have nothing to give.
    private void judge(ViewJoin view, int first, int count) {
        byte[] status = view.status();
        boolean bounded = view.rule().maxAgeNanos() != AsOfRule.UNBOUNDED;
        for (int i = 0; i < count; i++) {
            byte its = NOT_FOUND;
            if (table[i] != NONE) {
                ClusteredTable rows = view.tables().get(table[i]);
                if (bounded && isStale(view.rule(), rows, row[i], labels.time[first + i])) {
                    its = STALE;
                } else {
                    its = rows.isTombstone(row[i]) ? DELETED : FOUND;
                }
                table[i] = its == FOUND ? table[i] : NONE;
            }
            status[labels.label[first + i]] = its;
        }
    }

    private static boolean isStale(AsOfRule rule, ClusteredTable rows, int row, long labelTime) {
        long from =
                rule.staleness() == StalenessClock.EVENT
                        ? rows.eventTime(row)
                        : rows.availableTime(row);
        return from < rule.oldestServed(labelTime);
    }

    private void copy(ViewJoin view, int f, int t, int first, int count) {
        ClusteredTable rows = view.tables().get(t);
        int feature = view.features()[f];
        switch (view.cells().get(f)) {
            case ColumnData.Doubles(double[] values, _) -> {
                for (int i = 0; i < count; i++) {
                    if (table[i] == t) {
                        values[labels.label[first + i]] =
                                Double.longBitsToDouble(rows.bits(row[i], feature));
                    }
                }
            }
            case ColumnData.Longs(long[] values, _) -> {
                for (int i = 0; i < count; i++) {
                    if (table[i] == t) {
                        values[labels.label[first + i]] = rows.bits(row[i], feature);
                    }
                }
            }
            case ColumnData.Booleans(boolean[] values, _) -> {
                for (int i = 0; i < count; i++) {
                    if (table[i] == t) {
                        values[labels.label[first + i]] = rows.bits(row[i], feature) != 0;
                    }
                }
            }
            case ColumnData.Texts(String[] values, _) -> {
                for (int i = 0; i < count; i++) {
                    if (table[i] == t && !rows.isMissing(row[i], feature)) {
                        values[labels.label[first + i]] =
                                rows.texts().get((int) rows.bits(row[i], feature));
                    }
                }
            }
        }
        if (rows.hasMask()) {
            markMissing(view, f, t, first, count);
        }
    }

    private void markMissing(ViewJoin view, int f, int t, int first, int count) {
        ClusteredTable rows = view.tables().get(t);
        ColumnData cells = view.cells().get(f);
        int feature = view.features()[f];
        for (int i = 0; i < count; i++) {
            if (table[i] == t && rows.isMissing(row[i], feature)) {
                setMissing(cells, labels.label[first + i]);
            }
        }
    }

    private void fillMissing(ColumnData cells, int first, int count) {
        for (int i = 0; i < count; i++) {
            if (table[i] == NONE) {
                setMissing(cells, labels.label[first + i]);
            }
        }
    }

    private static void setMissing(ColumnData cells, int label) {
        cells.missing()[label] = true;
        switch (cells) {
            case ColumnData.Doubles(double[] values, _) -> values[label] = Double.NaN;
            case ColumnData.Longs(long[] values, _) -> values[label] = 0;
            case ColumnData.Booleans(boolean[] values, _) -> values[label] = false;
            case ColumnData.Texts(String[] values, _) -> values[label] = "";
        }
    }
}
