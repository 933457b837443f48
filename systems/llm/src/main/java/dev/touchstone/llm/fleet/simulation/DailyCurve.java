package dev.touchstone.llm.fleet.simulation;

/// How much more or less often people ask than on average, over a day: 1 on average, `peak` in the
/// busiest moment.
///
/// The curve is a floor and a hump, `floor + (peak - floor) · ((1 + cos 2πt) / 2)^n`, with the
/// smallest whole `n` that leaves at least a tenth of the mean at night.
final class DailyCurve {
    static final double MAX_PEAK = 12;

    private static final double LEAST_FLOOR = 0.1;
    private static final double DAY_SECONDS = 86_400;

    private final double peak;
    private final double floor;
    private final int power;

    DailyCurve(double peak) {
        this.peak = peak;
        int n = 0;
        double mean = 1;
        double rest = 1;
        while (peak > 1) {
            n++;
            // The mean of the hump: (1/2)(3/4)(5/6)…
            mean *= (2 * n - 1) / (2.0 * n);
            rest = (1 - peak * mean) / (1 - mean);
            if (rest >= LEAST_FLOOR) {
                break;
            }
        }
        power = n;
        floor = rest;
    }

    /// The factor at a time of day, counted from the busiest moment.
    double at(double secondsFromPeak) {
        if (power == 0) {
            return 1;
        }
        double turn = 2 * Math.PI * (secondsFromPeak / DAY_SECONDS);
        double hump = StrictMath.pow((1 + StrictMath.cos(turn)) / 2, power);
        return floor + (peak - floor) * hump;
    }
}
