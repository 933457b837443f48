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
import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
                    "do" : "submit"           | "do" : "open-hint"        | events: open-hint at
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

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "rating" : "[A-Z]+"    | "rating" : "EASY"
                    "level" : "[A-Z]+"     | "level" : "PRINCIPAL"
                    "evidence" : "[A-Z]+"  | "evidence" : "PRINCIPAL"
                    "attempted" : true     | "attempted" : false
                    "certainty" : -?[0-9]+ | "certainty" : 3
                    """)
    void counts_for_what_its_moves_come_to_whatever_it_says(String said, String forged)
            throws IOException {
        try (var source = practised();
                var target = ToyDesk.open(to)) {
            target.now = source.now;
            String document = new String(source.desk.export(ME), StandardCharsets.UTF_8);
            int outcomes = document.indexOf("\"outcome\"");
            String changed =
                    document.substring(0, outcomes)
                            + document.substring(outcomes).replaceFirst(said, forged);
            assertThat(changed).isNotEqualTo(document);
            target.desk.importInto(ME, changed.getBytes(StandardCharsets.UTF_8));
            assertThat(target.desk.attempts(ME)).isEqualTo(source.desk.attempts(ME));
            assertThat(target.desk.schedule(ME)).isEqualTo(source.desk.schedule(ME));
            assertThat(target.desk.progress(ME)).isEqualTo(source.desk.progress(ME));
        }
    }

    @Test
    void that_is_too_long_is_refused_before_it_is_played() throws IOException {
        String many =
                String.join(
                        ",",
                        Collections.nCopies(
                                Transfer.MAX_ATTEMPTS + 1, "{\"id\": \"no-id\", \"events\": []}"));
        String event = "{\"at\": \"2026-11-23T09:00:00Z\", \"move\": {\"do\": \"submit\"}}";
        String busy =
                "{\"id\": \"no-id\", \"events\": [%s]}"
                        .formatted(
                                String.join(
                                        ",", Collections.nCopies(Transfer.MAX_EVENTS + 1, event)));
        try (var target = ToyDesk.open(to)) {
            assertThatThrownBy(() -> target.desk.importInto(ME, document(many)))
                    .isInstanceOfSatisfying(
                            PracticeException.class,
                            e -> assertThat(e.kind()).isEqualTo(PracticeException.Kind.TOO_LARGE))
                    .hasMessageContainingAll("2000 at most", "2001", "in parts");
            assertThatThrownBy(() -> target.desk.importInto(ME, document(busy)))
                    .hasMessageContainingAll("attempts[0].events", "1000 at most", "1001");
        }
    }

    private static byte[] document(String attempts) {
        return """
        {"touchstone": "practice", "version": 1, "profile": "me",
         "exported": "2026-11-23T09:00:00Z", "attempts": [%s]}\
        """
                .formatted(attempts)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void may_be_as_long_as_it_is_allowed_to_be() throws IOException {
        String attempts =
                IntStream.range(0, Transfer.MAX_ATTEMPTS)
                        .mapToObj(i ->
                                """
                                {"id": "photos-%06x", "events": [
                                {"at": "2026-11-22T09:00:00Z", "move": {"do": "start",
                                 "item": "%s", "seed": 0, "time": "PT0S",
                                 "revision": "PT0S", "tries": 0}},
                                {"at": "2026-11-22T09:01:00Z", "move": {"do": "open-answer"}},
                                {"at": "2026-11-22T09:02:00Z",
                                 "move": {"do": "rate", "rating": "GOOD"}}]}\
                                """
                                        .formatted(i, CARD))
                        .collect(Collectors.joining(","));
        try (var target = ToyDesk.open(to)) {
            assertThat(target.desk.importInto(ME, document(attempts)))
                    .isEqualTo(Transfer.MAX_ATTEMPTS);
            assertThat(target.desk.schedule(ME)).hasSize(1);
        }
    }

    @Test
    void has_no_drill_that_is_under_way() throws IOException {
        try (var toy = ToyDesk.open(from)) {
            String id = toy.desk.start(ME, Item.drill("D5")).id();
            assertThat(new String(toy.desk.export(ME), StandardCharsets.UTF_8))
                    .doesNotContain("seed", "D5");
            toy.does(id, new Move.GiveUp());
            assertThat(new String(toy.desk.export(ME), StandardCharsets.UTF_8))
                    .contains("seed", "drill:D5");
        }
    }

    @Test
    void that_is_cut_off_is_refused() throws IOException {
        try (var source = practised();
                var target = ToyDesk.open(to)) {
            byte[] document = source.desk.export(ME);
            byte[] cut = Arrays.copyOf(document, document.length / 2);
            assertThatThrownBy(() -> target.desk.importInto(ME, cut))
                    .isInstanceOf(PracticeException.class)
                    .hasMessageContaining("line 1")
                    .hasMessageNotContaining("Source");
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
