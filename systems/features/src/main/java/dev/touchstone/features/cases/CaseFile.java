package dev.touchstone.features.cases;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.AsOfRule.Boundary;
import dev.touchstone.features.AsOfRule.StalenessClock;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.ComputedView;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Event;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.Window;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Reads a case from YAML.
public final class CaseFile {
    private static final ObjectMapper YAML =
            YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private static final String[] RULE = {"key", "boundary", "delay", "maxAge", "staleness"};

    private CaseFile() {}

    /// Reads one case.
    ///
    /// @param name the file's name, for messages
    /// @throws CaseFormatException with the place and what to write there
    public static FeatureCase read(String name, String text) {
        Node file = file(name, text);
        String kind = file.get("case").text();
        return switch (kind) {
            case "as-of" -> asOf(file);
            case "window" -> windows(file);
            default -> throw file.get("case").wrong("write as-of or window");
        };
    }

    /// Reads a case of formulas.
    ///
    /// @param name the file's name, for messages
    /// @throws CaseFormatException with the place and what to write there
    public static FormulaCase readFormulas(String name, String text) {
        Node file = file(name, text);
        if (!file.get("case").text().equals("formula")) {
            throw file.get("case").wrong("write formula");
        }
        file.allow("case", "title", "timeUnit", "views", "request", "formulas", "labels", "expect");
        List<FeatureCase.History> views = histories(file.get("views"));
        List<Column> request = columns(file.get("request"));
        Map<String, String> formulas = new LinkedHashMap<>();
        file.get("formulas").map().forEach((feature, node) -> formulas.put(feature, node.text()));
        List<ViewDefinition> plain =
                views.stream().map(history -> new ViewDefinition(history.view(), "case")).toList();
        ComputedView computed;
        try {
            computed = ComputedView.of(FormulaCase.VIEW, "case", request, formulas, plain);
        } catch (IllegalArgumentException e) {
            throw file.get("formulas").wrong(String.valueOf(e.getMessage()));
        }
        List<CaseLabel> labels = labels(file.get("labels"), request);
        return new FormulaCase(
                file.get("title").text(),
                new Definitions(plain, List.of(computed), List.of()),
                views,
                new FeatureCase.Expectation(
                        labels,
                        expected(
                                file.get("expect"),
                                labels.size(),
                                computed.columns().stream().map(Column::type).toList())));
    }

    private static Node file(String name, String text) {
        Node file;
        try {
            file = new Node(name, YAML.readTree(text), Node.TimeUnit.NS);
        } catch (JacksonException e) {
            throw new CaseFormatException(
                    "%s is no YAML: %s".formatted(name, e.getOriginalMessage()));
        }
        return file.find("timeUnit")
                .map(unit -> file.withUnit(unit.oneOf(Node.TimeUnit.class)))
                .orElse(file);
    }

    private static FeatureCase asOf(Node file) {
        file.allow("case", "title", "source", "timeUnit", "views", "labels", "expect");
        List<FeatureCase.History> views = histories(file.get("views"));
        List<ColumnType> types =
                views.stream()
                        .flatMap(history -> history.view().features().stream())
                        .map(Column::type)
                        .toList();
        List<CaseLabel> labels = labels(file.get("labels"), List.of());
        return new FeatureCase.AsOf(
                file.get("title").text(),
                views,
                labels,
                expected(file.get("expect"), labels.size(), types));
    }

    private static List<FeatureCase.History> histories(Node node) {
        List<FeatureCase.History> views = new ArrayList<>();
        node.map()
                .forEach((name, view) -> {
                    view.allow(with("features", "rows"));
                    FeatureView definition = view(name, view, "features");
                    List<FeatureRow> rows = new ArrayList<>();
                    for (Node row : view.get("rows").list()) {
                        row.allow("key", "event", "available", "values", "tombstone");
                        rows.add(row(definition, row, rows.size()));
                    }
                    views.add(new FeatureCase.History(definition, List.copyOf(rows)));
                });
        return List.copyOf(views);
    }

    private static FeatureCase windows(Node file) {
        file.allow(
                with(
                        "case",
                        "title",
                        "source",
                        "timeUnit",
                        "columns",
                        "events",
                        "aggregates",
                        "labels",
                        "expect"));
        FeatureView source = view("events", file, "columns");
        List<Event> events = new ArrayList<>();
        for (Node row : file.get("events").list()) {
            row.allow("id", "key", "event", "available", "values", "tombstone");
            int sequence = events.size();
            Value id = row.find("id").map(Node::plain).orElse(Value.of("event " + sequence));
            events.add(new Event(id, row(source, row, sequence)));
        }
        List<Aggregate> aggregates = new ArrayList<>();
        List<ColumnType> types = new ArrayList<>();
        for (var entry : file.get("aggregates").map().entrySet()) {
            Aggregate aggregate = aggregate(entry.getKey(), entry.getValue(), source);
            aggregates.add(aggregate);
            types.add(resultType(aggregate, source));
        }
        List<CaseLabel> labels = labels(file.get("labels"), List.of());
        return new FeatureCase.Windows(
                file.get("title").text(),
                source,
                List.copyOf(events),
                List.copyOf(aggregates),
                new FeatureCase.Expectation(
                        labels, expected(file.get("expect"), labels.size(), types)));
    }

