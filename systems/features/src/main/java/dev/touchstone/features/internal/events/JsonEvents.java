package dev.touchstone.features.internal.events;

import dev.touchstone.features.Column;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.events.BadEventException.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// Reads JSON objects as rows of a view: a field for each key column and each feature,
/// `event_timestamp` (or `event_time`), and if it is so `"deleted": true`. A value may be null, but
/// not left out: a column that is not there was renamed more often than meant.
public final class JsonEvents {
    private static final ObjectReader JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build()
                    .reader();

    private static final List<String> TIME = List.of("event_timestamp", "event_time");
    private static final String DELETED = "deleted";

    private final FeatureView view;
    private final Set<String> known = new HashSet<>(TIME);

    /// @param view what rows look like
    public JsonEvents(FeatureView view) {
        this.view = view;
        known.add(DELETED);
        view.key().forEach(column -> known.add(column.name()));
        view.features().forEach(column -> known.add(column.name()));
    }

    /// The row of an event. When it is available is not for the event to say.
    ///
    /// @throws BadEventException with the field and what is wrong with it
    public FeatureRow row(byte[] event) throws BadEventException {
        JsonNode node;
        try {
            node = JSON.readTree(event);
        } catch (JacksonException e) {
            throw new BadEventException(
                    Kind.MALFORMED, "no JSON: " + e.getOriginalMessage().strip());
        }
        if (!node.isObject()) {
            throw new BadEventException(Kind.MALFORMED, "no JSON object");
        }
        for (String field : node.propertyNames()) {
            if (!known.contains(field)) {
                throw new BadEventException(
                        Kind.SCHEMA,
                        "view %s has no column '%s'; was it renamed? It has %s and %s"
                                .formatted(
                                        view.name(),
                                        field,
                                        names(view.key()),
                                        names(view.features())));
            }
        }
        boolean deleted = deleted(node.path(DELETED));
        return new FeatureRow(
                key(node),
                time(node),
                Times.INFINITY,
                0,
                deleted ? List.of() : cells(node, view.features()));
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }

    private static boolean deleted(JsonNode node) throws BadEventException {
        if (node.isMissingNode()) {
            return false;
        }
        if (!node.isBoolean()) {
            throw retyped(DELETED, "true or false", node);
        }
        return node.booleanValue();
    }

    private EntityKey key(JsonNode node) throws BadEventException {
        List<Value> parts = cells(node, view.key());
        int missing = parts.indexOf(Value.MISSING);
        if (missing >= 0) {
            throw new BadEventException(
                    Kind.MALFORMED, view.key().get(missing).name() + ": a key is never null");
        }
        return new EntityKey(parts);
    }

    private static long time(JsonNode node) throws BadEventException {
        for (String name : TIME) {
            if (node.has(name)) {
                return time(name, node.path(name));
            }
        }
        throw new BadEventException(Kind.MALFORMED, TIME.getFirst() + " is missing");
    }

    private static long time(String name, JsonNode node) throws BadEventException {
        if (!node.isString()) {
            throw new BadEventException(
                    Kind.MALFORMED,
                    "%s: write a time such as \"2026-03-01T12:00:00Z\", got %s"
                            .formatted(name, node));
        }
        try {
            return Times.parse(node.stringValue());
        } catch (IllegalArgumentException e) {
            throw new BadEventException(Kind.MALFORMED, name + ": " + e.getMessage());
        }
    }

    private static List<Value> cells(JsonNode node, List<Column> columns) throws BadEventException {
        List<Value> cells = new ArrayList<>(columns.size());
        for (Column column : columns) {
            JsonNode cell = node.path(column.name());
            if (cell.isMissingNode()) {
                throw new BadEventException(
                        Kind.SCHEMA,
                        "column %s is missing; write null where there is no value"
                                .formatted(column.name()));
            }
            cells.add(cell.isNull() ? Value.MISSING : cell(column, cell));
        }
        return cells;
    }

    private static Value cell(Column column, JsonNode node) throws BadEventException {
        String name = column.name();
        return switch (column.type()) {
            case LONG -> {
                if (!node.isIntegralNumber() || !node.canConvertToLong()) {
                    throw retyped(name, "a whole number of 64 bits", node);
                }
                yield Value.of(node.longValue());
            }
            case DOUBLE -> Value.of(real(name, node));
            case BOOLEAN -> {
                if (!node.isBoolean()) {
                    throw retyped(name, "true or false", node);
                }
                yield Value.of(node.booleanValue());
            }
            case TEXT -> {
                if (!node.isString()) {
                    throw retyped(name, "a text", node);
                }
                yield text(name, node.stringValue());
            }
            case TIMESTAMP -> Value.of(time(name, node));
        };
    }

    private static Value text(String name, String text) throws BadEventException {
        try {
            return Value.of(text);
        } catch (IllegalArgumentException e) {
            throw new BadEventException(Kind.MALFORMED, name + ": " + e.getMessage());
        }
    }

    private static double real(String name, JsonNode node) throws BadEventException {
        if (node.isNumber() && Double.isFinite(node.doubleValue())) {
            return node.doubleValue();
        }
        return switch (node.asString("")) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw retyped(name, "a number of 64 bits", node);
        };
    }

    private static BadEventException retyped(String field, String wanted, JsonNode node) {
        return new BadEventException(
                Kind.SCHEMA, "%s: should be %s, got %s".formatted(field, wanted, node));
    }
}
