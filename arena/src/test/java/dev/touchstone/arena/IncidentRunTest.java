package dev.touchstone.arena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import dev.touchstone.arena.Observation.Phase;
import dev.touchstone.arena.Outcome.Kind;
import dev.touchstone.guardrails.Timeline;
import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("A run")
class IncidentRunTest {
    private static final Action DECLARE =
            new Action.Declare(
                    "seats", List.of("hogging"), Duration.ofMinutes(-10), List.of("seat-plan"));

    private final IncidentCatalog catalog = ToyCatalog.catalog();
    private final IncidentRun run = catalog.start(ToyCatalog.toy(catalog), 0);

    @Test
    void starts_at_the_page_with_its_history_behind_it() {
        Observation seen = run.observe();

        assertThat(seen.phase()).isEqualTo(Phase.OPEN);
        assertThat(seen.now()).isZero();
        assertThat(seen.left()).hasMinutes(30);
        assertThat(seen.harm()).isZero();
        assertThat(seen.log()).isEmpty();
        assertThat(seen.levers()).containsEntry("cap", "off").containsEntry("scale", "none");
        assertThat(seen.signals())
                .extracting(Incident.Term::id)
                .containsExactly("guests", "hogs", "wait", "heat");
        Series hogs = series("hogs", Duration.ofMinutes(-30));
        assertThat(hogs.timesSeconds()).startsWith(-1800).endsWith(-10);
        assertThat(hogs.values()).startsWith(0, 0).endsWith(15, 15);
    }

    @Test
    void lets_time_pass_as_actions_cost_it() {
        assertThat(done(new Action.Pull("cap", "on")).endedAt()).hasMinutes(2);
        assertThat(done(new Action.Probe("trace")).endedAt()).hasMinutes(7);
        assertThat(done(new Action.Announce("We look into it.")).endedAt()).hasMinutes(8);
        assertThat(done(new Action.Note("odd")).endedAt()).hasMinutes(8);
        assertThat(done(new Action.Wait(Duration.ofSeconds(90))).endedAt()).hasSeconds(570);
        assertThat(run.observe().now()).hasSeconds(570);
        assertThat(run.observe().left()).hasSeconds(30 * 60 - 570);
    }

    @Test
    void shows_what_a_lever_did_once_its_cost_has_passed() {
        done(new Action.Pull("cap", "on"));
        done(new Action.Wait(Duration.ofMinutes(1)));

        Series hogs = series("hogs", Duration.ZERO);
        assertThat(hogs.timesSeconds()).hasSize(18);
        assertThat(hogs.values()).startsWith(15, 15).endsWith(3, 3);
        assertThat(DoubleStream.of(series("wait", Duration.ofMinutes(-1)).values()))
                .allMatch(millis -> millis > 39 && millis < 300);
        assertThat(run.observe().levers()).containsEntry("cap", "on");
    }

    @Test
    void puts_what_the_player_did_on_the_timeline_of_changes() {
        done(new Action.Pull("cap", "on"));
        done(new Action.Announce("Hogs are limited."));

        assertThat(run.observe().changes())
                .extracting(Timeline.Change::summary, Timeline.Change::actor)
                .endsWith(tuple("Hog limit: three hogs", "you"), tuple("Hogs are limited.", "you"));
        assertThat(run.observe().changes().getLast().at())
                .isEqualTo(run.incident().page().plus(Duration.ofMinutes(3)));
    }

    @Test
    void makes_a_probes_finding_citable() {
        Outcome.Done look = done(new Action.Probe("look"));

        assertThat(look.findings()).extracting(Outcome.Finding::signal).containsExactly("look");
        assertThat(run.observe().signals()).contains(new Incident.Term("look", "Look at look"));
        assertThat(done(new Action.Cite("look")).text()).isEqualTo("Cited.");
        assertThat(done(new Action.Cite("look")).text()).isEqualTo("Cited again.");
        assertThat(run.observe().cited()).containsExactly("look");
    }

