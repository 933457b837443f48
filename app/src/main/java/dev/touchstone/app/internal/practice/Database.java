package dev.touchstone.app.internal.practice;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.Driver;
import org.h2.api.ErrorCode;
import org.h2.mvstore.MVStoreTool;
import org.jspecify.annotations.Nullable;

/// One H2 database in a file, and one connection to it. Everything runs in transactions, one at a
/// time; one that has returned is on the disk.
final class Database implements AutoCloseable {
    /// What the schema below is called. A file with a higher number is refused.
    static final int VERSION = 1;

    /// The schema, version by version: a file of version n is brought up by all from n on.
    private static final List<List<String>> MIGRATIONS =
            List.of(
                    List.of(
                            """
                            CREATE TABLE profiles (
                                id VARCHAR(32) PRIMARY KEY,
                                name VARCHAR(80) NOT NULL,
                                created TIMESTAMP(9) WITH TIME ZONE NOT NULL)
                            """,
                            """
                            CREATE TABLE attempts (
                                profile VARCHAR(32) NOT NULL REFERENCES profiles,
                                id VARCHAR(64) NOT NULL,
                                item VARCHAR(200) NOT NULL,
                                started TIMESTAMP(9) WITH TIME ZONE NOT NULL,
                                finished TIMESTAMP(9) WITH TIME ZONE,
                                outcome VARCHAR(1000000),
                                PRIMARY KEY (profile, id))
                            """,
                            "CREATE INDEX attempts_of_item ON attempts (profile, item)",
                            // Empty but for saves: section and round make one replace another.
                            """
                            CREATE TABLE events (
                                profile VARCHAR(32) NOT NULL,
                                attempt VARCHAR(64) NOT NULL,
                                n INT NOT NULL,
                                section VARCHAR(200) NOT NULL,
                                round INT NOT NULL,
                                event VARCHAR(1000000) NOT NULL,
                                PRIMARY KEY (profile, attempt, n),
                                FOREIGN KEY (profile, attempt) REFERENCES attempts)
                            """,
                            """
                            CREATE TABLE schedule (
                                profile VARCHAR(32) NOT NULL REFERENCES profiles,
                                item VARCHAR(200) NOT NULL,
                                due TIMESTAMP(9) WITH TIME ZONE NOT NULL,
                                memory VARCHAR(1000) NOT NULL,
                                PRIMARY KEY (profile, item))
                            """));

    /// A file that was only ever appended to is written anew on opening when it is larger.
    private static final long LARGE_BYTES = 32L << 20;

    private static final String SUFFIX = ".mv.db";

    private final ReentrantLock lock = new ReentrantLock();
    private final Path file;
    private Connection connection;

