package dev.touchstone.features.internal.audit;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.LeakAudit.Cause;
import dev.touchstone.features.LeakAudit.Evidence;
import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.audit.Trial.Verdict;
import dev.touchstone.features.internal.expression.Formula;
import dev.touchstone.features.internal.expression.Frame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// A feature that is computed from the set's own columns and from other features.
///
/// It leaks when the formula gives its value with inputs that leak, each by its own trial, and does
/// not with what was served then or earlier.
final class FormulaTrial {
    /// Earlier moments that are looked at: the latest at which an input may have changed.
    private static final int MOMENTS = 512;

    private static final double ROUNDING = 1e-9;
    private static final int ALL = -1;

    private final Formula formula;
    private final Frame frame;

    FormulaTrial(Formula formula) {
        this.formula = formula;
        this.frame = new Frame(formula.places());
    }

    /// What one of the formula's names stands for, in one label.
    sealed interface Input {
        /// A column of the set.
        record Field(Value value) implements Input {}

        /// A feature of another view.
        ///
        /// @param rows of the label's entity
        record Feature(Trial trial, List<FeatureRow> rows) implements Input {}
    }

    private interface Reading {
        Value of(Input.Feature feature);
    }

    Verdict of(List<Input> inputs, Optional<Long> moment, Value value) {
        if (agrees(compute(read(inputs, feature -> served(feature, moment))), value)) {
            return Verdict.of(Finding.AS_SERVED);
        }
        if (value.equals(Value.MISSING)) {
            return Verdict.of(Finding.EMPTY);
        }
        if (moment.isEmpty()) {
            return Verdict.of(Finding.UNEXPLAINED);
        }
        long at = moment.get();
        for (long earlier : earlier(inputs, at)) {
            if (agrees(
                    compute(read(inputs, one -> one.trial().served(one.rows(), earlier))), value)) {
                return Verdict.of(Finding.OUTDATED);
            }
        }
        return mistakes(inputs, at).entrySet().stream()
                .flatMap(mistake ->
                        IntStream.range(ALL, inputs.size())
                                .mapToObj(only ->
                                        new Mistake(mistake.getValue(), mistake.getKey(), only)))
                .flatMap(mistake -> evidence(inputs, at, mistake, value).stream())
                .findFirst()
                .map(Verdict::leaked)
                .orElse(Verdict.of(Finding.UNEXPLAINED));
    }

    private static Value served(Input.Feature feature, Optional<Long> moment) {
        return moment.map(at -> feature.trial().served(feature.rows(), at)).orElse(Value.MISSING);
    }

    private static List<Value> read(List<Input> inputs, Reading reading) {
        return inputs.stream()
                .map(input ->
                        switch (input) {
                            case Input.Field(Value value) -> value;
                            case Input.Feature feature -> reading.of(feature);
                        })
                .toList();
    }

    private Value compute(List<Value> inputs) {
        return formula.of(inputs, frame);
    }

    private static boolean agrees(Value one, Value other) {
        return one.equals(other)
                || (one instanceof Value.Real(double a)
                        && other instanceof Value.Real(double b)
                        && Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b)));
    }

    private static Iterable<Long> earlier(List<Input> inputs, long moment) {
        var moments = new TreeSet<Long>();
        for (Input input : inputs) {
            if (input instanceof Input.Feature(Trial trial, List<FeatureRow> rows)) {
                for (FeatureRow row : rows) {
                    moments.add(trial.visibleFrom(row));
                }
            }
        }
        var earlier = new TreeSet<>(moments.headSet(moment));
        while (earlier.size() > MOMENTS) {
            earlier.pollFirst();
        }
        if (moment != Times.INFINITY && moment != Times.MINUS_INFINITY) {
            earlier.add(Moments.floor(moment, Moments.HOUR));
            earlier.add(Moments.floor(moment, Moments.DAY));
            earlier.add(Moments.month(moment));
        }
        return earlier;
    }

    /// By event time, at which moments.
    private static Map<Long, Cause> mistakes(List<Input> inputs, long moment) {
        Map<Long, Cause> mistakes = new LinkedHashMap<>();
        mistakes.put(moment, Cause.NOT_KNOWN);
        if (moment != Times.INFINITY && moment != Times.MINUS_INFINITY) {
            mistakes.putIfAbsent(
                    Times.plus(Moments.floor(moment, Moments.HOUR), Moments.HOUR),
                    Cause.END_OF_HOUR);
            mistakes.putIfAbsent(
                    Times.plus(Moments.floor(moment, Moments.DAY), Moments.DAY), Cause.END_OF_DAY);
            mistakes.putIfAbsent(Moments.nextMonth(moment), Cause.END_OF_MONTH);
        }
        for (Input input : inputs) {
            if (input instanceof Input.Feature(Trial trial, _)) {
                trial.ends().stream()
                        .filter(end -> end > moment)
                        .forEach(end -> mistakes.putIfAbsent(end, Cause.END_OF_HISTORY));
            }
        }
        return mistakes;
    }

    /// @param only the input that was taken wrongly, or [#ALL]
    private record Mistake(Cause cause, long when, int only) {}

    private Optional<Evidence> evidence(
            List<Input> inputs, long moment, Mistake mistake, Value value) {
        List<Value> values = new ArrayList<>();
        List<FeatureRow> rows = new ArrayList<>();
        long lead = Times.MINUS_INFINITY;
        for (int i = 0; i < inputs.size(); i++) {
            switch (inputs.get(i)) {
                case Input.Field(Value field) -> values.add(field);
                case Input.Feature(Trial trial, List<FeatureRow> its) -> {
                    Optional<Evidence> leaked = Optional.empty();
                    if (mistake.only == ALL || mistake.only == i) {
                        Value wrong = trial.byEventTime(its, mistake.when);
                        leaked = trial.of(its, moment, wrong).evidence();
                        leaked.ifPresent(_ -> values.add(wrong));
                    }
                    if (leaked.isEmpty()) {
                        values.add(trial.served(its, moment));
                    } else {
                        rows.addAll(leaked.get().rows());
                        lead = Math.max(lead, leaked.get().leadNanos());
                    }
                }
            }
        }
        return rows.isEmpty() || !agrees(compute(values), value)
                ? Optional.empty()
                : Optional.of(new Evidence(mistake.cause, rows, lead));
    }
}
