package dev.touchstone.arena.internal.grading;

import dev.touchstone.arena.Report.Dimension;
import dev.touchstone.arena.Report.Verdict;
import dev.touchstone.arena.internal.Moments;
import dev.touchstone.arena.internal.play.Played;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Time spent looking beyond what an expert spends, down to -10.
final class WasteGrade {
    private static final double MOST = 10;

    private WasteGrade() {}

    static Dimension of(Played played, Played expert) {
        Duration spent = played.story().probing();
        Duration enough = expert.story().probing();
        Duration wasted = spent.minus(enough);
        double points =
                wasted.isPositive()
                        ? -Math.min(
                                MOST, played.plan().wastePerMinute() * wasted.toSeconds() / 60.0)
                        : 0;
        String text =
                "Probes took %s; an expert's take %s."
                        .formatted(Moments.length(spent), Moments.length(enough));
        return new Dimension(
                "waste",
                "Time spent on probes",
                points,
                0,
                List.of(new Verdict(points, 0, text, Optional.empty())));
    }
}
