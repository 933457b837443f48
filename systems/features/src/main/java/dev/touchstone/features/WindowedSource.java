package dev.touchstone.features;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Events from which a view's features are computed, each over a window.
///
/// @param columns what an event carries
/// @param id the position of the column that says which event it is, if there is one: an event that
///   comes again under its id replaces the earlier one, so delivering it twice changes nothing.
///   Without one, every event counts
/// @param aggregates the features, at least one, all over spans of time
public record WindowedSource(
        List<Column> columns, Optional<Integer> id, List<Aggregate> aggregates) {
    /// Refuses aggregates that no event could feed.
    public WindowedSource {
        columns = List.copyOf(columns);
        aggregates = List.copyOf(aggregates);
        Set<String> names = new HashSet<>();
        for (Aggregate aggregate : aggregates) {
            check(columns.get(aggregate.column()), aggregate);
            if (!names.add(aggregate.name())) {
                throw new IllegalArgumentException(
                        "two aggregates are named %s; rename one".formatted(aggregate.name()));
            }
        }
        if (aggregates.isEmpty()) {
            throw new IllegalArgumentException("events are there to be aggregated; add a feature");
        }
    }

    private static void check(Column column, Aggregate aggregate) {
        boolean fits =
                switch (aggregate.function()) {
                    case COUNT, MIN, MAX, FIRST, LAST, DISTINCT -> true;
                    case SUM, MEAN, VARIANCE, STDDEV -> column.type() != ColumnType.TEXT;
                    case QUANTILE ->
                            column.type() == ColumnType.DOUBLE || column.type() == ColumnType.LONG;
                };
        if (!fits) {
            throw new IllegalArgumentException(
                    "%s is %s, which has no %s; use count, distinct, min, max, first or last"
                            .formatted(
                                    column.name(),
                                    column.type().name().toLowerCase(Locale.ROOT),
                                    aggregate.function()));
        }
        if (!(aggregate.window() instanceof Window.Span)) {
            throw new IllegalArgumentException(
                    "%s needs a window of time, such as 1h".formatted(aggregate.name()));
        }
    }

    /// The features as columns.
    public List<Column> features() {
        List<Column> features = new ArrayList<>();
        for (Aggregate aggregate : aggregates) {
            features.add(new Column(aggregate.name(), type(aggregate)));
        }
        return features;
    }

    /// A feature in words: `sum of amount over 30d by 1d`.
    public String text(int feature) {
        return DefinitionText.of(aggregates.get(feature), this);
    }

    private ColumnType type(Aggregate aggregate) {
        ColumnType of = columns.get(aggregate.column()).type();
        return switch (aggregate.function()) {
            case COUNT, DISTINCT -> ColumnType.LONG;
            case MEAN, VARIANCE, STDDEV, QUANTILE -> ColumnType.DOUBLE;
            case MIN, MAX, FIRST, LAST -> of;
            case SUM ->
                    of == ColumnType.LONG || of == ColumnType.TIMESTAMP
                            ? ColumnType.LONG
                            : ColumnType.DOUBLE;
        };
    }
}
