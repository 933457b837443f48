package dev.touchstone.app.internal.practice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The database of the practice arena")
@SuppressWarnings("NullAway.Init") // set before each test
class DatabaseTest {
    /// Two copies of the file's header; the rest is appended.
    private static final int HEADER_BYTES = 8192;

    @TempDir private Path data;
    private Path file;

    @BeforeEach
    void name() {
        file = data.resolve("practice.mv.db");
    }

    /// H2 may use the space of old versions again. What is acknowledged then lies in the middle of
    /// the file, where recovery after a kill does not always look.
    @Test
    void never_writes_over_what_is_in_the_file() throws IOException {
        try (var database = Database.open(data)) {
            // Otherwise space is kept for 45 seconds, and the test would have to wait for that.
            database.write(rows -> rows.update("SET RETENTION_TIME 0"));
            writeAndRewrite(database, 150);
            byte[] before = Files.readAllBytes(file);
            writeAndRewrite(database, 150);
            byte[] after = Files.readAllBytes(file);

            assertThat(after.length).isGreaterThan(before.length);
            assertThat(
                            Arrays.mismatch(
                                    before,
                                    HEADER_BYTES,
                                    before.length,
                                    after,
                                    HEADER_BYTES,
                                    before.length))
                    .isEqualTo(-1);
        }
    }

    @Test
    void refuses_a_damaged_file_instead_of_starting_afresh() throws IOException {
        try (var database = Database.open(data)) {
            writeAndRewrite(database, 20);
        }
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {7, 5000, 14_000}) {
            byte[] part = Arrays.copyOf(whole, length);
            Files.write(file, part);
            assertThatThrownBy(() -> Database.open(data).close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("practice.mv.db cannot be read")
                    .hasMessageContaining("move it away");
        }
        Files.write(file, whole);
        try (var database = Database.open(data)) {
            assertThat(value(database)).isEqualTo("v19");
        }
    }

    @Test
    void goes_on_after_the_disk_was_full() throws IOException {
        try (var database = Database.open(data)) {
            writeAndRewrite(database, 3);
            // What H2 does to itself when a write fails.
            assertThatThrownBy(() -> database.write(rows -> rows.update("SHUTDOWN IMMEDIATELY")))
                    .isInstanceOf(PracticeException.class);
            assertThat(value(database)).isEqualTo("v2");
            writeAndRewrite(database, 5);
            assertThat(value(database)).isEqualTo("v4");
        }
    }

    @Test
    void drops_old_versions_when_a_large_file_is_opened() throws IOException {
        String long1 = "x".repeat(900_000);
        try (var database = Database.open(data)) {
            for (int i = 0; i < 80; i++) {
                set(database, long1 + i);
            }
        }
        long large = Files.size(file);
        assertThat(large).isGreaterThan(32L << 20);
        try (var database = Database.open(data)) {
            assertThat(value(database)).isEqualTo(long1 + 79);
        }
        assertThat(Files.size(file)).isLessThan(large / 10);
    }

    private static void writeAndRewrite(Database database, int times) {
        for (int i = 0; i < times; i++) {
            set(database, "v" + i);
        }
    }

    private static void set(Database database, String value) {
        database.write(rows -> {
            rows.update(
                    "CREATE TABLE IF NOT EXISTS noted (id INT PRIMARY KEY, text VARCHAR(1000000))");
            return rows.update("MERGE INTO noted VALUES (1, ?)", value);
        });
    }

    private static String value(Database database) {
        return database.read(
                rows -> rows.query("SELECT text FROM noted", row -> row.getString(1)).getFirst());
    }
}