    private static String[] with(String... more) {
        List<String> all = new ArrayList<>(List.of(RULE));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static FeatureView view(String name, Node view, String features) {
        Boundary boundary =
                switch (view.find("boundary").map(Node::text).orElse("<=")) {
                    case "<=" -> Boundary.AT_OR_BEFORE;
                    case "<" -> Boundary.BEFORE;
                    default -> throw view.get("boundary").wrong("write \"<\" or \"<=\"");
                };
        AsOfRule rule =
                new AsOfRule(
                        boundary,
                        view.find("delay").map(Node::span).orElse(0L),
                        view.find("maxAge").map(Node::span).orElse(AsOfRule.UNBOUNDED),
                        view.find("staleness")
                                .map(clock -> clock.oneOf(StalenessClock.class))
                                .orElse(StalenessClock.EVENT));
        return new FeatureView(name, columns(view.get("key")), columns(view.get(features)), rule);
    }

    private static List<Column> columns(Node node) {
        List<Column> columns = new ArrayList<>();
        node.map()
                .forEach((name, type) ->
                        columns.add(new Column(name, type.oneOf(ColumnType.class))));
        return columns;
    }

    private static FeatureRow row(FeatureView view, Node row, int sequence) {
        List<Value> key = values(row.get("key"), view.key());
        boolean tombstone = row.find("tombstone").map(Node::truth).orElse(false);
        List<Value> values = tombstone ? List.of() : values(row.get("values"), view.features());
        long event = row.get("event").time();
        return new FeatureRow(
                new EntityKey(key),
                event,
                row.find("available").map(Node::time).orElse(event),
                sequence,
                values);
    }

    private static List<Value> values(Node node, List<Column> columns) {
        List<Node> cells = node.list();
        if (cells.size() != columns.size()) {
            throw node.wrong("write %d values".formatted(columns.size()));
        }
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            values.add(cells.get(i).value(columns.get(i).type()));
        }
        return values;
    }

    private static Aggregate aggregate(String name, Node node, FeatureView source) {
        node.allow("function", "of", "window", "hop", "latest", "at");
        String of = node.get("of").text();
        int column = source.features().stream().map(Column::name).toList().indexOf(of);
        if (column < 0) {
            throw node.get("of").wrong("name a column of the events");
        }
        Window window =
                node.find("latest").isPresent()
                        ? new Window.Latest((int) node.get("latest").whole())
                        : new Window.Span(
                                node.get("window").span(),
                                node.find("hop").map(Node::span).orElse(1L));
        double at =
                node.find("at").map(its -> its.value(ColumnType.DOUBLE)).orElse(Value.MISSING)
                                instanceof Value.Real(double share)
                        ? share
                        : 0;
        return new Aggregate(
                name, node.get("function").oneOf(Aggregate.Function.class), column, window, at);
    }

    private static ColumnType resultType(Aggregate aggregate, FeatureView source) {
        ColumnType type = source.features().get(aggregate.column()).type();
        return switch (aggregate.function()) {
            case COUNT, DISTINCT -> ColumnType.LONG;
            case SUM, MIN, MAX, FIRST, LAST -> type;
            case MEAN, VARIANCE, STDDEV, QUANTILE -> ColumnType.DOUBLE;
        };
    }

    /// @param typed columns whose types are known
    private static List<CaseLabel> labels(Node node, List<Column> typed) {
        List<CaseLabel> labels = new ArrayList<>();
        for (Node label : node.list()) {
            Map<String, Value> columns = new HashMap<>();
            label.map()
                    .forEach((name, cell) -> {
                        if (!name.equals("time") && !name.equals("knownAt")) {
                            columns.put(name, cell(name, cell, typed));
                        }
                    });
            Value time = label.get("time").value(ColumnType.TIMESTAMP);
            Value knownAt =
                    label.find("knownAt").map(at -> at.value(ColumnType.TIMESTAMP)).orElse(time);
            labels.add(new CaseLabel(time, knownAt, columns));
        }
        return List.copyOf(labels);
    }

    private static Value cell(String name, Node cell, List<Column> typed) {
        return typed.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .map(column -> cell.value(column.type()))
                .orElseGet(cell::plain);
    }

    private static Map<Mode, List<List<Value>>> expected(
            Node node, int labels, List<ColumnType> types) {
        node.allow("known-at-the-time", "event-time");
        Map<Mode, List<List<Value>>> expected = new EnumMap<>(Mode.class);
        for (Mode mode : Mode.values()) {
            String name = mode == Mode.EVENT_TIME ? "event-time" : "known-at-the-time";
            node.find(name).ifPresent(rows -> expected.put(mode, cells(rows, labels, types)));
        }
        if (expected.isEmpty()) {
            throw node.wrong("give the cells for known-at-the-time or event-time");
        }
        return expected;
    }

    private static List<List<Value>> cells(Node rows, int labels, List<ColumnType> types) {
        if (rows.list().size() != labels) {
            throw rows.wrong("write one list of cells for each of the %d labels".formatted(labels));
        }
        List<List<Value>> all = new ArrayList<>();
        for (Node row : rows.list()) {
            List<Node> cells = row.list();
            if (cells.size() != types.size()) {
                throw row.wrong("write %d cells".formatted(types.size()));
            }
            List<Value> values = new ArrayList<>();
            for (int i = 0; i < cells.size(); i++) {
                values.add(cells.get(i).value(types.get(i)));
            }
            all.add(List.copyOf(values));
        }
        return List.copyOf(all);
    }
}
