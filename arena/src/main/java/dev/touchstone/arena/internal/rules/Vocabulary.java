package dev.touchstone.arena.internal.rules;

import dev.touchstone.arena.Incident;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The names that an incident's rules may use.
///
/// @param levers each with the ids of its options
/// @param signals the ids of panel lines
public record Vocabulary(Map<String, Set<String>> levers, Set<String> probes, Set<String> signals) {
    public Vocabulary {
        levers = Map.copyOf(levers);
        probes = Set.copyOf(probes);
        signals = Set.copyOf(signals);
    }

    /// The names of an incident.
    public static Vocabulary of(Incident incident) {
        return new Vocabulary(
                incident.levers().stream()
                        .collect(Collectors.toMap(Incident.Lever::id, Vocabulary::options)),
                incident.probes().stream().map(Incident.Probe::id).collect(Collectors.toSet()),
                incident.panels().stream()
                        .flatMap(panel -> panel.lines().stream())
                        .map(Incident.Line::signal)
                        .collect(Collectors.toSet()));
    }

    private static Set<String> options(Incident.Lever lever) {
        return lever.options().stream().map(Incident.Term::id).collect(Collectors.toSet());
    }

    /// What can be cited: panel lines and the findings of probes.
    public Set<String> looks() {
        return Stream.concat(signals.stream(), probes.stream()).collect(Collectors.toSet());
    }
}