    @Test
    void merges_waits_and_keeps_them_apart_from_everything_else() {
        done(new Action.Wait(Duration.ofSeconds(10)));
        Outcome.Done second = done(new Action.Wait(Duration.ofSeconds(20)));
        done(new Action.Note("odd"));
        done(new Action.Wait(Duration.ofSeconds(5)));

        assertThat(second.startedAt()).hasSeconds(10);
        assertThat(run.record().actions())
                .containsExactly(
                        new Action.Wait(Duration.ofSeconds(30)),
                        new Action.Note("odd"),
                        new Action.Wait(Duration.ofSeconds(5)));
        assertThat(run.observe().log()).hasSize(3);
        assertThat(run.observe().log().getFirst().outcome().text()).isEqualTo("Waited 0:30.");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"do": "probe", "probe": "lok"}                                                            ~ UNKNOWN ~ there is no probe 'lok'; did you mean 'look'?
                    {"do": "pull", "lever": "cup", "option": "on"}                                             ~ UNKNOWN ~ there is no lever 'cup'; did you mean 'cap'?
                    {"do": "pull", "lever": "cap", "option": "no"}                                             ~ UNKNOWN ~ there is no option of cap 'no'
                    {"do": "pull", "lever": "cap", "option": "off"}                                            ~ NOT_NOW ~ cap is at 'off' already
                    {"do": "pull", "lever": "paint", "option": "plain"}                                        ~ NOT_NOW ~ paint was set to 'blue' and cannot be taken back
                    {"do": "pull", "lever": "lane", "option": "one"}                                           ~ NOT_NOW ~ the new table stands in the lane; take it away first
                    {"do": "cite", "signal": "look"}                                                           ~ NOT_NOW ~ 'look' has shown nothing yet; run that probe
                    {"do": "cite", "signal": "lust"}                                                           ~ UNKNOWN ~ there is no signal 'lust'
                    {"do": "wait", "duration": "PT0S"}                                                         ~ INVALID ~ passes no time
                    {"do": "wait", "duration": "PT-5M"}                                                        ~ INVALID ~ passes no time
                    {"do": "announce", "status": " "}                                                          ~ INVALID ~ a status line says something; this one is blank
                    {"do": "note", "text": ""}                                                                 ~ INVALID ~ a note says something; this one is blank
                    {"do": "declare", "component": "roof", "mechanisms": ["heat"], "onset": "PT0S", "gates": []} ~ UNKNOWN ~ there is no component 'roof'
                    {"do": "declare", "component": "door", "mechanisms": ["hat"], "onset": "PT0S", "gates": []} ~ UNKNOWN ~ there is no mechanism 'hat'; did you mean 'heat'?
                    {"do": "declare", "component": "door", "mechanisms": ["heat"], "onset": "PT0S", "gates": ["door"]} ~ UNKNOWN ~ there is no gate 'door'
                    {"do": "declare", "component": "door", "mechanisms": [], "onset": "PT0S", "gates": []}     ~ INVALID ~ names at least one mechanism
                    {"do": "declare", "component": "door", "mechanisms": ["heat", "heat"], "onset": "PT0S", "gates": []} ~ INVALID ~ mechanism 'heat' is named twice
                    {"do": "declare", "component": "door", "mechanisms": ["heat"], "onset": "PT-31M", "gates": []} ~ INVALID ~ an onset 31:00 before the page is outside what can be seen
                    {"do": "declare", "component": "door", "mechanisms": ["heat"], "onset": "PT31M", "gates": []} ~ INVALID ~ an onset at 31:00 is outside what can be seen
                    """)
    void refuses_what_cannot_be_done_and_changes_nothing(String json, Kind kind, String reason) {
        done(new Action.Pull("paint", "blue"));
        done(new Action.Pull("scale", "plus-1"));
        Observation before = run.observe();
        Action action = JsonMapper.shared().readValue(json, Action.class);

        assertThat(run.act(action))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(kind);
                            assertThat(refused.reason()).contains(reason);
                        });
        assertThat(run.observe()).isEqualTo(before);
    }

    @Test
    void refuses_texts_that_are_too_long() {
        assertThat(done(new Action.Note("x".repeat(2_000))).text()).isEqualTo("Noted.");
        assertThat(run.act(new Action.Announce("x".repeat(2_001))))
                .isEqualTo(
                        new Outcome.Refused(
                                Kind.INVALID,
                                "a status line holds at most 2000 characters, this one has 2001; shorten it"));
    }

    @Test
    void keeps_a_thousand_actions_and_then_takes_only_waits_and_a_declaration() {
        for (int i = 0; i < 1_000; i++) {
            done(new Action.Note("note " + i));
        }

        assertThat(run.act(new Action.Note("one more")))
                .isEqualTo(
                        new Outcome.Refused(
                                Kind.NOT_NOW,
                                "the log is full: a run keeps 1000 actions; wait or declare"));
        done(new Action.Wait(Duration.ofMinutes(1)));
        done(DECLARE);
    }

    @Test
    void lets_a_momentary_lever_spring_back() {
        done(new Action.Pull("restart", "now"));
        done(new Action.Pull("restart", "now"));

        assertThat(run.observe().levers()).containsEntry("restart", "idle");
        assertThat(run.act(new Action.Pull("restart", "idle"))).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void ends_with_a_declaration() {
        done(new Action.Wait(Duration.ofMinutes(4)));
        done(DECLARE);

        assertThat(run.observe().phase()).isEqualTo(Phase.DECLARED);
        assertThat(run.observe().left()).isZero();
        for (Action action :
                List.of(DECLARE, new Action.Note("a"), new Action.Wait(Duration.ofDays(1)))) {
            assertThat(run.act(action))
                    .isEqualTo(
                            new Outcome.Refused(
                                    Kind.ENDED,
                                    "the run is over: the cause was declared at 4:00; ask for its report or start another run"));
        }
    }

    @Test
    void waits_no_longer_than_its_clock() {
        Outcome.Done wait = done(new Action.Wait(Duration.ofDays(1_000_000)));

        assertThat(wait.endedAt()).hasMinutes(30);
        assertThat(run.observe().phase()).isEqualTo(Phase.TIMED_OUT);
        assertThat(run.record().actions()).containsExactly(new Action.Wait(Duration.ofMinutes(30)));
        assertThat(run.act(DECLARE))
                .isEqualTo(
                        new Outcome.Refused(
                                Kind.ENDED,
                                "the run is over: the clock ran out at 30:00; ask for its report or start another run"));
    }

    @Test
    void times_out_in_the_middle_of_an_action_which_then_has_no_effect() {
        done(new Action.Wait(Duration.ofMinutes(29)));
        Outcome.Done pull = done(new Action.Pull("cap", "on"));

        assertThat(pull.endedAt()).hasMinutes(30);
        assertThat(pull.text()).isEqualTo("The clock ran out before this took effect.");
        assertThat(run.observe().phase()).isEqualTo(Phase.TIMED_OUT);
        assertThat(run.observe().levers()).containsEntry("cap", "off");
    }

    @Test
    void times_out_with_the_action_that_uses_up_the_clock() {
        done(new Action.Wait(Duration.ofMinutes(28)));
        Outcome.Done pull = done(new Action.Pull("cap", "on"));

        assertThat(pull.text()).isEqualTo("cap is now on.");
        assertThat(run.observe().phase()).isEqualTo(Phase.TIMED_OUT);
        assertThat(run.observe().levers()).containsEntry("cap", "on");
    }

    @Test
    void has_a_report_only_once_it_is_over_and_the_same_ever_after() {
        assertThatIllegalStateException()
                .isThrownBy(run::report)
                .withMessage(
                        "the run is open for another 30:00; declare or let the clock run out first");
        done(new Action.Wait(Duration.ofMinutes(3)));
        done(DECLARE);
        Observation seen = run.observe();

        assertThat(run.report()).isSameAs(run.report());
        assertThat(run.observe()).isEqualTo(seen);
        assertThat(series("wait", Duration.ZERO).timesSeconds()).endsWith(170);
    }

    @Test
    void plays_the_variant_that_its_seed_chooses() {
        IncidentRun second = catalog.start(ToyCatalog.toy(catalog), -1);

        assertThat(second.incident().changes())
                .extracting(Timeline.Change::target)
                .containsExactly("menu", "hogs", "more hogs");
        assertThat(second.observe().levers()).containsEntry("paint", "blue");
        second.act(DECLARE);
        assertThat(second.report().variant()).isEqualTo("hogs from five minutes ago");
    }

    private Outcome.Done done(Action action) {
        Outcome outcome = run.act(action);
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return (Outcome.Done) outcome;
    }

    private Series series(String signal, Duration from) {
        Map<String, Series> series = run.series(from);
        assertThat(series).containsKey(signal);
        return series.getOrDefault(signal, new Series(new double[0], new double[0]));
    }
}
