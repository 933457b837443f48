package dev.touchstone.features.internal.training;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.internal.csv.Cells;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRecord;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/// A training set as CSV; the labels' own cells are written as they were read.
public final class CsvOutput implements TrainingOutput {
    private final Appendable out;
    private List<Column> features = List.of();

    public CsvOutput(Appendable out) {
        this.out = out;
    }

    @Override
    public void begin(CsvReader labels, List<Column> own, List<Column> features)
            throws IOException {
        this.features = features;
        String comma = "";
        for (Column column : Stream.concat(own.stream(), features.stream()).toList()) {
            out.append(comma);
            Cells.write(out, column.name(), false);
            comma = ",";
        }
        out.append('\n');
    }

    @Override
    public void write(LabelChunk chunk, ColumnData[] cells) throws IOException {
        for (int i = 0; i < chunk.size(); i++) {
            CsvRecord line = chunk.lines().get(i);
            for (int column = 0; column < line.size(); column++) {
                if (column > 0) {
                    out.append(',');
                }
                Cells.write(out, line.cells()[column], line.quoted()[column]);
            }
            for (int column = 0; column < cells.length; column++) {
                out.append(',');
                Cells.write(out, cells[column], features.get(column).type(), i);
            }
            out.append('\n');
        }
    }

    @Override
    public void end() {}
}
