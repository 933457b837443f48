package dev.touchstone.capacity;

import dev.touchstone.capacity.Sheet.Role;
import dev.touchstone.capacity.internal.Formula;
import dev.touchstone.capacity.internal.Nearest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A question about size, the inputs it depends on, and the formulas that answer it.
///
/// Every input may be overridden. So may every step, by somebody who has measured it: the formula
/// then gives way. Where the inputs behind it were given too and say otherwise, the plan refuses.
public final class Plan {
    /// How far a given value may be from what the given inputs make of it.
    private static final double CONTRADICTION = 0.02;

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9_]*");
    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");

    private final String id;
    private final String title;
    private final String question;
    private final List<Input> inputs;
    private final List<StepLine> steps;
    private final List<CheckLine> requirements;
    private final List<CheckLine> checks;
    private final Map<String, Integer> slots;

    private Plan(Builder builder) {
        id = builder.id;
        title = builder.title;
        question = builder.question;
        inputs = List.copyOf(builder.inputs);
        steps = List.copyOf(builder.steps);
        requirements = List.copyOf(builder.requirements);
        checks = List.copyOf(builder.checks);
        slots = Collections.unmodifiableMap(new LinkedHashMap<>(builder.slots));
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

    /// Begins a plan.
    ///
    /// @param id as on the command line
    /// @param question what it answers
    public static Builder named(String id, String title, String question) {
        return new Builder(id, title, question);
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
                return new Refusal("", fill(requirement.label, derivation));
            }
        }
        for (int slot = inputs.size(); slot < values.length; slot++) {
            if (!Double.isFinite(values[slot])) {
                return new Refusal(
                        "",
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

    /// Puts a plan together and checks every formula as it comes.
    public static final class Builder {
        private final String id;
        private final String title;
        private final String question;
        private final List<Input> inputs = new ArrayList<>();
        private final List<StepLine> steps = new ArrayList<>();
        private final List<CheckLine> requirements = new ArrayList<>();
        private final List<CheckLine> checks = new ArrayList<>();
        private final Map<String, Integer> slots = new LinkedHashMap<>();
        private final List<Unit> units = new ArrayList<>();

        private Builder(String id, String title, String question) {
            this.id = id;
            this.title = title;
            this.question = question;
        }

        /// Adds an input.
        ///
        /// @param source where the default comes from, or what it assumes
        public Builder input(
                String id,
                String label,
                String unit,
                double value,
                double min,
                double max,
                String source) {
            return add(new Input(id, label, Unit.of(unit), value, min, max, false, source));
        }

        /// Adds an input that only whole numbers make sense for, from 1.
        public Builder count(
                String id, String label, String unit, double value, double max, String source) {
            return add(new Input(id, label, Unit.of(unit), value, 1, max, true, source));
        }

        /// Adds a share of something, in percent.
        public Builder share(String id, String label, double percent, double min, String source) {
            return add(new Input(id, label, Unit.of("%"), percent, min, 100, false, source));
        }

        /// Adds a step on the way.
        public Builder step(String id, String label, String formula, String unit, String note) {
            return add(Role.STEP, id, label, formula, unit, note);
        }

        /// Adds a step that answers the question.
        public Builder result(String id, String label, String formula, String unit, String note) {
            return add(Role.RESULT, id, label, formula, unit, note);
        }

        /// Adds what a common mistake would give.
        public Builder slip(String id, String label, String formula, String unit, String note) {
            return add(Role.SLIP, id, label, formula, unit, note);
        }

        /// Refuses inputs for which a comparison does not hold.
        ///
        /// @param reason what is wrong and what to change, values as `{name}`
        public Builder require(String comparison, String reason) {
            requirements.add(new CheckLine(reason, formula(comparison)));
            return this;
        }

        /// Shows whether a comparison holds.
        public Builder check(String label, String comparison) {
            checks.add(new CheckLine(label, formula(comparison)));
            return this;
        }

        public Plan build() {
            return new Plan(this);
        }

        private Builder add(Input input) {
            if (!steps.isEmpty()) {
                throw new IllegalStateException(
                        "input %s comes after step %s; declare inputs first"
                                .formatted(input.id(), steps.getLast().id));
            }
            register(input.id(), input.unit());
            inputs.add(input);
            return this;
        }

        private Builder add(
                Role role, String id, String label, String formula, String unit, String note) {
            Formula parsed = formula(formula);
            Unit shownIn = Unit.of(unit);
            if (!shownIn.dimension().accepts(parsed.dimension())) {
                throw new IllegalArgumentException(
                        "%s = %s measures %s, not '%s'"
                                .formatted(id, formula, parsed.dimension(), unit));
            }
            register(id, shownIn);
            steps.add(new StepLine(id, label, role, parsed, parsed.slots(), shownIn, note));
            return this;
        }

        private void register(String name, Unit unit) {
            if (!ID.matcher(name).matches() || slots.putIfAbsent(name, slots.size()) != null) {
                throw new IllegalArgumentException(
                        "'%s' must match %s and be used once".formatted(name, ID));
            }
            units.add(unit);
        }

        private Formula formula(String text) {
            return Formula.parse(
                    text,
                    new Formula.Scope() {
                        @Override
                        public int slot(String name) {
                            Integer slot = slots.get(name);
                            if (slot == null) {
                                throw new IllegalArgumentException(
                                        "formula '%s' of plan %s uses '%s', which is not yet there%s"
                                                .formatted(
                                                        text,
                                                        id,
                                                        name,
                                                        Nearest.hint(name, slots.keySet())));
                            }
                            return slot;
                        }

                        @Override
                        public Dimension dimension(int slot) {
                            return units.get(slot).dimension();
                        }
                    });
        }
    }
}
