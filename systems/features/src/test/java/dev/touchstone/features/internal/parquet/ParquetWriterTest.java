package dev.touchstone.features.internal.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Value;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A written Parquet file")
class ParquetWriterTest {
    private static final FeatureView VIEW =
            new FeatureView(
                    "v",
                    List.of(new Column("id", ColumnType.LONG)),
                    List.of(
                            new Column("real", ColumnType.DOUBLE),
                            new Column("text", ColumnType.TEXT),
                            new Column("truth", ColumnType.BOOLEAN),
                            new Column("whole", ColumnType.LONG),
                            new Column("time", ColumnType.TIMESTAMP)),
                    AsOfRule.DEFAULT);

    private static final List<Column> COLUMNS =
            List.of(
                    new Column("id", ColumnType.LONG),
                    new Column("event_time", ColumnType.TIMESTAMP),
                    new Column("real", ColumnType.DOUBLE),
                    new Column("text", ColumnType.TEXT),
                    new Column("truth", ColumnType.BOOLEAN),
                    new Column("whole", ColumnType.LONG),
                    new Column("time", ColumnType.TIMESTAMP));

    @TempDir private Path folder = Path.of("");

    @ParameterizedTest(name = "seed {0}")
    @Seeds(60)
    void is_read_back_cell_for_cell(long seed) throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("cells");
        Path path = folder.resolve("file.parquet");
        List<List<Value>> written = new ArrayList<>();
        try (OutputStream out = Files.newOutputStream(path)) {
            var writer = new ParquetWriter(out, COLUMNS);
            for (int group = random.nextInt(4); group >= 0; group--) {
                int rows = random.nextInt(1, 40);
                List<ColumnData> cells = new ArrayList<>();
                for (Column column : COLUMNS) {
                    cells.add(draw(column, rows, random));
                }
                writer.write(cells, rows);
                for (int row = 0; row < rows; row++) {
                    int at = row;
                    written.add(cells.stream().map(column -> column.value(at)).toList());
                }
            }
            writer.finish();
        }
        List<List<Value>> read = new ArrayList<>();
        try (var rows = new ParquetRows(path, VIEW)) {
            for (FeatureRow row : rows.next(Integer.MAX_VALUE)) {
                List<Value> cells = new ArrayList<>(row.entity().parts());
                cells.add(Value.of(row.eventTime()));
                cells.addAll(row.values());
                read.add(cells);
            }
        }
        assertThat(read).isEqualTo(written);
    }

    private static ColumnData draw(Column column, int rows, RandomGenerator random) {
        ColumnData cells = ColumnData.allocate(column.type(), rows);
        boolean required = column.name().equals("id") || column.name().equals("event_time");
        int oneIn = required || random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(3);
        for (int i = 0; i < rows; i++) {
            cells.missing()[i] = oneIn < Integer.MAX_VALUE && random.nextInt(oneIn) == 0;
            switch (cells) {
                case ColumnData.Doubles(double[] values, _) ->
                        values[i] = Double.longBitsToDouble(random.nextLong());
                case ColumnData.Longs(long[] values, _) ->
                        values[i] =
                                column.type() == ColumnType.TIMESTAMP
                                        ? random.nextLong() / 1000 * 1000
                                        : random.nextLong() >> random.nextInt(64);
                case ColumnData.Booleans(boolean[] values, _) -> values[i] = random.nextBoolean();
                case ColumnData.Texts(String[] values, _) ->
                        values[i] = "ä".repeat(random.nextInt(5));
            }
        }
        return cells;
    }

    @Test
    void refuses_times_that_it_would_have_to_round() throws IOException {
        var writer =
                new ParquetWriter(
                        OutputStream.nullOutputStream(),
                        List.of(new Column("at", ColumnType.TIMESTAMP)));
        var nanos = new ColumnData.Longs(new long[] {1_500}, new boolean[1]);
        assertThatThrownBy(() -> writer.write(List.of(nanos), 1))
                .hasMessageContainingAll(
                        "column at", "1970-01-01T00:00:00.000001500Z", "write CSV");
    }
}
