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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Reads one file of definitions.
///
/// @param lines where each value stands, by its JSON pointer
record DefinitionReader(String file, Map<String, Integer> lines) {
    /// Room for a hundred thousand features; without a number of ours there would be 3 MB.
    private static final int MOST_CHARACTERS = 64 << 20;

    private static final ObjectMapper YAML =
            YAMLMapper.builder(
                            YAMLFactory.builder()
                                    .loadSettings(
                                            LoadSettings.builder()
                                                    .setCodePointLimit(MOST_CHARACTERS)
                                                    .build())
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private static final List<String> FIELDS =
            List.of(
                    "owner",
                    "key",
                    "features",
                    "events",
                    "id",
                    "late",
                    "tier",
                    "sla",
                    "boundary",
                    "delay",
                    "maxAge",
                    "staleness",
                    "source");

    /// How the parser says where something is.
    private static final Pattern PLACE = Pattern.compile("line ([0-9]+), column");

    /// What a view or column may be called: it becomes part of file names and headers.
    private static final String NAME = "[A-Za-z][A-Za-z0-9_-]{0,62}";

    /// @throws DefinitionException with the file, the line, the field and what to write there
    static Definitions read(String file, String text) {
        if (text.isBlank()) {
            throw new DefinitionException(
                    "%s is empty; write views: {NAME: …}, as docs/features.md shows"
                            .formatted(file));
        }
        try {
            return new DefinitionReader(file, lines(text)).definitions(YAML.readTree(text));
        } catch (JacksonException e) {
            throw unreadable(file, e);
        }
    }

    /// The parser's message without its drawing; the place it names last is where reading stopped.
    private static DefinitionException unreadable(String file, JacksonException e) {
        String message = e.getOriginalMessage().strip();
        Matcher places = PLACE.matcher(message);
        String line = e.getLocation() == null ? "1" : "" + e.getLocation().getLineNr();
        while (places.find()) {
            line = places.group(1);
        }
        String what =
                message.lines()
                        .filter(one -> !one.isBlank() && !Character.isWhitespace(one.charAt(0)))
                        .collect(Collectors.joining(", "));
        return new DefinitionException(
                "%s line %s: cannot be read: %s".formatted(file, line, what));
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

    Definitions definitions(JsonNode tree) {
        fields("", tree, List.of("views", "models", "parity", "served"));
        List<ViewDefinition> views = new ArrayList<>();
        Map<String, JsonNode> computed = new LinkedHashMap<>();
        object("/views", tree.path("views"))
                .forEach((name, node) -> {
                    String path = "/views/" + name;
                    checkName(path, name);
                    if (node.has("request")) {
                        computed.put(name, node);
                    } else {
                        views.add(view(path, name, node));
                    }
                });
        if (views.isEmpty()) {
            throw wrong("/views", "define at least one view that has rows or events");
        }
        List<ComputedView> formulas = new ArrayList<>();
        computed.forEach(
                (name, node) -> formulas.add(computed("/views/" + name, name, node, views)));
        Definitions all = models(new Definitions(views, formulas, List.of()), tree.path("models"));
        return new Definitions(
                all.views(), all.computed(), all.models(), new ServingReader(this).read(tree));
    }

    private ComputedView computed(
            String path, String name, JsonNode node, List<ViewDefinition> views) {
        fields(path, node, List.of("owner", "request", "features"));
        String owner = text(path + "/owner", node.path("owner"), "name the team that answers");
        List<Column> request = columns(path + "/request", node.path("request"));
        List<ComputedView.Computed> features = new ArrayList<>();
        object(path + "/features", node.path("features"))
                .forEach((feature, formula) -> {
                    String at = path + "/features/" + feature;
                    checkName(at, feature);
                    fields(at, formula, List.of("value"));
                    String text =
                            text(
                                    at + "/value",
                                    formula.path("value"),
                                    "write a formula in quotes, such as \"amount / card.mean_7d\"");
                    try {
                        features.add(ComputedView.computed(feature, text, request, views));
                    } catch (IllegalArgumentException e) {
                        throw wrong(at + "/value", String.valueOf(e.getMessage()));
                    }
                });
        try {
            return new ComputedView(name, owner, request, features);
        } catch (IllegalArgumentException e) {
            throw wrong(path, String.valueOf(e.getMessage()));
        }
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
        Optional<WindowedSource> windows =
                node.has("events") ? Optional.of(windows(path, node)) : Optional.empty();
        List<Column> features =
                windows.map(WindowedSource::features)
                        .orElseGet(() -> columns(path + "/features", node.path("features")));
        LatePolicy late = late(path + "/late", node.path("late"));
        Freshness freshness = freshness(path, node);
        Optional<EventSource> source = source(path + "/source", node.path("source"));
        try {
            return new ViewDefinition(
                    new FeatureView(name, key, features, rule),
                    owner,
                    windows,
                    late,
                    freshness,
                    source);
        } catch (IllegalArgumentException e) {
            throw wrong(path, String.valueOf(e.getMessage()));
        }
    }

    private WindowedSource windows(String path, JsonNode node) {
        List<Column> events = columns(path + "/events", node.path("events"));
        List<String> names = events.stream().map(Column::name).toList();
        Optional<Integer> id = Optional.empty();
        if (node.has("id")) {
            id = Optional.of(column(path + "/id", names, node.path("id").asString("")));
        }
        List<Aggregate> aggregates = new ArrayList<>();
        object(path + "/features", node.path("features"))
                .forEach((name, aggregate) -> {
                    String at = path + "/features/" + name;
                    checkName(at, name);
                    aggregates.add(aggregate(at, name, names, aggregate));
                });
        try {
            return new WindowedSource(events, id, aggregates);
        } catch (IllegalArgumentException e) {
            throw wrong(path + "/features", String.valueOf(e.getMessage()));
        }
    }

    private Aggregate aggregate(String path, String name, List<String> columns, JsonNode node) {
        List<String> functions =
                Stream.of(Aggregate.Function.values()).map(DefinitionReader::nameOf).toList();
        List<String> known = new ArrayList<>(functions);
        known.addAll(List.of("window", "hop", "at"));
        fields(path, node, known);
        List<String> chosen = functions.stream().filter(node::has).toList();
        if (chosen.size() != 1) {
            throw wrong(
                    path,
                    "write one of %s: COLUMN, and window: SPAN, got %s".formatted(functions, node));
        }
        String function = chosen.getFirst();
        long window =
                span(path + "/window", node.path("window"))
                        .orElseThrow(() -> wrong(path + "/window", "say how long, such as 1h"));
        long hop = span(path + "/hop", node.path("hop")).orElse(1L);
        var its = Aggregate.Function.valueOf(function.toUpperCase(Locale.ROOT));
        if ((its == Aggregate.Function.QUANTILE) != node.path("at").isNumber()) {
            throw wrong(
                    path + "/at",
                    "say which quantile it is, and of nothing else, such as {quantile: amount, at: 0.95, window: 7d}");
        }
        int column = column(path + "/" + function, columns, node.path(function).asString(""));
        try {
            return new Aggregate(
                    name, its, column, new Window.Span(window, hop), node.path("at").asDouble(0));
        } catch (IllegalArgumentException e) {
            throw wrong(path, String.valueOf(e.getMessage()));
        }
    }

    private int column(String path, List<String> columns, String name) {
        int column = columns.indexOf(name);
        if (column < 0) {
            throw wrong(path, "an event has no column '%s'; it has %s".formatted(name, columns));
        }
        return column;
    }

    private Optional<EventSource> source(String path, JsonNode node) {
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        fields(path, node, List.of("kafka", "folder"));
        if (node.has("kafka") == node.has("folder")) {
            throw wrong(path, "write kafka: {bootstrap, topic}, or folder: PATH");
        }
        if (node.has("folder")) {
            return Optional.of(
                    new EventSource.Folder(
                            text(path + "/folder", node.path("folder"), "name the folder")));
        }
        String at = path + "/kafka";
        JsonNode kafka = node.path("kafka");
        fields(at, kafka, List.of("bootstrap", "topic", "options"));
        Map<String, String> options = new LinkedHashMap<>();
        if (kafka.has("options")) {
            object(at + "/options", kafka.path("options"))
                    .forEach((name, value) -> options.put(name, value.asString("")));
        }
        return Optional.of(
                new EventSource.Kafka(
                        text(at + "/bootstrap", kafka.path("bootstrap"), "name brokers: HOST:PORT"),
                        text(at + "/topic", kafka.path("topic"), "name the topic"),
                        options));
    }

    private LatePolicy late(String path, JsonNode node) {
        if (node.isMissingNode()) {
            return LatePolicy.DEFAULT;
        }
        fields(path, node, List.of("after", "then"));
        LatePolicy.Then then =
                choice(
                        path,
                        node,
                        "then",
                        "restate",
                        Map.of(
                                "drop", LatePolicy.Then.DROP,
                                "restate", LatePolicy.Then.RESTATE,
                                "restate-and-keep", LatePolicy.Then.RESTATE_AND_KEEP));
        return new LatePolicy(span(path + "/after", node.path("after")).orElse(0L), then);
    }

    private Freshness freshness(String path, JsonNode node) {
        Freshness.Tier tier =
                choice(
                        path,
                        node,
                        "tier",
                        "daily",
                        Map.of(
                                "daily", Freshness.Tier.DAILY,
                                "micro-batch", Freshness.Tier.MICRO_BATCH,
                                "streaming", Freshness.Tier.STREAMING));
        return new Freshness(
                tier, span(path + "/sla", node.path("sla")).orElse(tier.usualSlaNanos()));
    }

    private Definitions models(Definitions views, JsonNode node) {
        List<Model> models = new ArrayList<>();
        if (!node.isMissingNode()) {
            object("/models", node)
                    .forEach((name, model) -> {
                        checkName("/models/" + name, name);
                        models.add(model(views, "/models/" + name, name, model));
                    });
        }
        return new Definitions(views.views(), views.computed(), models);
    }

    private Model model(Definitions views, String path, String name, JsonNode node) {
        fields(path, node, List.of("owner", "features"));
        String owner = text(path + "/owner", node.path("owner"), "name the team that answers");
        List<String> wanted = new ArrayList<>();
        node.path("features").forEach(feature -> wanted.add(feature.asString("")));
        try {
            return new Model(name, owner, views.names(wanted));
        } catch (IllegalArgumentException e) {
            throw wrong(path + "/features", String.valueOf(e.getMessage()));
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
                                                        .map(DefinitionReader::nameOf)
                                                        .toList(),
                                                node)));
    }

    private static String nameOf(Enum<?> type) {
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

    Optional<Long> span(String path, JsonNode node) {
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

    void fields(String path, JsonNode node, List<String> known) {
        for (String field : object(path, node).keySet()) {
            if (!known.contains(field)) {
                throw wrong(path + "/" + field, "unknown field; " + Names.instead(field, known));
            }
        }
    }

    private Map<String, JsonNode> object(String path, JsonNode node) {
        if (!node.isObject()) {
            throw wrong(
                    path, node.isMissingNode() ? "is missing" : "write name: value, got " + node);
        }
        return node.properties().stream()
                .collect(
                        LinkedHashMap::new,
                        (map, field) -> map.put(field.getKey(), field.getValue()),
                        LinkedHashMap::putAll);
    }

    DefinitionException wrong(String path, String what) {
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
