package dev.touchstone.arena.internal.play;

import dev.touchstone.arena.Action;
import java.util.stream.Collectors;

/// An action as the event log takes it: the same text for the same action, whatever library writes
/// JSON elsewhere. Parts are separated by a character that no id contains.
final class ActionText {
    private static final String SEPARATOR = "\u001f";

    private ActionText() {}

    static String of(Action action) {
        return switch (action) {
            case Action.Wait(var duration) -> join("wait", duration.toString());
            case Action.Probe(String probe) -> join("probe", probe);
            case Action.Pull(String lever, String option) -> join("pull", lever, option);
            case Action.Announce(String status) -> join("announce", status);
            case Action.Note(String text) -> join("note", text);
            case Action.Cite(String signal) -> join("cite", signal);
            case Action.Declare(var component, var mechanisms, var onset, var gates) ->
                    join(
                            "declare",
                            component,
                            mechanisms.stream().collect(Collectors.joining(",")),
                            onset.toString(),
                            gates.stream().collect(Collectors.joining(",")));
        };
    }

    private static String join(String... parts) {
        return String.join(SEPARATOR, parts);
    }
}
