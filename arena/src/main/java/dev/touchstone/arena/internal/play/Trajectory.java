package dev.touchstone.arena.internal.play;

import dev.touchstone.arena.Report;
import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What a run to the end of the clock leaves behind.
///
/// @param harm users hurt between the page and the end
/// @param harmOverTime the same, accumulating; times are seconds since the page
/// @param signals every panel line's series by signal id
/// @param figures samples of the deployment's figures since the page, a minute apart; empty where
///   they were not asked for
public record Trajectory(
        double harm,
        Series harmOverTime,
        Map<String, Series> signals,
        List<FigureSample> figures,
        List<Report.Mark> marks) {
    public Trajectory {
        signals = Map.copyOf(signals);
        figures = List.copyOf(figures);
        marks = List.copyOf(marks);
    }

    /// Harm at a moment: the last sample up to it, zero before the first.
    public double harmAt(Duration moment) {
        double harm = 0;
        double[] times = harmOverTime.timesSeconds();
        for (int i = 0; i < times.length && times[i] <= moment.toMillis() / 1e3; i++) {
            harm = harmOverTime.values()[i];
        }
        return harm;
    }

    /// The deployment's figures at a moment.
    public record FigureSample(Duration at, Map<String, Double> figures) {
        public FigureSample {
            figures = Map.copyOf(figures);
        }
    }
}
