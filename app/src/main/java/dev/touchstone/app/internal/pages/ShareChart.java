package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.features.FeatureStatus;
import dev.touchstone.app.internal.features.FeatureStatus.Point;
import java.util.List;
import java.util.Locale;

/// The share of cells that agree, from replay to replay, drawn as wide as the page is.
///
/// @param line points of an SVG line in a box of 1000 by 100; empty before the second replay
/// @param alarm how far down the box the least share is that must agree
/// @param lowest the share at the lower end, `first` and `last` the times at the ends, for people
public record ShareChart(String line, double alarm, String lowest, String first, String last) {
    private static final int WIDTH = 1_000;
    private static final int HEIGHT = 100;

    /// Nothing to be seen lies between this and 1 when every cell agrees.
    private static final double ALMOST = 0.99;

    /// The chart's lower end, once shares fall below it, is at the next of these.
    private static final List<Double> LOWS = List.of(ALMOST, 0.9, 0.5, 0.0);

    static ShareChart of(FeatureStatus.Parity parity) {
        List<Point> points = parity.points();
        if (points.size() < 2) {
            return new ShareChart("", 0, "", "", "");
        }
        double least = points.stream().mapToDouble(ShareChart::share).min().orElse(1);
        double bottom = LOWS.stream().filter(low -> low <= least).findFirst().orElse(0.0);
        long from = points.getFirst().at().toEpochMilli();
        long span = Math.max(1, points.getLast().at().toEpochMilli() - from);
        var line = new StringBuilder();
        for (Point point : points) {
            double x = (double) (point.at().toEpochMilli() - from) / span;
            line.append(
                    String.format(
                            Locale.ROOT, "%.1f,%.1f ", x * WIDTH, down(share(point), bottom)));
        }
        return new ShareChart(
                line.toString(),
                down(Math.max(parity.threshold(), bottom), bottom),
                FeaturesPage.percent(bottom),
                Format.clock(points.getFirst().at()),
                Format.clock(points.getLast().at()));
    }

    private static double down(double share, double bottom) {
        return (1 - share) / (1 - bottom) * HEIGHT;
    }

    private static double share(Point point) {
        return point.cells() == 0 ? 1 : (double) point.matches() / point.cells();
    }
}
