package dev.touchstone.arena.internal.content;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;

/// Reads actions of scripts, in data files and in recorded runs. The schema has seen to it that
/// every component is there; whether its name exists is the run's to say, or [#known]'s.
final class ActionReader {
    private ActionReader() {}

    static Action read(Field field) {
        String kind = field.text("do");
        return switch (kind) {
            case "wait" -> new Action.Wait(field.duration("duration"));
            case "probe" -> new Action.Probe(field.text("probe"));
            case "pull" -> new Action.Pull(field.text("lever"), field.text("option"));
            case "announce" -> new Action.Announce(field.text("status"));
            case "note" -> new Action.Note(field.text("text"));
            case "cite" -> new Action.Cite(field.text("signal"));
            case "declare" ->
                    new Action.Declare(
                            field.text("component"),
                            field.texts("mechanisms"),
                            field.duration("onset"),
                            field.texts("gates"));
            default -> throw field.refuse("'%s' is not an action".formatted(kind));
        };
    }

    /// Reads an action and makes sure that the incident has what it names.
    static Action known(Field field, Incident incident) {
        Action action = read(field);
        var ids = new Ids(incident);
        switch (action) {
            case Action.Probe _ -> field.oneOf("probe", "probe", ids.probes());
            case Action.Pull(String lever, String _) -> {
                field.oneOf("lever", "lever", ids.levers());
                field.oneOf("option", "option of " + lever, ids.options(lever));
            }
            case Action.Cite _ -> field.oneOf("signal", "signal", ids.signals());
            case Action.Declare _ -> {
                field.oneOf("component", "component", ids.components());
                field.list("mechanisms", item -> item.oneOf("mechanism", ids.mechanisms()));
                field.list("gates", item -> item.oneOf("gate", ids.gates()));
            }
            case Action.Wait _, Action.Announce _, Action.Note _ -> {
                // These name nothing.
            }
        }
        return action;
    }
}
