package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.internal.arrow.ArrowFile;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The files in `src/test/resources/arrow` were written by pyarrow 25.0.1 and Polars 1.44.2.
@DisplayName("An Arrow file")
class ArrowTest {
    private static final Path WRITTEN_BY_OTHERS = Path.of("src/test/resources/arrow");

    private static final Definitions DEFINITIONS =
            Definitions.read(
                    "features.yaml",
                    """
                    views:
                      account:
                        owner: risk
                        key: {account: text}
                        features: {balance: double, status: text, trips: long, open: boolean, since: timestamp}
                    """);

    @TempDir private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"pyarrow.arrow", "pyarrow-zstd.arrow"})
    void of_pyarrow_is_read_whatever_its_types(String file) throws IOException {
        try (ArrowFile arrow = ArrowFile.open(WRITTEN_BY_OTHERS.resolve(file))) {
            assertThat(arrow.rows()).isEqualTo(3);
            assertThat(arrow.batches()).isEqualTo(2);
            assertThat(arrow.columns()).extracting(Column::type).endsWith(ColumnType.TIMESTAMP);
            List<ColumnData> first = arrow.read(0, arrow.columns(), 0, arrow.rows(0));
            List<ColumnData> second = arrow.read(1, arrow.columns(), 0, arrow.rows(1));
            long six = Times.parse("2026-01-01T06:00:00Z");
            long old = Times.parse("1969-12-31T23:59:59.500Z");
            assertThat(first)
                    .extracting(column -> column.value(0))
                    .containsExactly(
                            Value.of(1L),
                            Value.of(300L),
                            Value.of(70_000L),
                            Value.of(1L << 40),
                            Value.of(0.5),
                            Value.of(0.1),
                            Value.of("ä\n"),
                            Value.of("x,y"),
                            Value.of(true),
                            Value.of(six),
                            Value.of(six),
                            Value.of(six),
                            Value.of(six));
            assertThat(first).allMatch(column -> column.value(1).equals(Value.MISSING));
            assertThat(second)
                    .extracting(column -> column.value(0))
                    .containsExactly(
                            Value.of(-3L),
                            Value.of(-300L),
                            Value.of(-70_000L),
                            Value.of(-(1L << 40)),
                            Value.of(Double.NEGATIVE_INFINITY),
                            Value.of(Double.NaN),
                            Value.of(""),
                            Value.of("a text of more than twelve bytes"),
                            Value.of(false),
                            Value.of(old - 500_000_000),
                            Value.of(old),
                            Value.of(old),
                            Value.of(old));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"polars.arrow", "polars-zstd.arrow"})
    void of_polars_is_read_with_its_text_views(String file) throws IOException {
        try (ArrowFile arrow = ArrowFile.open(WRITTEN_BY_OTHERS.resolve(file))) {
            List<ColumnData> columns = arrow.read(0, arrow.columns(), 0, arrow.rows(0));
            assertThat(columns.getFirst().value(0)).isEqualTo(Value.of("short"));
            assertThat(columns.getFirst().value(1)).isEqualTo(Value.MISSING);
            assertThat(columns.getFirst().value(2))
                    .isEqualTo(Value.of("a text of more than twelve bytes"));
            assertThat(columns.get(1).value(2)).isEqualTo(Value.of(3L));
            assertThat(columns.get(2).value(1)).isEqualTo(Value.of(false));
            assertThat(columns.get(3).value(2)).isEqualTo(Value.of(2.5));
        }
    }

    @Test
    void that_cannot_be_taken_is_refused_with_the_cure() {
        assertThatThrownBy(() -> ArrowFile.open(WRITTEN_BY_OTHERS.resolve("pyarrow-lz4.arrow")))
                .hasMessageContaining("compressed with LZ4; write it with Zstandard");
        assertThatThrownBy(() -> ArrowFile.open(WRITTEN_BY_OTHERS.resolve("category.arrow")))
                .hasMessageContaining("column c of")
                .hasMessageContaining("dictionary-encoded");
        assertThatThrownBy(() -> ArrowFile.open(WRITTEN_BY_OTHERS.resolve("zoneless.arrow")))
                .hasMessageContaining("times without a zone; write them as UTC");
    }

    @Test
    void holds_labels_and_takes_the_training_set() throws IOException {
        try (FeatureStore store = FeatureStore.open(folder.resolve("store"), DEFINITIONS)) {
            store.append(
                    "account",
                    List.of(
                            new FeatureRow(
                                    EntityKey.of("a"),
                                    1,
                                    1,
                                    0,
                                    List.of(
                                            Value.of(0.25),
                                            Value.of("größer"),
                                            Value.of(7L),
                                            Value.of(true),
                                            Value.of(Times.INFINITY)))));
            Path csv =
                    Files.writeString(
                            folder.resolve("labels.csv"),
                            """
                            at,account,note
                            1970-01-01T00:00:00.000000001Z,a,
                            1970-01-01T00:00:00Z,a,"x,y"
                            ,a,""
                            """);
            Path first = folder.resolve("first.arrow");
            build(store, csv, first, "account.*");
            // The set is a file of labels as well, and its nanoseconds have survived.
            Path second = folder.resolve("second.csv");
            Definitions more =
                    Definitions.read(
                            "features.yaml",
                            """
                            views:
                              other:
                                owner: risk
                                key: {account: text}
                                features: {x: double}
                            """);
            try (var others = FeatureStore.open(folder.resolve("others"), more)) {
                build(others, first, second, "other.x");
            }
            assertThat(Files.readAllLines(second))
                    .containsExactly(
                            "at,account,note,account.balance,account.status,account.trips,"
                                    + "account.open,account.since,other.x",
                            "1970-01-01T00:00:00.000000001Z,a,,0.25,größer,7,true,infinity,",
                            "1970-01-01T00:00:00Z,a,\"x,y\",,,,,,",
                            ",a,\"\",,,,,,");
        }
    }

    private static void build(FeatureStore store, Path labels, Path out, String features)
            throws IOException {
        store.buildTrainingSet(
                new TrainingSetRequest(List.of(features), "at", Mode.KNOWN_AT_THE_TIME),
                labels,
                out,
                BuildProgress.UNWATCHED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pyarrow-zstd.arrow", "polars.arrow"})
    void is_read_in_pieces_of_any_size(String file) throws IOException {
        try (ArrowFile arrow = ArrowFile.open(WRITTEN_BY_OTHERS.resolve(file))) {
            for (int batch = 0; batch < arrow.batches(); batch++) {
                List<ColumnData> whole = arrow.read(batch, arrow.columns(), 0, arrow.rows(batch));
                for (int from = 0; from < arrow.rows(batch); from++) {
                    int count = 1 + from % Math.min(2, arrow.rows(batch) - from);
                    List<ColumnData> piece = arrow.read(batch, arrow.columns(), from, count);
                    for (int c = 0; c < whole.size(); c++) {
                        for (int i = 0; i < count; i++) {
                            assertThat(piece.get(c).value(i))
                                    .isEqualTo(whole.get(c).value(from + i));
                        }
                    }
                }
            }
        }
    }

    /// Other damage may go unseen: the format has no checksums.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(200)
    void that_is_damaged_is_read_or_refused_by_name(long seed) throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("damage");
        byte[] bytes = Files.readAllBytes(WRITTEN_BY_OTHERS.resolve("pyarrow-zstd.arrow"));
        if (random.nextBoolean()) {
            bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        } else {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Path file = Files.write(folder.resolve("damaged.arrow"), bytes);
        try (ArrowFile arrow = ArrowFile.open(file)) {
            for (int batch = 0; batch < arrow.batches(); batch++) {
                arrow.read(batch, arrow.columns(), 0, arrow.rows(batch));
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("damaged.arrow");
        }
    }
}
