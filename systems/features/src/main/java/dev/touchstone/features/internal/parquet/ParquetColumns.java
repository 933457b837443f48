package dev.touchstone.features.internal.parquet;

import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowGroupPredicate;
import dev.hardwood.reader.Validity;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.ColumnSchema;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.Times;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A flat Parquet file, read column by column in batches.
public final class ParquetColumns implements Closeable {
    private static final int MILLION = 1_000_000;
    private static final int THOUSAND = 1_000;

    private final String name;
    private final HardwoodContext threads;
    private final ParquetFileReader file;

    private ParquetColumns(String name, HardwoodContext threads, ParquetFileReader file) {
        this.name = name;
        this.threads = threads;
        this.file = file;
    }

    /// Opens a file.
    ///
    /// @param threads that decode
    public static ParquetColumns open(Path path, int threads) throws IOException {
        HardwoodContext context = HardwoodContext.create(threads);
        try {
            return new ParquetColumns(
                    path.toString(), context, ParquetFileReader.open(InputFile.of(path), context));
        } catch (NoSuchFileException e) {
            context.close();
            throw e;
        } catch (IOException | RuntimeException e) {
            context.close();
            throw new IOException("%s is no Parquet file: %s".formatted(path, e.getMessage()), e);
        }
    }

    /// The file's name.
    public String name() {
        return name;
    }

    /// Rows in all.
    public long rows() {
        return file.getFileMetaData().numRows();
    }

    /// The columns' names.
    public List<String> names() {
        return ParquetTypes.names(file.getFileSchema());
    }

    /// All columns with their types.
    ///
    /// @throws IOException when there is one of a type that we do not have
    public List<Column> columns() throws IOException {
        List<Column> columns = new ArrayList<>();
        for (ColumnSchema column : file.getFileSchema().getColumns()) {
            columns.add(ParquetTypes.known(name, column));
        }
        return columns;
    }

    /// Refuses columns that are not there or of another type, without starting to read.
    ///
    /// @param columns under their names in the file
    public void check(List<Column> columns) throws IOException {
        for (Column column : columns) {
            ParquetTypes.check(name, file.getFileSchema(), column);
        }
    }

    /// Begins to read some columns from the first row on. What is begun should be read to its end:
    /// to stop before that waits for each column in turn.
    ///
    /// @param columns under their names in the file
    /// @param batchRows at most so many rows a batch
    /// @throws IOException also when a column is not there or of another type
    public Batches read(List<Column> columns, int batchRows) throws IOException {
        check(columns);
        try {
            return new Batches(
                    List.copyOf(columns),
                    file.buildColumnReaders(projection(columns)).batchSize(batchRows).build(),
                    batchRows);
        } catch (RuntimeException e) {
            throw damaged(0, columns, e);
        }
    }

    /// Says where a file is damaged: reads the row groups from the one of `row` on one by one.
    private IOException damaged(long row, List<Column> columns, RuntimeException cause) {
        List<RowGroup> groups = file.getFileMetaData().rowGroups();
        long before = 0;
        int group = 0;
        while (group + 1 < groups.size() && before + groups.get(group).numRows() <= row) {
            before += groups.get(group).numRows();
            group++;
        }
        int first = group;
        while (group + 1 < groups.size() && isWhole(groups.get(group), columns)) {
            before += groups.get(group).numRows();
            group++;
        }
        return new IOException(
                "%s is damaged in row group %d of %d (rows %,d to %,d): %s; get the file again"
                        .formatted(
                                name,
                                group + 1,
                                groups.size(),
                                groups.isEmpty() ? 0 : before + 1,
                                groups.isEmpty() ? 0 : before + groups.get(group).numRows(),
                                first == group || cause.getMessage() != null
                                        ? cause.getMessage()
                                        : "unreadable"),
                cause);
    }

    private boolean isWhole(RowGroup group, List<Column> columns) {
        long start = Long.MAX_VALUE;
        long end = 0;
        for (ColumnChunk chunk : group.columns()) {
            start = Math.min(start, chunk.chunkStartOffset());
            end = Math.max(end, chunk.chunkStartOffset() + chunk.metaData().totalCompressedSize());
        }
        try (ColumnReaders readers =
                file.buildColumnReaders(projection(columns))
                        .filter(RowGroupPredicate.byteRange(start, end))
                        .build()) {
            long rows = 0;
            while (readers.nextBatch()) {
                rows += readers.getRecordCount();
            }
            return rows == group.numRows();
        } catch (RuntimeException _) {
            return false;
        }
    }

    /// The reader takes a dot in a name for a step into a group, so columns with dots, such as
    /// those of our own training sets, can only be had along with all others.
    private static ColumnProjection projection(List<Column> columns) {
        return columns.stream().anyMatch(column -> column.name().indexOf('.') >= 0)
                ? ColumnProjection.all()
                : ColumnProjection.columns(
                        columns.stream().map(Column::name).distinct().toArray(String[]::new));
    }

    @Override
    public void close() throws IOException {
        file.close();
        threads.close();
    }

    /// Batches of rows. What a batch holds is good until the next is asked for.
    public final class Batches implements Closeable {
        private final List<Column> columns;
        private final ColumnReaders readers;
        private final boolean[] nothingMissing;
        private long before;
        private int rows;

