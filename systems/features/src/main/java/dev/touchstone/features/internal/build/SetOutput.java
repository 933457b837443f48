package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.internal.arrow.ArrowWriter;
import dev.touchstone.features.internal.csv.Cells;
import dev.touchstone.features.internal.parquet.ParquetWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// How a training set is written.
sealed interface SetOutput {
    /// Makes the next labels ready to be written, which may go on while those before them are.
    ///
    /// @param columns the labels' and the features'; they must stay as they are
    Piece prepare(List<ColumnData> columns, int rows) throws IOException;

    /// Labels that are ready.
    interface Piece {
        /// Writes them; pieces are written in the order in which they were prepared.
        void write() throws IOException;
    }

    void end() throws IOException;

    /// A row group for each call.
    record Parquet(ParquetWriter writer) implements SetOutput {
        static Parquet begin(OutputStream out, List<Column> columns, boolean parallel)
                throws IOException {
            return new Parquet(new ParquetWriter(out, columns, parallel));
        }

        @Override
        public Piece prepare(List<ColumnData> columns, int rows) throws IOException {
            ParquetWriter.Encoded group = writer.encode(columns, rows);
            return () -> writer.write(group);
        }

        @Override
        public void end() throws IOException {
            writer.finish();
        }
    }

    /// A record batch for each call.
    record Arrow(ArrowWriter writer) implements SetOutput {
        @Override
        public Piece prepare(List<ColumnData> columns, int rows) {
            return () -> writer.write(columns, rows);
        }

        @Override
        public void end() throws IOException {
            writer.finish();
        }
    }

    /// A line for each label.
    record Csv(Writer writer, List<Column> columns) implements SetOutput {
        static Csv begin(OutputStream out, List<Column> columns) throws IOException {
            var csv =
                    new Csv(
                            new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)),
                            columns);
            for (int c = 0; c < columns.size(); c++) {
                csv.writer.write(c == 0 ? "" : ",");
                Cells.write(csv.writer, columns.get(c).name(), false);
            }
            csv.writer.write('\n');
            return csv;
        }

        @Override
        public Piece prepare(List<ColumnData> cells, int rows) {
            return () -> write(cells, rows);
        }

        private void write(List<ColumnData> cells, int rows) throws IOException {
            for (int row = 0; row < rows; row++) {
                for (int c = 0; c < cells.size(); c++) {
                    writer.write(c == 0 ? "" : ",");
                    Cells.write(writer, cells.get(c), columns.get(c).type(), row);
                }
                writer.write('\n');
            }
        }

        @Override
        public void end() throws IOException {
            writer.flush();
        }
    }
}
