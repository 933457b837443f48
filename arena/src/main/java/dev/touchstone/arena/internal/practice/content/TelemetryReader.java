package dev.touchstone.arena.internal.practice.content;

import dev.touchstone.arena.internal.content.Field;
import dev.touchstone.arena.practice.Brief.Change;
import dev.touchstone.arena.practice.Brief.Chart;
import dev.touchstone.arena.practice.Brief.Point;
import dev.touchstone.arena.practice.Brief.Series;
import dev.touchstone.arena.practice.Brief.Table;
import dev.touchstone.arena.practice.Brief.Telemetry;
import java.util.List;

/// Reads what the screens of a challenge show.
final class TelemetryReader {
    private final Figures figures;

    TelemetryReader(Figures figures) {
        this.figures = figures;
    }

    Telemetry read(Field field) {
        return new Telemetry(
                field.list(
                        "changes",
                        change -> new Change(change.text("at"), figures.fill(change, "what"))),
                field.list("charts", this::chart),
                field.list("tables", this::table));
    }

    private Chart chart(Field field) {
        return new Chart(
                figures.fill(field, "title"),
                field.text("axis"),
                field.text("unit"),
                field.maybe("limit").map(Field::number),
                field.list(
                        "series",
                        series ->
                                new Series(
                                        series.text("name"),
                                        series.list("points", TelemetryReader::point))));
    }

    private static Point point(Field pair) {
        List<Field> items = pair.items(item -> item);
        return new Point(items.get(0).text(), items.get(1).number());
    }

    private Table table(Field field) {
        List<String> columns = field.texts("columns");
        return new Table(
                figures.fill(field, "title"),
                columns,
                field.list(
                        "rows",
                        row -> {
                            List<String> cells = row.items(figures::fill);
                            if (cells.size() != columns.size()) {
                                throw row.refuse(
                                        "%d cells, but there are %d columns; give each column one"
                                                .formatted(cells.size(), columns.size()));
                            }
                            return cells;
                        }));
    }
}
