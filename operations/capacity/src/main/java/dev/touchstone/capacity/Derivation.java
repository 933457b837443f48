package dev.touchstone.capacity;

import dev.touchstone.capacity.Plan.CheckLine;
import dev.touchstone.capacity.Plan.StepLine;
import dev.touchstone.capacity.Sheet.Check;
import dev.touchstone.capacity.Sheet.Given;
import dev.touchstone.capacity.Sheet.Step;
import dev.touchstone.capacity.internal.Formula;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A plan with all its values: what was given, what follows, and whether it makes sense.
public final class Derivation implements Sizing {
    private final Plan plan;
    private final double[] values;
    private final BitSet given;
    private final BitSet shown;

    /// @param values of inputs and steps, in base units, owned by this object from now on
    /// @param given which of them somebody gave
    /// @param shown which of them to show
    Derivation(Plan plan, double[] values, BitSet given, BitSet shown) {
        this.plan = plan;
        this.values = values;
        this.given = given;
        this.shown = shown;
    }

    public Plan plan() {
        return plan;
    }

    /// The value of an input or a step.
    ///
    /// @throws IllegalArgumentException when the plan has no such name
    public Quantity value(String id) {
        int slot = plan.slot(id);
        return new Quantity(values[slot], plan.unit(slot).dimension());
    }

    /// The value of an input or a step for people, in its unit.
    ///
    /// @throws IllegalArgumentException when the plan has no such name
    public String text(String id) {
        return textOf(plan.slot(id));
    }

    /// The same derivation, showing only what leads to one step.
    ///
    /// @throws IllegalArgumentException when the plan has no such step
    public Derivation of(String id) {
        return new Derivation(plan, values, given, plan.sources(plan.slot(id), given));
    }

    /// What was given, by name of input or step.
    public Map<String, Quantity> given() {
        return given.stream()
                .boxed()
                .collect(
                        Collectors.toMap(
                                plan::name,
                                slot -> new Quantity(values[slot], plan.unit(slot).dimension())));
    }

    /// The plan derived anew with one more value given, or another one instead.
    public Sizing with(String id, Quantity value) {
        var changed = new HashMap<>(given());
        changed.put(id, value);
        return plan.derive(changed);
    }

    /// Whether the value of one name has an influence on that of another.
    boolean reaches(String from, String to) {
        return plan.sources(plan.slot(to), given).get(plan.slot(from));
    }

    /// The derivation as text and numbers.
    public Sheet sheet() {
        List<Given> inputs =
                shown(0, plan.inputs().size())
                        .mapToObj(slot -> given(slot, plan.inputs().get(slot)))
                        .toList();
        List<Step> steps =
                shown(plan.inputs().size(), values.length)
                        .mapToObj(slot -> step(slot, plan.step(slot)))
                        .toList();
        List<Check> checks = plan.checks().stream().filter(this::isShown).map(this::check).toList();
        List<String> headline =
                plan.headline().stream().filter(id -> shown.get(plan.slot(id))).toList();
        return new Sheet(plan.id(), plan.title(), plan.question(), headline, inputs, steps, checks);
    }

    /// What another formula over the same names gives.
    ///
    /// @throws IllegalArgumentException when it is not a formula, or uses other names
    public Quantity evaluate(String formula) {
        Formula parsed = Formula.parse(formula, plan.scope());
        return new Quantity(parsed.evaluate(values), parsed.dimension());
    }

    private IntStream shown(int from, int to) {
        return IntStream.range(from, to).filter(shown::get);
    }

    private boolean isShown(CheckLine check) {
        BitSet hidden = check.formula().slots();
        hidden.andNot(shown);
        return hidden.isEmpty();
    }

    private Given given(int slot, Input input) {
        return new Given(
                input.id(),
                input.label(),
                textOf(slot),
                values[slot] / input.unit().factor(),
                input.unit().symbol(),
                input.min(),
                input.max(),
                input.whole(),
                input.slider(),
                input.source(),
                given.get(slot));
    }

    private Step step(int slot, StepLine line) {
        Quantity value = new Quantity(values[slot], line.unit().dimension());
        boolean overridden = given.get(slot);
        String substitution =
                overridden
                        ? "given; the formula makes "
                                + new Quantity(
                                                line.formula().evaluate(values),
                                                line.unit().dimension())
                                        .text(line.unit())
                        : line.formula().show(this::textOf);
        return new Step(
                line.id(),
                line.label(),
                line.role(),
                line.formula().show(plan::name),
                substitution,
                value.text(line.unit()),
                value.binaryText(line.unit()),
                value.in(line.unit()),
                line.unit().symbol(),
                line.note(),
                overridden);
    }

    private Check check(CheckLine line) {
        return new Check(
                line.label(),
                line.formula().evaluate(values) != 0,
                line.formula().show(this::textOf));
    }

    String textOf(int slot) {
        Unit unit = plan.unit(slot);
        return new Quantity(values[slot], unit.dimension()).text(unit);
    }
}
