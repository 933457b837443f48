package dev.touchstone.capacity;

import dev.touchstone.capacity.Sheet.Role;
import dev.touchstone.capacity.internal.Formula;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A question about size, the inputs it depends on, and the formulas that answer it.
///
/// Every input may be overridden. So may every step, by somebody who has measured it: the formula
/// then gives way. Where the inputs behind it were given too and say otherwise, the plan refuses.
public final class Plan {
    /// How far a given value may be from what the given inputs make of it.
    private static final double CONTRADICTION = 0.02;

    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");

    private final String id;
    private final String title;
    private final String question;
    private final List<Input> inputs;
    private final List<StepLine> steps;
    private final List<CheckLine> requirements;
    private final List<CheckLine> checks;
    private final Map<String, Integer> slots;
    private final List<String> headline;
    private final Optional<Curve> curve;

    Plan(PlanBuilder builder) {
        id = builder.id;
        title = builder.title;
        question = builder.question;
        inputs = List.copyOf(builder.inputs);
        steps = List.copyOf(builder.steps);
        requirements = List.copyOf(builder.requirements);
        checks = List.copyOf(builder.checks);
        slots = Collections.unmodifiableMap(new LinkedHashMap<>(builder.slots));
        headline =
                builder.headline.isEmpty()
                        ? steps.stream()
                                .filter(step -> step.role == Role.RESULT)
                                .map(StepLine::id)
                                .toList()
                        : List.copyOf(builder.headline);
        curve = builder.curve;
    }

    record StepLine(
            String id,
            String label,
            Role role,
            Formula formula,
            BitSet reads,
            Unit unit,
            String note) {}

    record CheckLine(String label, Formula formula) {}

    /// What a chart of a plan shows.
    ///
    /// @param input that runs along the bottom
    /// @param step that is read off at the side
    public record Curve(String input, String step) {}

    /// Begins a plan.
    ///
    /// @param id as on the command line
    /// @param question what it answers
    public static PlanBuilder named(String id, String title, String question) {
        return new PlanBuilder(id, title, question);
    }

    public String id() {
        return id;
    }

    public String title() {
        return title;
    }

    public String question() {
        return question;
    }

    public List<Input> inputs() {
        return inputs;
    }

    /// The steps that people look at first, the most important first.
    public List<String> headline() {
        return headline;
    }

    /// The curve that says most about this plan, if one does.
    public Optional<Curve> curve() {
        return curve;
    }

    /// The names that may be overridden: inputs, then steps.
    public List<String> names() {
        return List.copyOf(slots.keySet());
    }

    /// Derives the plan from what it assumes.
    public Derivation derive() {
        return switch (derive(Map.of())) {
            case Derivation derivation -> derivation;
            case Refusal(_, String reason) ->
                    throw new IllegalStateException(
                            "plan %s refuses its own defaults: %s".formatted(id, reason));
        };
    }

    /// Derives the plan with some values overridden, written as people write them.
    ///
    /// @param given by name of input or step; [Quantity#parse(String, Unit)] says what is
    ///   understood
    public Sizing read(Map<String, String> given) {
        var quantities = new HashMap<String, Quantity>();
        for (var entry : given.entrySet()) {
            Integer slot = slots.get(entry.getKey());
            if (slot == null) {
                return unknown(entry.getKey());
            }
            try {
                quantities.put(entry.getKey(), Quantity.parse(entry.getValue(), unit(slot)));
            } catch (IllegalArgumentException e) {
                return new Refusal(
                        entry.getKey(), "%s: %s".formatted(entry.getKey(), e.getMessage()));
            }
        }
        return derive(quantities);
    }

