package dev.touchstone.app.internal.runs;

import dev.touchstone.telemetry.Series;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// All signals over one time axis, as charts with a shared cursor want them.
///
/// @param timesSeconds relative to the page, ascending
/// @param values by signal id, one a time, NaN where there is none
@SuppressWarnings("ArrayRecordComponent") // handed to a JSON writer, never compared
public record Frame(double[] timesSeconds, Map<String, double[]> values) {
    /// Lays the series over one another. Nearly always they share their times already.
    static Frame of(Map<String, Series> series) {
        double[] times =
                series.values().stream()
                        .map(Series::timesSeconds)
                        .flatMapToDouble(Arrays::stream)
                        .sorted()
                        .distinct()
                        .toArray();
        var values = new LinkedHashMap<String, double[]>();
        series.forEach((signal, points) -> values.put(signal, onto(times, points)));
        return new Frame(times, values);
    }

    /// When the newest point starts: what a viewer that has seen this frame asks from next, since
    /// that window may still fill.
    public double newest(double otherwise) {
        return timesSeconds.length == 0 ? otherwise : timesSeconds[timesSeconds.length - 1];
    }

    private static double[] onto(double[] times, Series points) {
        if (Arrays.equals(times, points.timesSeconds())) {
            return points.values();
        }
        double[] values = new double[times.length];
        Arrays.fill(values, Double.NaN);
        for (int i = 0; i < points.timesSeconds().length; i++) {
            values[Arrays.binarySearch(times, points.timesSeconds()[i])] = points.values()[i];
        }
        return values;
    }
}
