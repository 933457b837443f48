package dev.touchstone.arena.internal.content;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.internal.Durations;
import dev.touchstone.arena.internal.Names;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// One place in a [Document] that has passed the schema: it reads values and refuses them with
/// file, line and path.
public final class Field {
    private final Document document;
    private final String pointer;
    private final JsonNode node;

    Field(Document document, String pointer, JsonNode node) {
        this.document = document;
        this.pointer = pointer;
        this.node = node;
    }

    /// A field of this object that the schema requires.
    public Field at(String name) {
        return maybe(name).orElseThrow(() -> refuse("'%s' is missing; add it".formatted(name)));
    }

    /// A field of this object.
    public Optional<Field> maybe(String name) {
        JsonNode child = node.get(name);
        return child == null || child.isNull()
                ? Optional.empty()
                : Optional.of(new Field(document, pointer + "/" + name, child));
    }

    /// The items of an array field; none where it is left out.
    public <T> List<T> list(String name, Function<Field, T> each) {
        return maybe(name).map(field -> field.items(each)).orElse(List.of());
    }

    /// The items of this array.
    public <T> List<T> items(Function<Field, T> each) {
        List<T> items = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            items.add(each.apply(new Field(document, pointer + "/" + i, node.get(i))));
        }
        return items;
    }

    /// The entries of an object field, in order; none where it is left out.
    public <T> Map<String, T> map(String name, Function<Field, T> each) {
        Map<String, T> entries = new LinkedHashMap<>();
        maybe(name)
                .ifPresent(field ->
                        field.node
                                .propertyNames()
                                .forEach(key -> entries.put(key, each.apply(field.at(key)))));
        return entries;
    }

    public String text() {
        return node.asString();
    }

    /// Hands out every text and number below this place.
    public void everyText(Consumer<String> to) {
        if (node.isValueNode()) {
            to.accept(node.asString());
        }
        node.forEach(child -> new Field(document, pointer, child).everyText(to));
    }

    public String text(String name) {
        return at(name).text();
    }

    public List<String> texts(String name) {
        return list(name, Field::text);
    }

    public long integer() {
        if (!node.canConvertToLong()) {
            throw refuse("%s does not fit 64 bits; choose a smaller number".formatted(node));
        }
        return node.asLong();
    }

    public double number() {
        return node.asDouble();
    }

    public double number(String name, double otherwise) {
        return maybe(name).map(Field::number).orElse(otherwise);
    }

    public boolean flag(String name, boolean otherwise) {
        return maybe(name).map(field -> field.node.asBoolean()).orElse(otherwise);
    }

    public Duration duration() {
        return Durations.parse(text())
                .orElseThrow(
                        () -> refuse("'%s' is no duration; %s".formatted(text(), Durations.FORM)));
    }

    public Duration duration(String name) {
        return at(name).duration();
    }

    public Instant instant(String name) {
        Field field = at(name);
        try {
            return Instant.parse(field.text());
        } catch (DateTimeParseException e) {
            throw field.refuse(
                    "'%s' is no instant; write it as 2026-03-05T14:20:00Z".formatted(field.text()));
        }
    }

    /// The text, which must be one of the known names.
    ///
    /// @param what what the names are names of, for the message
    public String oneOf(String what, Collection<String> known) {
        if (!known.contains(text())) {
            throw unknown(what, text(), known);
        }
        return text();
    }

    /// The same for a field of this object.
    public String oneOf(String name, String what, Collection<String> known) {
        return at(name).oneOf(what, known);
    }

    /// A refusal of a name, with the nearest that is known.
    public ContentException unknown(String what, String name, Collection<String> known) {
        return refuse("there is no %s '%s'; %s".formatted(what, name, Names.hint(name, known)));
    }

    /// A refusal that names this place.
    public ContentException refuse(String message) {
        return document.refuse(pointer, message);
    }
}
