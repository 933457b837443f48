package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.features.Column;
import dev.touchstone.features.DefinitionException;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What is asked of `/get-online-features`.
///
/// @param wanted the features, as they are named there
/// @param entities key columns and their values, one for each row
/// @param brought what computed features take from the request, one value for each row
/// @param rowIds under which each row is logged; none when they are to be made
record ReadRequest(
        Wanted wanted,
        Map<String, JsonNode> entities,
        Map<String, JsonNode> brought,
        int rows,
        List<String> rowIds) {
    private static final int MAX_ROWS = 10_000;
    private static final Set<String> FIELDS =
            Set.of(
                    "features",
                    "feature_service",
                    "entities",
                    "request",
                    "full_feature_names",
                    // Feast's clients always say it; views have no versions here.
                    "include_feature_view_version_metadata",
                    "row_ids");

    /// Which features: callers send a few such lists, again and again.
    ///
    /// @param service the model whose features they are; empty when they are listed
    /// @param features as they were written
    /// @param fullNames whether answers are named `view__feature`
    record Wanted(String service, List<String> features, boolean fullNames) {
        Wanted {
            features = List.copyOf(features);
        }

        /// What a feature is called in the answer.
        String shown(String feature) {
            int dot = feature.indexOf('.');
            String name = feature.substring(dot + 1);
            return fullNames ? feature.substring(0, dot) + "__" + name : name;
        }

        /// `view.feature` each, and once.
        ///
        /// @throws Problem 404 for features and services that there are not
        List<String> names(Definitions definitions) {
            try {
                return service.isEmpty()
                        ? definitions.names(features)
                        : definitions.model(service).features();
            } catch (DefinitionException e) {
                throw new Problem(
                        404,
                        "unknown-feature",
                        "There is no such feature",
                        String.valueOf(e.getMessage()));
            }
        }
    }

    /// @throws Problem 400 with the field
    static ReadRequest of(byte[] body) {
        JsonNode document = JsonCells.object(body);
        for (String field : document.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw Problem.badField(
                        field, "is not a field here; there are %s".formatted(sorted(FIELDS)));
            }
        }
        JsonNode entities = document.path("entities");
        if (!entities.isObject() || entities.isEmpty()) {
            throw Problem.badField("entities", "write {\"key column\": [values]}");
        }
        int rows = entities.iterator().next().size(); // 0 for what is no list, refused below
        Map<String, JsonNode> columns = columns("entities", entities, rows);
        JsonNode request = document.path("request");
        if (!request.isMissingNode() && !request.isObject()) {
            throw Problem.badField("request", "write {\"field\": [values]}, got " + request);
        }
        Map<String, JsonNode> brought = columns("request", request, rows);
        if (rows > MAX_ROWS) {
            throw Problem.badField(
                    "entities",
                    "has %d rows; ask for at most %d at once".formatted(rows, MAX_ROWS));
        }
        return new ReadRequest(
                wanted(document), columns, brought, rows, rowIds(document.path("row_ids"), rows));
    }

    private static Map<String, JsonNode> columns(String of, JsonNode node, int rows) {
        Map<String, JsonNode> columns = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> column : node.properties()) {
            String field = of + "." + column.getKey();
            JsonNode values = JsonCells.list(field, column.getValue());
            if (values.size() != rows) {
                throw Problem.badField(
                        field, "has %d values, another column %d".formatted(values.size(), rows));
            }
            columns.put(column.getKey(), values);
        }
        return columns;
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }

    private static Wanted wanted(JsonNode document) {
        JsonNode service = document.path("feature_service");
        if (service.isMissingNode() == document.path("features").isMissingNode()) {
            throw Problem.badField(
                    "features", "name either features or one feature_service, and not both");
        }
        JsonNode full = document.path("full_feature_names");
        if (!full.isMissingNode() && !full.isBoolean()) {
            throw Problem.badField("full_feature_names", "write true or false, got " + full);
        }
        boolean fullNames = full.asBoolean(false);
        if (!service.isMissingNode() && !service.isString()) {
            throw Problem.badField("feature_service", "name a model, got " + service);
        }
        if (service.isString()) {
            return new Wanted(service.stringValue(), List.of(), fullNames);
        }
        List<String> features = new ArrayList<>();
        for (JsonNode feature : JsonCells.list("features", document.path("features"))) {
            if (!feature.isString()) {
                throw Problem.badField("features", "write view:feature, got " + feature);
            }
            String name = feature.stringValue();
            int colon = name.indexOf(':');
            // Feast's way to write it; a view's name has no colon.
            features.add(
                    colon < 0 ? name : name.substring(0, colon) + "." + name.substring(colon + 1));
        }
        if (features.isEmpty()) {
            throw Problem.badField("features", "is empty; name at least one");
        }
        return new Wanted("", features, fullNames);
    }

    private static List<String> rowIds(JsonNode node, int rows) {
        List<String> ids = new ArrayList<>();
        if (node.isMissingNode()) {
            return ids;
        }
        for (JsonNode id : JsonCells.list("row_ids", node)) {
            if (!id.isString() || id.stringValue().isEmpty()) {
                throw Problem.badField("row_ids", "write texts that are not empty, got " + id);
            }
            ids.add(id.stringValue());
        }
        if (ids.size() != rows) {
            throw Problem.badField("row_ids", "has %d ids for %d rows".formatted(ids.size(), rows));
        }
        return ids;
    }

    /// Whom each row is about.
    ///
    /// @throws Problem 400 when a key column is missing or of another type
    List<OnlineKeys> keys(OnlineReader reader) {
        List<OnlineKeys> keys = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            keys.add(reader.keys());
        }
        for (int entity = 0; entity < reader.entities().size(); entity++) {
            List<Column> columns = reader.entities().get(entity);
            for (Column column : columns) {
                if (!entities.containsKey(column.name())) {
                    throw Problem.badField(
                            "entities." + column.name(),
                            "is missing; the features asked for are kept by %s"
                                    .formatted(columns.stream().map(Column::name).toList()));
                }
            }
            for (int row = 0; row < rows; row++) {
                keys.get(row).set(entity, new EntityKey(parts(columns, row)));
            }
        }
        for (int field = 0; field < reader.request().size(); field++) {
            bring(reader.request().get(field), field, keys);
        }
        return keys;
    }

    /// Feast's clients send what a request brings among the entities.
    private void bring(Column column, int field, List<OnlineKeys> keys) {
        boolean apart = brought.containsKey(column.name());
        String name = (apart ? "request." : "entities.") + column.name();
        JsonNode values = apart ? brought.get(column.name()) : entities.get(column.name());
        if (values == null) {
            throw Problem.badField(
                    "request." + column.name(),
                    "is missing; a feature asked for is computed from it");
        }
        for (int row = 0; row < rows; row++) {
            keys.get(row).request(field, JsonCells.cell(name, column, values.get(row)));
        }
    }

    private List<Value> parts(List<Column> columns, int row) {
        List<Value> parts = new ArrayList<>(columns.size());
        for (Column column : columns) {
            JsonNode values = entities.get(column.name());
            if (values != null) {
                String field = "entities." + column.name();
                Value value = JsonCells.cell(field, column, values.get(row));
                if (value.equals(Value.MISSING)) {
                    throw Problem.badField(
                            field,
                            "is null in row %d of %d; name an entity or leave the row out"
                                    .formatted(row + 1, rows));
                }
                parts.add(value);
            }
        }
        return parts;
    }
}
