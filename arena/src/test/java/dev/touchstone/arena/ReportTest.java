package dev.touchstone.arena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.arena.internal.Toy;
import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Scripts are written one action to a line, as in a script's YAML.
@DisplayName("A report")
class ReportTest {
    private static final IncidentCatalog CATALOG = ToyCatalog.catalog();

    private static final String EXPERT =
            """
            - {do: cite, signal: hogs}
            - {do: cite, signal: wait}
            - {do: pull, lever: cap, option: "on"}
            - {do: probe, probe: look}
            - {do: announce, status: "Guests wait for hogs; a hog limit is in place."}
            - {do: declare, component: seats, mechanisms: [hogging, queueing], onset: -10m, gates: [hog-review, seat-plan]}
            """;

    @Test
    void gives_the_expert_everything_and_whoever_does_nothing_nothing() {
        Report expert = play(0, EXPERT);
        assertThat(expert.dimensions())
                .extracting(Report.Dimension::id)
                .containsExactly("harm", "order", "cause", "evidence", "communication", "waste");
        assertThat(expert.dimensions())
                .allSatisfy(it -> assertThat(it.points()).isEqualTo(it.max(), within(1e-9)));
        assertThat(expert.score()).isEqualTo(100);
        assertThat(expert.fatal()).isEmpty();

        Report nobody = play(0, "- {do: wait, duration: 30m}");
        assertThat(nobody.dimensions()).allSatisfy(it -> assertThat(it.points()).isZero());
        assertThat(nobody.score()).isZero();
        assertThat(verdicts(nobody, "cause")).contains("No cause was declared");
    }

    @Test
    void lays_the_runs_of_player_expert_and_nobody_over_one_another() {
        Report report =
                play(0, "- {do: pull, lever: lane, option: one}\n- {do: wait, duration: 30m}");

        assertThat(report.runs())
                .extracting(Report.Run::name)
                .containsExactly("you", "an expert", "nobody acts");
        Report.Run you = report.runs().getFirst();
        Report.Run nobody = report.runs().getLast();
        assertThat(you.harm()).isLessThan(nobody.harm());
        assertThat(you.harmOverTime().timesSeconds()).startsWith(0, 15).endsWith(1785, 1800);
        assertThat(you.harmOverTime().values()).isSorted().endsWith(you.harm());
        assertThat(you.signals()).containsOnlyKeys("guests", "hogs", "wait", "heat");
        Series hogs =
                nobody.signals().getOrDefault("hogs", new Series(new double[0], new double[0]));
        assertThat(hogs.timesSeconds()).startsWith(-1800).endsWith(1790);
        assertThat(you.marks())
                .containsExactly(new Report.Mark(Duration.ofMinutes(1), "Hog lane: one place"));
        assertThat(report.runs().get(1).marks()).hasSize(4);
        assertThat(report.facts())
                .containsExactly(new Report.Fact("Hogs", "5", "15", "1"), report.facts().getLast());
        assertThat(report.facts().getLast().atEnd()).endsWith(" ms");
        assertThat(report.debrief()).containsExactly("Hogs take seats.");
        assertThat(report.hash()).matches("[0-9a-f]{64}");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    nothing at all             ~ - {do: wait, duration: 30m}                                                               ~  0 ~ 0 % of what could be avoided was
                    the right lever at once    ~ - {do: pull, lever: cap, option: "on"}                                                    ~ 40 ~ 100 % of what could be avoided was
                    a better lever at once     ~ - {do: pull, lever: lane, option: one}                                                    ~ 40 ~ took effect at 1:00
                    half-way through           ~ - {do: wait, duration: 14m}\\n- {do: pull, lever: cap, option: "on"}                      ~ 20 ~ took effect at 16:00
                    a lever of no use          ~ - {do: pull, lever: paint, option: blue}                                                  ~  0 ~ took effect at 0:00
                    worse than nothing         ~ - {do: pull, lever: restart, option: now}\\n- {do: pull, lever: scale, option: plus-1}    ~  0 ~ Restart: now
                    """)
    void grades_harm_by_regret(String what, String script, double points, String text) {
        Report report = play(0, script.translateEscapes());

        assertThat(points(report, "harm")).isEqualTo(points, within(1.5));
        assertThat(verdicts(report, "harm")).contains(text);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    nothing                    ~ - {do: note, text: a}                                                                      ~ 0
                    told only                  ~ - {do: announce, status: a}                                                                ~ 5
                    limited, told late         ~ - {do: pull, lever: cap, option: "on"}\\n- {do: wait, duration: 20m}\\n- {do: announce, status: a} ~ 10
                    limited, looked            ~ - {do: pull, lever: cap, option: "on"}\\n- {do: cite, signal: wait}                        ~ 20
                    limited late, looked, told ~ - {do: announce, status: a}\\n- {do: wait, duration: 5m}\\n- {do: pull, lever: cap, option: "on"}\\n- {do: cite, signal: wait} ~ 15
                    """)
    void grades_order_by_weight(String what, String script, double points) {
        assertThat(points(play(0, script.translateEscapes()), "order"))
                .isEqualTo(points, within(1e-9));
    }

