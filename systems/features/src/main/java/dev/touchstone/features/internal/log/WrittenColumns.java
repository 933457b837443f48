package dev.touchstone.features.internal.log;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The columns that a file of a history was written with, and how its rows are read when the view
/// has others by now: by their names. A column that came later is missing in its rows, one that
/// went is left out, and the order does not matter. A key or a type that is another cannot be read.
public record WrittenColumns(List<Column> key, List<Column> features) {
    private static final String KEY = "key";
    private static final String FEATURE = "feature";

    public WrittenColumns {
        key = List.copyOf(key);
        features = List.copyOf(features);
    }

    static WrittenColumns of(FeatureView view) {
        return new WrittenColumns(view.key(), view.features());
    }

    /// As it stands in files: a line a column.
    String text() {
        var text = new StringBuilder();
        key.forEach(column -> text.append(line(KEY, column)));
        features.forEach(column -> text.append(line(FEATURE, column)));
        return text.toString();
    }

    private static String line(String kind, Column column) {
        return "%s %s %s\n".formatted(kind, column.type(), column.name());
    }

    static WrittenColumns parse(String text) {
        List<Column> key = new ArrayList<>();
        List<Column> features = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", 3); // a name may have spaces
            (words[0].equals(KEY) ? key : features)
                    .add(new Column(words[2], ColumnType.valueOf(words[1])));
        }
        return new WrittenColumns(key, features);
    }

    /// The view as it was then.
    FeatureView view(FeatureView now) {
        return new FeatureView(now.name(), key, features, now.rule());
    }

    /// Why rows that were written so cannot be read as a view's, if they cannot.
    public Optional<String> misfit(FeatureView now) {
        if (!key.equals(now.key())) {
            return Optional.of(
                    "has rows with the key %s, and it would be %s; give the view a new name"
                            .formatted(text(key), text(now.key())));
        }
        Set<Column> same = new HashSet<>(features);
        for (Column column : now.features()) {
            Optional<Column> its =
                    features.stream().filter(old -> old.name().equals(column.name())).findFirst();
            if (its.isPresent() && !same.contains(column)) {
                return Optional.of(
                        "has rows in which %s, and it would be %s; give the column or the view a new name"
                                .formatted(text(its.get(), " is "), type(column)));
            }
        }
        return Optional.empty();
    }

    private static String text(List<Column> columns) {
        return columns.stream().map(column -> text(column, ": ")).toList().toString();
    }

    private static String text(Column column, String between) {
        return column.name() + between + type(column);
    }

    private static String type(Column column) {
        return column.type().name().toLowerCase(Locale.ROOT);
    }

    /// For each feature of a view its place here, or -1 where it was not written.
    ///
    /// @throws ChangedColumnsException when rows that were written so cannot be read as the view's
    int[] places(FeatureView now) throws ChangedColumnsException {
        Optional<String> misfit = misfit(now);
        if (misfit.isPresent()) {
            throw new ChangedColumnsException("view %s %s".formatted(now.name(), misfit.get()));
        }
        return now.features().stream().mapToInt(features::indexOf).toArray();
    }

    /// A row that was written so, with the values of a view.
    ///
    /// @param places see [#places]
    static FeatureRow row(FeatureRow written, int[] places) {
        if (written.isTombstone()) {
            return written;
        }
        List<Value> values = new ArrayList<>(places.length);
        for (int place : places) {
            values.add(place < 0 ? Value.MISSING : written.values().get(place));
        }
        EntityKey entity = written.entity();
        return new FeatureRow(
                entity, written.eventTime(), written.availableTime(), written.sequence(), values);
    }
}
