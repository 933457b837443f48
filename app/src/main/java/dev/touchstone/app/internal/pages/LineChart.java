package dev.touchstone.app.internal.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/// A line chart as SVG: it prints, needs no script, and takes its colours from the page's style.
///
/// @param title for those who cannot see it
/// @param unit of the values
/// @param limit values to draw a line across at; usually none or one
/// @param marks places on the x axis to draw a line up at
/// @param xLabel how a place on the x axis reads
public record LineChart(
        String title,
        String unit,
        List<Line> lines,
        List<Double> limit,
        List<Double> marks,
        DoubleFunction<String> xLabel) {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 176;
    private static final int LEFT = 46;
    private static final int RIGHT = 10;
    private static final int TOP = 8;
    private static final int BOTTOM = 22;
    private static final int X_TICKS = 6;
    private static final int Y_TICKS = 4;

    public LineChart {
        lines = List.copyOf(lines);
        limit = List.copyOf(limit);
        marks = List.copyOf(marks);
    }

    /// A line through points; a value that is no number leaves a gap.
    public record Line(String name, List<Double> x, List<Double> y) {
        public Line {
            x = List.copyOf(x);
            y = List.copyOf(y);
        }
    }

    /// The picture.
    public String svg() {
        double[] xs = range(lines.stream().flatMap(line -> line.x().stream()).toList());
        List<Double> values = new ArrayList<>(limit);
        lines.forEach(line -> values.addAll(line.y()));
        double[] seen = range(values);
        // From zero, unless that would flatten what there is to see.
        double low = seen[0] > 0 && seen[0] < 0.7 * seen[1] ? 0 : seen[0];
        double step = Ticks.step((seen[1] - low) / Y_TICKS);
        double bottom = Math.floor(low / step) * step;
        double top = Math.ceil(seen[1] / step) * step;
        var scale = new Scale(xs[0], xs[1], bottom, Math.max(top, bottom + step));
        var svg = new StringBuilder(2048);
        svg.append(
                "<svg class=\"line-chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
                        .formatted(WIDTH, HEIGHT, Prose.line(title)));
        for (double y = bottom; y <= scale.top + step / 2; y += step) {
            text(svg, "y", LEFT - 6, scale.y(y) + 4, number(y, step));
            path(svg, "grid", "M%s %sH%d".formatted(LEFT, at(scale.y(y)), WIDTH - RIGHT));
        }
        xTicks(svg, scale);
        limit.forEach(value ->
                path(svg, "limit", "M%s %sH%d".formatted(LEFT, at(scale.y(value)), WIDTH - RIGHT)));
        marks.stream()
                .filter(mark -> mark >= scale.left && mark <= scale.right)
                .forEach(mark ->
                        path(
                                svg,
                                "mark",
                                "M%s %dV%d".formatted(at(scale.x(mark)), TOP, HEIGHT - BOTTOM)));
        for (int i = 0; i < lines.size(); i++) {
            path(svg, "line line-" + (i + 1), scale.through(lines.get(i)));
        }
        return svg.append("</svg>").toString();
    }

    private void xTicks(StringBuilder svg, Scale scale) {
        double[] places =
                lines.stream()
                        .flatMap(line -> line.x().stream())
                        .mapToDouble(x -> x)
                        .distinct()
                        .sorted()
                        .toArray();
        int every = Math.max(1, (places.length + X_TICKS - 1) / X_TICKS);
        for (int i = 0; i < places.length; i += every) {
            text(svg, "x", scale.x(places[i]), HEIGHT - 6, xLabel.apply(places[i]));
        }
    }

    private static void text(StringBuilder svg, String axis, double x, double y, String text) {
        svg.append(
                "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>"
                        .formatted(axis, at(x), at(y), Prose.line(text)));
    }

    private static void path(StringBuilder svg, String kind, String path) {
        svg.append("<path class=\"%s\" d=\"%s\"/>".formatted(kind, path));
    }

    private static String at(double pixels) {
        return String.format(Locale.ROOT, "%.1f", pixels);
    }

    /// `0`, `0.25`, `12k`: as many digits as the step between ticks needs.
    static String number(double value, double step) {
        double rounded = Math.abs(value) < step / 1000 ? 0 : value;
        if (Math.abs(rounded) >= 10_000) {
            return String.format(Locale.ROOT, step >= 1000 ? "%.0fk" : "%.1fk", rounded / 1000);
        }
        int digits = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
        return String.format(Locale.ROOT, "%,." + digits + "f", rounded);
    }

    private static double[] range(List<Double> values) {
        var seen = values.stream().mapToDouble(v -> v).filter(Double::isFinite).summaryStatistics();
        return seen.getCount() == 0
                ? new double[] {0, 1}
                : new double[] {seen.getMin(), seen.getMax()};
    }

    private record Scale(double left, double right, double bottom, double top) {
        double x(double value) {
            double share = right > left ? (value - left) / (right - left) : 0.5;
            return LEFT + share * (WIDTH - LEFT - RIGHT);
        }

        double y(double value) {
            double share = (value - bottom) / (top - bottom);
            return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
        }

        String through(Line line) {
            var path = new StringBuilder();
            boolean pen = false;
            for (int i = 0; i < line.x().size(); i++) {
                double value = line.y().get(i);
                if (Double.isFinite(value)) {
                    path.append(pen ? 'L' : 'M')
                            .append(at(x(line.x().get(i))))
                            .append(' ')
                            .append(at(y(value)));
                }
                pen = Double.isFinite(value);
            }
            return path.toString();
        }
    }
}