    @Test
    void grades_order_by_the_best_kept_alternative_and_says_which() {
        Report looked = play(1, "- {do: probe, probe: look}");
        assertThat(points(looked, "order")).isEqualTo(25);
        assertThat(verdicts(looked, "order"))
                .contains("Judged as \"look, then limit\", the closest of 2 right ways.")
                .contains("Look first – Look around at 0:00.");

        Report limited = play(1, "- {do: pull, lever: lane, option: one}");
        assertThat(points(limited, "order")).isEqualTo(25);
        assertThat(verdicts(limited, "order")).contains("limit at once");

        assertThat(points(play(1, "- {do: note, text: a}"), "order")).isZero();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    seats ~ [hogging, queueing]       ~ -10m   ~ 15   ~ the main one named first
                    seats ~ [hogging, queueing]       ~ -9m    ~ 15   ~ right to 1:00
                    seats ~ [hogging, queueing]       ~ -8m59s ~ 12   ~ it was 10:00 before the page
                    seats ~ [hogging]                 ~ -10m   ~ 13   ~ 0 of 1 further ones named
                    seats ~ [queueing, hogging]       ~ -10m   ~ 13   ~ the main one named in place 2
                    seats ~ [hogging, queueing, heat] ~ -10m   ~ 14   ~ 1 named that had no part
                    seats ~ [heat]                    ~ -10m   ~ 8    ~ it is hot named first, the main one not at all
                    door  ~ [hogging, queueing]       ~ -10m   ~ 12.5 ~ next to it is the right one, the seats
                    stove ~ [heat]                    ~ 5m     ~ 0    ~ the stove was named; right is the seats
                    """)
    void grades_the_cause_by_component_mechanisms_and_onset(
            String component, String mechanisms, String onset, double points, String text) {
        Report report =
                play(
                        0,
                        "- {do: declare, component: %s, mechanisms: %s, onset: %s, gates: []}"
                                .formatted(component, mechanisms, onset));

        assertThat(points(report, "cause")).isEqualTo(points, within(1e-9));
        assertThat(verdicts(report, "cause")).contains(text);
    }

    @Test
    void gives_the_main_mechanism_all_the_points_where_there_is_no_other() {
        Report report =
                play(
                        1,
                        "- {do: declare, component: door, mechanisms: [hogging], onset: -5m, gates: []}");

        assertThat(points(report, "cause")).isEqualTo(15);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    nothing cited                ~ - {do: note, text: a}                                                                      ~ 0  ~ not shown; any of “Seats: hogs”, “Look around” would have shown it
                    a line that differs          ~ - {do: cite, signal: hogs}                                                                 ~ 6  ~ on average since the onset, 0.000 to 0.000 in the healthy twin
                    both groups                  ~ - {do: cite, signal: hogs}\\n- {do: cite, signal: wait}                                    ~ 10 ~ Guests wait – “Wait: p99”
                    the same twice               ~ - {do: cite, signal: hogs}\\n- {do: cite, signal: hogs}                                    ~ 6  ~ Hogs sit – “Seats: hogs”
                    one group twice              ~ - {do: probe, probe: look}\\n- {do: cite, signal: look}\\n- {do: cite, signal: hogs}       ~ 6  ~ Hogs sit – “Seats: hogs”
                    a probe's finding            ~ - {do: probe, probe: look}\\n- {do: cite, signal: look}                                    ~ 6  ~ Hogs at 15.00, 0.000 to 0.000 in the healthy twin
                    a line that is the same      ~ - {do: cite, signal: hogs}\\n- {do: cite, signal: heat}                                    ~ 4  ~ “Heat: kitchen” looks the same where the fault never happened
                    a finding of nothing         ~ - {do: cite, signal: hogs}\\n- {do: probe, probe: thermo}\\n- {do: cite, signal: thermo}   ~ 4  ~ “Thermometer” looks the same where the fault never happened: it bears on nothing
                    only what is the same        ~ - {do: cite, signal: heat}                                                                 ~ 0  ~ “Heat: kitchen” looks the same
                    after the fault was mended   ~ - {do: pull, lever: lane, option: one}\\n- {do: wait, duration: 27m}\\n- {do: cite, signal: wait}\\n- {do: cite, signal: hogs} ~ 10 ~ Guests wait – “Wait: p99”
                    a finding once it was mended ~ - {do: pull, lever: lane, option: one}\\n- {do: probe, probe: look}\\n- {do: cite, signal: look} ~ 0  ~ “Look around” was mended before it was looked at
                    """)
    void grades_evidence_against_the_healthy_twin(
            String what, String script, double points, String text) {
        Report report = play(0, script.translateEscapes());

        assertThat(points(report, "evidence")).isEqualTo(points, within(1e-9));
        assertThat(verdicts(report, "evidence")).contains(text);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    silence                  ~ - {do: note, text: a}                                                                      ~ 0 ~ No status line was posted
                    in time                  ~ - {do: announce, status: We look into it.}                                                 ~ 3 ~ First status line posted at 1:00; due within 10:00
                    late                     ~ - {do: wait, duration: 9m30s}\\n- {do: announce, status: We look into it.}                 ~ 0 ~ First status line posted at 10:30
                    an update that says what ~ - {do: pull, lever: cap, option: "on"}\\n- {do: announce, status: A limit is on.}          ~ 6 ~ The update names what was changed ("limit")
                    an update that does not  ~ - {do: pull, lever: cap, option: "on"}\\n- {do: announce, status: All good.}               ~ 5 ~ The update does not name what was changed
                    no update                ~ - {do: announce, status: We look into it.}\\n- {do: pull, lever: cap, option: "on"}        ~ 3 ~ No status line after the change that took effect at 3:00
                    a late update            ~ - {do: pull, lever: cap, option: "on"}\\n- {do: wait, duration: 10m}\\n- {do: announce, status: A limit is on.} ~ 1 ~ Update posted at 13:00
                    right gates              ~ - {do: declare, component: door, mechanisms: [heat], onset: 0m, gates: [hog-review, seat-plan]} ~ 4 ~ 2 of the 2 gates
                    half of the gates        ~ - {do: declare, component: door, mechanisms: [heat], onset: 0m, gates: [hog-review]}       ~ 2 ~ 1 of the 2 gates
                    all gates there are      ~ - {do: declare, component: door, mechanisms: [heat], onset: 0m, gates: [hog-review, seat-plan, thermostat]} ~ 2 ~ 1 that would not
                    a wrong gate             ~ - {do: declare, component: door, mechanisms: [heat], onset: 0m, gates: [thermostat]}       ~ 0 ~ 0 of the 2 gates
                    """)
    void grades_communication(String what, String script, double points, String text) {
        Report report = play(0, script.translateEscapes());

        assertThat(points(report, "communication")).isEqualTo(points, within(1e-9));
        assertThat(verdicts(report, "communication")).contains(text);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    no probe         ~ - {do: note, text: a}                                                                    ~ 0
                    one of 5 minutes ~ - {do: probe, probe: trace}                                                              ~ -5
                    three            ~ - {do: probe, probe: trace}\\n- {do: probe, probe: trace}\\n- {do: probe, probe: thermo} ~ -10
                    """)
    void takes_points_for_probing_longer_than_an_expert(String what, String script, double points) {
        assertThat(points(play(0, script.translateEscapes()), "waste")).isEqualTo(points);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    an irreversible lever, capped lower in the file ~ - {do: pull, lever: paint, option: blue}                                                   ~ 30  ~ Paint
                    three restarts                                  ~ - {do: pull, lever: restart, option: now}\\n- {do: pull, lever: restart, option: now}\\n- {do: pull, lever: restart, option: now} ~ 20  ~ Restart loop
                    both                                            ~ - {do: pull, lever: restart, option: now}\\n- {do: pull, lever: restart, option: now}\\n- {do: pull, lever: restart, option: now}\\n- {do: pull, lever: paint, option: blue} ~ 20  ~ Restart loop, Paint
                    two restarts                                    ~ - {do: pull, lever: restart, option: now}\\n- {do: pull, lever: restart, option: now}      ~ 100 ~ ''
                    more tables beside a limit                      ~ - {do: pull, lever: scale, option: plus-1}                                                 ~ 100 ~ ''
                    """)
    void caps_the_score_of_an_expert_who_did_something_fatal(
            String what, String script, int cap, String titles) {
        String declaration = EXPERT.lines().toList().getLast();
        Report report =
                play(
                        0,
                        EXPERT.replace(
                                declaration, script.translateEscapes() + "\n" + declaration));

        assertThat(report.fatal())
                .extracting(Report.Fatal::title)
                .containsExactlyInAnyOrder(
                        titles.isEmpty() ? new String[0] : titles.split(", ", -1));
        assertThat(report.score()).isLessThanOrEqualTo(cap);
        if (cap < 100) {
            assertThat(report.score()).isEqualTo(cap);
        } else {
            assertThat(report.score()).isGreaterThan(40);
        }
    }

    @Test
    void caps_at_forty_what_is_reversible_but_treats_no_cause() {
        String onlyTables =
                EXPERT.replace("lever: cap, option: \"on\"", "lever: scale, option: plus-1");

        Report report = play(0, onlyTables);

        assertThat(report.fatal())
                .containsExactly(
                        new Report.Fatal(
                                "Only a table",
                                "Hogs take any table.",
                                Duration.ofMinutes(10),
                                40));
        assertThat(report.score()).isLessThanOrEqualTo(40);
    }

    @Test
    void of_an_incident_whose_expert_is_refused_says_so() {
        IncidentCatalog catalog =
                ToyCatalog.of(
                        Toy.yaml(
                                "- {do: probe, probe: look}\n",
                                "- {do: pull, lever: cap, option: \"on\"}\n"));
        IncidentRun run = catalog.start(ToyCatalog.toy(catalog), 2);
        run.act(new Action.Wait(Duration.ofHours(1)));

        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(run::report)
                .withMessageContaining("toy.yaml: variant 'hogs from ten minutes ago': expert[3]")
                .withMessageContaining("cap is at 'on' already");
    }

    private static Report play(long seed, String actions) {
        String script = "incident: TOY\nseed: %d\nactions:\n%s".formatted(seed, actions.indent(2));
        IncidentRun run = CATALOG.replay(CATALOG.readScript("script.yaml", script));
        if (run.observe().phase() == Observation.Phase.OPEN) {
            run.act(new Action.Wait(run.observe().left()));
        }
        return run.report();
    }

    private static double points(Report report, String dimension) {
        return of(report, dimension).points();
    }

    private static String verdicts(Report report, String dimension) {
        return of(report, dimension).verdicts().stream()
                .map(Report.Verdict::text)
                .collect(Collectors.joining("\n"));
    }

    private static Report.Dimension of(Report report, String dimension) {
        return report.dimensions().stream()
                .filter(it -> it.id().equals(dimension))
                .findFirst()
                .orElseThrow();
    }
}
