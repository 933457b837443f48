package dev.touchstone.features;

import dev.touchstone.features.AsOfRule.Boundary;
import dev.touchstone.features.AsOfRule.StalenessClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The views of a store, as written in a file under version control.
///
/// ```yaml
/// views:
///   account:
///     owner: payments-risk
///     key: {account: text}
///     features: {balance: double, status: text}
///     boundary: "<="        # or "<"; whether a row may happen at the label's moment
///     delay: 0s             # from available to served
///     maxAge: 7d            # oldest that is served; left out: any age
///     staleness: event      # or availability: what age is counted from
/// ```
public record Definitions(List<ViewDefinition> views) {
    private static final ObjectMapper YAML =
            YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final List<String> FIELDS =
            List.of("owner", "key", "features", "boundary", "delay", "maxAge", "staleness");

    /// What a view or column may be called: it becomes part of file names and headers.
    private static final String NAME = "[A-Za-z][A-Za-z0-9_-]{0,62}";

    public Definitions {
        views = List.copyOf(views);
    }

    /// Reads definitions.
    ///
    /// @param file its name, for messages
    /// @throws DefinitionException with the file, the line, the field and what to write there
    public static Definitions read(String file, String text) {
        try {
            return new Reader(file, lines(text)).definitions(YAML.readTree(text));
        } catch (JacksonException e) {
            String where = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
            throw new DefinitionException(
                    "%s%s: cannot be read: %s"
                            .formatted(file, where, e.getOriginalMessage().strip()));
        }
    }

    /// The definition of a view.
    ///
    /// @throws DefinitionException when there is none, with those there are
    public ViewDefinition view(String name) {
        return views.stream()
                .filter(definition -> definition.view().name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new DefinitionException(
                                "no view is called '%s'; there are %s"
                                        .formatted(
                                                name,
                                                views.stream()
                                                        .map(its -> its.view().name())
                                                        .toList())));
    }

    private static Map<String, Integer> lines(String text) {
        Map<String, Integer> lines = new HashMap<>();
        try (JsonParser parser = YAML.createParser(text)) {
            while (parser.nextToken() != null) {
                lines.putIfAbsent(
                        parser.streamReadContext().pathAsPointer().toString(),
                        parser.currentTokenLocation().getLineNr());
            }
        }
        return lines;
    }

    /// Reads one file.
    private record Reader(String file, Map<String, Integer> lines) {
        Definitions definitions(JsonNode tree) {
            fields("", tree, List.of("views"));
            List<ViewDefinition> views = new ArrayList<>();
            object("/views", tree.path("views"))
                    .forEach((name, node) -> {
                        String path = "/views/" + name;
                        checkName(path, name);
                        views.add(view(path, name, node));
                    });
            if (views.isEmpty()) {
                throw wrong("/views", "define at least one view");
            }
            return new Definitions(views);
        }

        private ViewDefinition view(String path, String name, JsonNode node) {
            fields(path, node, FIELDS);
            Boundary boundary =
                    choice(
                            path,
                            node,
                            "boundary",
                            "<=",
                            Map.of("<=", Boundary.AT_OR_BEFORE, "<", Boundary.BEFORE));
            StalenessClock staleness =
                    choice(
                            path,
                            node,
                            "staleness",
                            "event",
                            Map.of(
                                    "event",
                                    StalenessClock.EVENT,
                                    "availability",
                                    StalenessClock.AVAILABILITY));
            var rule =
                    new AsOfRule(
                            boundary,
                            span(path + "/delay", node.path("delay")).orElse(0L),
                            span(path + "/maxAge", node.path("maxAge")).orElse(AsOfRule.UNBOUNDED),
                            staleness);
            String owner = text(path + "/owner", node.path("owner"), "name the team that answers");
            List<Column> key = columns(path + "/key", node.path("key"));
            List<Column> features = columns(path + "/features", node.path("features"));
            try {
                return new ViewDefinition(new FeatureView(name, key, features, rule), owner);
            } catch (IllegalArgumentException e) {
                throw wrong(path, String.valueOf(e.getMessage()));
            }
        }

        private List<Column> columns(String path, JsonNode node) {
            List<Column> columns = new ArrayList<>();
            object(path, node)
                    .forEach((name, type) -> {
                        String at = path + "/" + name;
                        checkName(at, name);
                        columns.add(new Column(name, type(at, type)));
                    });
            return columns;
        }

        private ColumnType type(String path, JsonNode node) {
            return Stream.of(ColumnType.values())
                    .filter(type -> nameOf(type).equals(node.asString("")))
                    .findFirst()
                    .orElseThrow(() ->
                            wrong(
                                    path,
                                    "write one of %s, got %s"
                                            .formatted(
                                                    Stream.of(ColumnType.values())
                                                            .map(Reader::nameOf)
                                                            .toList(),
                                                    node)));
        }

        private static String nameOf(ColumnType type) {
            return type.name().toLowerCase(Locale.ROOT);
        }

        private <T> T choice(
                String path, JsonNode node, String field, String standard, Map<String, T> choices) {
            String chosen = node.path(field).asString(standard);
            return Optional.ofNullable(choices.get(chosen))
                    .orElseThrow(() ->
                            wrong(
                                    path + "/" + field,
                                    "write one of %s, got %s"
                                            .formatted(
                                                    choices.keySet().stream().sorted().toList(),
                                                    node.path(field))));
        }

        private Optional<Long> span(String path, JsonNode node) {
            if (node.isMissingNode()) {
                return Optional.empty();
            }
            try {
                return Optional.of(Times.parseSpan(node.asString("")));
            } catch (IllegalArgumentException e) {
                throw wrong(path, String.valueOf(e.getMessage()));
            }
        }

        private String text(String path, JsonNode node, String cure) {
            if (!node.isString() || node.stringValue().isBlank()) {
                throw wrong(path, node.isMissingNode() ? cure : cure + ", got " + node);
            }
            return node.stringValue();
        }

        private void checkName(String path, String name) {
            if (!name.matches(NAME)) {
                throw wrong(
                        path,
                        "a name is a letter, then letters, digits, _ and -, at most 63, got '%s'"
                                .formatted(name));
            }
        }

        private void fields(String path, JsonNode node, List<String> known) {
            for (String field : object(path, node).keySet()) {
                if (!known.contains(field)) {
                    throw wrong(path + "/" + field, "unknown field; there are " + known);
                }
            }
        }

        private Map<String, JsonNode> object(String path, JsonNode node) {
            if (!node.isObject()) {
                throw wrong(
                        path,
                        node.isMissingNode() ? "is missing" : "write name: value, got " + node);
            }
            return node.properties().stream()
                    .collect(
                            LinkedHashMap::new,
                            (map, field) -> map.put(field.getKey(), field.getValue()),
                            LinkedHashMap::putAll);
        }

        private DefinitionException wrong(String path, String what) {
            String at = path;
            while (!at.isEmpty() && !lines.containsKey(at)) {
                at = at.substring(0, at.lastIndexOf('/'));
            }
            Function<String, String> dotted = pointer -> pointer.substring(1).replace('/', '.');
            return new DefinitionException(
                    "%s line %d: %s%s"
                            .formatted(
                                    file,
                                    lines.getOrDefault(at, 1),
                                    path.isEmpty() ? "" : dotted.apply(path) + ": ",
                                    what));
        }
    }
}
