package dev.touchstone.features.internal.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.TrainingSet;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.Value;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A training set in memory")
class MemoryBuildTest {
    private static final long PLENTY = 64L << 20;

    @TempDir private Path folder = Path.of("");

    private Inputs inputs = new Inputs(folder, new RandomStreams(1).stream("memory"));

    @BeforeEach
    void make_labels_and_histories() throws IOException {
        inputs = new Inputs(folder, new RandomStreams(1).stream("memory"));
        inputs.write(900, 1500);
    }

    /// With little memory it is built in several blocks.
    @ParameterizedTest(name = "seed {0}")
    @Seeds(20)
    void holds_what_a_file_holds(long seed) throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("draw");
        inputs = new Inputs(folder, random);
        inputs.write(random.nextInt(900), random.nextInt(1500));
        int threads = 1 + random.nextInt(2);
        String format = List.of(".parquet", ".arrow").get(random.nextInt(2));
        Path out = folder.resolve("set" + format);
        TrainingSetManifest written;
        try (var disk = BuildFolder.open(out)) {
            written =
                    inputs.build(disk, BuildProgress.UNWATCHED, threads, "set" + format)
                            .orElseThrow();
        }

        long memory = random.nextBoolean() ? PLENTY : 1 << 19;
        TrainingSet set = inputs.inMemory(memory, threads, ".parquet").orElseThrow();

        LabelFile file = LabelFile.open(out, 1);
        assertThat(set.columns()).isEqualTo(file.columns());
        try (var pass = file.read(file.columns())) {
            assertThat(values(set.columns(), set.cells()))
                    .isEqualTo(values(file.columns(), pass.next((int) file.rows())));
        }
        assertThat(set.manifest().sha256()).isEmpty();
        assertThat(set.manifest().columns()).isEqualTo(written.columns());
        assertThat(set.manifest().views()).isEqualTo(written.views());
        assertThat(set.rows()).isEqualTo((int) file.rows());
    }

    @ParameterizedTest
    @CsvSource({".arrow", ".csv"})
    void is_the_same_from_histories_in_other_formats(String ending) throws IOException {
        inputs.copyHistories(ending);
        TrainingSet set = inputs.inMemory(PLENTY, 1, ending).orElseThrow();
        TrainingSet same = inputs.inMemory(PLENTY, 1, ".parquet").orElseThrow();
        assertThat(values(set.columns(), set.cells()))
                .isEqualTo(values(same.columns(), same.cells()));
    }

    private static List<List<Value>> values(List<Column> columns, List<ColumnData> cells) {
        List<List<Value>> all = new ArrayList<>();
        for (int c = 0; c < columns.size(); c++) {
            List<Value> values = new ArrayList<>();
            for (int row = 0; row < cells.get(c).size(); row++) {
                values.add(cells.get(c).value(row));
            }
            all.add(values);
        }
        return all;
    }

    @Test
    void is_refused_with_its_size_when_it_would_not_fit() {
        assertThatThrownBy(() -> inputs.inMemory(1 << 16, 1, ".parquet"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("900 labels with 9 columns")
                .hasMessageContaining("write it to a file, or allow more memory");
    }

    @Test
    void says_which_columns_there_are() throws IOException {
        TrainingSet set = inputs.inMemory(PLENTY, 1, ".parquet").orElseThrow();
        assertThat(set.cells("merchant.open")).isInstanceOf(ColumnData.Booleans.class);
        assertThatThrownBy(() -> set.cells("merchant.closed"))
                .hasMessageContaining("merchant.closed")
                .hasMessageContaining("merchant.open");
    }
}
