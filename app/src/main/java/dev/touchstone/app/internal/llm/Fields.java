package dev.touchstone.app.internal.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The fields of a request, each checked as it is read. A field that is `null` is one that was left
/// out, as OpenAI's clients send it; a field that nobody reads is ignored.
final class Fields {
    private final JsonNode object;

    Fields(JsonNode object) {
        this.object = object;
    }

    Optional<JsonNode> get(String name) {
        return Optional.ofNullable(object.get(name)).filter(node -> !node.isNull());
    }

    Optional<String> text(String name) {
        return get(name)
                .map(node -> {
                    if (!node.isString()) {
                        throw ApiError.field(name, "must be a string");
                    }
                    return node.stringValue();
                });
    }

    Optional<Integer> whole(String name, int least, int most) {
        return get(name)
                .map(node -> {
                    boolean fits = node.isIntegralNumber() && node.canConvertToInt();
                    if (!fits || node.intValue() < least || node.intValue() > most) {
                        throw ApiError.field(
                                name,
                                "must be a whole number from %d to %d, got %s"
                                        .formatted(least, most, node));
                    }
                    return node.intValue();
                });
    }

    Optional<Long> seed(String name) {
        return get(name)
                .map(node -> {
                    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
                        throw ApiError.field(name, "must be a whole number, got " + node);
                    }
                    return node.longValue();
                });
    }

    double number(String name, double least, double most, double usual) {
        return get(name)
                .map(node -> {
                    if (!node.isNumber()
                            || !(node.doubleValue() >= least && node.doubleValue() <= most)) {
                        throw ApiError.field(
                                name,
                                "must be a number from %s to %s, got %s"
                                        .formatted(least, most, node));
                    }
                    return node.doubleValue();
                })
                .orElse(usual);
    }

    boolean flag(String name) {
        return get(name)
                .map(node -> {
                    if (!node.isBoolean()) {
                        throw ApiError.field(name, "must be true or false, got " + node);
                    }
                    return node.booleanValue();
                })
                .orElse(false);
    }

    /// One string or a list of them.
    List<String> texts(String name, int most) {
        Optional<JsonNode> given = get(name);
        if (given.isEmpty()) {
            return List.of();
        }
        var texts = new ArrayList<String>();
        if (given.get().isString()) {
            texts.add(given.get().stringValue());
        } else if (given.get().isArray()) {
            for (JsonNode element : given.get()) {
                if (!element.isString()) {
                    throw ApiError.field(name, "must be a string or a list of strings");
                }
                texts.add(element.stringValue());
            }
        } else {
            throw ApiError.field(name, "must be a string or a list of strings");
        }
        if (texts.size() > most) {
            throw ApiError.field(
                    name, "may hold at most %d strings, got %d".formatted(most, texts.size()));
        }
        if (texts.contains("")) {
            throw ApiError.field(name, "must not hold an empty string");
        }
        return texts;
    }

    /// Refuses a field that would change the answer in a way that this server cannot.
    void refuse(String name, String why) {
        Optional<JsonNode> given = get(name);
        boolean says = given.isPresent() && !neutral(given.get());
        if (says) {
            throw ApiError.unsupported(name, why);
        }
    }

    /// Whether a field says what would hold without it.
    private static boolean neutral(JsonNode node) {
        return (node.isContainer() && node.isEmpty())
                || (node.isNumber() && node.doubleValue() == 0)
                || (node.isBoolean() && !node.booleanValue())
                || (node.isString() && node.stringValue().isEmpty());
    }
}
