package dev.touchstone.llm.hardware;

import java.util.NavigableMap;

/// Measured times of attention for one split into heads, by how many sequences of one length take
/// part. Linear in both between measurements.
final class AttentionTable {
    private final double[] batches;
    private final Line[] lines;
    private final double microsPerToken;

    AttentionTable(NavigableMap<Integer, NavigableMap<Integer, Double>> micros) {
        batches = micros.keySet().stream().mapToDouble(Integer::intValue).toArray();
        lines = micros.values().stream().map(Line::of).toArray(Line[]::new);
        microsPerToken = largestProblemsRate();
    }

    /// @param exponent how the time grows beyond the longest length measured: 1 where every token
    ///   is read once, 2 where each attends to all before it
    double at(double batch, double length, int exponent) {
        if (batch < batches[0]) {
            return along(0, length * batch / batches[0], exponent);
        }
        int end = batches.length - 1;
        if (batch >= batches[end]) {
            return along(end, length, exponent) * batch / batches[end];
        }
        int upper = Line.upper(batches, batch);
        double share = (batch - batches[upper - 1]) / (batches[upper] - batches[upper - 1]);
        return Line.between(
                share, along(upper - 1, length, exponent), along(upper, length, exponent));
    }

    /// Time of the smallest problem.
    double launch() {
        return lines[0].first();
    }

    /// Microseconds beyond the launch that a token cost in the largest problem measured.
    double microsPerToken() {
        return microsPerToken;
    }

    private double largestProblemsRate() {
        double largest = 0;
        double rate = 0;
        for (int i = 0; i < lines.length; i++) {
            double tokens = batches[i] * lines[i].end();
            if (tokens >= largest) {
                largest = tokens;
                rate = (lines[i].at(lines[i].end()) - launch()) / tokens;
            }
        }
        return rate;
    }

    private double along(int row, double length, int exponent) {
        Line line = lines[row];
        if (length <= line.end()) {
            return line.at(length);
        }
        double last = line.at(line.end());
        if (exponent == 1) {
            return last + microsPerToken * batches[row] * (length - line.end());
        }
        double ratio = length / line.end();
        return last * ratio * ratio;
    }
}
