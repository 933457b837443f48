package dev.touchstone.arena.internal.rules;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a player did, in order, and how to find things in it.
///
/// @param incident as it stood for the player's variant
/// @param deeds everything that was done but waiting
public record Story(Incident incident, List<Deed> deeds) {
    public Story {
        deeds = List.copyOf(deeds);
    }

    /// Deeds that a rule's references point at, in order; unfinished ones are left out.
    public Stream<Deed> of(List<ActionRef> refs) {
        return finished().filter(deed -> refs.stream().anyMatch(ref -> matches(deed, ref)));
    }

    /// Probes run and signals cited under one of the ids.
    public Stream<Deed> looksAt(List<String> ids) {
        return finished()
                .filter(deed ->
                        switch (deed.action()) {
                            case Action.Cite(String signal) -> ids.contains(signal);
                            case Action.Probe(String probe) -> ids.contains(probe);
                            case Action.Wait _,
                                    Action.Pull _,
                                    Action.Announce _,
                                    Action.Note _,
                                    Action.Declare _ ->
                                    false;
                        });
    }

    /// Levers that took effect, whatever they were set to.
    public Stream<Deed> pulls() {
        return finished().filter(deed -> deed.action() instanceof Action.Pull);
    }

    /// Status lines posted.
    public Stream<Deed> announcements() {
        return finished().filter(deed -> deed.action() instanceof Action.Announce);
    }

    /// The declaration, and when it was made.
    public Optional<Deed> declaration() {
        return finished().filter(deed -> deed.action() instanceof Action.Declare).findFirst();
    }

    /// Virtual time spent on probes.
    public Duration probing() {
        return deeds.stream()
                .filter(deed -> deed.action() instanceof Action.Probe)
                .map(deed -> deed.done().minus(deed.begun()))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /// Whether two references are of one sort: both levers, both probes and so on.
    static boolean sameSort(Deed deed, ActionRef ref) {
        return switch (ref) {
            case ActionRef.Lever _ -> deed.action() instanceof Action.Pull;
            case ActionRef.Probe _ -> deed.action() instanceof Action.Probe;
            case ActionRef.Announce _ -> deed.action() instanceof Action.Announce;
            case ActionRef.Declare _ -> deed.action() instanceof Action.Declare;
        };
    }

    Stream<Deed> finished() {
        return deeds.stream().filter(Deed::finished);
    }

    private boolean matches(Deed deed, ActionRef ref) {
        return switch (ref) {
            case ActionRef.Lever(String lever, Optional<String> option) ->
                    deed.action() instanceof Action.Pull(String pulled, String to)
                            && pulled.equals(lever)
                            && option.map(to::equals).orElseGet(() -> !to.equals(initial(lever)));
            case ActionRef.Probe(String probe) ->
                    deed.action() instanceof Action.Probe(String run) && run.equals(probe);
            case ActionRef.Announce _ -> deed.action() instanceof Action.Announce;
            case ActionRef.Declare _ -> deed.action() instanceof Action.Declare;
        };
    }

    private String initial(String lever) {
        return lever(lever).initial();
    }

    /// How an action reads in a verdict: `Length cap: 8k`.
    public String describe(Action action) {
        return switch (action) {
            case Action.Pull(String lever, String option) -> describe(lever, option);
            case Action.Probe(String probe) -> probeTitle(probe);
            case Action.Announce _ -> "a status line";
            case Action.Declare _ -> "the declaration";
            case Action.Cite(String signal) -> "citing " + signal(signal);
            case Action.Note _ -> "a note";
            case Action.Wait _ -> "waiting";
        };
    }

    /// How references read in a verdict: `Length cap or Long lane`.
    public String describe(List<ActionRef> refs) {
        return refs.stream().map(this::describe).collect(Collectors.joining(" or "));
    }

    /// How a signal reads in a verdict: `“KV cache in use: mean”`.
    public String signal(String id) {
        String label =
                incident.panels().stream()
                        .flatMap(panel ->
                                panel.lines().stream()
                                        .filter(line -> line.signal().equals(id))
                                        .map(line -> panel.title() + ": " + line.label()))
                        .findFirst()
                        .orElseGet(() -> probeTitle(id));
        return "“" + label + "”";
    }

    /// How a choice of signals reads in a verdict.
    public String signals(List<String> ids) {
        return ids.stream().map(this::signal).collect(Collectors.joining(", "));
    }

    private String describe(ActionRef ref) {
        return switch (ref) {
            case ActionRef.Lever(String lever, Optional<String> option) ->
                    option.map(to -> describe(lever, to)).orElseGet(() -> lever(lever).title());
            case ActionRef.Probe(String probe) -> probeTitle(probe);
            case ActionRef.Announce _ -> "a status line";
            case ActionRef.Declare _ -> "the declaration";
        };
    }

    private String describe(String lever, String option) {
        String label =
                lever(lever).options().stream()
                        .filter(term -> term.id().equals(option))
                        .map(Incident.Term::label)
                        .findFirst()
                        .orElse(option);
        return lever(lever).title() + ": " + label;
    }

    private Incident.Lever lever(String id) {
        return incident.levers().stream()
                .filter(lever -> lever.id().equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException(
                                "incident %s has no lever %s; check references when the file is read"
                                        .formatted(incident.id(), id)));
    }

    private String probeTitle(String id) {
        return incident.probes().stream()
                .filter(probe -> probe.id().equals(id))
                .map(Incident.Probe::title)
                .findFirst()
                .orElse(id);
    }
}
