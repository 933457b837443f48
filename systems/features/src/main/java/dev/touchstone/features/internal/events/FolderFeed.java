package dev.touchstone.features.internal.events;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.engines.EventFeed;
import dev.touchstone.features.internal.csv.CsvException;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRows;
import dev.touchstone.features.internal.parquet.ParquetException;
import dev.touchstone.features.internal.parquet.ParquetRows;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Files that are moved into a folder, each read once, in the order of their names: `.csv` and
/// `.parquet` as `features append` takes them, `.jsonl` with an event in each line. A part is a
/// file, a position a row in it; a file that is done with has the position `-1 - size`.
///
/// Names that begin with a dot or end in `.tmp` or `.part` are not finished, and left alone.
public final class FolderFeed implements EventFeed {
    private static final int ROWS_AT_ONCE = 2_000;
    private static final List<String> UNFINISHED = List.of(".tmp", ".part");

    private final Path folder;
    private final FeatureView view;
    private final Positions positions;
    private final WatchService watch;
    private Optional<OpenFile> current = Optional.empty();
    private long waiting;

    /// @throws IOException when there is no such folder
    public FolderFeed(Path folder, FeatureView view, Positions positions) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException(
                    "%s is no folder; make it, or mend the definition".formatted(folder));
        }
        this.folder = folder;
        this.view = view;
        this.positions = positions;
        this.watch = folder.getFileSystem().newWatchService();
        folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
    }

    /// Gives the next messages of a file without their places; none at its end.
    private interface Rows extends Closeable {
        List<Message> next(String part, long position, int limit) throws IOException;
    }

    /// A file and how far it has been read.
    private static final class OpenFile {
        final String name;
        final long size;
        final Rows rows;
        long position;

        /// Whether some row of those that come next is wrong, so that they are read one by one.
        boolean careful;

        OpenFile(String name, long size, Rows rows) {
            this.name = name;
            this.size = size;
            this.rows = rows;
        }
    }

    @Override
    public List<Message> poll(Duration atMost) throws IOException {
        if (current.isEmpty()) {
            List<Message> messages = open();
            if (!messages.isEmpty()) {
                return messages;
            }
        }
        if (current.isEmpty()) {
            await(atMost);
            return List.of();
        }
        OpenFile file = current.get();
        List<Message> messages;
        try {
            messages = file.rows.next(file.name, file.position, file.careful ? 1 : ROWS_AT_ONCE);
        } catch (CsvException | ParquetException | CharacterCodingException e) {
            closeCurrent();
            if (file.careful) {
                return refused(file.name, file.position, file.size, why(file.name, e));
            }
            OpenFile again = opened(folder.resolve(file.name), file.name, file.size, file.position);
            again.careful = true;
            current = Optional.of(again);
            return poll(atMost);
        }
        if (messages.isEmpty()) {
            closeCurrent();
            return List.of(new End(file.name, file.position, done(file.size)));
        }
        file.position += messages.size();
        return messages;
    }

    private static long done(long size) {
        return -1 - size;
    }

    private static String why(String name, IOException content) {
        return content instanceof CharacterCodingException
                ? "%s is not written in UTF-8, within 8 KB behind the rows that were taken"
                        .formatted(name)
                : String.valueOf(content.getMessage());
    }

    /// What is not taken of a file, and why.
    private static List<Message> refused(String name, long position, long size, String why) {
        return List.of(
                new Bad(
                        name,
                        position,
                        name,
                        "%s; the file is not taken from there on: mend the rest and put it in under another name"
                                .formatted(why)),
                new End(name, position + 1, done(size)));
    }

    /// Opens the next file that is not done with, if there is one.
    ///
    /// @return what there is to say of a file that cannot be opened
    private List<Message> open() throws IOException {
        List<Path> files = files();
        waiting = 0;
        for (Path file : files) {
            String name = file.getFileName().toString();
            long next = positions.next(name);
            long size = Files.size(file);
            if (next == done(size)) {
                continue;
            }
            if (next < 0) {
                return refused(name, size, size, "it has changed after it was taken");
            }
            waiting++;
            if (current.isPresent()) {
                continue;
            }
            try {
                current = Optional.of(opened(file, name, size, next));
            } catch (CsvException | ParquetException | CharacterCodingException e) {
                return refused(name, next, size, why(name, e));
            }
        }
        return List.of();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(FolderFeed::isFinished).sorted().toList();
        }
    }

    private static boolean isFinished(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".")
                && UNFINISHED.stream().noneMatch(name::endsWith)
                && Files.isRegularFile(file);
    }

    private OpenFile opened(Path file, String name, long size, long next) throws IOException {
        var opened = new OpenFile(name, size, rows(file, name));
        try {
            while (opened.position < next) {
                int skip = (int) Math.min(ROWS_AT_ONCE, next - opened.position);
                int got = opened.rows.next(name, opened.position, skip).size();
                if (got == 0) {
                    throw new CsvException(
                            "%s was read up to row %d and has only %d"
                                    .formatted(name, next, opened.position));
                }
                opened.position += got;
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.rows.close();
            throw e;
        }
    }

    private Rows rows(Path file, String name) throws IOException {
        if (name.endsWith(".parquet")) {
            var rows = new ParquetRows(file, view);
            return rows(rows::next, rows);
        }
        if (name.endsWith(".jsonl")) {
            // A char a byte: what is no UTF-8 is wrong in its own line, not in the file.
            return lines(Files.newBufferedReader(file, StandardCharsets.ISO_8859_1));
        }
        if (name.endsWith(".csv")) {
            BufferedReader reader = Files.newBufferedReader(file);
            try {
                return rows(new CsvRows(new CsvReader(reader, name), view)::next, reader);
            } catch (IOException | RuntimeException e) {
                reader.close();
                throw e;
            }
        }
        throw new CsvException(name + " is no .csv, .parquet or .jsonl");
    }

    /// Gives rows, as the readers of files do.
    private interface Batches {
        List<FeatureRow> next(int limit) throws IOException;
    }

    private static Rows rows(Batches batches, Closeable file) {
        return new Rows() {
            @Override
            public List<Message> next(String part, long position, int limit) throws IOException {
                List<Message> messages = new ArrayList<>();
                for (FeatureRow row : batches.next(limit)) {
                    messages.add(new Row(part, position + messages.size(), row));
                }
                return messages;
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    private static Rows lines(BufferedReader reader) {
        return new Rows() {
            @Override
            public List<Message> next(String part, long position, int limit) throws IOException {
                List<Message> messages = new ArrayList<>();
                String line = reader.readLine();
                while (line != null) {
                    messages.add(
                            new Json(
                                    part,
                                    position + messages.size(),
                                    line.getBytes(StandardCharsets.ISO_8859_1)));
                    line = messages.size() < limit ? reader.readLine() : null;
                }
                return messages;
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
    }

    private void await(Duration atMost) throws IOException {
        try {
            WatchKey key = watch.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
            if (key != null) {
                key.pollEvents();
                key.reset();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for files", e);
        }
    }

    private void closeCurrent() throws IOException {
        if (current.isPresent()) {
            current.get().rows.close();
            current = Optional.empty();
        }
    }

    @Override
    public void rewind() throws IOException {
        closeCurrent();
    }

    /// Files that wait or are being read.
    @Override
    public long behind() {
        return waiting;
    }

    @Override
    public long lost() {
        return 0;
    }

    @Override
    public void close() throws IOException {
        closeCurrent();
        watch.close();
    }
}
