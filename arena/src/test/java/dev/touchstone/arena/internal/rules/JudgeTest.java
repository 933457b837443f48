package dev.touchstone.arena.internal.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.internal.Durations;
import dev.touchstone.arena.internal.Toy;
import dev.touchstone.arena.internal.content.IncidentReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Stories are written as `what at for`: `cap:on 1m 2m` sets the lever from 1:00 to 3:00, `announce
/// 4m` posts a status line, `*wait 5m` cites a signal, `look 5m` probes.
@DisplayName("A judge")
class JudgeTest {
    private static final Incident TOY =
            IncidentReader.read("toy.yaml", Toy.yaml(), Set.of("toy")).incident();
    private static final List<FactLine> FACTS =
            List.of(new FactLine("Pain felt", "pain", "%.1f of 10"));

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '~',
            textBlock =
                    """
                    first(cap|lane) <= 5m               ~ cap:on 1m 2m                            ~ earned ~ Hog limit: three hogs came first, at 1:00
                    first(cap|lane) <= 5m               ~ cap:on 5m 2m                            ~ earned ~ at 5:00
                    first(cap|lane) <= 5m               ~ cap:on 6m 2m                            ~ lost   ~ came first, at 6:00, later than 5:00
                    first(cap|lane) <= 5m               ~ scale:plus-1 0m 1m, cap:on 1m 2m        ~ lost   ~ Tables: one more came first, at 0:00
                    first(cap|lane) <= 5m               ~ look 0m 1m, announce 1m, lane:one 2m 1m ~ earned ~ Hog lane: one place came first, at 2:00
                    first(cap|lane) <= 5m               ~ cap:off 1m 1m                           ~ lost   ~ Hog limit: none came first, at 1:00
                    first(cap:off) <= 5m                ~ cap:off 1m 1m                           ~ earned ~ at 1:00
                    first(cap|lane) <= 5m               ~ look 0m 1m                              ~ lost   ~ nothing of the kind was done
                    first(cap|lane) <= 5m               ~ ''                                      ~ lost   ~ nothing of the kind was done
                    first(look) <= 5m                   ~ cap:on 0m 1m, thermo 1m 1m, look 2m     ~ lost   ~ Thermometer came first
                    before(announce, 10m)               ~ announce 9m 1m                          ~ earned ~ a status line at 9:00
                    before(announce, 10m)               ~ announce 11m 1m                         ~ lost   ~ a status line at 11:00, later than 10:00
                    before(announce, 10m)               ~ ''                                      ~ lost   ~ a status line: not done
                    before(look, cap|lane)              ~ look 1m, lane:one 2m 1m                 ~ earned ~ Look around at 1:00, before Hog lane: one place at 2:00
                    before(look, cap|lane)              ~ lane:one 1m 1m, look 2m                 ~ lost   ~ Look around at 2:00, only after Hog lane: one place at 1:00
                    before(look, cap|lane)              ~ look 1m                                 ~ earned ~ Look around at 1:00
                    before(look, cap|lane)              ~ cap:on 1m 1m                            ~ lost   ~ Hog limit: three hogs at 1:00 without Look around
                    before(look, cap|lane)              ~ ''                                      ~ lost   ~ Look around: not done
                    before(look, cap) unless pain > 4   ~ cap:on 1m 1m                            ~ earned ~ Hog limit: three hogs at 1:00, with “Pain felt” at 5.0 of 10
                    before(look, cap) unless pain > 5   ~ cap:on 1m 1m                            ~ lost   ~ without Look around
                    before(look, cap) unless pain < 6   ~ cap:on 1m 1m, look 2m                   ~ earned ~ with “Pain felt” at 5.0 of 10
                    before(look, cap) unless pain > 4   ~ ''                                      ~ lost   ~ Look around: not done
                    before(look, cap) unless joy > 4    ~ cap:on 1m 1m                            ~ lost   ~ without Look around
                    before(cap, declare)                ~ cap:on 1m 1m, declare 3m                ~ earned ~ before the declaration at 3:00
                    before(cap, declare)                ~ declare 3m                              ~ lost   ~ the declaration at 3:00 without Hog limit
                    confirm(wait|look) within 5m of cap ~ cap:on 1m 2m, *wait 8m                  ~ earned ~ took effect at 3:00 and citing “Wait: p99” followed at 8:00
                    confirm(wait|look) within 5m of cap ~ cap:on 1m 2m, look 3m                   ~ earned ~ Look around followed at 3:00
                    confirm(wait|look) within 5m of cap ~ cap:on 1m 2m, *wait 9m                  ~ lost   ~ took effect at 3:00 and none of “Wait: p99”, “Look around” was cited or probed within 5:00
                    confirm(wait|look) within 5m of cap ~ *wait 1m, cap:on 1m 2m                  ~ lost   ~ took effect at 3:00
                    confirm(wait|look) within 5m of cap ~ *heat 4m, cap:on 1m 2m                  ~ lost   ~ took effect at 3:00
                    confirm(wait|look) within 5m of cap ~ *wait 4m                                ~ lost   ~ Hog limit was not pulled
                    confirm(wait) within 1m of cap|lane ~ cap:on 0m 1m, lane:one 9m 1m, *wait 10m ~ earned ~ Hog lane: one place took effect at 10:00
                    confirm(wait) within 1m of cap|lane ~ ''                                      ~ lost   ~ Hog limit or Hog lane was not pulled
                    if evidence(hogs) then lever(cap)   ~ *hogs 1m, cap:on 2m 1m                  ~ earned ~ citing “Seats: hogs” at 1:00, then Hog limit: three hogs at 2:00
                    if evidence(look) then lever(cap)   ~ look 1m, cap:on 2m 1m                   ~ earned ~ Look around at 1:00
                    if evidence(hogs) then lever(cap)   ~ cap:on 0m 1m, *hogs 1m                  ~ lost   ~ citing “Seats: hogs” at 1:00, but no Hog limit after it
                    if evidence(hogs) then lever(cap)   ~ cap:on 0m 1m                            ~ lost   ~ none of “Seats: hogs” was cited or probed
                    if evidence(hogs) then lever(cap)   ~ ''                                      ~ lost   ~ none of “Seats: hogs” was cited or probed
                    """)
    void says_whether_a_rule_was_kept_and_by_what(
            String rule, String story, String outcome, String why) {
        Ruling ruling =
                new Judge(story(story), List.of(), FACTS)
                        .judge(RuleParser.order(rule, Vocabulary.of(TOY), ContentException::new));

        assertThat(ruling.why()).contains(why);
        assertThat(ruling.earned()).isEqualTo(outcome.equals("earned"));
        assertThat(ruling.at().isPresent() || story.isEmpty() || !ruling.earned()).isTrue();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '~',
            nullValues = "-",
            textBlock =
                    """
                    pulled(scale)        ~ scale:plus-1 1m 1m                                      ~ 1m
                    pulled(scale)        ~ scale:none 1m 1m                                        ~ never
                    pulled(paint:plain)  ~ paint:blue 1m 1m                                        ~ never
                    pulled(restart) >= 3 ~ restart:now 1m 1m, restart:now 3m 1m                    ~ never
                    pulled(restart) >= 3 ~ restart:now 1m 1m, restart:now 3m 1m, restart:now 9m 1m ~ 9m
                    only(scale)          ~ scale:plus-1 1m 1m                                      ~ 1m
                    only(scale)          ~ scale:plus-1 1m 1m, paint:blue 2m, lane:off 3m          ~ 1m
                    only(scale)          ~ scale:plus-1 1m 1m, lane:one 9m 1m                      ~ never
                    only(scale)          ~ ''                                                      ~ never
                    never(paint)         ~ paint:blue 7m                                           ~ 7m
                    """)
    void says_what_was_fatal(String condition, String story, String when) {
        var structural =
                List.<ActionRef>of(
                        new ActionRef.Lever("cap", Optional.empty()),
                        new ActionRef.Lever("lane", Optional.empty()));

        Optional<Deed> deed =
                new Judge(story(story), structural, FACTS)
                        .fatal(
                                RuleParser.fatal(
                                        condition, Vocabulary.of(TOY), ContentException::new));

        assertThat(deed.map(Deed::begun)).isEqualTo(Durations.parse(when));
    }

    @Test
    void leaves_out_what_the_end_of_the_clock_cut_short() {
        var unfinished =
                new Deed(
                        0,
                        new Action.Pull("cap", "on"),
                        Duration.ZERO,
                        Duration.ofMinutes(1),
                        false,
                        Map.of(),
                        Map.of());
        var judge = new Judge(new Story(TOY, List.of(unfinished)), List.of(), FACTS);

        assertThat(
                        judge.judge(
                                        RuleParser.order(
                                                "first(cap) <= 5m",
                                                Vocabulary.of(TOY),
                                                ContentException::new))
                                .earned())
                .isFalse();
    }

    private static Story story(String text) {
        List<Deed> deeds = new ArrayList<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(", ", -1)) {
            String[] words = part.split(" ", -1);
            Duration begun = Durations.parse(words[1]).orElseThrow();
            Duration length = Durations.parse(words.length > 2 ? words[2] : "0m").orElseThrow();
            Map<String, Double> figures = Map.of("pain", 5.0);
            deeds.add(
                    new Deed(
                            deeds.size(),
                            action(words[0]),
                            begun,
                            begun.plus(length),
                            true,
                            figures,
                            figures));
        }
        return new Story(TOY, deeds);
    }

    private static Action action(String word) {
        if (word.startsWith("*")) {
            return new Action.Cite(word.substring(1));
        }
        if (word.contains(":")) {
            String[] parts = word.split(":", -1);
            return new Action.Pull(parts[0], parts[1]);
        }
        return switch (word) {
            case "announce" -> new Action.Announce("We look into it.");
            case "declare" ->
                    new Action.Declare("seats", List.of("hogging"), Duration.ZERO, List.of());
            default -> new Action.Probe(word);
        };
    }
}
