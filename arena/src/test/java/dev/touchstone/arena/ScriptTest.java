package dev.touchstone.arena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("A script")
class ScriptTest {
    private static final List<Action> ALL_KINDS =
            List.of(
                    new Action.Wait(Duration.ofSeconds(90)),
                    new Action.Probe("look"),
                    new Action.Pull("cap", "on"),
                    new Action.Announce("We look into it."),
                    new Action.Note("odd"),
                    new Action.Cite("hogs"),
                    new Action.Declare(
                            "seats", List.of("hogging"), Duration.ofMinutes(-10), List.of()));

    private final IncidentCatalog catalog = ToyCatalog.catalog();

    @Test
    void is_read_from_yaml() {
        String yaml =
                """
                incident: TOY
                seed: -3
                actions:
                  - {do: wait, duration: 1m30s}
                  - {do: probe, probe: look}
                  - {do: pull, lever: cap, option: "on"}
                  - {do: announce, status: We look into it.}
                  - {do: note, text: odd}
                  - {do: cite, signal: hogs}
                  - {do: declare, component: seats, mechanisms: [hogging], onset: -10m, gates: []}
                """;

        assertThat(catalog.readScript("a.yaml", yaml))
                .isEqualTo(new RunRecord("TOY", -3, ALL_KINDS));
    }

    @Test
    void is_read_from_the_json_that_any_jackson_writes() {
        var record = new RunRecord("TOY", Long.MAX_VALUE, ALL_KINDS);
        String json = JsonMapper.builder().build().writeValueAsString(record);

        assertThat(json).contains("{\"do\":\"wait\",\"duration\":\"PT1M30S\"}");
        assertThat(catalog.readScript("a.json", json)).isEqualTo(record);
        assertThat(JsonMapper.builder().build().readValue(json, RunRecord.class)).isEqualTo(record);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            textBlock =
                    """
                    incident: TOY\\nseed: 1 ~ s.yaml line 1: 'actions' is missing; add it: what is done, in order
                    incident: TOY\\nseed: 1\\nactions: []\\nauthor: me ~ s.yaml line 4: author: no such field; known are: actions, incident, seed
                    incident: TOY\\nsed: 1\\nactions: [] ~ s.yaml line 2: sed: no such field; did you mean 'seed'?
                    incident: TOY\\nseed: 1.5\\nactions: [] ~ seed: 1.5 is a number, but a whole number is wanted
                    incident: TOY\\nseed: 99999999999999999999\\nactions: [] ~ seed: 99999999999999999999 does not fit 64 bits
                    incident: TOI\\nseed: 1\\nactions: [] ~ s.yaml: incident: there is no incident 'TOI'; did you mean 'TOY'?
                    incident: TOY\\nseed: 1\\nactions:\\n  - {do: wait, duraton: 5m} ~ s.yaml line 4: actions[0].duraton: no such field; did you mean 'duration'?
                    incident: TOY\\nseed: 1\\nactions:\\n  - {do: wait, duration: 5} ~ actions[0].duration: 5 is a number, but a string is wanted
                    incident: TOY\\nseed: 1\\nactions:\\n  - {do: wait, duration: 5 min} ~ actions[0].duration: '5 min' does not fit; write a duration as 90s
                    incident: TOY\\nseed: 1\\nactions:\\n  - {do: wait, duration: Pfff} ~ actions[0].duration: 'Pfff' is no duration; write it as 90s
                    incident: TOY\\nseed: 1\\nactions:\\n  - {do: pull, lever: cap} ~ actions[0]: 'option' is missing; add it: the option's id
                    incident: TOY\\nseed: 1\\nactions:\\n  - {wait: 5m} ~ actions[0]: 'do' is missing; add it: what is done
                    incident: TOY\\nseed: 1\\nactions:\\n  - {do: sleep} ~ actions[0].do: there is no 'sleep'; known are: announce, cite
                    just text ~ s.yaml line 1: "just text" is a string, but an object is wanted
                    {"incident": "TOY", "seed": 1, "actions": [ ~ s.yaml line 1: cannot be read
                    """)
    void that_is_broken_is_refused_with_file_field_and_cure(String text, String message) {
        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> catalog.readScript("s.yaml", text.translateEscapes()))
                .withMessageContaining(message);
    }

    @Test
    void longer_than_the_limit_is_refused_unread() {
        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> catalog.readScript("s.yaml", " ".repeat(600_000)))
                .withMessage("s.yaml: 600000 characters, but at most 524288 are read; split it");
    }

    @Test
    void whose_action_is_refused_does_not_replay() {
        var record =
                new RunRecord("TOY", 4, List.of(new Action.Note("a"), new Action.Cite("look")));

        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> catalog.replay(record))
                .withMessageContaining("actions[1]")
                .withMessageContaining("run that probe before citing it");
    }

    @Test
    void of_an_unknown_incident_does_not_replay() {
        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> catalog.replay(new RunRecord("WR9", 0, List.of())))
                .withMessage("there is no incident 'WR9'; known are: TOY");
    }
}
