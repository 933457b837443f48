package dev.touchstone.arena.internal.content;

import dev.touchstone.arena.Incident;
import java.util.List;
import java.util.stream.Stream;

/// The ids of an incident's things.
///
/// Lists, so that messages keep the file's order; they are short.
public record Ids(Incident incident) {
    public List<String> probes() {
        return incident.probes().stream().map(Incident.Probe::id).toList();
    }

    public List<String> levers() {
        return incident.levers().stream().map(Incident.Lever::id).toList();
    }

    /// The options of a lever; none where there is no such lever.
    public List<String> options(String lever) {
        return incident.levers().stream()
                .filter(known -> known.id().equals(lever))
                .flatMap(known -> terms(known.options()).stream())
                .toList();
    }

    /// The panels' lines.
    public List<String> lines() {
        return incident.panels().stream()
                .flatMap(panel -> panel.lines().stream())
                .map(Incident.Line::signal)
                .toList();
    }

    /// Everything that can be cited: the panels' lines and, once probed, the probes.
    public List<String> signals() {
        return Stream.concat(lines().stream(), probes().stream()).toList();
    }

    public List<String> components() {
        return terms(incident.components());
    }

    public List<String> mechanisms() {
        return terms(incident.mechanisms());
    }

    public List<String> gates() {
        return terms(incident.gates());
    }

    private static List<String> terms(List<Incident.Term> terms) {
        return terms.stream().map(Incident.Term::id).toList();
    }
}
