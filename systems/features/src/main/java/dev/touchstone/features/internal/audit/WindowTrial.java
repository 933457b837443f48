package dev.touchstone.features.internal.audit;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.LeakAudit.Cause;
import dev.touchstone.features.LeakAudit.Evidence;
import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.Window;
import dev.touchstone.features.internal.window.Versions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A feature that is an aggregate over a window.
///
/// A number can come of many sets of events, so a cell is only said to leak when
///
/// - no innocent reading gives its value: what was served earlier, as far back as the window is
///   long, or at the last hour, day or month; another start or end of the window; corrections left
///   out,
/// - but one of the usual mistakes does, with the events known at some moment after the label; of
///   several, that which is named is the smallest, and
/// - that value cannot be had without events that could not be served yet.
final class WindowTrial implements Trial {
    /// Earlier moments that are looked at: the latest at which the value may have changed.
    private static final int MOMENTS = 512;

    /// More rows than this are named without seeing whether each is needed.
    private static final int MOST_NEEDED = 64;

    private static final Comparator<FeatureRow> BY_AVAILABILITY =
            Comparator.comparingLong(FeatureRow::availableTime)
                    .thenComparingLong(FeatureRow::sequence);

    private final AsOfRule rule;
    private final Aggregate aggregate;
    private final Window.Span span;
    private final List<Long> ends;
    private final CountedEvents counted;

    /// @param ends of the history: its latest event and its latest availability
    WindowTrial(ViewDefinition definition, int feature, List<Long> ends) {
        this.rule = definition.view().rule();
        this.aggregate = definition.windows().orElseThrow().aggregates().get(feature);
        this.span = (Window.Span) aggregate.window();
        this.ends = ends;
        this.counted = new CountedEvents(definition.windows().orElseThrow(), feature);
    }

    /// A mistake: a window that ends too late, or one of events that were not known.
    ///
    /// @param from first moment of the window
    /// @param to the moment after its last
    private record Mistake(Cause cause, long from, long to) {}

    @Override
    public Value served(List<FeatureRow> rows, long moment) {
        return known(rows, span.start(moment), Versions.end(rule, moment), known(moment));
    }

    @Override
    public Value byEventTime(List<FeatureRow> rows, long moment) {
        return known(rows, span.start(moment), Versions.end(rule, moment), Times.INFINITY);
    }

    private long known(long moment) {
        return Times.minus(moment, rule.delayNanos());
    }

    private Value known(List<FeatureRow> rows, long from, long to, long known) {
        counted.begin(from, to);
        for (FeatureRow row : rows) {
            if (row.availableTime() <= known) {
                counted.put(row);
            }
        }
        return counted.value();
    }

    @Override
    public long visibleFrom(FeatureRow row) {
        return rule.visibleFrom(row.eventTime(), row.availableTime(), Mode.KNOWN_AT_THE_TIME);
    }

    @Override
    public List<Long> ends() {
        return ends;
    }

    @Override
    public Verdict of(List<FeatureRow> rows, long moment, Value value) {
        if (Agreement.of(aggregate, served(rows, moment), value)) {
            return Verdict.of(Finding.AS_SERVED);
        }
        if (value.equals(Value.MISSING)) {
            return Verdict.of(Finding.EMPTY);
        }
        List<FeatureRow> sorted = new ArrayList<>(rows);
        sorted.sort(BY_AVAILABILITY);
        if (isInnocent(sorted, moment, value)) {
            return Verdict.of(Finding.OUTDATED);
        }
        return mistakes(moment).stream()
                .flatMap(mistake -> evidence(mistake, sorted, moment, value).stream())
                .findFirst()
                .map(Verdict::leaked)
                .orElse(Verdict.of(Finding.UNEXPLAINED));
    }

    private boolean isInnocent(List<FeatureRow> rows, long moment, Value value) {
        long end = Versions.end(rule, moment);
        for (long from : starts(moment, true)) {
            if (agrees(known(rows, from, end, known(moment)), value)
                    || agrees(known(rows, from, moment, known(moment)), value)) {
                return true;
            }
        }
        counted.begin(span.start(moment), end);
        rows.stream()
                .filter(row -> rule.admits(row, moment, Mode.KNOWN_AT_THE_TIME))
                .forEach(counted::putVersion);
        if (agrees(counted.value(), value)) {
            return true;
        }
        return earlier(rows, moment).stream().anyMatch(at -> agrees(served(rows, at), value));
    }

    private boolean agrees(Value one, Value other) {
        return Agreement.of(aggregate, one, other);
    }

    private Set<Long> starts(long moment, boolean unbounded) {
        Set<Long> starts = new LinkedHashSet<>();
        starts.add(span.start(moment));
        starts.add(Times.minus(moment, span.lengthNanos()));
        if (unbounded) {
            starts.add(Times.MINUS_INFINITY);
        }
        return starts;
    }

