package dev.touchstone.features.internal.audit;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.LeakAudit;
import dev.touchstone.features.LeakAudit.Cause;
import dev.touchstone.features.LeakAudit.Evidence;
import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.LeakAudit.Leak;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.audit.Trial.Verdict;
import dev.touchstone.features.internal.csv.Cells;
import dev.touchstone.features.internal.csv.CsvException;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRecord;
import dev.touchstone.features.internal.expression.Formula;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Looks every cell of a training set up in the history of its entity: the columns of rows as
/// [RowTrial] says, windows as [WindowTrial], formulas as [FormulaTrial].
public final class Auditor {
    private final CsvReader file;
    private final Column time;
    private final Consumer<Leak> leaks;
    private final List<Audited> columns = new ArrayList<>();

    /// Of sources with windows: looked up once, for it takes a scan of the history.
    private final IdentityHashMap<Source, List<Long>> ends = new IdentityHashMap<>();

    /// A view and its history.
    public record Source(ViewDefinition view, List<ClusteredTable> history) {
        /// Its latest event and its latest availability, of those that are finite.
        private List<Long> ends() {
            long event = Times.MINUS_INFINITY;
            long available = Times.MINUS_INFINITY;
            for (ClusteredTable table : history) {
                for (int row = 0; row < table.rows().count(); row++) {
                    event = laterOf(event, table.eventTime(row));
                    available = laterOf(available, table.availableTime(row));
                }
            }
            return event == available ? List.of(event) : List.of(event, available);
        }

        private static long laterOf(long known, long time) {
            return time == Times.INFINITY ? known : Math.max(known, time);
        }
    }

    /// What one of a formula's names stands for.
    public sealed interface Input {
        /// A column of the set that stands for what a request brings.
        record Field(Column column) implements Input {}

        /// A feature of another view.
        ///
        /// @param position in its view
        record Feature(Source source, int position) implements Input {}
    }

    /// A column of the set and what is known about it so far.
    private static final class Audited {
        private final int at;
        private final ColumnType type;
        private final Judge judge;
        private final Map<Finding, Long> cells = new EnumMap<>(Finding.class);
        private final Map<Cause, Long> causes = new EnumMap<>(Cause.class);
        private long worstLead;

        Audited(int at, ColumnType type, Judge judge) {
            this.at = at;
            this.type = type;
            this.judge = judge;
        }
    }

    private interface Judge {
        Verdict of(Label label, Value value) throws IOException;
    }

    /// A line of the set, with the rows of its entities as they are needed.
    private final class Label {
        private final CsvRecord line;
        private final Optional<Long> moment;
        private final IdentityHashMap<Source, Optional<List<FeatureRow>>> rows =
                new IdentityHashMap<>();

        Label(CsvRecord line) throws IOException {
            this.line = line;
            this.moment =
                    Cells.read(file, line, file.column(time.name()), time)
                                    instanceof Value.Whole(long at)
                            ? Optional.of(at)
                            : Optional.empty();
        }

        /// The rows of its entity; nothing when it names none.
        Optional<List<FeatureRow>> rows(Source source) throws IOException {
            Optional<List<FeatureRow>> known = rows.get(source);
            if (known == null) {
                known = entity(source).map(key -> rowsOf(source, key));
                rows.put(source, known);
            }
            return known;
        }

        private static List<FeatureRow> rowsOf(Source source, EntityKey key) {
            List<FeatureRow> all = new ArrayList<>();
            source.history().forEach(table -> all.addAll(table.rowsOf(key)));
            return all;
        }

        private Optional<EntityKey> entity(Source source) throws IOException {
            List<Value> parts = new ArrayList<>();
            for (Column key : source.view().view().key()) {
                Value part = cell(file.column(key.name()), key.type());
                if (part.equals(Value.MISSING)) {
                    return Optional.empty();
                }
                parts.add(part);
            }
            return Optional.of(new EntityKey(parts));
        }

        Value cell(int at, ColumnType type) throws IOException {
            String text = line.cells()[at];
            if (type == ColumnType.LONG && text.endsWith(".0")) {
                // pandas turns whole numbers into reals where a column has gaps.
                line.cells()[at] = text.substring(0, text.length() - 2);
            }
            return Cells.read(file, line, at, new Column(file.header().get(at), type));
        }
    }

