package dev.touchstone.arena.internal.content;

import dev.touchstone.arena.ContentException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A data file as a tree, and the line on which each of its fields stands.
///
/// YAML; a text that starts with `{` is read as JSON. A key that occurs twice is refused.
public final class Document {
    /// Longest text that is read, in characters; the longest incident takes a tenth.
    static final int MAX_CHARS = 1 << 19;

    private static final ObjectMapper YAML =
            YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final String file;
    private final String text;
    private final ObjectMapper mapper;
    private final JsonNode tree;

    /// By pointer; found when the first refusal asks, as most files are never refused.
    private @Nullable Map<String, Integer> lines;

    private Document(String file, String text, ObjectMapper mapper) {
        this.file = file;
        this.text = text;
        this.mapper = mapper;
        this.tree = mapper.readTree(text);
    }

    /// Reads a text.
    ///
    /// @param file its name, for messages
    /// @throws ContentException when it is no YAML or JSON
    public static Document read(String file, String text) {
        if (text.length() > MAX_CHARS) {
            throw new ContentException(
                    "%s: %d characters, but at most %d are read; split it"
                            .formatted(file, text.length(), MAX_CHARS));
        }
        ObjectMapper mapper = text.stripLeading().startsWith("{") ? JSON : YAML;
        try {
            return new Document(file, text, mapper);
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            String where = at == null ? "" : " line " + at.getLineNr();
            throw new ContentException(
                    "%s%s: cannot be read: %s".formatted(file, where, told(e)), e);
        }
    }

    /// What a parser says, without the lines in which it draws where.
    private static String told(JacksonException e) {
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                .collect(Collectors.joining(", "));
    }

    private Map<String, Integer> lines() {
        Map<String, Integer> known = lines;
        if (known == null) {
            known = new HashMap<>();
            try (JsonParser parser = mapper.createParser(text)) {
                while (parser.nextToken() != null) {
                    known.putIfAbsent(
                            parser.streamReadContext().pathAsPointer().toString(),
                            parser.currentTokenLocation().getLineNr());
                }
            }
            lines = known;
        }
        return known;
    }

    JsonNode tree() {
        return tree;
    }

    /// The whole document as a field.
    public Field root() {
        return new Field(this, "", tree);
    }

    /// A refusal that names file, line and field.
    ///
    /// @param pointer the field's JSON pointer, such as `/levers/2/cost`
    ContentException refuse(String pointer, String message) {
        return new ContentException("%s: %s%s".formatted(place(pointer), path(pointer), message));
    }

    /// File and line of a field, or of the nearest one around it.
    private String place(String pointer) {
        for (String at = pointer; ; at = at.substring(0, at.lastIndexOf('/'))) {
            Integer line = lines().get(at);
            if (line != null) {
                return "%s line %d".formatted(file, line);
            }
            if (at.isEmpty()) {
                return file;
            }
        }
    }

    int line(String pointer) {
        return lines().getOrDefault(pointer, 0);
    }

    /// `/levers/2/cost` as `levers[2].cost: `; nothing for the whole document.
    private static String path(String pointer) {
        if (pointer.isEmpty()) {
            return "";
        }
        return pointer.substring(1)
                        .replaceAll("/([0-9]+)(?=/|$)", "[$1]")
                        .replace('/', '.')
                        .replace("~1", "/")
                        .replace("~0", "~")
                + ": ";
    }
}
