package dev.touchstone.arena.internal.content;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.internal.Names;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A published JSON schema, and what its violations read like to an author.
public final class ContentSchema {
    private static final String RESOURCE = "/dev/touchstone/arena/incidents/incident.schema.json";
    private static final int MOST_REPORTED = 20;

    private static final ContentSchema BUILT_IN = resource(RESOURCE);

    private final String text;
    private final JsonNode tree;
    private final Schema whole;

    private ContentSchema(String text) {
        this.text = text;
        this.tree = JsonMapper.shared().readTree(text);
        SchemaRegistry registry =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
        String id = tree.path("$id").asString();
        this.whole = registry.getSchema(SchemaLocation.of(id), tree);
    }

    /// The incidents' schema that ships with Touchstone.
    public static ContentSchema builtIn() {
        return BUILT_IN;
    }

    /// The schema as published.
    public String text() {
        return text;
    }

    /// Checks a whole document.
    ///
    /// @throws ContentException with file, line, field and cure for each violation
    public void check(Document document) {
        check(document, whole);
    }

    void checkScript(Document document) {
        check(document, whole.getRefSchema(SchemaLocation.Fragment.of("/$defs/script")));
    }

    private void check(Document document, Schema schema) {
        List<Error> errors = new ArrayList<>(schema.validate(document.tree()));
        if (errors.isEmpty()) {
            return;
        }
        errors.sort(Comparator.comparingInt(error -> document.line(pointer(error))));
        String message =
                errors.stream()
                        .map(error -> document.refuse(pointer(error), explain(error)).getMessage())
                        .distinct()
                        .limit(MOST_REPORTED)
                        .reduce((a, b) -> a + "\n" + b)
                        .orElseThrow();
        throw new ContentException(message);
    }

    private static String pointer(Error error) {
        String place = error.getInstanceLocation().toString();
        return error.getKeyword().equals("additionalProperties")
                ? place + "/" + error.getProperty()
                : place;
    }

    private String explain(Error error) {
        JsonNode rule = error.getSchemaNode();
        JsonNode found = error.getInstanceNode();
        return switch (error.getKeyword()) {
            case "additionalProperties" ->
                    "no such field; " + Names.hint(error.getProperty(), knownFields(error));
            case "required" ->
                    "'%s' is missing; add it: %s"
                            .formatted(
                                    error.getProperty(), description(error, error.getProperty()));
            case "type" ->
                    found.isMissingNode()
                            ? "it is empty, but %s is wanted".formatted(wanted(rule))
                            : "%s is %s, but %s is wanted%s"
                                    .formatted(
                                            found,
                                            kind(found),
                                            wanted(rule),
                                            rule.isString()
                                                            && rule.asString().equals("string")
                                                            && found.isValueNode()
                                                    ? "; put it in quotes"
                                                    : "");
            case "enum" ->
                    "there is no '%s'; %s"
                            .formatted(found.asString(), Names.hint(found.asString(), texts(rule)));
            case "pattern" ->
                    "'%s' does not fit; %s".formatted(found.asString(), siblingDescription(error));
            case "minItems" -> "%d items, but at least %s are wanted".formatted(found.size(), rule);
            case "minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength" ->
                    "%s is out of range: it %s".formatted(found, error.getMessage());
            default -> error.getMessage();
        };
    }

    /// The fields that the object allows which the violated rule belongs to.
    private List<String> knownFields(Error error) {
        return List.copyOf(around(error).path("properties").propertyNames());
    }

    private String description(Error error, String property) {
        JsonNode field = around(error).path("properties").path(property);
        JsonNode told = field.path("description");
        return told.isMissingNode() ? "see the schema" : told.asString();
    }

    private String siblingDescription(Error error) {
        return around(error).path("description").asString();
    }

    /// The schema object that holds the violated keyword.
    private JsonNode around(Error error) {
        String fragment = error.getSchemaLocation().getFragment().toString();
        return tree.at(JsonPointer.compile(fragment.substring(0, fragment.lastIndexOf('/'))));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asString()));
        return texts;
    }

    private static String wanted(JsonNode type) {
        if (type.isArray()) {
            return String.join(" or ", texts(type).stream().map(name -> "a " + name).toList());
        }
        return switch (type.asString()) {
            case "array" -> "a list";
            case "boolean" -> "true or false";
            case "integer" -> "a whole number";
            case "object" -> "an object";
            default -> "a " + type.asString();
        };
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case NULL -> "empty";
            case BINARY, MISSING, POJO -> "something else";
        };
    }

    /// The schema that ships as this resource.
    ///
    /// @param path from the root, with a leading slash
    public static ContentSchema resource(String path) {
        try (InputStream in = ContentSchema.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException(
                        "the build lacks %s; package src/main/resources".formatted(path));
            }
            return new ContentSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }
}