    private Database(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /// Opens the database of a data directory, creating it if need be.
    ///
    /// @throws IOException also when another process has it open, a newer version wrote it, or it
    ///   is damaged
    static Database open(Path data) throws IOException {
        Path file = Files.createDirectories(data).toAbsolutePath().resolve("practice");
        if (file.toString().contains(";")) {
            throw new IOException(
                    "%s: the path must not contain a semicolon; choose another --data"
                            .formatted(data));
        }
        try {
            if (!Files.exists(onDisk(file))) {
                create(data, file);
            }
            shrink(file);
            var database = new Database(file, connect(file));
            try {
                database.migrate(data);
                return database;
            } catch (IOException | SQLException | RuntimeException e) {
                database.close();
                throw e;
            }
        } catch (SQLException e) {
            throw e.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1
                    ? new IOException(
                            ("another Touchstone is using %s; stop it, or give this one its own"
                                            + " directory with --data")
                                    .formatted(data),
                            e)
                    : damaged(file, e.getMessage(), e);
        }
    }

    /// Makes it beside its place and moves it there with its tables, so that a file without them is
    /// a damaged one and never one that was not finished.
    private static void create(Path data, Path file) throws IOException, SQLException {
        Path draft = file.resolveSibling("practice-new");
        Files.deleteIfExists(onDisk(draft));
        var database = new Database(draft, connect(draft));
        try (Statement statement = database.connection.createStatement()) {
            statement.execute("CREATE TABLE version (number INT NOT NULL)");
            database.migrate(data);
        } finally {
            database.close();
        }
        replace(onDisk(draft), onDisk(file));
    }

    /// Nothing that is written is ever written over, as recovery after a kill depends on it; what
    /// that leaves behind is dropped here.
    private static void shrink(Path file) throws IOException, SQLException {
        Path large = onDisk(file);
        if (Files.size(large) > LARGE_BYTES) {
            connect(file).close(); // fails where another process has it open
            Path small = file.resolveSibling("practice-small" + SUFFIX);
            Files.copy(large, small, StandardCopyOption.REPLACE_EXISTING);
            MVStoreTool.compact(small.toString(), false);
            replace(small, large);
        }
    }

    private static void replace(Path from, Path to) throws IOException {
        try (FileChannel written = FileChannel.open(from, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path onDisk(Path file) {
        return file.resolveSibling(file.getFileName() + SUFFIX);
    }

    private static IOException damaged(Path file, @Nullable String why, Exception cause) {
        return new IOException(
                "%s cannot be read: %s; move it away to start afresh, or put a copy of it in its place"
                        .formatted(onDisk(file), why),
                cause);
    }

    /// Connects so that nothing is written late, nothing is written over, and nothing is closed
    /// behind our back. Where space is used again, a kill can lose what was acknowledged (H2
    /// 2.5.252: the newest chunk is not found when it does not lie at the end of the file).
    private static Connection connect(Path file) throws SQLException {
        String options =
                "WRITE_DELAY=0;REUSE_SPACE=FALSE;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";
        return new Driver()
                .connect("jdbc:h2:file:%s;%s".formatted(file, options), new Properties());
    }

    private void migrate(Path data) throws IOException, SQLException {
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            int version = version(statement);
            if (version > VERSION) {
                throw new IOException(
                        "%s holds practice data of version %d, but this Touchstone knows %d; use a newer one"
                                .formatted(data, version, VERSION));
            }
            for (List<String> migration : MIGRATIONS.subList(version, VERSION)) {
                for (String sql : migration) {
                    statement.execute(sql);
                }
            }
            statement.execute("DELETE FROM version");
            statement.execute("INSERT INTO version VALUES (%d)".formatted(VERSION));
            connection.commit();
        }
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery("SELECT MAX(number) FROM version")) {
            return found.next() ? found.getInt(1) : 0;
        }
    }

    /// What is done in one transaction.
    interface Work<T> {
        T run(Rows rows) throws SQLException;
    }

    /// Reads, consistently.
    <T> T read(Work<T> work) {
        return transact(work, false);
    }

    /// Writes: all of it or, when anything is thrown, nothing. It is on the disk when this returns.
    <T> T write(Work<T> work) {
        return transact(work, true);
    }

    private <T> T transact(Work<T> work, boolean sync) {
        lock.lock();
        try {
            if (connection.isClosed()) { // a full disk closes it; there may be room again
                connection = connect(file);
                connection.setAutoCommit(false);
            }
            boolean done = false;
            try {
                T result = work.run(new Rows(connection));
                connection.commit();
                done = true;
                if (sync) {
                    sync();
                }
                return result;
            } finally {
                if (!done && !connection.isClosed()) {
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw new PracticeException(
                    PracticeException.Kind.DISK,
                    "%s cannot be written or read: %s; make room and try again"
                            .formatted(onDisk(file), e.getMessage()),
                    e);
        } finally {
            lock.unlock();
        }
    }

    /// A commit reaches the operating system; this reaches the disk.
    private void sync() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT SYNC");
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IOException("cannot close %s.mv.db: %s".formatted(file, e.getMessage()), e);
        } finally {
            lock.unlock();
        }
    }

    /// Statements within a transaction.
    static final class Rows {
        private final Connection connection;

        private Rows(Connection connection) {
            this.connection = connection;
        }

        /// Reads one row.
        interface Reader<T> {
            T read(ResultSet row) throws SQLException;
        }

        <T> List<T> query(String sql, Reader<T> reader, Object... values) throws SQLException {
            try (PreparedStatement statement = prepare(sql, values);
                    ResultSet rows = statement.executeQuery()) {
                var read = new ArrayList<T>();
                while (rows.next()) {
                    read.add(reader.read(rows));
                }
                return read;
            }
        }

        int update(String sql, Object... values) throws SQLException {
            try (PreparedStatement statement = prepare(sql, values)) {
                return statement.executeUpdate();
            }
        }

        private PreparedStatement prepare(String sql, Object... values) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(sql);
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement;
        }
    }
}
