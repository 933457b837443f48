package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.internal.parquet.ParquetWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A view that is fed from a folder")
class FolderSourceTest {
    private static final long NOW = Times.parse("2026-03-04T12:00:00Z");
    private static final Duration AT_ONCE = Duration.ZERO;

    @TempDir private Path folder = Path.of("");

    private Path in = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        in = Files.createDirectory(folder.resolve("in"));
    }

    private FeatureStore store() {
        return store("amount: long");
    }

    private FeatureStore store(String events) {
        return FeatureStore.open(
                folder.resolve("store"),
                Definitions.read(
                        "features.yaml",
                        """
                        views:
                          card:
                            owner: payments-risk
                            key: {card: long}
                            events: {%s}
                            features:
                              sum: {sum: amount, window: 1d, hop: 1h}
                              count: {count: amount, window: 1d, hop: 1h}
                            source: {folder: "%s"}
                        """
                                .formatted(events, in)));
    }

    private static FeedReader reader(FeatureStore store) throws IOException {
        return store.reads("card", List.of(), NOW);
    }

    private static void takeAll(FeedReader reader) throws IOException {
        while (reader.step(() -> NOW, AT_ONCE) > 0) {
            assertThat(reader.counts().trouble()).isEmpty();
        }
    }

    private void put(String name, String text) throws IOException {
        Path written = Files.writeString(in.resolve("." + name), text);
        Files.move(written, in.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String csv(int from, int to) {
        var text = new StringBuilder("card,amount,event_time\n");
        IntStream.range(from, to)
                .forEach(amount -> text.append("7,%d,2026-03-04T11:59:00Z%n".formatted(amount)));
        return text.toString();
    }

    private static List<Value> read(FeatureStore store) throws IOException {
        OnlineReader reader = store.online(NOW).reader(List.of("card.*"));
        OnlineRow row = reader.row();
        reader.read(reader.keys(Map.of("card", Value.of(7L))), NOW + 1_000_000, row);
        return IntStream.range(0, row.size()).mapToObj(row::value).toList();
    }

    @Test
    void gives_what_was_polled_again_after_an_error() throws IOException {
        put("1.csv", csv(0, 3));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            LongSupplier broken =
                    () -> {
                        throw new OutOfMemoryError("heap");
                    };
            assertThatThrownBy(() -> reader.step(broken, AT_ONCE))
                    .isInstanceOf(OutOfMemoryError.class);
            assertThat(reader.counts().trouble()).isEqualTo("heap");
            takeAll(reader);
            assertThat(read(store)).containsExactly(Value.of(3L), Value.of(3L));
        }
    }

    @Test
    void takes_each_finished_file_once() throws IOException {
        put("1.csv", csv(0, 5_000));
        put("2.csv.part", csv(0, 10));
        put(
                "3.jsonl",
                """
                {"card": 7, "amount": 1, "event_timestamp": "2026-03-04T11:59:00Z"}
                {"card": 7, "amount": "2", "event_timestamp": "2026-03-04T11:59:00Z"}
                {"card": 7, "amount": 3, "event_timestamp": "2026-03-04T11:59:00Z"}
                """);
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            takeAll(reader);
            assertThat(reader.counts().schema()).isEqualTo(1);
            assertThat(read(store)).containsExactly(Value.of(12_497_504L), Value.of(5_002L));
        }
        put("4.csv", csv(0, 3));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            assertThat(store.rowCount("card")).as("%s", store.positions("card")).isEqualTo(5_002);
            assertThat(read(store)).containsExactly(Value.of(12_497_504L), Value.of(5_002L));
            takeAll(reader);
            assertThat(read(store)).containsExactly(Value.of(12_497_507L), Value.of(5_005L));
        }
    }

    @Test
    void takes_a_file_once_whatever_it_is_called() throws IOException {
        put("push 1.csv", csv(0, 3));
        for (int start = 0; start < 2; start++) {
            try (FeatureStore store = store();
                    FeedReader reader = reader(store)) {
                takeAll(reader);
                assertThat(store.positions("card")).containsKey("push 1.csv");
                assertThat(store.rowCount("card")).isEqualTo(3);
            }
        }
    }

    @Test
    void goes_on_in_the_middle_of_a_file_where_it_was_closed() throws IOException {
        put("1.csv", csv(0, 5_000));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            var _ = reader.step(() -> NOW, AT_ONCE);
            assertThat(store.rowCount("card")).isBetween(1L, 4_999L);
        }
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            takeAll(reader);
            assertThat(read(store)).containsExactly(Value.of(12_497_500L), Value.of(5_000L));
        }
    }

    @Test
    void says_what_it_does_not_take_of_files_that_are_wrong_or_have_changed() throws IOException {
        put("1.csv", csv(0, 3) + "7,x,2026-03-04T11:59:00Z\n7,9,2026-03-04T11:59:00Z\n");
        put("2.csv", csv(0, 3).replace("amount", "sum"));
        put("3.txt", "hello");
        put("4.csv", csv(0, 1));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            takeAll(reader);
            assertThat(reader.counts().malformed()).isEqualTo(3);
            assertThat(read(store))
                    .as("three rows before the bad one, and one of the last file")
                    .containsExactly(Value.of(3L), Value.of(4L));
            put("4.csv", csv(0, 2));
            takeAll(reader);
            assertThat(reader.counts().malformed()).isEqualTo(4);
            takeAll(reader);
            assertThat(reader.counts().malformed()).as("said once").isEqualTo(4);
        }
        assertThat(Files.readAllLines(folder.resolve("store/quarantine/card.jsonl")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("1.csv", "line 5", "another name"),
                        line -> assertThat(line).contains("2.csv", "amount"),
                        line -> assertThat(line).contains("3.txt is no .csv, .parquet or .jsonl"),
                        line -> assertThat(line).contains("4.csv", "changed after it was taken"));
    }

    private void put(String name, byte[] bytes) throws IOException {
        Path written = Files.write(in.resolve("." + name), bytes);
        Files.move(written, in.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] parquet(long[] cards, boolean[] missing, Column amount)
            throws IOException {
        var bytes = new ByteArrayOutputStream();
        var time = new Column("event_time", ColumnType.TIMESTAMP);
        var writer =
                new ParquetWriter(
                        bytes, List.of(new Column("card", ColumnType.LONG), amount, time));
        ColumnData amounts = ColumnData.allocate(amount.type(), cards.length);
        long[] times = new long[cards.length];
        Arrays.fill(times, Times.parse("2026-03-04T11:59:00Z"));
        writer.write(
                List.of(
                        new ColumnData.Longs(cards, missing),
                        amounts,
                        new ColumnData.Longs(times, new boolean[cards.length])),
                cards.length);
        writer.finish();
        return bytes.toByteArray();
    }

    @Test
    void goes_on_behind_parquet_files_that_are_damaged_or_do_not_fit() throws IOException {
        var amount = new Column("amount", ColumnType.LONG);
        long[] cards = {7, 7, 7};
        boolean[] none = new boolean[3];
        byte[] whole = parquet(cards, none, amount);
        byte[] rotten = whole.clone();
        Arrays.fill(rotten, 4, rotten.length / 4, (byte) 0xff);
        put("1.parquet", Arrays.copyOf(whole, whole.length - 9));
        put("2.parquet", "hello".getBytes(StandardCharsets.UTF_8));
        put("3.parquet", new byte[0]);
        put("4.parquet", rotten);
        put("5.parquet", parquet(cards, none, new Column("sum", ColumnType.LONG)));
        put("6.parquet", parquet(cards, none, new Column("amount", ColumnType.BOOLEAN)));
        put("7.parquet", parquet(cards, new boolean[] {false, false, true}, amount));
        put("8.csv", csv(5, 6));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            takeAll(reader);
            assertThat(reader.counts().malformed()).isEqualTo(7);
            assertThat(read(store).getLast())
                    .as("two rows before the one without a key, and one of the last file")
                    .isEqualTo(Value.of(3L));
        }
        assertThat(Files.readAllLines(folder.resolve("store/quarantine/card.jsonl")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("1.parquet is no Parquet file"),
                        line -> assertThat(line).contains("2.parquet is no Parquet file"),
                        line -> assertThat(line).contains("3.parquet is no Parquet file"),
                        line -> assertThat(line).contains("4.parquet cannot be read"),
                        line -> assertThat(line).contains("5.parquet has no column 'amount'"),
                        line -> assertThat(line).contains("6.parquet is BOOLEAN"),
                        line -> assertThat(line).contains("7.parquet row 3 has no card"));
    }

    @Test
    void goes_on_behind_bytes_that_are_no_utf_8() throws IOException {
        put("1.csv", (csv(0, 5_000) + "7,\u00e9\n").getBytes(StandardCharsets.ISO_8859_1));
        put(
                "2.jsonl",
                """
                {"card": 7, "amount": 1, "event_timestamp": "2026-03-04T11:59:00Z"}
                {"card": 7, "amount": "\u00e9", "event_timestamp": "2026-03-04T11:59:00Z"}
                {"card": 7, "amount": 3, "event_timestamp": "2026-03-04T11:59:00Z"}
                """
                        .getBytes(StandardCharsets.ISO_8859_1));
        put("3.csv", csv(0, 1));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            takeAll(reader);
            assertThat(reader.counts().malformed()).isEqualTo(2);
            assertThat(((Value.Whole) read(store).getLast()).value())
                    .as("most of the first file, two of the second, one of the third")
                    .isBetween(4_600L, 5_003L);
        }
        assertThat(Files.readAllLines(folder.resolve("store/quarantine/card.jsonl")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("1.csv is not written in UTF-8"),
                        line -> assertThat(line).contains("2.jsonl", "no JSON", "UTF-8"));
    }

    @Test
    void takes_events_that_are_too_large_to_be_written_at_once() throws IOException {
        String note = "x".repeat(40_000);
        String event =
                "{\"card\": 7, \"amount\": 1, \"note\": \"%s\", \"event_timestamp\": \"%s\"}%n"
                        .formatted(note, "2026-03-04T11:59:00Z");
        put("1.jsonl", event.repeat(2_000));
        try (FeatureStore store = store("amount: long, note: text");
                FeedReader reader = reader(store)) {
            takeAll(reader);
            assertThat(read(store)).containsExactly(Value.of(2_000L), Value.of(2_000L));
            assertThat(reader.counts().rows()).isEqualTo(2_000);
        }
    }

    @Test
    void needs_a_folder() throws IOException {
        Files.delete(in);
        try (FeatureStore store = store()) {
            assertThatThrownBy(() -> reader(store))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is no folder; make it, or mend the definition");
        }
    }
}
