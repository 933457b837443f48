package dev.touchstone.spark;

import dev.touchstone.features.AsOfStream;
import dev.touchstone.features.ColumnData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/// Joins one part after another of those that Spark put into a partition: labels come first, then
/// rows by sequence. A row may be in several parts, once for each slice of its key, which must not
/// see each other.
final class JoinedParts implements Iterator<Row> {
    private final ViewShape shape;
    private final boolean instants;
    private final Iterator<Row> rest;

    /// The first row of the next part; none at the end.
    private @Nullable Row next;

    private Iterator<Row> made = Collections.emptyIterator();

    /// @param both as [SparkTrainingSets] tags them, sorted
    JoinedParts(ViewShape shape, boolean instants, Iterator<Row> both) {
        this.shape = shape;
        this.instants = instants;
        this.rest = both;
        advance();
    }

    private void advance() {
        next = rest.hasNext() ? rest.next() : null;
    }

    @Override
    public boolean hasNext() {
        while (!made.hasNext() && next != null) {
            made = part(next.getInt(0));
        }
        return made.hasNext();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no label is left");
        }
        return made.next();
    }

    private Iterator<Row> part(int number) {
        List<Row> labels = new ArrayList<>();
        var join = new AsOfStream(shape.view().definition(), shape.view().mode());
        for (Row one = next; one != null && one.getInt(0) == number; one = next) {
            if (one.getInt(1) == SparkTrainingSets.LABEL) {
                Row label = one.getStruct(3);
                labels.add(label);
                join.label(
                        ViewShape.values(shape.labelKeys(), label), shape.labelTime().value(label));
            } else if (!labels.isEmpty()) {
                join.row(shape.row(one.getStruct(4), one.getLong(2)));
            }
            advance();
        }
        List<ColumnData> cells = join.finish();
        return IntStream.range(0, labels.size())
                .mapToObj(label -> row(labels.get(label), cells, label))
                .iterator();
    }

    private Row row(Row label, List<ColumnData> cells, int at) {
        int own = label.size();
        @Nullable Object[] values = new @Nullable Object[own + cells.size()];
        for (int c = 0; c < own; c++) {
            values[c] = label.get(c);
        }
        for (int f = 0; f < cells.size(); f++) {
            values[own + f] = shape.outputs().get(f).cell(cells.get(f).value(at), instants);
        }
        return RowFactory.create(values);
    }
}
