package dev.touchstone.app.internal.features;

import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.features.Column;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Cells as JSON has them: times as text with a zone, doubles that JSON has no number for as `NaN`,
/// `Infinity` and `-Infinity`, and null for what is missing.
final class JsonCells {
    private JsonCells() {}

    /// The document, which is an object.
    ///
    /// @throws Problem 400 when it is none
    static JsonNode object(byte[] body) {
        try {
            JsonNode document = Json.read(body, JsonNode.class);
            if (!document.isObject()) {
                throw new Problem(
                        400,
                        "malformed-json",
                        "Not the JSON expected",
                        "send an object, got %s".formatted(kind(document)));
            }
            return document;
        } catch (Json.Malformed e) {
            throw new Problem(400, "malformed-json", "Not the JSON expected", e.reason());
        }
    }

    private static String kind(JsonNode node) {
        return node.getNodeType().name().toLowerCase(Locale.ROOT);
    }

    /// A list.
    ///
    /// @throws Problem 400 when it is none
    static JsonNode list(String field, JsonNode node) {
        if (!node.isArray()) {
            throw Problem.badField(
                    field,
                    node.isMissingNode()
                            ? "is missing"
                            : "is no list, but %s".formatted(kind(node)));
        }
        return node;
    }

    /// The cell of a column.
    ///
    /// @throws Problem 400 when the column cannot hold it
    static Value cell(String field, Column column, JsonNode node) {
        if (node.isNull()) {
            return Value.MISSING;
        }
        return switch (column.type()) {
            case LONG -> {
                if (!node.isIntegralNumber() || !node.canConvertToLong()) {
                    throw wrong(field, "a whole number of 64 bits", node);
                }
                yield Value.of(node.longValue());
            }
            case DOUBLE -> Value.of(real(field, node));
            case BOOLEAN -> {
                if (!node.isBoolean()) {
                    throw wrong(field, "true or false", node);
                }
                yield Value.of(node.booleanValue());
            }
            case TEXT -> {
                if (!node.isString()) {
                    throw wrong(field, "a text", node);
                }
                yield text(field, node.stringValue());
            }
            case TIMESTAMP -> Value.of(time(field, node));
        };
    }

    private static Value text(String field, String text) {
        try {
            return Value.of(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badField(field, String.valueOf(e.getMessage()));
        }
    }

    private static double real(String field, JsonNode node) {
        if (node.isNumber()) {
            double number = node.doubleValue();
            if (!Double.isFinite(number)) { // 1e400 is no infinity: that is written as a word.
                throw wrong(field, "a number of 64 bits", node);
            }
            return number;
        }
        return switch (node.asString("")) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw wrong(field, "a number", node);
        };
    }

    /// A time with a zone.
    static long time(String field, JsonNode node) {
        if (!node.isString()) {
            throw wrong(field, "a time such as \"2026-03-01T12:00:00Z\"", node);
        }
        try {
            return Times.parse(node.stringValue());
        } catch (IllegalArgumentException e) {
            throw Problem.badField(field, String.valueOf(e.getMessage()));
        }
    }

    private static Problem wrong(String field, String wanted, JsonNode node) {
        return Problem.badField(field, "write %s, got %s".formatted(wanted, node));
    }
}
