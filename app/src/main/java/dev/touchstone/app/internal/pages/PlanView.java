package dev.touchstone.app.internal.pages;

import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Influence;
import dev.touchstone.capacity.Input;
import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Refusal;
import dev.touchstone.capacity.Sheet;
import dev.touchstone.capacity.Sheet.Step;
import dev.touchstone.capacity.Sizing;
import dev.touchstone.capacity.Unit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A plan with what somebody gave, as its page shows it.
///
/// @param refusal why nothing was derived, where the reason is not one input's; else empty
/// @param derived what was derived; empty when the plan refuses
/// @param data what the page's script needs, as JSON
public record PlanView(
        String assets,
        Plan plan,
        List<Field> fields,
        String refusal,
        Optional<Derived> derived,
        String data) {
    private static final int MAX_MOVES = 8;
    private static final int HALF_BAR = 100;

    /// An input to change.
    ///
    /// @param text what stands in it
    /// @param standard what the plan assumes
    /// @param position of its slider, in thousandths
    /// @param given whether somebody said so
    /// @param refusal what is wrong with it; empty when nothing is
    public record Field(
            String id,
            String label,
            String source,
            String text,
            String standard,
            int position,
            boolean given,
            String refusal) {}

    /// What follows from the inputs.
    ///
    /// @param headline results to look at first
    /// @param more other results
    /// @param curve what the chart shows
    /// @param steps that the chart can show, with their labels
    /// @param moves the inputs that move the chart's step
    public record Derived(
            List<Result> headline,
            List<Result> more,
            List<Sheet.Check> checks,
            Plan.Curve curve,
            List<Result> steps,
            List<Move> moves,
            DerivationView derivation) {
        /// What the chart shows, in words.
        public String curveLabel() {
            return steps.stream()
                    .filter(step -> step.id().equals(curve.step()))
                    .map(Result::label)
                    .findFirst()
                    .orElse(curve.step());
        }
    }

    /// A result at a glance.
    ///
    /// @param was the value that the plan assumes, where it is another; else empty
    public record Result(String id, String label, String text, String binary, String was) {
        /// The number in front of the unit: `33`, `$0.087`.
        public String number() {
            return text.substring(0, end());
        }

        /// The unit behind the number: `GPUs`, `/1M tokens`; may be empty.
        public String unit() {
            return text.substring(end()).strip();
        }

        private int end() {
            int end = text.indexOf(text.startsWith("$") ? '/' : ' ');
            return end < 0 ? text.length() : end;
        }
    }

    /// How an input moves the chart's step.
    ///
    /// @param lessAt where the bar for a lesser input begins, from 0 to 200, 100 being no change
    public record Move(
            String id,
            String label,
            String lessText,
            String moreText,
            double lessAt,
            double lessWidth,
            double moreAt,
            double moreWidth) {}

    static List<Field> fields(Plan plan, Map<String, String> given, Sizing sizing) {
        return plan.inputs().stream().map(input -> field(input, given, sizing)).toList();
    }

    private static Field field(Input input, Map<String, String> given, Sizing sizing) {
        String standard = input.text(input.value());
        String typed = given.get(input.id());
        String refusal =
                sizing instanceof Refusal(String at, String reason) && at.equals(input.id())
                        ? reason
                        : "";
        double number =
                sizing instanceof Derivation derivation
                        ? derivation.value(input.id()).in(input.unit())
                        : input.value();
        return new Field(
                input.id(),
                input.label(),
                input.source(),
                typed == null ? standard : typed,
                standard,
                (int) Math.round(input.slider().position(number) * 1000),
                typed != null,
                refusal);
    }

    static Derived derived(Derivation derivation, Plan.Curve curve) {
        Sheet sheet = derivation.sheet();
        Map<String, String> assumed =
                derivation.plan().derive().sheet().steps().stream()
                        .collect(Collectors.toUnmodifiableMap(Step::id, Step::text));
        Map<String, Result> results =
                sheet.steps().stream()
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        Step::id, step -> result(step, assumed)));
        List<Result> shown =
                sheet.steps().stream()
                        .filter(step -> step.role() == Sheet.Role.RESULT)
                        .filter(step -> !sheet.headline().contains(step.id()))
                        .map(step -> result(step, assumed))
                        .toList();
        return new Derived(
                sheet.headline().stream().map(results::get).toList(),
                shown,
                sheet.checks(),
                curve,
                sheet.steps().stream()
                        .filter(step -> step.role() != Sheet.Role.SLIP)
                        .map(step -> result(step, assumed))
                        .toList(),
                moves(derivation, curve.step()),
                DerivationView.ofPlan(sheet, assumed));
    }

    private static Result result(Step step, Map<String, String> assumed) {
        String was = assumed.getOrDefault(step.id(), "");
        return new Result(
                step.id(),
                step.label(),
                step.text(),
                step.binary(),
                was.equals(step.text()) ? "" : was);
    }

    private static List<Move> moves(Derivation derivation, String step) {
        List<Influence> strongest =
                Influence.on(derivation, step).stream().limit(MAX_MOVES).toList();
        double furthest = strongest.stream().mapToDouble(Influence::reach).max().orElse(1);
        Unit unit = derivation.plan().unit(step);
        return strongest.stream().map(one -> move(one, unit, furthest)).toList();
    }

    private static Move move(Influence one, Unit unit, double furthest) {
        double less = bar(one, one.less(), furthest);
        double more = bar(one, one.more(), furthest);
        return new Move(
                one.input().id(),
                one.input().label(),
                text(one.less(), unit),
                text(one.more(), unit),
                HALF_BAR + Math.min(less, 0),
                Math.abs(less),
                HALF_BAR + Math.min(more, 0),
                Math.abs(more));
    }

    /// How far a bar reaches, to the left where it is negative.
    private static double bar(Influence one, Optional<Quantity> moved, double furthest) {
        double value = moved.orElse(one.now()).base();
        return HALF_BAR * (value - one.now().base()) / furthest;
    }

    private static String text(Optional<Quantity> value, Unit unit) {
        return value.map(quantity -> quantity.text(unit)).orElse("refused");
    }
}
