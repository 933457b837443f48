package dev.touchstone.features.internal.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A CSV file")
class CsvReaderTest {
    private static final List<String> PIECES =
            List.of("a", "\"", ",", "\n", "\r\n", "\r", " ", "ä", "😀");

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void is_read_as_it_was_written(long seed) throws IOException {
        RandomGenerator random = new RandomStreams(seed).stream("cells");
        var text = new StringBuilder("x,y,z\n");
        List<String> written = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            var cell = new StringBuilder();
            for (int piece = random.nextInt(5); piece > 0; piece--) {
                cell.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            written.add(cell.toString());
            Cells.write(text, cell.toString(), random.nextInt(3) == 0);
            text.append(i % 3 < 2 ? "," : random.nextBoolean() ? "\n" : "\r\n");
        }
        List<String> read = new ArrayList<>();
        var reader = new CsvReader(new StringReader(text.toString()), "cells.csv");
        for (Optional<CsvRecord> line = reader.next(); line.isPresent(); line = reader.next()) {
            read.addAll(List.of(line.get().cells()));
        }
        assertThat(read).isEqualTo(written);
    }

    @Test
    void tells_a_missing_cell_from_an_empty_text() throws IOException {
        CsvRecord line = reader("\uFEFFa,b\n,\"\"").next().orElseThrow();
        assertThat(line.isMissing(0)).isTrue();
        assertThat(line.isMissing(1)).isFalse();
    }

    @Test
    void that_is_malformed_names_the_line_and_the_cure() {
        assertThatThrownBy(() -> reader("")).hasMessageContaining("f.csv is empty");
        assertThatThrownBy(() -> reader("a,a\n")).hasMessageContaining("two columns named 'a'");
        assertThatThrownBy(() -> reader("a\n\"1\n").next())
                .hasMessageContainingAll("line 2", "never closes");
        assertThatThrownBy(() -> reader("a\n\"1\"2\n").next())
                .hasMessageContainingAll("line 2", "double quotes");
        assertThatThrownBy(() -> reader("a,b\n1\n").next())
                .hasMessageContainingAll("line 2 has 1 cells, the header 2");
    }

    private static CsvReader reader(String text) throws IOException {
        return new CsvReader(new StringReader(text), "f.csv");
    }
}