        private Batches(List<Column> columns, ColumnReaders readers, int batchRows) {
            this.columns = columns;
            this.readers = readers;
            this.nothingMissing = new boolean[batchRows];
        }

        /// Goes to the next batch.
        ///
        /// @return whether there is one
        /// @throws IOException when it cannot be read, with file and row group
        public boolean next() throws IOException {
            before += rows;
            rows = 0;
            try {
                if (readers.nextBatch()) {
                    rows = readers.getRecordCount();
                    return true;
                }
            } catch (RuntimeException e) {
                throw damaged(before, columns, e);
            }
            if (before != rows()) {
                throw damaged(
                        before,
                        columns,
                        new IllegalStateException(
                                "it ends after %,d of %,d rows"
                                        .formatted(before, ParquetColumns.this.rows())));
            }
            return false;
        }

        private long rows() {
            return ParquetColumns.this.rows();
        }

        /// Rows of this batch.
        public int count() {
            return rows;
        }

        /// A column of this batch, in the order of those asked for.
        public ColumnData column(int wanted) throws IOException {
            Column column = columns.get(wanted);
            ColumnReader reader = reader(column);
            try {
                boolean[] missing = missing(reader.getLeafValidity());
                return switch (column.type()) {
                    case DOUBLE -> new ColumnData.Doubles(reals(reader), missing);
                    case LONG -> new ColumnData.Longs(wholes(reader), missing);
                    case TIMESTAMP -> new ColumnData.Longs(nanos(reader, missing), missing);
                    case BOOLEAN -> new ColumnData.Booleans(reader.getBooleans(), missing);
                    case TEXT -> new ColumnData.Texts(reader.getStrings(), missing);
                };
            } catch (RuntimeException e) {
                throw damaged(before, columns, e);
            }
        }

        private ColumnReader reader(Column column) {
            for (int i = 0; i < readers.getColumnCount(); i++) {
                ColumnReader reader = readers.getColumnReader(i);
                if (reader.getColumnSchema().name().equals(column.name())) {
                    return reader;
                }
            }
            throw new IllegalStateException("no reader for column " + column.name());
        }

        /// A column of which every row must have a value.
        public ColumnData required(int wanted) throws IOException {
            ColumnData column = column(wanted);
            boolean[] missing = column.missing();
            for (int row = 0; row < rows; row++) {
                if (missing[row]) {
                    throw new IOException(
                            "%s row %d has no %s; every row needs one"
                                    .formatted(name, before + row + 1, columns.get(wanted).name()));
                }
            }
            return column;
        }

        private boolean[] missing(Validity validity) {
            if (!validity.hasNulls()) {
                return nothingMissing;
            }
            boolean[] missing = new boolean[rows];
            for (int row = validity.nextNull(0, rows);
                    row >= 0 && row < rows;
                    row = validity.nextNull(row + 1, rows)) {
                missing[row] = true;
            }
            return missing;
        }

        private double[] reals(ColumnReader reader) {
            if (reader.getColumnSchema().type() == PhysicalType.DOUBLE) {
                return reader.getDoubles();
            }
            float[] narrow = reader.getFloats();
            double[] wide = new double[rows];
            for (int row = 0; row < rows; row++) {
                wide[row] = narrow[row];
            }
            return wide;
        }

        private long[] wholes(ColumnReader reader) {
            if (reader.getColumnSchema().type() == PhysicalType.INT64) {
                return reader.getLongs();
            }
            int[] narrow = reader.getInts();
            long[] wide = new long[rows];
            for (int row = 0; row < rows; row++) {
                wide[row] = narrow[row];
            }
            return wide;
        }

        private long[] nanos(ColumnReader reader, boolean[] missing) throws IOException {
            long[] times = reader.getLongs();
            int factor =
                    reader.getColumnSchema().logicalType() instanceof LogicalType.TimestampType its
                            ? switch (its.unit()) {
                                case MILLIS -> MILLION;
                                case MICROS -> THOUSAND;
                                case NANOS -> 1;
                            }
                            : 1;
            if (factor == 1) {
                return times;
            }
            long most = Long.MAX_VALUE / factor;
            long[] nanos = new long[rows];
            for (int row = 0; row < rows; row++) {
                long time = times[row];
                if (time <= most && time >= -most) {
                    nanos[row] = time * factor;
                } else if (!missing[row]) {
                    nanos[row] = infinity(reader, time, row);
                }
            }
            return nanos;
        }

        /// Files have no infinite times; writers use the ends of the number's range for them.
        private long infinity(ColumnReader reader, long time, int row) throws IOException {
            if (time == Long.MAX_VALUE) {
                return Times.INFINITY;
            }
            if (time <= -Long.MAX_VALUE) {
                return Times.MINUS_INFINITY;
            }
            throw new IOException(
                    "%s row %d, column %s: %d is outside the years 1677 to 2262"
                            .formatted(
                                    name, before + row + 1, reader.getColumnSchema().name(), time));
        }

        @Override
        public void close() {
            readers.close();
        }
    }

    /// Whether a column of this name and any type is there.
    public boolean has(String column) {
        return names().contains(column);
    }

    /// Rows a batch may have so that all its columns together take about 64 MB.
    public static int batchRows(int columns) {
        return Math.clamp((64L << 20) / (columns * (long) Long.BYTES), 1 << 12, 1 << 18);
    }
}
