package dev.touchstone.app.internal.pages;

import dev.touchstone.features.Column;
import dev.touchstone.features.ComputedView;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.Model;
import dev.touchstone.features.ViewDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What comes from what, laid out in four columns: sources, views, features, models.
///
/// @param height in the units of the drawing, as all that follow
public record LineageGraph(int height, List<Node> nodes, List<Link> links) {
    /// How wide the drawing is.
    public static final int WIDTH = 960;

    private static final int ROW = 24;
    private static final int GAP = 14;
    private static final int TOP = 34;
    private static final int MOST_FEATURES = 12;
    private static final int MOST_CHARACTERS = 26;
    private static final int[] COLUMNS = {0, 250, 490, 760};
    private static final int NODE_WIDTH = 190;
    private static final int MIDDLE = 10;

    /// A box.
    ///
    /// @param kind `source`, `view`, `feature` or `model`
    /// @param title everything about it
    public record Node(String kind, String text, String title, int x, int y) {}

    /// A line from one box to another, as an SVG path.
    ///
    /// @param kind `feeds`, or `computes` for what a formula uses
    public record Link(String path, String kind) {}

    /// Lays definitions out.
    public static LineageGraph of(Definitions definitions) {
        var layout = new Layout();
        for (ViewDefinition view : definitions.views()) {
            boolean windows = view.windows().isPresent();
            String rows = (windows ? "events: " : "rows: ") + names(view.source().features());
            layout.view(
                    view.view().name(),
                    view.owner(),
                    view.feed().map(feed -> feed.text() + ", " + rows).orElse(rows),
                    view.view().features());
        }
        for (ComputedView view : definitions.computed()) {
            layout.view(
                    view.name(), view.owner(), "request: " + names(view.request()), view.columns());
        }
        for (ComputedView view : definitions.computed()) {
            for (ComputedView.Computed feature : view.features()) {
                feature.features().forEach(input -> layout.uses(input, view.name()));
            }
        }
        definitions.models().forEach(layout::model);
        return new LineageGraph(layout.height(), layout.nodes, List.copyOf(layout.links.values()));
    }

    private static String names(List<Column> columns) {
        return String.join(", ", columns.stream().map(Column::name).toList());
    }

    private static final class Layout {
        final List<Node> nodes = new ArrayList<>();
        final Map<String, Link> links = new LinkedHashMap<>();
        private final Map<String, Node> views = new HashMap<>();
        private final Map<String, Node> features = new HashMap<>();
        private int y = TOP;
        private int modelY = TOP;

        int height() {
            return Math.max(y, modelY);
        }

        private Node node(String kind, int column, String text, String title, int at) {
            String shown =
                    text.length() > MOST_CHARACTERS
                            ? text.substring(0, MOST_CHARACTERS - 1) + "…"
                            : text;
            var node = new Node(kind, shown, title, COLUMNS[column], at);
            nodes.add(node);
            return node;
        }

        void view(String name, String owner, String from, List<Column> columns) {
            int shown = columns.size() > MOST_FEATURES ? MOST_FEATURES - 1 : columns.size();
            int rows = columns.size() > shown ? shown + 1 : shown;
            int middle = y + (rows - 1) * ROW / 2;
            Node source = node("source", 0, from, from, middle);
            Node view = node("view", 1, name, "%s, owned by %s".formatted(name, owner), middle);
            views.put(name, view);
            link(source, view, "feeds");
            for (int f = 0; f < columns.size(); f++) {
                Column column = columns.get(f);
                String full = name + "." + column.name();
                if (f < shown) {
                    String type = column.type().name().toLowerCase(Locale.ROOT);
                    Node node = node("feature", 2, column.name(), full + ": " + type, y + f * ROW);
                    features.put(full, node);
                    link(view, node, "feeds");
                } else if (f == shown) {
                    String more = "and %d more".formatted(columns.size() - shown);
                    Node node = node("feature", 2, more, more, y + f * ROW);
                    features.put(full, node);
                    link(view, node, "feeds");
                } else {
                    features.put(
                            full,
                            features.getOrDefault(name + "." + columns.get(shown).name(), view));
                }
            }
            y += rows * ROW + GAP;
        }

        void uses(String feature, String view) {
            Node from = features.get(feature);
            Node to = views.get(view);
            if (from != null && to != null) {
                link(from, to, "computes");
            }
        }

        void model(Model model) {
            List<Node> read =
                    model.features().stream()
                            .map(features::get)
                            .filter(its -> its != null)
                            .toList();
            int sum = read.stream().mapToInt(Node::y).sum();
            int at = Math.max(modelY, read.isEmpty() ? modelY : sum / read.size());
            Node node =
                    node(
                            "model",
                            3,
                            model.name(),
                            "%s, owned by %s, reads %d features"
                                    .formatted(
                                            model.name(), model.owner(), model.features().size()),
                            at);
            modelY = at + ROW + GAP;
            read.forEach(feature -> link(feature, node, "feeds"));
        }

        private void link(Node from, Node to, String kind) {
            // What a formula uses lies to its right: that line goes back between the two columns.
            boolean back = kind.equals("computes");
            int x1 = back ? from.x() : from.x() + NODE_WIDTH;
            int x2 = back ? to.x() + NODE_WIDTH : to.x();
            int y1 = from.y() + MIDDLE;
            int y2 = to.y() + MIDDLE;
            int bend = (x2 - x1) / 2;
            String path =
                    "M%d %d C%d %d %d %d %d %d"
                            .formatted(x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2);
            links.putIfAbsent(path, new Link(path, kind));
        }
    }
}
