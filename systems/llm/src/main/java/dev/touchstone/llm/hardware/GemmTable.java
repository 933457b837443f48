package dev.touchstone.llm.hardware;

import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Measured times of matrix products of one type on a full grid of sizes, linear between them, in
/// proportion beyond the largest; smaller sizes than the smallest cost as much as it.
final class GemmTable {
    private final double[] rows;
    private final double[] widths;
    private final double[] depths;
    private final double[][][] micros;

    private GemmTable(double[] rows, double[] widths, double[] depths) {
        this.rows = rows;
        this.widths = widths;
        this.depths = depths;
        micros = new double[rows.length][widths.length][depths.length];
    }

    /// Gathers measurements.
    static final class Builder {
        private final TreeMap<Long, Double> micros = new TreeMap<>();
        private final TreeSet<Integer> rows = new TreeSet<>();
        private final TreeSet<Integer> widths = new TreeSet<>();
        private final TreeSet<Integer> depths = new TreeSet<>();

        void add(int m, int n, int k, double time) {
            rows.add(m);
            widths.add(n);
            depths.add(k);
            micros.put(key(m, n, k), time);
        }

        GemmTable build(CsvTable source) {
            if (rows.size() < 2 || widths.size() < 2 || depths.size() < 2) {
                throw source.malformed(
                        "needs at least two values each of m, n and k to draw lines between");
            }
            var table = new GemmTable(points(rows), points(widths), points(depths));
            for (int i = 0; i < table.rows.length; i++) {
                for (int j = 0; j < table.widths.length; j++) {
                    for (int l = 0; l < table.depths.length; l++) {
                        int m = (int) table.rows[i];
                        int n = (int) table.widths[j];
                        int k = (int) table.depths[l];
                        Double time = micros.get(key(m, n, k));
                        if (time == null) {
                            throw source.malformed(
                                    ("has no row for m %d, n %d, k %d; every m, n and k that occur need"
                                                    + " a row for each combination")
                                            .formatted(m, n, k));
                        }
                        table.micros[i][j][l] = time;
                    }
                }
            }
            return table;
        }

        private static double[] points(Set<Integer> values) {
            return values.stream().mapToDouble(Integer::intValue).toArray();
        }

        private static long key(int m, int n, int k) {
            return ((long) m << 42) | ((long) n << 21) | k;
        }
    }

    double at(int m, int n, int k) {
        double row = within(rows, m);
        int upper = Line.upper(rows, row);
        double inside =
                Line.between(share(rows, upper, row), plane(upper - 1, n, k), plane(upper, n, k));
        return inside * beyond(rows, m) * beyond(widths, n) * beyond(depths, k);
    }

    private double plane(int row, int n, int k) {
        double width = within(widths, n);
        int upper = Line.upper(widths, width);
        return Line.between(
                share(widths, upper, width),
                strip(micros[row][upper - 1], k),
                strip(micros[row][upper], k));
    }

    private double strip(double[] times, int k) {
        double depth = within(depths, k);
        int upper = Line.upper(depths, depth);
        return Line.between(share(depths, upper, depth), times[upper - 1], times[upper]);
    }

    private static double within(double[] points, double position) {
        return Math.clamp(position, points[0], points[points.length - 1]);
    }

    private static double beyond(double[] points, double position) {
        return Math.max(1, position / points[points.length - 1]);
    }

    private static double share(double[] points, int upper, double position) {
        return (position - points[upper - 1]) / (points[upper] - points[upper - 1]);
    }
}
