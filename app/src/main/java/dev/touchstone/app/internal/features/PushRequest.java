package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.DefinitionException;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What is sent to `/push` or `/write-to-online-store`: rows of one view, column by column.
///
/// @param view whose rows they are
/// @param columns a list of values for each column
record PushRequest(Way way, ViewDefinition view, JsonNode columns) {
    private static final int MAX_ROWS = 10_000;

    /// When a row happened, and whether it ends the values: the names that Feast's clients use
    /// first.
    private static final List<String> EVENT_TIME = List.of("event_timestamp", "event_time");

    private static final String DELETED = "deleted";
    private static final Column TOMBSTONE = new Column(DELETED, ColumnType.BOOLEAN);

    /// What a request may name besides; when a row is available is decided here.
    private static final Set<String> FIELDS =
            Set.of("df", "to", "allow_registry_cache", "transform_on_write");

    /// A time that says no zone.
    private static final Pattern LOCAL =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?");

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /// What the two ways differ in.
    enum Way {
        /// By whoever writes its own request: times say their zone.
        PUSH("push_source_name", ""),

        /// By Feast's remote online store, which sends times in UTC without saying so, moments as
        /// seconds, and a column with the time at which the row was made.
        WRITE("feature_view_name", "created");

        private final String viewField;
        private final String ignored;

        /// @param ignored a column that is not looked at; empty for none
        Way(String viewField, String ignored) {
            this.viewField = viewField;
            this.ignored = ignored;
        }
    }

    /// What Feast's clients may say about where rows go. Feast's `online` is what they say when
    /// nobody told them anything.
    private static final List<String> BOTH = List.of("online", "online_and_offline");

    private static final List<String> FLAGS = List.of("allow_registry_cache", "transform_on_write");

    /// @throws Problem 400 with the field, 404 when there is no such view
    static PushRequest of(Way way, byte[] body, Definitions definitions) {
        JsonNode document = JsonCells.object(body);
        for (String field : document.propertyNames()) {
            if (!FIELDS.contains(field) && !field.equals(way.viewField)) {
                throw Problem.badField(
                        field,
                        "is not a field here; there are %s and %s"
                                .formatted(way.viewField, FIELDS.stream().sorted().toList()));
            }
        }
        checkOptions(way, document);
        if (!document.path("df").isObject()) {
            throw Problem.badField("df", "write {\"column\": [values]}");
        }
        try {
            return new PushRequest(
                    way,
                    definitions.view(document.path(way.viewField).asString("")),
                    document.path("df"));
        } catch (DefinitionException e) {
            throw new Problem(
                    404,
                    "unknown-view",
                    "There is no such view",
                    way.viewField + ": " + e.getMessage());
        }
    }

    private static void checkOptions(Way way, JsonNode document) {
        JsonNode to = document.path("to");
        if (!to.isMissingNode() && !(to.isString() && BOTH.contains(to.stringValue()))) {
            throw Problem.badField(
                    "to",
                    "rows go to the history and to what is served, always; write one of %s or leave it out, got %s"
                            .formatted(BOTH, to));
        }
        for (String flag : FLAGS) {
            if (document.has(flag) && !document.path(flag).isBoolean()) {
                throw Problem.badField(flag, "write true or false, got " + document.path(flag));
            }
        }
        JsonNode source = document.path(way.viewField);
        if (!source.isString()) {
            throw Problem.badField(
                    way.viewField,
                    source.isMissingNode()
                            ? "is missing; name the view"
                            : "name the view, got " + source);
        }
    }

    /// The rows.
    ///
    /// @throws Problem 400 when a column is missing, unknown or of another type
    List<FeatureRow> rows() {
        FeatureView source = view.source();
        String time =
                EVENT_TIME.stream()
                        .filter(columns::has)
                        .findFirst()
                        .orElseThrow(() -> Problem.badField("df.event_timestamp", "is missing"));
        checkColumns(source, time);
        int count = columns.path(time).size();
        List<FeatureRow> rows = new ArrayList<>(count);
        for (int row = 0; row < count; row++) {
            boolean deleted =
                    columns.has(DELETED)
                            && JsonCells.cell(
                                            "df." + DELETED,
                                            TOMBSTONE,
                                            columns.path(DELETED).get(row))
                                    .equals(Value.of(true));
            List<Value> key = cells(source.key(), row);
            if (key.contains(Value.MISSING)) {
                throw Problem.badField(
                        "df", "row %d has no %s".formatted(row, source.key().getFirst().name()));
            }
            rows.add(
                    new FeatureRow(
                            new EntityKey(key),
                            time("df." + time, columns.path(time).get(row)),
                            0,
                            0,
                            deleted ? List.of() : cells(source.features(), row)));
        }
        return rows;
    }

    private long time(String field, JsonNode node) {
        return way == Way.WRITE && LOCAL.matcher(node.asString("")).matches()
                ? Times.parse(node.stringValue() + "Z")
                : JsonCells.time(field, node);
    }

    private void checkColumns(FeatureView source, String time) {
        Set<String> known = new HashSet<>(Set.of(time, DELETED));
        if (!way.ignored.isEmpty()) {
            known.add(way.ignored);
        }
        for (List<Column> wanted : List.of(source.key(), source.features())) {
            for (Column column : wanted) {
                known.add(column.name());
                if (!columns.has(column.name())) {
                    throw Problem.badField(
                            "df." + column.name(),
                            "is missing; a row of %s has %s and %s"
                                    .formatted(
                                            source.name(),
                                            names(source.key()),
                                            names(source.features())));
                }
            }
        }
        int count = JsonCells.list("df." + time, columns.path(time)).size();
        if (count < 1 || count > MAX_ROWS) {
            throw Problem.badField(
                    "df", "has %d rows; push 1 to %d at once".formatted(count, MAX_ROWS));
        }
        for (Map.Entry<String, JsonNode> column : columns.properties()) {
            String field = "df." + column.getKey();
            if (!known.contains(column.getKey())) {
                throw Problem.badField(
                        field,
                        "view %s has no such column; was it renamed? It has %s and %s"
                                .formatted(
                                        source.name(),
                                        names(source.key()),
                                        names(source.features())));
            }
            if (JsonCells.list(field, column.getValue()).size() != count) {
                throw Problem.badField(
                        field,
                        "has %d values, %s has %d"
                                .formatted(column.getValue().size(), time, count));
            }
        }
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }

    private List<Value> cells(List<Column> wanted, int row) {
        List<Value> cells = new ArrayList<>(wanted.size());
        for (Column column : wanted) {
            JsonNode node = columns.path(column.name()).get(row);
            cells.add(
                    way == Way.WRITE
                                    && column.type() == ColumnType.TIMESTAMP
                                    && node.isIntegralNumber()
                            ? Value.of(Math.multiplyExact(node.asLong(), NANOS_PER_SECOND))
                            : JsonCells.cell("df." + column.name(), column, node));
        }
        return cells;
    }
}
