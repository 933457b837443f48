package dev.touchstone.llm.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Measured kernel tables")
class KernelTablesTest {
    private static final AttentionShape SHAPE = new AttentionShape(32, 8, 128, ElementType.BF16);

    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void write() throws IOException {
        MadeUpTables.h100(folder);
    }

    @Test
    void give_products_exactly_as_measured() throws IOException {
        KernelTables tables = KernelTables.read(folder, "h100");

        for (int m : MadeUpTables.ROWS) {
            for (int n : MadeUpTables.WIDTHS) {
                for (int k : MadeUpTables.DEPTHS) {
                    assertThat(tables.gemm(m, n, k, ElementType.BF16))
                            .isEqualTo(1e3 * MadeUpTables.gemm(m, n, k));
                }
            }
        }
    }

    @Test
    void give_products_between_the_measured_sizes_between_their_times() throws IOException {
        KernelTables tables = KernelTables.read(folder, "h100");

        assertThat(tables.gemm(32, 4_096, 4_096, ElementType.BF16))
                .isBetween(
                        tables.gemm(1, 512, 512, ElementType.BF16),
                        tables.gemm(64, 8_192, 16_384, ElementType.BF16));
        // Memory alone decides at one row, and grows straight with each size.
        assertThat(tables.gemm(1, 4_352, 8_448, ElementType.BF16))
                .isCloseTo(
                        1e3 * MadeUpTables.gemm(1, 4_352, 8_448), Percentage.withPercentage(0.01));
    }

    @Test
    void go_on_in_proportion_beyond_the_largest_size() throws IOException {
        KernelTables tables = KernelTables.read(folder, "h100");

        double largest = tables.gemm(64, 65_536, 512, ElementType.BF16);
        assertThat(tables.gemm(64, 131_072, 512, ElementType.BF16)).isEqualTo(2 * largest);
    }

    @Test
    void give_attention_exactly_as_measured() throws IOException {
        Kernels.Attention attention = KernelTables.read(folder, "h100").attention(SHAPE);

        for (int batch : MadeUpTables.BATCHES) {
            for (int length : MadeUpTables.LENGTHS) {
                if (length > 1) {
                    assertThat(attention.decode(batch, length))
                            .isEqualTo(1e3 * MadeUpTables.generation(batch, length));
                }
                assertThat(attention.prefill(batch, length, 0))
                        .isCloseTo(1e3 * MadeUpTables.context(batch, length), within(1e-6));
            }
        }
    }

    @Test
    void price_heads_that_were_not_measured_as_as_many_pairs_of_sequence_and_head()
            throws IOException {
        KernelTables tables = KernelTables.read(folder, "h100");
        var quarter = new AttentionShape(32, 2, 128, ElementType.BF16);

        assertThat(tables.attention(quarter).decode(32, 512))
                .isEqualTo(tables.attention(SHAPE).decode(8, 512));
    }

    @Test
    void price_a_chunk_after_a_context_by_what_is_left_of_the_whole() throws IOException {
        Kernels.Attention attention = KernelTables.read(folder, "h100").attention(SHAPE);

        double whole = attention.prefill(1, 8_192, 0);
        double first = attention.prefill(1, 512, 0);
        assertThat(attention.prefill(1, 7_680, 512))
                .isCloseTo(whole - first + attention.launch(), within(1e-6));
        assertThat(attention.prefill(1, 16, 100_000)).isGreaterThan(first);
    }

    @Test
    void say_which_types_they_have() throws IOException {
        KernelTables tables = KernelTables.read(folder, "h100");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> tables.gemm(1, 512, 512, ElementType.INT4))
                .withMessage(
                        "the tables have matrix products in [BF16, FP8], not in INT4; take one of"
                                + " those");
    }

    @Test
    void name_file_line_and_field_of_what_is_wrong() throws IOException {
        refuses(
                "h100-gemm.csv",
                List.of("gemm_dtype,m,n,k,latency_ms", "bfloat16,1,512,many,0.003"),
                "h100-gemm.csv, line 2, k: must be a whole number from 1, got 'many'");
        refuses(
                "h100-gemm.csv",
                List.of("gemm_dtype,m,n,k,latency_ms", "bfloat16,1,512,512,-1"),
                "h100-gemm.csv, line 2, latency_ms: must be a number above 0, got '-1'");
        refuses(
                "h100-gemm.csv",
                List.of("gemm_dtype,m,n,k,latency_ms", "int3,1,512,512,1"),
                "h100-gemm.csv, line 2, gemm_dtype: must be bfloat16 or fp8, got 'int3'");
        refuses(
                "h100-gemm.csv",
                List.of("gemm_dtype,m,n,k,latency_ms", "fp8,1,512,512"),
                "h100-gemm.csv, line 2, line: has 4 fields, the header 5; complete or remove it");
        refuses(
                "h100-gemm.csv",
                List.of("gemm_dtype,m,n,latency_ms"),
                "h100-gemm.csv, line 1, k: is not among the columns gemm_dtype,m,n,latency_ms; add"
                        + " it");
        refuses(
                "h100-gemm.csv",
                List.of(),
                "h100-gemm.csv is empty; its first line names gemm_dtype,m,n,k,latency_ms");
    }

    @Test
    void miss_a_row_when_a_combination_of_sizes_was_not_measured() throws IOException {
        Path file = folder.resolve("h100-gemm.csv");
        List<String> lines = Files.readAllLines(file);
        refuses(
                "h100-gemm.csv",
                lines.subList(0, lines.size() - 1),
                "h100-gemm.csv has no row for m 8192, n 65536, k 16384; every m, n and k that occur"
                        + " need a row for each combination");
    }

    @Test
    void say_where_to_get_a_file_that_is_not_there() throws IOException {
        Files.delete(folder.resolve("h100-context-attention.csv"));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> KernelTables.read(folder, "h100"))
                .withMessageEndingWith(
                        "h100-context-attention.csv; docs/validation.md says where to get it");
    }

    private void refuses(String file, List<String> lines, String message) throws IOException {
        Files.write(folder.resolve(file), lines);

        assertThatExceptionOfType(MalformedTableException.class)
                .isThrownBy(() -> KernelTables.read(folder, "h100"))
                .withMessageEndingWith(message);
    }
}
