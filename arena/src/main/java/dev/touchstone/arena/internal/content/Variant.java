package dev.touchstone.arena.internal.content;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.internal.rules.OrderRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One version of an incident; the seed chooses among them.
///
/// @param incident the incident as it stands in this version: its own changes and initial options
/// @param parameters what the deployment is built with
/// @param causes each of them is right
/// @param expert what an expert does, start to declaration
/// @param rightGates the gates that would have stopped it
/// @param orders each of them is a right way to go about it; the best-kept one counts
public record Variant(
        String title,
        Incident incident,
        Map<String, Double> parameters,
        List<Cause> causes,
        List<Action> expert,
        List<String> debrief,
        Set<String> rightGates,
        List<Alternative> orders,
        Evidence evidence) {
    public Variant {
        parameters = Map.copyOf(parameters);
        causes = List.copyOf(causes);
        expert = List.copyOf(expert);
        debrief = List.copyOf(debrief);
        rightGates = Set.copyOf(rightGates);
        orders = List.copyOf(orders);
    }

    /// When the fault began: the earliest onset among the accepted causes.
    public Duration onset() {
        return causes.stream().map(Cause::onset).min(Duration::compareTo).orElseThrow();
    }

    /// What was wrong.
    ///
    /// @param near components next to it, for half the component's points
    /// @param primary the mechanism that did most of the harm
    /// @param secondary mechanisms that added to it
    /// @param onset when it began, relative to the page
    public record Cause(
            String component,
            Set<String> near,
            String primary,
            Set<String> secondary,
            Duration onset) {
        public Cause {
            near = Set.copyOf(near);
            secondary = Set.copyOf(secondary);
        }
    }

    /// A right way to go about it.
    public record Alternative(String title, List<WeightedRule> rules) {
        public Alternative {
            rules = List.copyOf(rules);
        }
    }

    /// A constraint and what it is worth against the others of its alternative.
    ///
    /// @param text what it asks for, for people
    public record WeightedRule(OrderRule rule, String text, double weight) {}

    /// What counts as evidence.
    ///
    /// @param groups what has to be shown, each by any one of its signals
    /// @param falseCost points lost by citing a signal that looks the same in the healthy twin
    /// @param measures how signals are compared with the healthy twin, by signal
    public record Evidence(List<Group> groups, double falseCost, Map<String, Measure> measures) {
        public Evidence {
            groups = List.copyOf(groups);
            measures = Map.copyOf(measures);
        }

        /// How a signal is compared.
        public Measure measure(String signal) {
            return measures.getOrDefault(signal, Measure.DEFAULT);
        }
    }

    /// One thing to show, with any one of the signals.
    ///
    /// @param weight what it is worth against the other groups
    public record Group(String text, double weight, List<String> any) {
        public Group {
            any = List.copyOf(any);
        }
    }

    /// A signal differs where its value is a `factor` and `floor` beyond what the healthy twin
    /// shows.
    ///
    /// @param figure the figure behind a probe's finding; a panel's line is its own measure
    /// @param floor in the signal's unit
    public record Measure(Optional<String> figure, double factor, double floor) {
        static final double USUAL_FACTOR = 1.25;
        static final Measure DEFAULT = new Measure(Optional.empty(), USUAL_FACTOR, 0);
    }
}
