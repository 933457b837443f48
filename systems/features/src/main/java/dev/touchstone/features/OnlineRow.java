package dev.touchstone.features;

import dev.touchstone.features.internal.online.OnlineCells;
import java.util.List;
import java.util.Objects;

/// The features of one entity as they were served: made once by [OnlineReader#row], filled by every
/// read that it is given to.
///
/// What `real`, `whole`, `truth` and `text` give means nothing where the status is not
/// [OnlineStatus#PRESENT].
public final class OnlineRow {
    private final List<Column> columns;
    private final OnlineCells cells;
    private final int size;
    private final Computation.Work work;

    OnlineRow(List<Column> columns) {
        this(columns, 0, 0);
    }

    /// @param hidden how many cells behind the features there are, from which some are computed
    /// @param places that computing takes
    OnlineRow(List<Column> columns, int hidden, int places) {
        this.work = new Computation.Work(places);
        this.columns = columns;
        this.cells = new OnlineCells(columns.size() + hidden);
        this.size = columns.size();
    }

    /// What is in another row now.
    OnlineRow(OnlineRow other) {
        this.columns = other.columns;
        this.size = other.size;
        this.work = other.work;
        this.cells = new OnlineCells(other.cells);
    }

    void compute(Computation computation, OnlineKeys keys) {
        computation.run(keys.request(), cells, work);
    }

    OnlineCells cells() {
        return cells;
    }

    /// How many features.
    public int size() {
        return size;
    }

    public OnlineStatus status(int feature) {
        return cells.status(feature);
    }

    /// A [ColumnType#DOUBLE].
    public double real(int feature) {
        return Double.longBitsToDouble(cells.bits(feature));
    }

    /// A [ColumnType#LONG], or a [ColumnType#TIMESTAMP] in nanoseconds.
    public long whole(int feature) {
        return cells.bits(feature);
    }

    /// A [ColumnType#BOOLEAN].
    public boolean truth(int feature) {
        return cells.bits(feature) != 0;
    }

    /// A [ColumnType#TEXT].
    public String text(int feature) {
        return Objects.requireNonNullElse(cells.text(feature), "");
    }

    /// When the row behind a feature happened, of windows the latest event of the entity, in
    /// nanoseconds; [Times#MINUS_INFINITY] where nothing is known.
    public long eventTime(int feature) {
        return cells.eventTime(feature);
    }

    /// A cell as a value, missing unless it is present.
    public Value value(int feature) {
        return value(feature, columns.get(feature).type());
    }

    /// A cell, which may be hidden, as a value of a type.
    Value value(int feature, ColumnType type) {
        if (status(feature) != OnlineStatus.PRESENT) {
            return Value.MISSING;
        }
        return switch (type) {
            case DOUBLE -> Value.of(real(feature));
            case LONG, TIMESTAMP -> Value.of(whole(feature));
            case BOOLEAN -> Value.of(truth(feature));
            case TEXT -> Value.of(text(feature));
        };
    }
}
