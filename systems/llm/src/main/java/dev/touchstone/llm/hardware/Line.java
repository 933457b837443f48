package dev.touchstone.llm.hardware;

import java.util.Arrays;
import java.util.NavigableMap;

/// A function of one number known at some points, with straight lines between them. Below the first
/// point it is constant; above the last one it goes on as steeply as between the last two.
final class Line {
    private final double[] x;
    private final double[] y;

    Line(double[] x, double[] y) {
        this.x = x;
        this.y = y;
    }

    static Line of(NavigableMap<Integer, Double> points) {
        double[] x = points.keySet().stream().mapToDouble(Integer::intValue).toArray();
        double[] y = points.values().stream().mapToDouble(Double::doubleValue).toArray();
        return new Line(x, y);
    }

    double at(double position) {
        if (position <= x[0] || x.length == 1) {
            return y[0];
        }
        int right = upper(x, position);
        double share = (position - x[right - 1]) / (x[right] - x[right - 1]);
        return between(share, y[right - 1], y[right]);
    }

    double first() {
        return y[0];
    }

    double end() {
        return x[x.length - 1];
    }

    /// What lies at a share of the way; exactly an end at shares 0 and 1.
    static double between(double share, double left, double right) {
        return (1 - share) * left + share * right;
    }

    /// Index of the right end of the segment that a position above the first point lies in; the
    /// last segment reaches to infinity.
    static int upper(double[] points, double position) {
        int found = Arrays.binarySearch(points, position);
        return found >= 0 ? Math.max(1, found) : Math.min(-found - 1, points.length - 1);
    }
}
