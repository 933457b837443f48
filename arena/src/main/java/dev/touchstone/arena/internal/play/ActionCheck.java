package dev.touchstone.arena.internal.play;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.Outcome.Kind;
import dev.touchstone.arena.internal.Deployment;
import dev.touchstone.arena.internal.Moments;
import dev.touchstone.arena.internal.Names;
import dev.touchstone.arena.internal.content.Ids;
import dev.touchstone.arena.internal.content.IncidentPlan;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Says why an action cannot be done now, before it costs anything.
final class ActionCheck {
    private static final int MAX_TEXT_CHARS = 2_000;
    private static final int MAX_ACTIONS = 1_000;

    private final IncidentPlan plan;
    private final Incident incident;
    private final Deployment deployment;
    private final Ids ids;

    ActionCheck(IncidentPlan plan, Incident incident, Deployment deployment) {
        this.plan = plan;
        this.incident = incident;
        this.deployment = deployment;
        this.ids = new Ids(incident);
    }

    /// The refusal, or nothing where the action can be done.
    ///
    /// @param levers the option in force, by lever
    /// @param probed the probes that have shown something
    /// @param done how much the run's log holds
    Optional<Outcome.Refused> refusal(
            Action action, Map<String, String> levers, Set<String> probed, int done) {
        return switch (action) {
            case Action.Wait(Duration duration) ->
                    duration.isPositive()
                            ? Optional.empty()
                            : invalid("a wait of %s passes no time; wait 1s or more", duration);
            case Action.Declare declare -> declaration(declare);
            case Action _ when done >= MAX_ACTIONS ->
                    refused(
                            Kind.NOT_NOW,
                            "the log is full: a run keeps %d actions; wait or declare",
                            MAX_ACTIONS);
            case Action.Probe(String probe) -> known("probe", probe, ids.probes());
            case Action.Pull(String lever, String option) -> pull(lever, option, levers);
            case Action.Announce(String status) -> text("a status line", status);
            case Action.Note(String text) -> text("a note", text);
            case Action.Cite(String signal) -> citation(signal, probed);
        };
    }

    Incident.Probe probe(String id) {
        return incident.probes().stream()
                .filter(probe -> probe.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    Incident.Lever lever(String id) {
        return incident.levers().stream()
                .filter(lever -> lever.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private Optional<Outcome.Refused> pull(
            String lever, String option, Map<String, String> levers) {
        return known("lever", lever, ids.levers())
                .or(() -> known("option of " + lever, option, ids.options(lever)))
                .or(() -> standing(lever(lever), option, levers))
                .or(() ->
                        deployment
                                .objection(lever, option)
                                .map(why -> new Outcome.Refused(Kind.NOT_NOW, why)));
    }

    private Optional<Outcome.Refused> standing(
            Incident.Lever lever, String option, Map<String, String> levers) {
        String now = levers.getOrDefault(lever.id(), lever.initial());
        if (now.equals(option)) {
            return refused(
                    Kind.NOT_NOW, "%s is at '%s' already; choose another", lever.id(), option);
        }
        boolean spent = !now.equals(lever.initial()) && !plan.momentary().contains(lever.id());
        return spent && !lever.reversible()
                ? refused(
                        Kind.NOT_NOW,
                        "%s was set to '%s' and cannot be taken back; work with what it did",
                        lever.id(),
                        now)
                : Optional.empty();
    }

    private Optional<Outcome.Refused> citation(String signal, Set<String> probed) {
        if (ids.probes().contains(signal) && !probed.contains(signal)) {
            return refused(
                    Kind.NOT_NOW,
                    "'%s' has shown nothing yet; run that probe before citing it",
                    signal);
        }
        return known("signal", signal, ids.signals());
    }

    private Optional<Outcome.Refused> declaration(Action.Declare declare) {
        return known("component", declare.component(), ids.components())
                .or(() -> allKnown("mechanism", declare.mechanisms(), ids.mechanisms()))
                .or(() -> allKnown("gate", declare.gates(), ids.gates()))
                .or(() -> atLeastOneMechanism(declare.mechanisms()))
                .or(() -> onset(declare.onset()));
    }

    private static Optional<Outcome.Refused> atLeastOneMechanism(List<String> mechanisms) {
        return mechanisms.isEmpty()
                ? invalid("a declaration names at least one mechanism, most important first")
                : Optional.empty();
    }

    private Optional<Outcome.Refused> onset(Duration onset) {
        Duration earliest = incident.history().negated();
        return onset.compareTo(earliest) < 0 || onset.compareTo(incident.clock()) > 0
                ? invalid(
                        "an onset %s is outside what can be seen, %s to %s; count from the page,"
                                + " negative before it",
                        Moments.at(onset), Moments.at(earliest), Moments.at(incident.clock()))
                : Optional.empty();
    }

    private static Optional<Outcome.Refused> allKnown(
            String what, List<String> names, Collection<String> known) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            Optional<Outcome.Refused> refusal =
                    seen.add(name)
                            ? known(what, name, known)
                            : invalid("%s '%s' is named twice; name it once", what, name);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    private static Optional<Outcome.Refused> known(
            String what, String name, Collection<String> known) {
        return known.contains(name)
                ? Optional.empty()
                : refused(
                        Kind.UNKNOWN,
                        "there is no %s '%s'; %s",
                        what,
                        name,
                        Names.hint(name, known));
    }

    private static Optional<Outcome.Refused> text(String what, String text) {
        if (text.isBlank()) {
            return invalid("%s says something; this one is blank", what);
        }
        return text.length() > MAX_TEXT_CHARS
                ? invalid(
                        "%s holds at most %d characters, this one has %d; shorten it",
                        what, MAX_TEXT_CHARS, text.length())
                : Optional.empty();
    }

    private static Optional<Outcome.Refused> invalid(String reason, Object... values) {
        return refused(Kind.INVALID, reason, values);
    }

    private static Optional<Outcome.Refused> refused(Kind kind, String reason, Object... values) {
        return Optional.of(new Outcome.Refused(kind, reason.formatted(values)));
    }
}
