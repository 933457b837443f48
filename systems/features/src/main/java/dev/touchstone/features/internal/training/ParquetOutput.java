package dev.touchstone.features.internal.training;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.parquet.ParquetWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A training set as Parquet, a row group for each chunk.
public final class ParquetOutput implements TrainingOutput {
    private final OutputStream out;
    private Optional<Opened> opened = Optional.empty();

    private record Opened(ParquetWriter writer, CsvReader labels, List<Column> own) {}

    public ParquetOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void begin(CsvReader labels, List<Column> own, List<Column> features)
            throws IOException {
        List<Column> all = new ArrayList<>(own);
        all.addAll(features);
        opened = Optional.of(new Opened(new ParquetWriter(out, all), labels, own));
    }

    @Override
    public void write(LabelChunk chunk, ColumnData[] cells) throws IOException {
        Opened its = opened.orElseThrow();
        List<ColumnData> all = new ArrayList<>();
        for (Column column : its.own) {
            all.add(LabelChunk.column(its.labels, chunk.lines(), column));
        }
        all.addAll(List.of(cells));
        its.writer.write(all, chunk.size());
    }

    @Override
    public void end() throws IOException {
        opened.orElseThrow().writer.finish();
    }
}
