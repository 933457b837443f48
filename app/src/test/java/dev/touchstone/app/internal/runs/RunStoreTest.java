package dev.touchstone.app.internal.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.app.testing.PracticeIncident;
import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Observation.Phase;
import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A run store")
class RunStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-23T09:30:00Z");
    private static final Duration BEAT = Duration.ofMillis(250);
    private static final Incidents INCIDENTS = new PracticeIncident();
    private static final Incident INCIDENT = INCIDENTS.all().getFirst();
    private static final Action DECLARE =
            new Action.Declare("admission", List.of(), Duration.ofMinutes(-23), List.of());

    @TempDir private Path data = Path.of("");
    private RunStore store = unopened();

    @BeforeEach
    void open() throws IOException {
        store = RunStore.open(data, INCIDENTS);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void continues_a_run_where_it_was_after_a_restart() throws IOException {
        RunRecord before;
        Duration at;
        try (Lease lease = start("aaaaaa")) {
            LiveRun run = lease.run();
            run.act(new Action.Probe("held-time"));
            run.act(new Action.Pull("context-cap", "8k"));
            run.play(60);
            beats(6);
            before = run.record();
            at = run.observe().now();
        }
        restart();

        try (Lease lease = store.open(new RunId("wr4-aaaaaa"))) {
            assertThat(lease.run().record()).isEqualTo(before);
            assertThat(lease.run().observe().now()).isEqualTo(at);
            assertThat(lease.run().playing()).isFalse();
            assertThat(lease.run().created()).isEqualTo(NOW);
        }
    }

    @Test
    void loses_at_most_a_second_of_playing_to_a_crash() throws IOException {
        try (Lease lease = start("aaaaaa")) {
            lease.run().play(5);
            beats(11); // 2.75 s of wall time, 13.75 s of the story
            assertThat(lease.run().observe().now()).isEqualTo(Duration.ofMillis(13_750));
            // What the disk has now is all that a crash would leave.
            List<JournalEntry> written = Journal.read(file("wr4-aaaaaa"));
            assertThat(((JournalEntry.Acted) written.getLast()).at())
                    .isEqualTo(Duration.ofSeconds(10));
        }
    }

    @Test
    void writes_what_has_passed_before_the_next_action() throws IOException {
        try (Lease lease = start("aaaaaa")) {
            lease.run().play(1);
            beats(2);
            lease.run().act(new Action.Note("odd"));

            assertThat(Journal.read(file("wr4-aaaaaa")).subList(1, 3))
                    .containsExactly(
                            new JournalEntry.Acted(
                                    Duration.ofMillis(500),
                                    new Action.Wait(Duration.ofMillis(500))),
                            new JournalEntry.Acted(Duration.ofMillis(500), new Action.Note("odd")));
        }
    }

    @Test
    void writes_nothing_for_a_refused_action() throws IOException {
        try (Lease lease = start("aaaaaa")) {
            assertThat(lease.run().act(new Action.Probe("nope")))
                    .isInstanceOf(Outcome.Refused.class);
            assertThat(Journal.read(file("wr4-aaaaaa"))).hasSize(1);
        }
    }

    @Test
    void stops_playing_when_the_clock_has_run_out() {
        try (Lease lease = start("aaaaaa")) {
            LiveRun run = lease.run();
            run.act(new Action.Wait(Duration.ofMinutes(59)));
            run.play(60);
            beats(10);

            assertThat(run.observe().phase()).isEqualTo(Phase.TIMED_OUT);
            assertThat(run.observe().now()).isEqualTo(INCIDENT.clock());
            assertThat(run.playing()).isFalse();
            assertThat(run.play(1)).isFalse();
        }
    }

    @Test
    void pauses_a_run_that_nobody_watches_any_more() {
        try (Lease lease = start("aaaaaa")) {
            LiveRun run = lease.run();
            run.watch();
            run.play(1);
            beats(80);
            assertThat(run.playing()).isTrue();

            run.unwatch();
            beats(39);
            assertThat(run.playing()).isTrue();
            beats(2);
            assertThat(run.playing()).isFalse();
        }
    }

    @Test
    void keeps_playing_a_run_that_nobody_ever_watched() {
        try (Lease lease = start("aaaaaa")) {
            lease.run().play(1);
            beats(100);
            assertThat(lease.run().playing()).isTrue();
        }
    }

    @Test
    void keeps_eight_runs_in_memory_and_replays_the_others() {
        for (int i = 0; i < 12; i++) {
            try (Lease lease = start("aaaa%02d".formatted(i))) {
                lease.run().act(new Action.Wait(Duration.ofMinutes(i + 1)));
            }
        }
        assertThat(store.loaded()).hasSize(8);

        try (Lease lease = store.open(new RunId("wr4-aaaa00"))) {
            assertThat(lease.run().observe().now()).isEqualTo(Duration.ofMinutes(1));
        }
        assertThat(store.list()).hasSize(12);
    }

    @Test
    void never_drops_a_run_that_plays_or_is_held() {
        try (Lease held = start("bbbbbb");
                Lease playing = start("cccccc")) {
            playing.run().play(1);
            held.run().act(new Action.Note("held"));
        }
        try (Lease held = store.open(new RunId("wr4-bbbbbb"))) {
            LiveRun sameObject = held.run();
            for (int i = 0; i < 12; i++) {
                start("aaaa%02d".formatted(i)).close();
            }
            beats(4);
            try (Lease again = store.open(new RunId("wr4-bbbbbb"));
                    Lease playing = store.open(new RunId("wr4-cccccc"))) {
                assertThat(again.run()).isSameAs(sameObject);
                assertThat(playing.run().observe().now()).isEqualTo(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void refuses_one_more_when_all_that_fit_are_held() {
        var held = new ArrayList<Lease>();
        for (int i = 0; i < 8; i++) {
            held.add(start("aaaa%02d".formatted(i)));
        }
        assertThatThrownBy(() -> start("bbbbbb"))
                .isInstanceOfSatisfying(
                        RunException.class,
                        e -> assertThat(e.kind()).isEqualTo(RunException.Kind.BUSY));
        held.forEach(Lease::close);
        start("cccccc").close();
    }

    @Test
    void drops_a_run_that_is_only_looked_at_and_lets_its_viewers_go() throws InterruptedException {
        LiveRun watched;
        try (Lease lease = start("bbbbbb")) {
            watched = lease.run();
            watched.watch();
        }
        for (int i = 0; i < 8; i++) {
            Lease lease = start("aaaa%02d".formatted(i));
            lease.run().watch();
            lease.close();
        }
        assertThat(store.loaded()).hasSize(8).doesNotContain(watched);
        assertThat(watched.await(watched.update(0).publication(), Duration.ofSeconds(30)))
                .isFalse();
    }

    @Test
    void remembers_the_score_without_grading_again() throws IOException {
        int score;
        try (Lease lease = start("aaaaaa")) {
            lease.run().act(DECLARE);
            score = lease.run().report().orElseThrow().score();
        }
        restart();

        RunSummary summary = store.list().getFirst();
        assertThat(summary.score()).hasValue(score);
        assertThat(summary.phase()).isEqualTo(Phase.DECLARED);
        assertThat(store.loaded()).isEmpty();
    }

    @Test
    void says_when_a_journal_does_not_arrive_where_it_did() throws IOException {
        start("aaaaaa").close();
        restart();
        Files.writeString(
                file("wr4-aaaaaa"),
                Files.readString(file("wr4-aaaaaa"))
                        + "{\"entry\":\"acted\",\"at\":\"PT9M\",\"action\":{\"do\":\"wait\",\"duration\":\"PT5M\"}}\n");

        assertThatThrownBy(() -> store.open(new RunId("wr4-aaaaaa")))
                .hasMessageContainingAll("line 2", "PT5M", "PT9M", "has changed");
    }

    @Test
    void keeps_nothing_of_an_import_that_is_refused() {
        var record =
                new RunRecord("WR4", 7, List.of(new Action.Note("fine"), new Action.Probe("nope")));
        assertThatThrownBy(() -> store.bringIn(INCIDENT, record, "aaaaaa", NOW))
                .hasMessageContaining("actions[1]");
        assertThat(store.list()).isEmpty();
    }

    @Test
    void shares_its_directory_with_no_other_process() {
        assertThatThrownBy(() -> RunStore.open(data, INCIDENTS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another Touchstone");
    }

    @Test
    void tells_viewers_only_at_beats() throws InterruptedException {
        try (Lease lease = start("aaaaaa")) {
            LiveRun run = lease.run();
            beats(1);
            long seen = run.update(0).publication();
            run.act(new Action.Wait(Duration.ofMinutes(1)));
            run.act(new Action.Wait(Duration.ofMinutes(1)));
            assertThat(run.update(0).publication()).isEqualTo(seen);
            beats(1);
            assertThat(run.await(seen, Duration.ofSeconds(30))).isTrue();
            assertThat(run.update(0).publication()).isEqualTo(seen + 1);
        }
    }

    private Lease start(String chance) {
        return store.start(INCIDENT, 7, chance, NOW);
    }

    private void beats(int count) {
        for (int i = 0; i < count; i++) {
            store.beat(BEAT);
        }
    }

    private void restart() throws IOException {
        store.close();
        store = RunStore.open(data, INCIDENTS);
    }

    private Path file(String id) {
        return data.resolve("runs").resolve(id + ".jsonl");
    }

    private static RunStore unopened() {
        try {
            return RunStore.open(Files.createTempDirectory("unused"), INCIDENTS);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
