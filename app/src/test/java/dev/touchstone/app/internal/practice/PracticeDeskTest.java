package dev.touchstone.app.internal.practice;

import static dev.touchstone.app.internal.practice.ToyDesk.CARD;
import static dev.touchstone.app.internal.practice.ToyDesk.ME;
import static dev.touchstone.app.internal.practice.ToyDesk.PHOTOS;
import static dev.touchstone.app.internal.practice.ToyDesk.save;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.arena.practice.ChallengeAttempt;
import dev.touchstone.arena.practice.Decision;
import dev.touchstone.arena.practice.DrillAttempt;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Level;
import dev.touchstone.arena.practice.Move;
import dev.touchstone.arena.practice.Rating;
import dev.touchstone.arena.practice.Written;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The practice desk")
class PracticeDeskTest {
    @TempDir Path data;
    private ToyDesk toy;

    @BeforeEach
    void open() throws IOException {
        toy = ToyDesk.open(data);
    }

    @AfterEach
    void close() throws IOException {
        toy.close();
    }

    @Test
    void goes_on_with_an_attempt_that_is_not_finished() {
        Sitting first = toy.desk.start(ME, PHOTOS);
        assertThat(first.id()).isEqualTo("toy-000001");
        toy.does(first.id(), save("text/skeleton", "A disk."));
        assertThat(toy.desk.start(ME, PHOTOS).id()).isEqualTo(first.id());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x0A, 0x7F, 0x200B, 0x202E, 0x2028, 0xFEFF})
    void makes_no_profile_whose_name_has_signs_that_nobody_sees(int sign) {
        assertThatThrownBy(() -> toy.desk.createProfile("An" + Character.toString(sign) + "na"))
                .isInstanceOf(PracticeException.class)
                .hasMessage(
                        "a name has signs that can be seen; take U+%04X out of it".formatted(sign));
        assertThat(toy.desk.profiles()).hasSize(1);
    }

    @Test
    void keeps_an_attempt_and_its_clock_over_a_restart() throws IOException {
        String id = toy.desk.start(ME, PHOTOS).id();
        toy.waits(Duration.ofMinutes(10));
        toy.does(id, save("text/skeleton", "A disk."), save("text/skeleton", "Two disks."));
        toy = toy.reopen(data);
        toy.waits(Duration.ofMinutes(10));
        Sitting found = toy.desk.sitting(ME, id);
        var attempt = (ChallengeAttempt) found.attempt();
        assertThat(text(attempt, "text/skeleton")).isEqualTo("Two disks.");
        assertThat(attempt.left(found.now())).isEqualTo(Duration.ofMinutes(15));
        toy.waits(Duration.ofMinutes(15));
        assertThat(toy.desk.move(ME, id, save("text/skeleton", "late")))
                .isInstanceOfSatisfying(
                        MoveResult.Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(Decision.Kind.TOO_LATE));
    }

    @Test
    void keeps_only_the_last_text_of_a_section_but_not_across_a_hint() throws Exception {
        String id = toy.desk.start(ME, PHOTOS).id();
        for (int i = 0; i < 50; i++) {
            toy.does(id, save("text/skeleton", "draft " + i));
        }
        toy.does(
                id,
                save("question/load", "347"),
                save("question/bytes", "2 MB"),
                save("question/total", "20 TB"),
                save("question/share", "50 %"),
                new Move.Submit(),
                new Move.OpenHint(),
                save("text/skeleton", "revision 1"),
                save("text/skeleton", "revision 2"));
        toy = toy.reopen(data);
        var attempt = (ChallengeAttempt) toy.desk.sitting(ME, id).attempt();
        assertThat(text(attempt, "text/skeleton")).isEqualTo("draft 49");
        assertThat(attempt.revised().values().stream().map(Written::text))
                .containsExactly("revision 2");
        assertThat(attempt.answer().values().stream().map(Written::text))
                .contains("draft 49\n\nrevision 2");
        toy.close();
        assertThat(countEvents()).isEqualTo(1 + 5 + 2 + 1);
        toy = toy.reopen(data);
    }

    @Test
    void keeps_only_the_last_note_on_a_section() throws Exception {
        String id = toy.desk.start(ME, PHOTOS).id();
        toy.does(id, new Move.GiveUp(), new Move.OpenAnswer());
        for (int i = 0; i < 10; i++) {
            toy.does(id, new Move.Annotate("text/skeleton", "note " + i));
        }
        toy = toy.reopen(data);
        var attempt = (ChallengeAttempt) toy.desk.sitting(ME, id).attempt();
        assertThat(attempt.annotations().values().stream().map(Written::text))
                .containsExactly("note 9");
        toy.close();
        assertThat(countEvents()).isEqualTo(3 + 1);
        toy = toy.reopen(data);
    }

    private int countEvents() throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:h2:file:" + data.resolve("practice"));
                var rows =
                        connection.createStatement().executeQuery("SELECT COUNT(*) FROM events")) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }

    @Test
    void puts_a_finished_challenge_on_the_schedule_after_two_to_three_days() {
        Sitting done = toy.finishes(PHOTOS, "A write-ahead log.");
        assertThat(done.due()).isPresent();
        assertThat(Duration.between(toy.now, done.due().orElseThrow()))
                .isBetween(Duration.ofDays(2), Duration.ofDays(3));
        assertThat(toy.desk.due(ME, 0)).isEmpty();
        toy.waits(Duration.ofDays(8));
        assertThat(toy.desk.due(ME, 0))
                .satisfiesExactly(due -> {
                    assertThat(due.item()).isEqualTo(PHOTOS);
                    assertThat(due.title()).isEqualTo("A photo store");
                    assertThat(due.overdueDays()).isBetween(5L, 6L);
                });
    }

    @Test
    void brings_cards_back_by_the_same_schedule() {
        assertThat(toy.rates(CARD, Rating.GOOD).due())
                .contains(toy.now.plus(Duration.ofMinutes(10)));
        toy.waits(Duration.ofMinutes(10));
        assertThat(toy.desk.due(ME, 0).stream().map(Due::item)).containsExactly(CARD);
        assertThat(toy.rates(CARD, Rating.GOOD).due()).contains(toy.now.plus(Duration.ofDays(2)));
    }

    @Test
    void offers_something_new_of_every_kind_first() {
        assertThat(toy.desk.due(ME, 5).stream().map(due -> due.item().kind()))
                .containsExactly(
                        Item.Kind.CHALLENGE,
                        Item.Kind.DRILL,
                        Item.Kind.CARD,
                        Item.Kind.ERRATUM,
                        Item.Kind.CHALLENGE);
        toy.rates(CARD, Rating.EASY);
        assertThat(toy.desk.due(ME, 100).stream().map(Due::item)).doesNotContain(CARD);
    }

    @Test
    void draws_other_numbers_for_every_drill() {
        var drills = List.of(Item.drill("D1"), Item.drill("D1"));
        List<String> questions =
                drills.stream()
                        .map(item -> {
                            Sitting sitting = toy.desk.start(ME, item);
                            var drill = (DrillAttempt) sitting.attempt();
                            toy.does(sitting.id(), new Move.GiveUp());
                            return drill.question();
                        })
                        .toList();
        assertThat(questions.get(0)).isNotEqualTo(questions.get(1));
    }

    @Test
    void keeps_profiles_apart() {
        Profile ada = toy.desk.createProfile("Ada L.");
        assertThat(ada.id()).isEqualTo("ada-l");
        String mine = toy.desk.start(ME, PHOTOS).id();
        assertThat(toy.desk.attempts(ada.id())).isEmpty();
        assertThatThrownBy(() -> toy.desk.sitting(ada.id(), mine))
                .isInstanceOf(PracticeException.class)
                .hasMessageContaining("has no attempt");
        assertThatThrownBy(() -> toy.desk.createProfile("ada l"))
                .hasMessageContaining("there is a profile 'ada-l'");
        assertThatThrownBy(() -> toy.desk.createProfile("  "))
                .hasMessageContaining("1 to 32 letters");
        assertThatThrownBy(() -> toy.desk.start("eve", PHOTOS))
                .hasMessageContaining("no profile 'eve'");
        assertThat(toy.desk.profiles().stream().map(Profile::id)).containsExactly(ME, "ada-l");
    }

    @Test
    void shows_own_grades_against_the_evidence_over_time() {
        toy.finishes(PHOTOS, "A write-ahead log.");
        toy.waits(Duration.ofDays(3)).finishes(PHOTOS, "A write-ahead log with headroom.");
        Progress progress = toy.desk.progress(ME);
        assertThat(progress.counts()).containsEntry(Item.Kind.CHALLENGE, 2);
        assertThat(progress.calibration().stream().map(Progress.Calibration::self))
                .containsExactly(3.0, 3.0);
        assertThat(progress.calibration().stream().map(Progress.Calibration::evidence))
                .containsExactly(1.5, 2.5);
        Progress.History numbers = progress.dimensions().getFirst();
        assertThat(numbers.title()).isEqualTo("Numbers");
        assertThat(numbers.points().stream().map(Progress.Point::evidence))
                .containsExactly(Level.SENIOR, Level.PRINCIPAL);
        assertThat(progress.certainty().stream().map(Progress.Certainty::points))
                .containsExactly(6, 6);
        assertThat(progress.stuck()).isEmpty();
    }

    @Test
    void points_to_the_reading_after_two_re_attempts_without_gain() {
        for (int i = 0; i < 3; i++) {
            toy.waits(Duration.ofDays(3)).finishes(PHOTOS, "A write-ahead log.");
        }
        assertThat(toy.desk.progress(ME).stuck().stream().map(Progress.Stuck::reading))
                .anyMatch(reading -> reading.contains("SECRET-READING-DURABILITY"));
        assertThat(toy.desk.start(ME, PHOTOS).earlier()).hasSize(3);
    }

    @Test
    void keeps_what_several_browsers_save_at_once() throws Exception {
        String id = toy.desk.start(ME, PHOTOS).id();
        List<String> sections =
                List.of("text/requirements", "text/numbers", "text/skeleton", "text/failures");
        List<Callable<Sitting>> browsers = new ArrayList<>();
        for (String section : sections) {
            browsers.add(() -> {
                for (int i = 0; i < 20; i++) {
                    toy.does(id, save(section, section + " " + i));
                }
                return toy.desk.start(ME, PHOTOS);
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Sitting> browser : threads.invokeAll(browsers)) {
                assertThat(browser.get().id()).isEqualTo(id);
            }
        }
        toy = toy.reopen(data);
        var attempt = (ChallengeAttempt) toy.desk.sitting(ME, id).attempt();
        assertThat(sections).allMatch(section -> text(attempt, section).equals(section + " 19"));
        assertThat(toy.desk.attempts(ME)).hasSize(1);
    }

    @Test
    void refuses_data_of_a_newer_version() throws Exception {
        toy.close();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:h2:file:" + data.resolve("practice"));
                var statement = connection.createStatement()) {
            statement.execute("UPDATE version SET number = 99");
        }
        assertThatThrownBy(() -> ToyDesk.open(data))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("of version 99")
                .hasMessageContaining("use a newer one");
        try (Connection connection =
                        DriverManager.getConnection("jdbc:h2:file:" + data.resolve("practice"));
                var statement = connection.createStatement()) {
            statement.execute("UPDATE version SET number = " + Database.VERSION);
        }
        toy = ToyDesk.open(data);
    }

    private static String text(ChallengeAttempt attempt, String section) {
        return Optional.ofNullable(attempt.original().get(section)).map(Written::text).orElse("");
    }
}