    /// Derives the plan with some values overridden.
    ///
    /// @param given by name of input or step
    public Sizing derive(Map<String, Quantity> given) {
        double[] values = new double[slots.size()];
        for (int slot = 0; slot < inputs.size(); slot++) {
            Input input = inputs.get(slot);
            values[slot] = input.value() * input.unit().factor();
        }
        var set = new BitSet(values.length);
        for (var entry : given.entrySet()) {
            Integer slot = slots.get(entry.getKey());
            if (slot == null) {
                return unknown(entry.getKey());
            }
            double value = entry.getValue().base();
            String complaint =
                    slot < inputs.size()
                            ? inputs.get(slot).complaint(value / unit(slot).factor())
                            : value >= 0 ? "" : entry.getKey() + " is negative";
            if (!complaint.isEmpty()) {
                return new Refusal(entry.getKey(), complaint);
            }
            values[slot] = value;
            set.set(slot);
        }
        var derivation = new Derivation(this, values, set, all());
        for (int slot = inputs.size(); slot < values.length; slot++) {
            StepLine step = step(slot);
            double computed = step.formula.evaluate(values);
            if (!set.get(slot)) {
                values[slot] = computed;
            } else if (Math.abs(computed - values[slot]) > CONTRADICTION * Math.abs(computed)
                    && isGiven(step.reads, set)) {
                return contradiction(step, computed, derivation);
            }
        }
        for (CheckLine requirement : requirements) {
            if (requirement.formula.evaluate(values) == 0) {
                return new Refusal(
                        onlyGiven(requirement.formula.slots(), set),
                        fill(requirement.label, derivation));
            }
        }
        for (int slot = inputs.size(); slot < values.length; slot++) {
            if (!Double.isFinite(values[slot])) {
                return new Refusal(
                        onlyGiven(step(slot).reads, set),
                        "%s = %s has no value: it divides by zero; look at its inputs"
                                .formatted(
                                        name(slot), step(slot).formula.show(derivation::textOf)));
            }
        }
        return derivation;
    }

    int slot(String name) {
        Integer slot = slots.get(name);
        if (slot == null) {
            throw new IllegalArgumentException(unknown(name).reason());
        }
        return slot;
    }

    String name(int slot) {
        return slot < inputs.size() ? inputs.get(slot).id() : step(slot).id;
    }

    /// The unit of an input or a step.
    ///
    /// @throws IllegalArgumentException when the plan has no such name
    public Unit unit(String name) {
        return unit(slot(name));
    }

    /// What an input or a step is, in a few words.
    ///
    /// @throws IllegalArgumentException when the plan has no such name
    public String label(String name) {
        int slot = slot(name);
        return slot < inputs.size() ? inputs.get(slot).label() : step(slot).label;
    }

    /// The input of that name.
    ///
    /// @throws IllegalArgumentException when the plan has no such input
    public Input input(String name) {
        int slot = slot(name);
        if (slot >= inputs.size()) {
            throw new IllegalArgumentException(
                    "%s is a step of plan %s and no input".formatted(name, id));
        }
        return inputs.get(slot);
    }

    Unit unit(int slot) {
        return slot < inputs.size() ? inputs.get(slot).unit() : step(slot).unit;
    }

    StepLine step(int slot) {
        return steps.get(slot - inputs.size());
    }

    List<CheckLine> checks() {
        return checks;
    }

    Formula.Scope scope() {
        return new Formula.Scope() {
            @Override
            public int slot(String name) {
                return Plan.this.slot(name);
            }

            @Override
            public Dimension dimension(int slot) {
                return unit(slot).dimension();
            }
        };
    }

    /// A slot and all that its value comes from; what was given comes from nothing.
    BitSet sources(int slot, BitSet given) {
        var sources = new BitSet();
        sources.set(slot);
        for (int step = slot; step >= inputs.size(); step--) {
            if (sources.get(step) && !given.get(step)) {
                sources.or(step(step).reads);
            }
        }
        return sources;
    }

    private BitSet all() {
        var all = new BitSet();
        all.set(0, slots.size());
        return all;
    }

    /// Whether all that these come from was given, so that nothing can give way.
    private boolean isGiven(BitSet reads, BitSet set) {
        return reads.stream()
                .allMatch(slot ->
                        set.get(slot) || (slot >= inputs.size() && isGiven(step(slot).reads, set)));
    }

    /// The one given name among those that some slots come from; empty when it is not one.
    private String onlyGiven(BitSet slots, BitSet set) {
        var behind = new BitSet();
        slots.stream().forEach(slot -> behind.or(sources(slot, set)));
        behind.and(set);
        return behind.cardinality() == 1 ? name(behind.nextSetBit(0)) : "";
    }

    private static Refusal contradiction(StepLine step, double computed, Derivation derivation) {
        return new Refusal(
                step.id,
                "%s is given as %s, but %s = %s makes it %s; leave one of them out"
                        .formatted(
                                step.id,
                                derivation.text(step.id),
                                step.formula.show(derivation.plan()::name),
                                step.formula.show(derivation::textOf),
                                new Quantity(computed, step.unit.dimension()).text(step.unit)));
    }

    private Refusal unknown(String name) {
        return new Refusal(
                name,
                "plan %s has no input '%s'%s"
                        .formatted(id, name, Nearest.hint(name, slots.keySet())));
    }

    private static String fill(String template, Derivation derivation) {
        return PLACE.matcher(template).replaceAll(place -> quote(derivation.text(place.group(1))));
    }

    private static String quote(String text) {
        return Matcher.quoteReplacement(text);
    }
}
