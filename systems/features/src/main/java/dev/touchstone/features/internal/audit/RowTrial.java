package dev.touchstone.features.internal.audit;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.LeakAudit.Cause;
import dev.touchstone.features.LeakAudit.Evidence;
import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.join.NaiveAsOf;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A feature that is a column of its view's rows.
///
/// A cell leaks when a row that could not be served at the label's moment holds its value and no
/// row that could be served does. A value that was known once and comes back later proves nothing.
///
/// @param feature its position in the view
record RowTrial(AsOfRule rule, int feature) implements Trial {
    @Override
    public Value served(List<FeatureRow> rows, long moment) {
        return answer(rows, moment, Mode.KNOWN_AT_THE_TIME);
    }

    @Override
    public Value byEventTime(List<FeatureRow> rows, long moment) {
        return answer(rows, moment, Mode.EVENT_TIME);
    }

    private Value answer(List<FeatureRow> rows, long moment, Mode mode) {
        return rows.isEmpty()
                ? Value.MISSING
                : new NaiveAsOf(rows, rule, mode)
                        .answer(rows.getFirst().entity(), moment)
                        .value(feature);
    }

    @Override
    public long visibleFrom(FeatureRow row) {
        return rule.visibleFrom(row.eventTime(), row.availableTime(), Mode.KNOWN_AT_THE_TIME);
    }

    @Override
    public List<Long> ends() {
        return List.of(Times.INFINITY);
    }

    @Override
    public Verdict of(List<FeatureRow> rows, long moment, Value value) {
        if (served(rows, moment).equals(value)) {
            return Verdict.of(Finding.AS_SERVED);
        }
        if (value.equals(Value.MISSING)) {
            return Verdict.of(Finding.EMPTY);
        }
        List<FeatureRow> holding =
                rows.stream()
                        .filter(row ->
                                !row.isTombstone() && row.values().get(feature).equals(value))
                        .toList();
        if (holding.stream().anyMatch(row -> rule.admits(row, moment, Mode.KNOWN_AT_THE_TIME))) {
            return Verdict.of(Finding.OUTDATED);
        }
        Optional<FeatureRow> earliest =
                holding.stream()
                        .min(Comparator.comparingLong(row -> Moments.lead(row, rule, moment)));
        return earliest.map(row -> Verdict.leaked(evidence(row, moment)))
                .orElse(Verdict.of(Finding.UNEXPLAINED));
    }

    private Evidence evidence(FeatureRow row, long moment) {
        Cause cause = Cause.NOT_KNOWN;
        if (row.eventTime() > moment) {
            cause = Cause.LATER_ROW;
        } else if (!rule.admits(row, moment, Mode.EVENT_TIME)) {
            cause = Cause.SAME_MOMENT;
        } else if (row.availableTime() <= moment) {
            cause = Cause.NO_DELAY;
        }
        return new Evidence(cause, List.of(row), Moments.lead(row, rule, moment));
    }
}
