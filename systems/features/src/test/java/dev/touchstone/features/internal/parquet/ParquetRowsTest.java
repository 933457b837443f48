package dev.touchstone.features.internal.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The files were written by DuckDB 2.0.0 (`copy … (format parquet, compression …)`).
@DisplayName("Rows in a Parquet file")
class ParquetRowsTest {
    private static final Path FILES = Path.of("src/test/resources/parquet");

    private static final FeatureView VIEW =
            Definitions.read(
                            "f.yaml",
                            """
                            views:
                              account:
                                owner: risk
                                key: {account: text, branch: long}
                                features:
                                  {balance: double, status: text, open: boolean, since: timestamp}
                            """)
                    .view("account")
                    .view();

    @ParameterizedTest
    @ValueSource(strings = {"uncompressed", "snappy", "zstd"})
    void are_read_with_their_times_nulls_and_tombstones(String codec) throws IOException {
        try (var rows = new ParquetRows(FILES.resolve(codec + ".parquet"), VIEW)) {
            List<FeatureRow> first = rows.next(3);
            assertThat(first)
                    .containsExactly(
                            row(
                                    key("a", 1),
                                    "2026-01-01T00:00:00.123456Z",
                                    "2026-01-01T06:00:00Z",
                                    Value.of(10.5),
                                    Value.of("offen"),
                                    Value.of(true),
                                    Value.of(Times.parse("2025-12-31T23:00:00Z"))),
                            row(
                                    key("ä", 2),
                                    "2026-01-01T00:00:00Z",
                                    "2026-01-02T00:00:00Z",
                                    Value.MISSING,
                                    Value.MISSING,
                                    Value.MISSING,
                                    Value.MISSING),
                            row(key("a", 1), "2026-01-03T00:00:00Z", "2026-01-03T00:00:00Z"));
            assertThat(rows.next(3))
                    .containsExactly(
                            row(
                                    key("b", 3),
                                    "2026-01-04T00:00:00Z",
                                    "2026-01-04T00:00:00Z",
                                    Value.of(Double.NEGATIVE_INFINITY),
                                    Value.of("x"),
                                    Value.of(false),
                                    Value.of(Times.parse("1969-12-31T23:59:59.5Z"))));
            assertThat(rows.next(3)).isEmpty();
        }
    }

    @Test
    void without_a_zone_are_refused() {
        assertThatThrownBy(() -> new ParquetRows(FILES.resolve("no-zone.parquet"), VIEW))
                .hasMessageContainingAll("event_time", "without a zone", "UTC");
    }

    @Test
    void of_another_type_than_the_view_are_refused() {
        assertThatThrownBy(() -> new ParquetRows(FILES.resolve("retyped.parquet"), VIEW))
                .hasMessageContainingAll("balance", "BYTE_ARRAY", "the view says DOUBLE");
    }

    @Test
    void that_lack_a_column_are_refused() {
        FeatureView renamed =
                Definitions.read(
                                "f.yaml",
                                """
                                views:
                                  account:
                                    owner: risk
                                    key: {account: text}
                                    features: {credit: double}
                                """)
                        .view("account")
                        .view();
        assertThatThrownBy(() -> new ParquetRows(FILES.resolve("snappy.parquet"), renamed))
                .hasMessageContainingAll("no column 'credit'", "balance");
    }

    @Test
    void that_are_damaged_are_refused(@TempDir Path folder) throws IOException {
        byte[] bytes = Files.readAllBytes(FILES.resolve("snappy.parquet"));
        Path cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(bytes, 400));
        assertThatThrownBy(() -> new ParquetRows(cut, VIEW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut.parquet");
    }

    private static EntityKey key(String account, long branch) {
        return new EntityKey(List.of(Value.of(account), Value.of(branch)));
    }

    private static FeatureRow row(EntityKey key, String event, String available, Value... values) {
        return new FeatureRow(key, Times.parse(event), Times.parse(available), 0, List.of(values));
    }
}
