package dev.touchstone.app.internal.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A whole file")
class WholeFileTest {
    @TempDir private Path folder;

    @Test
    void takes_the_place_of_an_older_one_and_leaves_nothing_beside_it() throws IOException {
        Path file = Files.writeString(folder.resolve("a.html"), "old");

        WholeFile.write(file, "größer");

        assertThat(file).hasContent("größer");
        assertThat(folder).isDirectoryContaining(file::equals);
        assertThat(folder.toFile().list()).containsExactly("a.html");
    }

    @Test
    void is_not_there_when_it_could_not_be_put_in_place() throws IOException {
        Path occupied = Files.createDirectory(folder.resolve("a.html"));

        assertThatIOException()
                .isThrownBy(() -> WholeFile.write(occupied, "text"))
                .withMessageContaining("is a folder");
        assertThatIOException()
                .isThrownBy(() -> WholeFile.write(folder.resolve("none").resolve("b"), "text"));
        assertThat(folder.toFile().list()).containsExactly("a.html");
        assertThat(occupied).isEmptyDirectory();
    }
}
