package dev.touchstone.capacity;

import dev.touchstone.capacity.Sheet.Role;
import dev.touchstone.capacity.internal.Formula;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Puts a plan together and checks every formula as it comes.
///
/// Its methods take more parameters than others do, so that a plan reads like the table it is.
public final class PlanBuilder {
    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9_]*");

    final String id;
    final String title;
    final String question;
    final List<Input> inputs = new ArrayList<>();
    final List<Plan.StepLine> steps = new ArrayList<>();
    final List<Plan.CheckLine> requirements = new ArrayList<>();
    final List<Plan.CheckLine> checks = new ArrayList<>();
    final Map<String, Integer> slots = new LinkedHashMap<>();
    private final List<Unit> units = new ArrayList<>();

    List<String> headline = List.of();
    Optional<Plan.Curve> curve = Optional.empty();

    PlanBuilder(String id, String title, String question) {
        this.id = id;
        this.title = title;
        this.question = question;
    }

    /// Adds an input.
    ///
    /// @param source where the default comes from, or what it assumes
    public PlanBuilder input(
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
    public PlanBuilder count(
            String id, String label, String unit, double value, double max, String source) {
        return count(id, label, unit, value, 1, max, source);
    }

    /// Adds an input that only whole numbers make sense for, from `min`.
    public PlanBuilder count(
            String id,
            String label,
            String unit,
            double value,
            double min,
            double max,
            String source) {
        return add(new Input(id, label, Unit.of(unit), value, min, max, true, source));
    }

    /// Adds a share of something, in percent.
    public PlanBuilder share(String id, String label, double percent, double min, String source) {
        return add(new Input(id, label, Unit.of("%"), percent, min, 100, false, source));
    }

    /// Adds a step on the way.
    public PlanBuilder step(String id, String label, String formula, String unit, String note) {
        return add(Role.STEP, id, label, formula, unit, note);
    }

    /// Adds a step that answers the question.
    public PlanBuilder result(String id, String label, String formula, String unit, String note) {
        return add(Role.RESULT, id, label, formula, unit, note);
    }

    /// Adds what a common mistake would give.
    public PlanBuilder slip(String id, String label, String formula, String unit, String note) {
        return add(Role.SLIP, id, label, formula, unit, note);
    }

    /// Refuses inputs for which a comparison does not hold.
    ///
    /// @param reason what is wrong and what to change, values as `{name}`
    public PlanBuilder require(String comparison, String reason) {
        requirements.add(new Plan.CheckLine(reason, formula(comparison)));
        return this;
    }

    /// Shows whether a comparison holds.
    public PlanBuilder check(String label, String comparison) {
        checks.add(new Plan.CheckLine(label, formula(comparison)));
        return this;
    }

    /// Names the steps that people look at first, the most important first; all results when nobody
    /// does.
    public PlanBuilder headline(String... steps) {
        headline = List.of(steps);
        return this;
    }

    /// Names the input and the step whose curve says most.
    public PlanBuilder curve(String input, String step) {
        curve = Optional.of(new Plan.Curve(input, step));
        return this;
    }

    /// The plan.
    ///
    /// @throws IllegalArgumentException when headline or curve name what is not there
    public Plan build() {
        headline.forEach(this::requireStep);
        curve.ifPresent(axes -> {
            requireStep(axes.step());
            if (inputs.stream().noneMatch(input -> input.id().equals(axes.input()))) {
                throw new IllegalArgumentException(
                        "the curve of plan %s runs over '%s', which is no input"
                                .formatted(id, axes.input()));
            }
        });
        return new Plan(this);
    }

    private void requireStep(String name) {
        if (steps.stream().noneMatch(step -> step.id().equals(name))) {
            throw new IllegalArgumentException(
                    "headline and curve of plan %s need steps, and '%s' is none%s"
                            .formatted(id, name, Nearest.hint(name, slots.keySet())));
        }
    }

    private PlanBuilder add(Input input) {
        if (!steps.isEmpty()) {
            throw new IllegalStateException(
                    "input %s comes after step %s; declare inputs first"
                            .formatted(input.id(), steps.getLast().id()));
        }
        register(input.id(), input.unit());
        inputs.add(input);
        return this;
    }

    private PlanBuilder add(
            Role role, String id, String label, String formula, String unit, String note) {
        Formula parsed = formula(formula);
        Unit shownIn = Unit.of(unit);
        if (!shownIn.dimension().accepts(parsed.dimension())) {
            throw new IllegalArgumentException(
                    "%s = %s measures %s, not '%s'"
                            .formatted(id, formula, parsed.dimension(), unit));
        }
        register(id, shownIn);
        steps.add(new Plan.StepLine(id, label, role, parsed, parsed.slots(), shownIn, note));
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
