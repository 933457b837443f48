package dev.touchstone.features.internal.window;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.Window;
import dev.touchstone.features.WindowExplanation;
import dev.touchstone.features.WindowExplanation.Considered;
import dev.touchstone.features.WindowExplanation.Verdict;
import dev.touchstone.features.WindowedSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Says of each event of an entity which aggregates of a label count it, or why none does.
public final class WindowExplainer {
    private final ViewDefinition definition;
    private final WindowedSource source;
    private final AsOfRule rule;
    private final Mode mode;

    /// @param definition of a view that has windows
    public WindowExplainer(ViewDefinition definition, Mode mode) {
        this.definition = definition;
        this.source = definition.windows().orElseThrow();
        this.rule = definition.view().rule();
        this.mode = mode;
    }

    /// @param rows all events of the entity
    public WindowExplanation explain(List<FeatureRow> rows, long time) {
        List<Integer> all = IntStream.range(0, source.aggregates().size()).boxed().toList();
        var join = new WindowJoin(definition, List.of(), all, mode);
        Map<Value, FeatureRow> versions = versions(rows, time);
        List<FeatureRow> sorted = new ArrayList<>(rows);
        sorted.sort(FeatureRow.BY_PRECEDENCE.reversed());
        return new WindowExplanation(
                join.answer(rows, definition.view().features(), time),
                sorted.stream().map(row -> considered(row, versions, time)).toList());
    }

    /// The version of each event that was known; none where events have no id.
    private Map<Value, FeatureRow> versions(List<FeatureRow> rows, long time) {
        Map<Value, FeatureRow> versions = new HashMap<>();
        if (source.id().isPresent()) {
            for (FeatureRow row : rows) {
                if (isKnown(row, time)) {
                    Value id = row.values().get(source.id().get());
                    versions.merge(id, row, Versions::later);
                }
            }
        }
        return versions;
    }

    private boolean isKnown(FeatureRow row, long time) {
        return mode == Mode.EVENT_TIME
                || row.availableTime() <= Times.minus(time, rule.delayNanos());
    }

    private Considered considered(FeatureRow row, Map<Value, FeatureRow> versions, long time) {
        if (!isKnown(row, time)) {
            return without(row, Verdict.NOT_KNOWN);
        }
        if (source.id().isPresent()
                && !row.equals(versions.get(row.values().get(source.id().get())))) {
            return without(row, Verdict.REPLACED);
        }
        if (row.eventTime() >= Versions.end(rule, time)) {
            return without(row, Verdict.NOT_HAPPENED);
        }
        List<Integer> counting = new ArrayList<>();
        boolean young = false;
        for (int f = 0; f < source.aggregates().size(); f++) {
            var span = (Window.Span) source.aggregates().get(f).window();
            boolean inside = row.eventTime() >= span.start(time);
            young |= inside;
            Value value = row.values().get(source.aggregates().get(f).column());
            if (inside && !value.equals(Value.MISSING)) {
                counting.add(f);
            }
        }
        return new Considered(row, young ? Verdict.COUNTS : Verdict.TOO_OLD, counting);
    }

    private static Considered without(FeatureRow row, Verdict verdict) {
        return new Considered(row, verdict, List.of());
    }
}
