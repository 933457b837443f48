package dev.touchstone.arena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.touchstone.arena.internal.Toy;
import dev.touchstone.arena.internal.ToyFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

@DisplayName("An incident file")
class IncidentFileTest {
    @Test
    void is_read_as_it_stands() {
        Incident toy = ToyCatalog.toy(ToyCatalog.catalog());

        assertThat(toy.title()).isEqualTo("Guests wait");
        assertThat(toy.clock()).hasMinutes(30);
        assertThat(toy.panels())
                .extracting(Incident.Panel::id)
                .containsExactly("seats", "wait", "heat");
        assertThat(toy.changes()).extracting(c -> c.target()).containsExactly("menu", "hogs");
        assertThat(toy.levers().getFirst().initial()).isEqualTo("off");
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            textBlock =
                    """
                    title: Guests wait                 ~ titel: Guests wait                ~ toy.yaml line 3: titel: no such field; did you mean 'title'?
                    title: Guests wait                 ~ titel: Guests wait                ~ 'title' is missing; add it: a headline
                    history: 30m                       ~ history: half an hour             ~ toy.yaml line 7: history: 'half an hour' does not fit; write a duration as 90s, 5m, 1h30m
                    history: 30m                       ~ history: 0m                       ~ toy.yaml line 7: history: 0m is no length of time; use 30m or more
                    history: 30m                       ~ history: 30                       ~ history: 30 is a number, but a string is wanted; put it in quotes
                    page: 2026-03-01T12:00:00Z         ~ page: noon                        ~ toy.yaml line 6: page: 'noon' is no instant; write it as 2026-
                    deployment: toy                    ~ deployment: toys                  ~ toy.yaml line 5: deployment: there is no deployment 'toys'; did you mean 'toy'?
                    statistic: p99                     ~ statistic: p999                   ~ panels[1].lines[0].statistic: there is no 'p999'; did you mean 'p99'?
                    signal: wait, label                ~ signal: hogs, label               ~ panels[1].lines[0].signal: 'hogs' is taken
                    {id: look, title                   ~ {id: hogs, title                  ~ probes[0].id: 'hogs' is taken
                    {id: look, title                   ~ {id: Look, title                  ~ probes[0].id: 'Look' does not fit; write lower-case letters
                    {id: look, title                   ~ {id: announce, title              ~ probes[0].id: 'announce' is taken
                    initial: none                      ~ initial: off                      ~ toy.yaml line 57: levers[2].initial: there is no option 'off'; known are: none, plus-1
                    cost: 10m                          ~ cost: 40m                         ~ levers[2].cost: 40m does not fit; a cost lies between 0s and the clock
                    at: -10m, kind: flag, target: hogs ~ at: 10m, kind: flag, target: hogs ~ changes[1].at: 10m is after the page
                    kind: deploy                       ~ kind: deployment                  ~ changes[0].kind: there is no 'deployment'
                    structural: [cap, lane]            ~ structural: [cap, line]           ~ structural[1]: there is no lever 'line'; did you mean 'lane'?
                    first(cap|lane) <= 5m              ~ first(cup|lane) <= 5m             ~ orders[0].rules[0].rule: 'first(cup|lane) <= 5m' is no rule: at column 7 expected a lever, a probe, 'announce' or 'declare', found 'cup'; did you mean 'cap'?
                    first(cap|lane) <= 5m              ~ first(cap|lane) < 5m              ~ orders[0].rules[0].rule: 'first(cap|lane) < 5m' is no rule: at column 17 expected '<=', found '<'
                    only(scale)                        ~ only(look)                        ~ fatal[0].when: 'only(look)' is no rule: at column 6 expected a lever
                    reversible: false}                 ~ reversible: false, cap: 30}       ~ fatal[1].cap: 30 is too high; an irreversible fatal action caps the score at 20 or lower
                    any: [wait]                        ~ any: [weight]                     ~ evidence.groups[1].any[0]: there is no signal 'weight'
                    any: [wait]                        ~ any: [thermo]                     ~ evidence.groups[1].any[0]: the finding of probe 'thermo' cannot be compared with the healthy twin
                    format: "%.0f ms"                  ~ format: "%d ms"                   ~ facts[1].format: '%d ms' does not write one number
                    primary: hogging, secondary        ~ primary: hoging, secondary        ~ variants[0].causes[0].primary: there is no mechanism 'hoging'; did you mean 'hogging'?
                    onset: -10m}                       ~ onset: -2h}                       ~ variants[0].causes[0].onset: -2h is outside the history
                    signal: hogs}\\n                   ~ signal: hugs}\\n                  ~ variants[0].expert[0].signal: there is no signal 'hugs'; did you mean 'hogs'?
                    option: one}                       ~ option: two}                      ~ variants[1].expert[0].option: there is no option of lane 'two'
                    levers: {paint: blue}              ~ levers: {print: blue}             ~ variants[1].levers.print: there is no lever 'print'; did you mean 'paint'?
                    levers: {paint: blue}              ~ levers: {paint: green}            ~ variants[1].levers.paint: there is no option of paint 'green'
                    gates: [seat-plan]\\n              ~ gates: [seat-plans]\\n            ~ variants[1].gates[0]: there is no gate 'seat-plans'; did you mean 'seat-plan'?
                    right: true                        ~ right: false                      ~ gates: none of the 3 is right; mark some with right: true
                    do: probe, probe: look             ~ do: prob, probe: look             ~ variants[0].expert[3].do: there is no 'prob'; did you mean 'probe'?
                    do: probe, probe: look             ~ do: probe, prob: look             ~ variants[0].expert[3].prob: no such field; did you mean 'probe'?
                    title: Guests wait                 ~ title: "Guests wait               ~ toy.yaml line
                    title: Guests wait                 ~ id: Guests wait                   ~ toy.yaml line 3: cannot be read: Duplicate
                    """)
    void that_is_broken_is_refused_with_file_field_and_cure(
            String passage, String replacement, String message) {
        String broken = Toy.yaml(passage.translateEscapes(), replacement.translateEscapes());

        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> ToyCatalog.of(broken))
                .withMessageContaining("toy.yaml")
                .withMessageContaining(message);
    }

    @Test
    void reports_every_violation_of_the_schema_in_order_of_lines() {
        String broken =
                Toy.yaml("clock: 30m", "clok: 30m").replace("reversible: false", "reversible: no");

        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> ToyCatalog.of(broken))
                .extracting(Throwable::getMessage, STRING)
                .satisfies(message ->
                        assertThat(message.lines())
                                .hasSize(5)
                                .first()
                                .asString()
                                .contains("'clock' is missing"));
    }

    @Test
    void whose_panel_shows_an_unknown_metric_is_refused_when_it_is_played() {
        IncidentCatalog catalog = ToyCatalog.of(Toy.yaml("toy:heat", "toy:hat"));

        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> catalog.start(ToyCatalog.toy(catalog), 0))
                .withMessageContaining("toy.yaml: line 'heat' shows metric 'toy:hat'")
                .withMessageContaining("did you mean 'toy:heat'?");
    }

    @Test
    void whose_panel_shows_what_a_metric_does_not_have_is_refused_when_it_is_played() {
        IncidentCatalog catalog = ToyCatalog.of(Toy.yaml("statistic: max", "statistic: p99"));

        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> catalog.start(ToyCatalog.toy(catalog), 0))
                .withMessageContaining("line 'heat' shows the P99 of metric 'toy:heat'");
    }

    @Test
    void that_asks_for_an_unknown_figure_is_refused_when_it_is_played() {
        IncidentCatalog catalog = ToyCatalog.of(Toy.yaml("figure: waitMs", "figure: waitMS"));

        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> catalog.start(ToyCatalog.toy(catalog), 0))
                .withMessageContaining("figure 'waitMS'")
                .withMessageContaining("did you mean 'waitMs'?");
    }

    @Test
    void with_the_id_of_another_is_refused() {
        Map<String, String> files = Map.of("a.yaml", Toy.yaml(), "b.yaml", Toy.yaml());

        assertThatExceptionOfType(ContentException.class)
                .isThrownBy(() -> IncidentCatalog.of(List.of(new ToyFactory()), files))
                .withMessage(
                        "b.yaml: id: 'TOY' is taken by a.yaml; give every incident an id of its own");
    }

    @Test
    void may_be_json() {
        String json = new YAMLMapper().readTree(Toy.yaml()).toString();

        IncidentCatalog catalog =
                IncidentCatalog.of(List.of(new ToyFactory()), Map.of("toy.json", json));

        assertThat(catalog.incidents()).isEqualTo(ToyCatalog.catalog().incidents());
    }

    @Test
    void is_described_field_by_field_in_the_published_schema() {
        JsonNode schema = JsonMapper.shared().readTree(IncidentCatalog.schema());

        assertThat(undescribed("", schema, schema)).isEmpty();
    }

    private static List<String> undescribed(String path, JsonNode node, JsonNode schema) {
        List<String> fields = new ArrayList<>();
        node.path("properties")
                .forEachEntry((name, field) -> {
                    if (!described(field, schema)) {
                        fields.add(path + "/properties/" + name);
                    }
                });
        node.forEachEntry(
                (name, child) -> fields.addAll(undescribed(path + "/" + name, child, schema)));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            fields.addAll(undescribed(path + "/" + i, node.get(i), schema));
        }
        return fields;
    }

    /// By itself or by what it refers to; a condition's `do` is described where it is listed.
    private static boolean described(JsonNode field, JsonNode schema) {
        return field.isBoolean()
                || field.has("const")
                || field.has("description")
                || (field.has("$ref")
                        && schema.at(field.path("$ref").asString().substring(1))
                                .has("description"));
    }
}
