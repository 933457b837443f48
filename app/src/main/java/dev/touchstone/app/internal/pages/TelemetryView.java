package dev.touchstone.app.internal.pages;

import dev.touchstone.arena.practice.Brief.Chart;
import dev.touchstone.arena.practice.Brief.Point;
import dev.touchstone.arena.practice.Brief.Telemetry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the screens showed, as charts and tables of the page.
public final class TelemetryView {
    private static final Pattern TIME = Pattern.compile("(?:(\\w{3}) )?(\\d{1,2}):(\\d{2})");
    private static final int DAY = 24 * 60;
    private static final List<String> DAYS =
            List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");

    private final Telemetry telemetry;

    public TelemetryView(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /// A chart, drawn.
    ///
    /// @param header of the values' table
    /// @param rows the values, for who wants them exactly
    public record Drawn(
            String title,
            String unit,
            List<String> names,
            String svg,
            List<String> header,
            List<List<String>> rows) {}

    public List<Drawn> charts() {
        return telemetry.charts().stream().map(this::draw).toList();
    }

    private Drawn draw(Chart chart) {
        boolean timed = chart.axis().equals("time");
        var lines =
                chart.series().stream()
                        .map(series ->
                                new LineChart.Line(
                                        series.name(),
                                        series.points().stream()
                                                .map(point -> place(point.x(), timed))
                                                .toList(),
                                        series.points().stream().map(Point::y).toList()))
                        .toList();
        List<Double> marks =
                timed
                        ? telemetry.changes().stream()
                                .filter(change -> TIME.matcher(change.at()).matches())
                                .map(change -> place(change.at(), true))
                                .toList()
                        : List.of();
        var drawn =
                new LineChart(
                        chart.title() + ", " + chart.unit(),
                        chart.unit(),
                        lines,
                        chart.limit().map(List::of).orElse(List.of()),
                        marks,
                        x -> timed ? time(x) : String.format(Locale.ROOT, "%,.0f", x));
        var header = new ArrayList<String>(List.of(chart.axis()));
        chart.series().forEach(series -> header.add(series.name()));
        return new Drawn(
                chart.title(),
                chart.unit(),
                chart.series().stream().map(series -> series.name()).toList(),
                drawn.svg(),
                header,
                rows(chart));
    }

    private static List<List<String>> rows(Chart chart) {
        Map<String, String[]> rows = new LinkedHashMap<>();
        for (int i = 0; i < chart.series().size(); i++) {
            for (Point point : chart.series().get(i).points()) {
                String[] row =
                        rows.computeIfAbsent(
                                point.x(),
                                x -> {
                                    var cells = new String[chart.series().size() + 1];
                                    Arrays.fill(cells, "");
                                    cells[0] = x;
                                    return cells;
                                });
                row[i + 1] = value(point.y());
            }
        }
        return rows.values().stream().map(List::of).toList();
    }

    private static String value(double y) {
        if (!Double.isFinite(y)) {
            return "NaN";
        }
        return y == Math.rint(y)
                ? String.format(Locale.ROOT, "%,.0f", y)
                : String.format(Locale.ROOT, "%,.4g", y).replaceAll("\\.?0+$", "");
    }

    /// Minutes of the week for times; the number itself for anything else.
    private static double place(String x, boolean timed) {
        Matcher time = TIME.matcher(x);
        if (timed && time.matches()) {
            int day = time.group(1) == null ? 0 : DAYS.indexOf(time.group(1));
            return day * DAY
                    + 60 * Integer.parseInt(time.group(2))
                    + Integer.parseInt(time.group(3));
        }
        return Double.parseDouble(x.replace(",", ""));
    }

    private static String time(double minutes) {
        int whole = (int) Math.round(minutes);
        return "%02d:%02d".formatted(whole % DAY / 60, whole % 60);
    }
}
