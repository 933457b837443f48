package dev.touchstone.arena.internal.content;

import dev.touchstone.arena.Incident;
import dev.touchstone.arena.internal.rules.ActionRef;
import dev.touchstone.arena.internal.rules.FactLine;
import dev.touchstone.arena.internal.rules.FatalCondition;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An incident as its file has it: what the player sees and what the grader knows.
///
/// @param file the file's name, for messages
/// @param deployment the name of the factory of its deployment
/// @param momentary levers that spring back to their initial option once they took effect
/// @param structural the levers that treat a cause, for fatal rules
/// @param facts the report's figures
public record IncidentPlan(
        String file,
        Incident incident,
        String deployment,
        Set<String> momentary,
        List<Variant> variants,
        List<ActionRef> structural,
        List<Fatal> fatal,
        Communication communication,
        double wastePerMinute,
        List<FactLine> facts) {
    public IncidentPlan {
        momentary = Set.copyOf(momentary);
        variants = List.copyOf(variants);
        structural = List.copyOf(structural);
        fatal = List.copyOf(fatal);
        facts = List.copyOf(facts);
    }

    /// The variant that a seed chooses: `variants[floorMod(seed, variants)]`, so that seeds 0, 1
    /// and 2 play the first three.
    public Variant variant(long seed) {
        return variants.get((int) Math.floorMod(seed, (long) variants.size()));
    }

    /// The figures that facts, rules and evidence of a variant read.
    public Set<String> figuresUsed(Variant variant) {
        return Stream.of(
                        facts.stream().map(FactLine::figure),
                        variant.evidence().measures().values().stream()
                                .flatMap(measure -> measure.figure().stream()),
                        variant.orders().stream()
                                .flatMap(order -> order.rules().stream())
                                .flatMap(rule -> rule.rule().figure().stream()))
                .flatMap(figures -> figures)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// @param when what makes the response fatal
    /// @param cap the highest score it leaves possible
    public record Fatal(String title, FatalCondition when, String why, int cap) {}

    /// @param firstWithin how soon after the page the first status line is due
    /// @param updateWithin how soon after the first lever took effect an update is due
    public record Communication(Duration firstWithin, Duration updateWithin) {}
}