    /// Moments before a label at which something else may have been served: events came in or left
    /// the window; and those at which a daily job would have looked.
    private Set<Long> earlier(List<FeatureRow> rows, long moment) {
        var changes = new TreeSet<Long>();
        long oldest = Times.minus(moment, span.lengthNanos());
        for (FeatureRow row : rows) {
            long comes = visibleFrom(row);
            long leaves =
                    Times.plus(
                            Times.plus(
                                    Moments.floor(row.eventTime(), span.hopNanos()),
                                    span.hopNanos()),
                            span.lengthNanos());
            for (long change : new long[] {comes, leaves}) {
                if (change >= oldest && change < moment) {
                    changes.add(change);
                    if (changes.size() > MOMENTS) {
                        changes.pollFirst();
                    }
                }
            }
        }
        changes.add(oldest);
        if (moment != Times.INFINITY && moment != Times.MINUS_INFINITY) {
            long day = Moments.floor(moment, Moments.DAY);
            changes.add(Moments.floor(moment, Moments.HOUR));
            changes.add(day);
            changes.add(Times.minus(day, Moments.DAY));
            changes.add(Moments.month(moment));
        }
        return changes;
    }

    private List<Mistake> mistakes(long moment) {
        List<Mistake> mistakes = new ArrayList<>();
        for (long from : starts(moment, false)) {
            mistakes.add(new Mistake(Cause.NOT_KNOWN, from, Versions.end(rule, moment)));
            if (rule.boundary() == AsOfRule.Boundary.BEFORE && moment != Times.INFINITY) {
                mistakes.add(new Mistake(Cause.SAME_MOMENT, from, moment + 1));
            }
        }
        if (moment == Times.INFINITY || moment == Times.MINUS_INFINITY) {
            return mistakes;
        }
        until(
                mistakes,
                Cause.END_OF_HOUR,
                moment,
                Times.plus(Moments.floor(moment, Moments.HOUR), Moments.HOUR));
        until(
                mistakes,
                Cause.END_OF_DAY,
                moment,
                Times.plus(Moments.floor(moment, Moments.DAY), Moments.DAY));
        until(mistakes, Cause.END_OF_MONTH, moment, Moments.nextMonth(moment));
        ends.stream()
                .filter(end -> end > moment && end < Times.INFINITY)
                .forEach(end -> until(mistakes, Cause.END_OF_HISTORY, moment, end + 1));
        return mistakes;
    }

    /// The window with another end: as it is at that end, and with the start it should have.
    private void until(List<Mistake> mistakes, Cause cause, long moment, long end) {
        Set<Long> starts = starts(moment, false);
        starts.addAll(starts(end, false));
        starts.forEach(from -> mistakes.add(new Mistake(cause, from, end)));
    }

    /// Lets the events of a window become known one after another, from what could be served on,
    /// until they give the value.
    ///
    /// @param rows by availability
    private Optional<Evidence> evidence(
            Mistake mistake, List<FeatureRow> rows, long moment, Value value) {
        counted.begin(mistake.from, mistake.to);
        int at = 0;
        while (at < rows.size() && rows.get(at).availableTime() <= known(moment)) {
            counted.put(rows.get(at++));
        }
        counted.follow();
        while (true) {
            if (agrees(counted.value(), value)) {
                List<FeatureRow> needed = needed(moment, value);
                if (!needed.isEmpty()) {
                    return Optional.of(evidence(mistake.cause, needed, moment));
                }
            }
            if (at == rows.size()) {
                return Optional.empty();
            }
            long now = rows.get(at).availableTime();
            while (at < rows.size() && rows.get(at).availableTime() == now) {
                counted.put(rows.get(at++));
            }
        }
    }

    /// The rows that could not be served yet and without which the value would be another.
    private List<FeatureRow> needed(long moment, Value value) {
        List<CountedEvents.Change> changes =
                counted.unlike(row -> rule.admits(row, moment, Mode.KNOWN_AT_THE_TIME));
        if (changes.size() <= MOST_NEEDED) {
            List<FeatureRow> events = new ArrayList<>(counted.events());
            changes.removeIf(change -> {
                List<FeatureRow> without = change.takenBackFrom(events);
                boolean same = agrees(counted.of(without), value);
                if (same) {
                    events.clear();
                    events.addAll(without);
                }
                return same;
            });
        }
        return changes.stream()
                .map(CountedEvents.Change::row)
                .sorted(Comparator.comparingLong(row -> Moments.lead(row, rule, moment)))
                .toList();
    }

    private Evidence evidence(Cause cause, List<FeatureRow> rows, long moment) {
        boolean onlyDelayed =
                cause == Cause.NOT_KNOWN
                        && rows.stream().allMatch(row -> row.availableTime() <= moment);
        return new Evidence(
                onlyDelayed ? Cause.NO_DELAY : cause,
                rows,
                Moments.lead(rows.getLast(), rule, moment));
    }
}
