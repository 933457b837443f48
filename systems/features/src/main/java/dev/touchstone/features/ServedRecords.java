package dev.touchstone.features;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// How reads of a view are kept: as rows of a history of their own, whose key is the row id. A view
/// that changes its columns begins another.
///
/// @param definition of that history: the read's entity, how many rows the view had, a letter for
///   each feature's status, and the features
record ServedRecords(ViewDefinition definition, FeatureView view) {
    private static final char NOT_ASKED = '-';
    private static final int ROWS = 0;
    private static final int STATUSES = 1;
    private static final int ENTITY = 2;
    private static final Column ROW_ID = new Column("row_id", ColumnType.TEXT);
    private static final List<Column> COMMON =
            List.of(new Column("rows", ColumnType.LONG), new Column("statuses", ColumnType.TEXT));

    static ServedRecords of(ViewDefinition of) {
        FeatureView view = of.view();
        List<Column> columns = new ArrayList<>(COMMON);
        for (Column key : view.key()) {
            columns.add(new Column("key_" + key.name(), key.type()));
        }
        for (Column feature : view.features()) {
            columns.add(new Column("value_" + feature.name(), feature.type()));
        }
        var checksum = new CRC32C();
        checksum.update(columns.toString().getBytes(StandardCharsets.UTF_8));
        var kept =
                new FeatureView(
                        "%s-served-%08x".formatted(view.name(), checksum.getValue()),
                        List.of(ROW_ID),
                        columns,
                        AsOfRule.DEFAULT);
        return new ServedRecords(new ViewDefinition(kept, of.owner()), view);
    }

    /// The definition of a history of that name that has what all such records have, whatever the
    /// columns of their view.
    static ViewDefinition ofAny(String name) {
        return new ViewDefinition(
                new FeatureView(name, List.of(ROW_ID), COMMON, AsOfRule.DEFAULT), name);
    }

    /// The definition of a history of that name for such records.
    ViewDefinition named(String name) {
        FeatureView kept = definition.view();
        return new ViewDefinition(
                new FeatureView(name, kept.key(), kept.features(), kept.rule()),
                definition.owner());
    }

    /// One read.
    ///
    /// @param asOf the moment it answered for
    /// @param rows how many rows the view's history had then
    record Read(String rowId, EntityKey entity, long asOf, long rows) {}

    /// The record of a read.
    FeatureRow row(Read read, OnlineReader.Part part, OnlineRow served) {
        List<Value> values = new ArrayList<>(ENTITY + view.key().size() + view.features().size());
        char[] statuses = new char[view.features().size()];
        Value[] features = new Value[statuses.length];
        Arrays.fill(statuses, NOT_ASKED);
        Arrays.fill(features, Value.MISSING);
        for (int i = 0; i < part.features().size(); i++) {
            int feature = part.features().get(i);
            int output = part.outputs().get(i);
            statuses[feature] = letter(served.status(output));
            features[feature] = served.value(output, view.features().get(feature).type());
        }
        values.add(Value.of(read.rows));
        values.add(Value.of(new String(statuses)));
        values.addAll(read.entity.parts());
        values.addAll(List.of(features));
        return new FeatureRow(EntityKey.of(read.rowId), read.asOf, read.asOf, 0, values);
    }

    private static char letter(OnlineStatus status) {
        return switch (status) {
            case PRESENT -> 'P';
            case NULL_VALUE -> 'N';
            case NOT_FOUND -> 'F';
            case OUTSIDE_MAX_AGE -> 'O';
        };
    }

    /// The read of a record.
    Read read(FeatureRow record) {
        List<Value> values = record.values();
        return new Read(
                ((Value.Text) record.entity().parts().getFirst()).value(),
                new EntityKey(values.subList(ENTITY, ENTITY + view.key().size())),
                record.eventTime(),
                ((Value.Whole) values.get(ROWS)).value());
    }

    /// What a record says that a feature was, if it was asked for.
    Optional<Value> value(FeatureRow record, int feature) {
        String statuses = ((Value.Text) record.values().get(STATUSES)).value();
        return statuses.charAt(feature) == NOT_ASKED
                ? Optional.empty()
                : Optional.of(record.values().get(ENTITY + view.key().size() + feature));
    }
}
