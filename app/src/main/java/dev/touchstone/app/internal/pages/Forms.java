package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Numbers;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;

/// Reads what the pages' forms send.
final class Forms {
    private Forms() {}

    /// A field's value; empty when the form has none.
    static String text(Map<String, List<String>> form, String field) {
        return form.getOrDefault(field, List.of("")).getFirst();
    }

    /// The action that the field `do` names.
    static Action action(Map<String, List<String>> form, Incident incident) {
        String name = text(form, "do");
        return switch (name) {
            case "wait" ->
                    new Action.Wait(
                            Duration.ofSeconds(Numbers.whole("seconds", text(form, "seconds"))));
            case "probe" -> new Action.Probe(text(form, "probe"));
            case "pull" -> new Action.Pull(text(form, "lever"), text(form, "option"));
            case "announce" -> new Action.Announce(text(form, "status").strip());
            case "note" -> new Action.Note(text(form, "text").strip());
            case "cite" -> new Action.Cite(text(form, "signal"));
            case "declare" ->
                    new Action.Declare(
                            text(form, "component"),
                            form.getOrDefault("mechanism", List.of()),
                            onset(text(form, "onset"), incident),
                            form.getOrDefault("gate", List.of()));
            default -> throw Problem.badField("do", "there is no action '%s'".formatted(name));
        };
    }

    /// A time of day of the story, `14:02` or `14:02:30`: the last such time before the clock ends.
    private static Duration onset(String text, Incident incident) {
        LocalTime time;
        try {
            time = LocalTime.parse(text.length() == "9:05".length() ? "0" + text : text);
        } catch (DateTimeParseException _) {
            throw Problem.badField(
                    "onset",
                    text.isEmpty()
                            ? "say since when, such as 14:02:30"
                            : "'%s' is not a time such as 14:02:30".formatted(text));
        }
        Instant sameDay = incident.page().atZone(ZoneOffset.UTC).with(time).toInstant();
        Instant end = incident.page().plus(incident.clock());
        Duration offset = Duration.between(incident.page(), sameDay);
        return sameDay.isAfter(end) ? offset.minusDays(1) : offset;
    }
}
