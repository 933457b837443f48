package dev.touchstone.arena.practice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.arena.ContentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A content file")
class PracticeFileTest {
    private static final Path TOY = Path.of("src/test/resources/practice");

    @TempDir Path directory;

    @Test
    void is_read_with_its_figures_filled_in() {
        assertThat(Sitting.TOY.challenges().stream().map(Brief::id))
                .containsExactly("TOY", "PAGER");
        assertThat(Sitting.TOY.items()).hasSize(2 + 8 + 3);
        var sitting = Sitting.at("TOY").does(new Move.GiveUp(), new Move.OpenAnswer());
        Solution solution = sitting.challenge().solution().orElseThrow();
        assertThat(solution.parts().get(1).text())
                .isEqualTo("The peak is 347 request/s, so 20 TB a day.");
        assertThat(solution.figures().getFirst().calculation())
                .isEqualTo("1e6 user * 10 request/user/day * 3");
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    challenges/toy.yaml | shows: "347 request/s"      ; shows: "357 request/s"       | toy.yaml line 56: figures.peak.shows: '357 request/s' is shown
                    challenges/toy.yaml | formula: "20 / 40"          ; formula: "20 / forty"        | number.formula: plan arithmetic has no input 'forty'
                    challenges/toy.yaml | unit: TB, within: "5%"      ; unit: ms, within: "5%"       | measures B, but 'ms' is asked for
                    challenges/toy.yaml | so {daily} a                ; so {dailly} a                | there is no figure 'dailly'; did you mean 'daily'?
                    challenges/toy.yaml | dimension: durability, level: staff ; dimension: durabilty, level: staff | there is no dimension 'durabilty'; did you mean 'durability'?
                    challenges/toy.yaml | level: principal            ; level: expert                | there is no 'expert'
                    challenges/toy.yaml | kind: design                ; kind: desing                 | there is no 'desing'; did you mean 'design'?
                    challenges/toy.yaml | tasks:                      ; task:                        | no such field; did you mean 'tasks'?
                    challenges/toy.yaml | limit: 100 ms               ; limit: 100 GB                | budget.limit: '100 GB' measures B
                    challenges/toy.yaml | {id: log,                   ; {id: margin,                 | 'margin' is taken
                    challenges/toy.yaml | evolution: Cold             ; evolutoin: Cold              | there is no part of the answer 'evolutoin'
                    challenges/pager.yaml | [b, 3]                    ; [b]                          | 1 cells, but there are 2 columns
                    cards/storage.yaml  | shows: "2 TB"               ; shows: "two"                 | does not begin with a number
                    errata.yaml         | check: [all]                ; check: [al]                  | there is no figure 'al'; did you mean 'all'?
                    frameworks/order.yaml | minutes: 5                ; minutes: "5"                 | is a string, but a number is wanted
                    """)
    void is_refused_with_place_and_cure(String file, String change, String message)
            throws IOException {
        String[] edit = change.split(" *; ");
        String text = Files.readString(TOY.resolve(file));
        assertThat(text).contains(edit[0].strip());
        Path copy = directory.resolve(file);
        Files.createDirectories(copy.resolveSibling("x").getParent());
        Files.writeString(copy, text.replace(edit[0].strip(), edit[1].strip()));
        assertThatThrownBy(() -> Practice.load(directory))
                .isInstanceOf(ContentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void may_not_share_its_id_with_another() throws IOException {
        Files.createDirectories(directory.resolve("challenges"));
        for (String name : new String[] {"a.yaml", "b.yaml"}) {
            Files.copy(TOY.resolve("challenges/toy.yaml"), directory.resolve("challenges/" + name));
        }
        assertThatThrownBy(() -> Practice.load(directory))
                .hasMessageContaining("challenge:TOY stands in two files");
    }

    @Test
    void of_the_built_in_kind_is_found_without_being_listed() {
        assertThat(Practice.builtIn().drills()).hasSize(8);
    }
}
