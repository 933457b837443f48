package dev.touchstone.llm;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// One entry of a case file: what is done, in fields that are read, and what is expected, in fields
/// that are checked. A field that is neither read nor checked is a mistake.
final class CaseEntry {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final String place;
    private final JsonNode tree;
    private final Set<String> used = new LinkedHashSet<>();

    CaseEntry(String place, JsonNode tree) {
        this.place = place;
        this.tree = tree;
    }

    boolean has(String field) {
        used.add(field);
        return tree.has(field);
    }

    JsonNode get(String field) {
        if (!has(field)) {
            throw new AssertionError("%s needs a field '%s'".formatted(place, field));
        }
        return tree.get(field);
    }

    String text(String field) {
        return get(field).asString();
    }

    int number(String field) {
        return get(field).asInt();
    }

    int number(String field, int otherwise) {
        return has(field) ? number(field) : otherwise;
    }

    /// Keys and numbers of a field that is a map; empty without it.
    Set<String> keys(String field) {
        return has(field) ? new TreeSet<>(tree.get(field).propertyNames()) : Set.of();
    }

    /// Checks a field, if it is there, against what came out.
    void check(String field, Supplier<Object> actual) {
        if (has(field)) {
            Assertions.assertThat(MAPPER.writeValueAsString(actual.get()))
                    .as("%s, %s", place, field)
                    .isEqualTo(tree.get(field).toString());
        }
    }

    /// Checks a field that is a map, entry by entry.
    void checkEach(String field, Function<String, Object> actual) {
        for (String key : keys(field)) {
            Assertions.assertThat(MAPPER.writeValueAsString(actual.apply(key)))
                    .as("%s, %s of %s", place, field, key)
                    .isEqualTo(tree.get(field).get(key).toString());
        }
    }

    /// Fails when a field is left over.
    void close() {
        List<String> left =
                tree.propertyNames().stream().filter(field -> !used.contains(field)).toList();
        Assertions.assertThat(left).as("%s has fields that mean nothing here", place).isEmpty();
    }
}
