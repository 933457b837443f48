package dev.touchstone.features.internal.log;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Consumer;

/// Reads the rows of one log as rows of a view, whatever columns they were written with.
final class LogReader {
    private final FeatureView view;
    private final Consumer<FeatureRow> rows;
    private final Consumer<Map<String, Long>> positions;
    private WrittenColumns written;
    private RowCodec codec;
    private int[] places = {};
    private boolean hasRows;

    /// @param rows hears every row
    /// @param positions hears how far sources were read
    LogReader(FeatureView view, Consumer<FeatureRow> rows, Consumer<Map<String, Long>> positions) {
        this.view = view;
        this.rows = rows;
        this.positions = positions;
        this.written = WrittenColumns.of(view);
        this.codec = new RowCodec(view);
    }

    /// Takes the log's first frame.
    void schema(String text) {
        written = WrittenColumns.parse(text);
        codec = new RowCodec(written.view(view));
    }

    /// Takes another frame.
    ///
    /// @throws ChangedColumnsException when it has rows that cannot be read as the view's
    void frame(ByteBuffer payload) throws ChangedColumnsException {
        boolean same = hasViewsColumns();
        for (FeatureRow row : codec.decode(payload)) {
            if (!same && !hasRows) {
                places = written.places(view);
            }
            hasRows = true;
            rows.accept(same ? row : WrittenColumns.row(row, places));
        }
        positions.accept(RowCodec.positions(payload));
    }

    /// Whether the log was written with the columns that the view has now.
    boolean hasViewsColumns() {
        return written.equals(WrittenColumns.of(view));
    }

    /// Whether it has any rows.
    boolean hasRows() {
        return hasRows;
    }
}