    public Auditor(CsvReader file, String timeColumn, Consumer<Leak> leaks) {
        this.file = file;
        this.time = new Column(timeColumn, ColumnType.TIMESTAMP);
        this.leaks = leaks;
    }

    /// Compares a column of the set with a feature of a view that has rows.
    public void compare(String column, Source source, int feature) throws IOException {
        Trial trial = trial(source, feature);
        columns.add(
                new Audited(
                        file.column(column),
                        source.view().view().features().get(feature).type(),
                        (label, value) -> judge(label, source, trial, value)));
        checkKey(source);
    }

    private Trial trial(Source source, int feature) {
        ViewDefinition view = source.view();
        return view.windows().isPresent()
                ? new WindowTrial(view, feature, ends.computeIfAbsent(source, Source::ends))
                : new RowTrial(view.view().rule(), feature);
    }

    private void checkKey(Source source) throws CsvException {
        for (Column key : source.view().view().key()) {
            check(key, "the key of view " + source.view().view().name());
        }
    }

    private void check(Column column, String what) throws CsvException {
        if (!file.header().contains(column.name())) {
            throw new CsvException(
                    "%s has no column '%s', %s; it has %s"
                            .formatted(file.name(), column.name(), what, file.header()));
        }
    }

    private static Verdict judge(Label label, Source source, Trial trial, Value value)
            throws IOException {
        Optional<List<FeatureRow>> rows = label.rows(source);
        if (label.moment.isEmpty() || rows.isEmpty()) {
            return Verdict.of(
                    value.equals(Value.MISSING) ? Finding.AS_SERVED : Finding.UNEXPLAINED);
        }
        return trial.of(rows.get(), label.moment.get(), value);
    }

    /// Compares a column of the set with a formula.
    ///
    /// @param inputs one for each of the formula's
    public void compare(String column, Formula formula, List<Input> inputs) throws IOException {
        var trial = new FormulaTrial(formula);
        List<Provider> providers = new ArrayList<>();
        for (Input input : inputs) {
            providers.add(provider(input));
        }
        columns.add(
                new Audited(
                        file.column(column),
                        formula.type(),
                        (label, value) -> {
                            List<FormulaTrial.Input> its = new ArrayList<>();
                            for (Provider provider : providers) {
                                its.add(provider.of(label));
                            }
                            return trial.of(its, label.moment, value);
                        }));
    }

    private interface Provider {
        FormulaTrial.Input of(Label label) throws IOException;
    }

    private Provider provider(Input input) throws IOException {
        return switch (input) {
            case Input.Field(Column column) -> {
                check(column, "which a formula takes from the request");
                int at = file.column(column.name());
                yield label -> new FormulaTrial.Input.Field(label.cell(at, column.type()));
            }
            case Input.Feature(Source source, int position) -> {
                checkKey(source);
                Trial trial = trial(source, position);
                yield label ->
                        new FormulaTrial.Input.Feature(trial, label.rows(source).orElse(List.of()));
            }
        };
    }

    /// Reads the set to its end.
    public LeakAudit audit() throws IOException {
        file.column(time.name());
        long labels = 0;
        Optional<CsvRecord> line = file.next();
        while (line.isPresent()) {
            label(new Label(line.get()));
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
                                        column.causes,
                                        column.worstLead))
                        .toList());
    }

    private void label(Label label) throws IOException {
        for (Audited column : columns) {
            Value value = label.cell(column.at, column.type);
            Verdict verdict = column.judge.of(label, value);
            column.cells.merge(verdict.finding(), 1L, Long::sum);
            if (verdict.evidence().isPresent()) {
                Evidence evidence = verdict.evidence().get();
                column.causes.merge(evidence.cause(), 1L, Long::sum);
                column.worstLead = Math.max(column.worstLead, evidence.leadNanos());
                leaks.accept(
                        new Leak(
                                label.line.line(),
                                file.header().get(column.at),
                                label.moment.orElseThrow(),
                                value,
                                evidence));
            }
        }
    }
}
