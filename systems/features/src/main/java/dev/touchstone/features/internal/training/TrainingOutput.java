package dev.touchstone.features.internal.training;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.internal.csv.CsvReader;
import java.io.IOException;
import java.util.List;

/// Where a training set goes: [#begin] once, [#write] for each chunk, [#end] once.
public interface TrainingOutput {
    /// @param labels whose columns come first
    /// @param own the labels' columns; those of unknown type as text
    /// @param features the columns behind them
    void begin(CsvReader labels, List<Column> own, List<Column> features) throws IOException;

    /// @param cells a column for each feature
    void write(LabelChunk chunk, ColumnData[] cells) throws IOException;

    void end() throws IOException;
}
