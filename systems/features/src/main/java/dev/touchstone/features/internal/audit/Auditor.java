package dev.touchstone.features.internal.audit;

import dev.touchstone.features.Answer;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.LeakAudit;
import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.LeakAudit.Leak;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.csv.Cells;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRecord;
import dev.touchstone.features.internal.join.NaiveAsOf;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Looks every cell of a training set up in the history of its entity.
///
/// A cell leaks when a row that could not be served at the label's moment holds its value and no
/// row that could be served does. A value that was known once and comes back later proves nothing.
public final class Auditor {
    private final CsvReader file;
    private final Column time;
    private final Consumer<Leak> leaks;
    private final List<Audited> columns = new ArrayList<>();

    /// A view's history and the columns of the set that come from it.
    public record Source(FeatureView view, List<ClusteredTable> history) {}

    /// A column of the set and what is known about it so far.
    private static final class Audited {
        private final int at;
        private final Source source;
        private final int feature;
        private final Map<Finding, Long> cells = new EnumMap<>(Finding.class);
        private long worstLead;

        Audited(int at, Source source, int feature) {
            this.at = at;
            this.source = source;
            this.feature = feature;
        }

        AsOfRule rule() {
            return source.view().rule();
        }
    }

    /// The rows of a label's entity.
    private record Entity(Source source, Optional<EntityKey> key, List<FeatureRow> rows) {}

    public Auditor(CsvReader file, String timeColumn, Consumer<Leak> leaks) {
        this.file = file;
        this.time = new Column(timeColumn, ColumnType.TIMESTAMP);
        this.leaks = leaks;
    }

    /// Compares a column of the set with a feature. Columns of one view come one after another.
    public void compare(String column, Source source, int feature) throws IOException {
        columns.add(new Audited(file.column(column), source, feature));
    }

    /// Reads the set to its end.
    public LeakAudit audit() throws IOException {
        int timeAt = file.column(time.name());
        long labels = 0;
        Optional<CsvRecord> line = file.next();
        while (line.isPresent()) {
            label(line.get(), Cells.read(file, line.get(), timeAt, time));
            labels++;
            line = file.next();
        }
        return new LeakAudit(
                labels,
                columns.stream()
                        .map(column ->
                                new LeakAudit.ColumnPart(
                                        file.header().get(column.at),
                                        column.cells,
                                        column.worstLead))
                        .toList());
    }

    private void label(CsvRecord line, Value at) throws IOException {
        Optional<Entity> entity = Optional.empty();
        for (Audited column : columns) {
            if (entity.isEmpty() || !entity.get().source().equals(column.source)) {
                entity = Optional.of(entity(line, column.source));
            }
            Value value = value(line, column);
            Finding finding =
                    at instanceof Value.Whole(long moment) && entity.get().key().isPresent()
                            ? finding(line.line(), column, entity.get(), moment, value)
                            : value.equals(Value.MISSING) ? Finding.AS_SERVED : Finding.UNEXPLAINED;
            column.cells.merge(finding, 1L, Long::sum);
        }
    }

    private Entity entity(CsvRecord line, Source source) throws IOException {
        List<Value> parts = new ArrayList<>();
        for (Column key : source.view().key()) {
            Value part = Cells.read(file, line, file.column(key.name()), key);
            if (part.equals(Value.MISSING)) {
                return new Entity(source, Optional.empty(), List.of());
            }
            parts.add(part);
        }
        var key = new EntityKey(parts);
        List<FeatureRow> rows = new ArrayList<>();
        for (ClusteredTable table : source.history()) {
            rows.addAll(table.rowsOf(key));
        }
        return new Entity(source, Optional.of(key), rows);
    }

    private Value value(CsvRecord line, Audited column) throws IOException {
        Column feature = column.source.view().features().get(column.feature);
        String text = line.cells()[column.at];
        if (feature.type() == ColumnType.LONG && text.endsWith(".0")) {
            // pandas turns whole numbers into reals where a column has gaps.
            line.cells()[column.at] = text.substring(0, text.length() - 2);
        }
        return Cells.read(file, line, column.at, feature);
    }

    private Finding finding(long line, Audited column, Entity entity, long moment, Value value) {
        AsOfRule rule = column.rule();
        Answer served =
                new NaiveAsOf(entity.rows(), rule, Mode.KNOWN_AT_THE_TIME)
                        .answer(entity.key().orElseThrow(), moment);
        if (served.value(column.feature).equals(value)) {
            return Finding.AS_SERVED;
        }
        if (value.equals(Value.MISSING)) {
            return Finding.EMPTY;
        }
        List<FeatureRow> holding =
                entity.rows().stream()
                        .filter(row ->
                                !row.isTombstone()
                                        && row.values().get(column.feature).equals(value))
                        .toList();
        if (holding.stream().anyMatch(row -> rule.admits(row, moment, Mode.KNOWN_AT_THE_TIME))) {
            return Finding.OUTDATED;
        }
        Optional<FeatureRow> earliest =
                holding.stream().min(Comparator.comparingLong(row -> lead(row, rule, moment)));
        if (earliest.isEmpty()) {
            return Finding.UNEXPLAINED;
        }
        long lead = lead(earliest.get(), rule, moment);
        column.worstLead = Math.max(column.worstLead, lead);
        String name = file.header().get(column.at);
        leaks.accept(new Leak(line, name, moment, value, earliest.get(), lead));
        return Finding.LEAKED;
    }

    /// How long after a label's moment a row could first be served.
    private static long lead(FeatureRow row, AsOfRule rule, long moment) {
        return Math.max(
                span(moment, row.eventTime()),
                span(Times.minus(moment, rule.delayNanos()), row.availableTime()));
    }

    private static long span(long from, long to) {
        try {
            return to == Times.INFINITY ? Times.INFINITY : Math.subtractExact(to, from);
        } catch (ArithmeticException e) {
            return to > from ? Times.INFINITY : Times.MINUS_INFINITY;
        }
    }
}
