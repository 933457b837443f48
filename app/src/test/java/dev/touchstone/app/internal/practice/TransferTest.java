package dev.touchstone.app.internal.practice;

import static dev.touchstone.app.internal.practice.ToyDesk.CARD;
import static dev.touchstone.app.internal.practice.ToyDesk.ME;
import static dev.touchstone.app.internal.practice.ToyDesk.PHOTOS;
import static dev.touchstone.app.internal.practice.ToyDesk.save;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Move;
import dev.touchstone.arena.practice.Rating;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("An exported profile")
class TransferTest {
    @TempDir Path from;
    @TempDir Path to;

    @Test
    void is_the_same_elsewhere() throws IOException {
        try (var source = practised();
                var target = ToyDesk.open(to)) {
            byte[] document = source.desk.export(ME);
            target.now = source.now;
            assertThat(target.desk.importInto(ME, document)).isEqualTo(4);
            assertThat(target.desk.export(ME)).isEqualTo(document);
            assertThat(target.desk.schedule(ME)).isEqualTo(source.desk.schedule(ME));
            assertThat(target.desk.progress(ME)).isEqualTo(source.desk.progress(ME));
            assertThat(target.desk.attempts(ME)).isEqualTo(source.desk.attempts(ME));
            String open = target.desk.start(ME, Item.challenge("PAGER")).id();
            assertThat(open).isEqualTo(source.desk.start(ME, Item.challenge("PAGER")).id());
        }
    }

    @Test
    void may_be_taken_in_twice() throws IOException {
        try (var source = practised()) {
            byte[] document = source.desk.export(ME);
            assertThat(source.desk.importInto(ME, document)).isZero();
            assertThat(source.desk.export(ME)).isEqualTo(document);
        }
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "touchstone" : "practice" | "touchstone" : "recipes"  | is no practice export
                    "version" : 1             | "version" : 7             | version: 7 is not known here
                    "version" : 1             | "version" : 1, "x" : 1    | x is not a field here
                    "do" : "submit"           | "do" : "dance"            | there is no 'dance'
                    "do" : "submit"           | "do" : "open-hint"        | events: OpenHint[]
                    "id" : "toy-000001"       | "id" : "../toy"           | id: '../toy' must match
                    challenge:TOY             | challenge:NONE            | there is no challenge 'NONE'
                    2026-11-23T09:00:00Z      | 2126-11-23T09:00:00Z      | in the future
                    "PT35M"                   | "PT35000H"                | an attempt lasts up to
                    2026-11-23T09:00:00Z      | 1926-11-23T09:00:00Z      | before 1970
                    "rating" : "GOOD"         | "rating" : "SUPERB"       | rating
                    """)
    void is_refused_whole_when_anything_is_wrong(String good, String bad, String message)
            throws IOException {
        try (var source = practised();
                var target = ToyDesk.open(to)) {
            target.now = source.now;
            String document = new String(source.desk.export(ME), StandardCharsets.UTF_8);
            assertThat(document).contains(good);
            byte[] changed = document.replace(good, bad).getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> target.desk.importInto(ME, changed))
                    .isInstanceOf(PracticeException.class)
                    .hasMessageContaining(message);
            assertThat(target.desk.attempts(ME)).isEmpty();
        }
    }

    @Test
    void that_is_cut_off_is_refused() throws IOException {
        try (var source = practised();
                var target = ToyDesk.open(to)) {
            byte[] document = source.desk.export(ME);
            byte[] cut = Arrays.copyOf(document, document.length / 2);
            assertThatThrownBy(() -> target.desk.importInto(ME, cut))
                    .isInstanceOf(PracticeException.class);
            assertThat(target.desk.attempts(ME)).isEmpty();
        }
    }

    /// One challenge done, one open, a card twice.
    private ToyDesk practised() throws IOException {
        var toy = ToyDesk.open(from);
        toy.finishes(PHOTOS, "A write-ahead log.");
        toy.rates(CARD, Rating.GOOD);
        toy.waits(Duration.ofMinutes(10)).rates(CARD, Rating.HARD);
        String open = toy.desk.start(ME, Item.challenge("PAGER")).id();
        toy.does(open, save("text/fix", "Roll back. “Quotes” and\nlines."), new Move.GiveUp());
        return toy;
    }
}
