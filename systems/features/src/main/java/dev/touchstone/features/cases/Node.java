package dev.touchstone.features.cases;

import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A place in a case file that knows its own path, for messages.
record Node(String path, JsonNode tree, TimeUnit unit) {
    /// What a whole number that stands for a time or a span counts.
    enum TimeUnit {
        NS(1),
        US(1_000),
        MS(1_000_000),
        S(1_000_000_000),
        M(60_000_000_000L),
        H(3_600_000_000_000L),
        D(86_400_000_000_000L);

        private final long nanos;

        TimeUnit(long nanos) {
            this.nanos = nanos;
        }
    }

    Node withUnit(TimeUnit other) {
        return new Node(path, tree, other);
    }

    CaseFormatException wrong(String what) {
        return new CaseFormatException("%s: %s, got %s".formatted(path, what, tree));
    }

    Optional<Node> find(String name) {
        return Optional.ofNullable(tree.get(name))
                .map(child -> new Node(path + "." + name, child, unit));
    }

    Node get(String name) {
        return find(name).orElseThrow(() -> wrong("needs a field '%s'".formatted(name)));
    }

    /// Refuses fields that the format does not have.
    void allow(String... names) {
        List<String> known = Arrays.asList(names);
        for (String name : map().keySet()) {
            if (!known.contains(name)) {
                throw new CaseFormatException(
                        "%s: unknown field '%s'; there are %s".formatted(path, name, known));
            }
        }
    }

    List<Node> list() {
        if (!tree.isArray()) {
            throw wrong("write a list");
        }
        List<Node> items = new ArrayList<>();
        for (JsonNode item : tree) {
            items.add(new Node("%s[%d]".formatted(path, items.size()), item, unit));
        }
        return items;
    }

    Map<String, Node> map() {
        if (!tree.isObject()) {
            throw wrong("write fields, name: value");
        }
        Map<String, Node> fields = new LinkedHashMap<>();
        tree.properties()
                .forEach(field ->
                        fields.put(
                                field.getKey(),
                                new Node(path + "." + field.getKey(), field.getValue(), unit)));
        return fields;
    }

    String text() {
        if (!tree.isString()) {
            throw wrong("write a text");
        }
        return tree.stringValue();
    }

    boolean truth() {
        if (!tree.isBoolean()) {
            throw wrong("write true or false");
        }
        return tree.booleanValue();
    }

    long whole() {
        if (!tree.isIntegralNumber() || !tree.canConvertToLong()) {
            throw wrong("write a whole number of 64 bits");
        }
        return tree.longValue();
    }

    <E extends Enum<E>> E oneOf(Class<E> type) {
        String text = text();
        return Stream.of(type.getEnumConstants())
                .filter(constant -> nameOf(constant).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        wrong(
                                "write one of "
                                        + Stream.of(type.getEnumConstants())
                                                .map(Node::nameOf)
                                                .toList()));
    }

    private static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// A time: a text as in [Times#parse], or a whole number in the file's unit.
    long time() {
        try {
            return tree.isString()
                    ? Times.parse(tree.stringValue())
                    : Math.multiplyExact(whole(), unit.nanos);
        } catch (CaseFormatException e) {
            throw e;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw wrong("write a time (%s)".formatted(e.getMessage()));
        }
    }

    /// A span: `90s`, `7d`, or a whole number in the file's unit.
    long span() {
        if (!tree.isString()) {
            return Math.multiplyExact(whole(), unit.nanos);
        }
        try {
            return Times.parseSpan(tree.stringValue());
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    Value value(ColumnType type) {
        if (tree.isNull()) {
            return Value.MISSING;
        }
        return switch (type) {
            case DOUBLE -> Value.of(real());
            case LONG -> Value.of(whole());
            case TEXT -> Value.of(text());
            case BOOLEAN -> Value.of(truth());
            case TIMESTAMP -> Value.of(time());
        };
    }

    private double real() {
        if (tree.isNumber()) {
            return tree.doubleValue();
        }
        return switch (text()) {
            case "infinity" -> Double.POSITIVE_INFINITY;
            case "-infinity" -> Double.NEGATIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> throw wrong("write a number, infinity, -infinity or nan");
        };
    }

    /// A key or label column's value by the look of it: a whole number or a text.
    Value plain() {
        if (tree.isNull()) {
            return Value.MISSING;
        }
        return tree.isIntegralNumber() ? Value.of(whole()) : Value.of(text());
    }
}
