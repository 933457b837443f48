package dev.touchstone.arena.internal.grading;

import dev.touchstone.arena.Action;
import dev.touchstone.arena.Report.Dimension;
import dev.touchstone.arena.Report.Verdict;
import dev.touchstone.arena.internal.content.Variant;
import dev.touchstone.arena.internal.content.Variant.Measure;
import dev.touchstone.arena.internal.grading.References.Reference;
import dev.touchstone.arena.internal.play.Played;
import dev.touchstone.arena.internal.play.Trajectory;
import dev.touchstone.arena.internal.rules.Deed;
import dev.touchstone.arena.internal.rules.FactLine;
import dev.touchstone.telemetry.Series;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Cited signals against the healthy twin: the same seed without the fault.
///
/// A panel's line counts by its mean from the onset of the fault to the moment it was cited, or to
/// the first change that took effect, whichever was earlier, so that mending the fault does not
/// undo the evidence; the page is the earliest end. It differs from the healthy twin where that
/// mean is outside the range of the twin's ten-minute means by a factor and a floor, which the
/// incident's file can set. A probe's finding counts by the figure that the file gives it, at the
/// moment of the probe, against the range of that figure in the twin.
///
/// Every group that the file wants shown earns its points by one cited signal that differs. A cited
/// signal that looks the same in the healthy twin costs points; a finding that would have differed
/// had the fault not been mended before the probe costs nothing.
final class EvidenceGrade {
    private static final double MAX = 10;
    private static final double TWIN_WINDOW_SECONDS = 600;

    private final Played played;
    private final Reference reference;
    private final Variant.Evidence wanted;

    private EvidenceGrade(Played played, Reference reference) {
        this.played = played;
        this.reference = reference;
        this.wanted = played.variant().evidence();
    }

    static Dimension of(Played played, Reference reference) {
        return new EvidenceGrade(played, reference).dimension();
    }

    private Dimension dimension() {
        Map<String, Weighed> cited = new LinkedHashMap<>();
        played.story()
                .deeds()
                .forEach(deed -> {
                    if (deed.action() instanceof Action.Cite(String signal)) {
                        cited.computeIfAbsent(signal, _ -> weigh(signal, deed));
                    }
                });
        List<Verdict> verdicts = new ArrayList<>();
        double weights = wanted.groups().stream().mapToDouble(Variant.Group::weight).sum();
        for (Variant.Group group : wanted.groups()) {
            verdicts.add(group(group, MAX * group.weight() / weights, cited));
        }
        cited.forEach((signal, weighed) -> falseCitation(signal, weighed).ifPresent(verdicts::add));
        double sum = verdicts.stream().mapToDouble(Verdict::points).sum();
        return new Dimension("evidence", "Evidence", Math.max(0, sum), MAX, verdicts);
    }

    private Verdict group(Variant.Group group, double max, Map<String, Weighed> cited) {
        for (String signal : group.any()) {
            Weighed weighed = cited.get(signal);
            if (weighed != null && weighed.sign == Sign.DIFFERS) {
                return new Verdict(
                        max,
                        max,
                        "%s – %s: %s.".formatted(group.text(), name(signal), weighed.text),
                        Optional.of(weighed.citedAt));
            }
        }
        return new Verdict(
                0,
                max,
                "%s – not shown; any of %s would have shown it."
                        .formatted(group.text(), played.story().signals(group.any())),
                Optional.empty());
    }

    private Optional<Verdict> falseCitation(String signal, Weighed weighed) {
        return switch (weighed.sign) {
            case DIFFERS -> Optional.empty();
            case MENDED ->
                    Optional.of(
                            new Verdict(
                                    0,
                                    0,
                                    "%s was mended before it was looked at: %s."
                                            .formatted(name(signal), weighed.text),
                                    Optional.of(weighed.citedAt)));
            case SAME ->
                    Optional.of(
                            new Verdict(
                                    -wanted.falseCost(),
                                    0,
                                    "%s looks the same where the fault never happened: %s."
                                            .formatted(name(signal), weighed.text),
                                    Optional.of(weighed.citedAt)));
        };
    }

    private Weighed weigh(String signal, Deed citation) {
        Measure measure = wanted.measure(signal);
        return played.trajectory().signals().containsKey(signal)
                ? weighLine(signal, measure, citation.begun())
                : weighFinding(signal, measure, citation.begun());
    }

    private Weighed weighLine(String signal, Measure measure, Duration citedAt) {
        Duration end = later(Duration.ZERO, earlier(citedAt, firstEffect()));
        double from = seconds(played.variant().onset());
        double value = mean(series(played.trajectory(), signal), from, seconds(end));
        Band band = Band.of(windowMeans(series(reference.twin(), signal)));
        return new Weighed(
                band.excludes(value, measure) ? Sign.DIFFERS : Sign.SAME,
                "%s on average since the onset, %s in the healthy twin"
                        .formatted(number(value), band),
                citedAt);
    }

    private Weighed weighFinding(String probe, Measure measure, Duration citedAt) {
        if (measure.figure().isEmpty()) {
            return new Weighed(Sign.SAME, "it bears on nothing that the fault changed", citedAt);
        }
        String figure = measure.figure().get();
        Band band = Band.of(figures(reference.twin(), figure));
        List<Deed> probes =
                played.story()
                        .looksAt(List.of(probe))
                        .filter(deed -> deed.action() instanceof Action.Probe)
                        .filter(deed -> deed.done().compareTo(citedAt) <= 0)
                        .toList();
        double value = Double.NaN;
        for (Deed deed : probes) {
            value = deed.figuresDone().getOrDefault(figure, Double.NaN);
            if (band.excludes(value, measure)) {
                return new Weighed(Sign.DIFFERS, compared(figure, value, band), citedAt);
            }
        }
        boolean untouched =
                figures(reference.nobody(), figure).anyMatch(it -> band.excludes(it, measure));
        return new Weighed(
                untouched ? Sign.MENDED : Sign.SAME, compared(figure, value, band), citedAt);
    }

    private String name(String signal) {
        return played.story().signal(signal);
    }

    private String compared(String figure, double value, Band band) {
        String label =
                played.plan().facts().stream()
                        .filter(fact -> fact.figure().equals(figure))
                        .map(FactLine::label)
                        .findFirst()
                        .orElse(figure);
        return "%s at %s, %s in the healthy twin".formatted(label, number(value), band);
    }

    private static DoubleStream figures(Trajectory trajectory, String figure) {
        return trajectory.figures().stream()
                .mapToDouble(sample -> sample.figures().getOrDefault(figure, Double.NaN));
    }

    private Duration firstEffect() {
        return played.story()
                .pulls()
                .findFirst()
                .map(Deed::done)
                .orElse(played.plan().incident().clock());
    }

    /// Means of stretches of ten minutes, one after the other; a shorter rest is left out.
    private static DoubleStream windowMeans(Series series) {
        double[] times = series.timesSeconds();
        if (times.length == 0) {
            return DoubleStream.empty();
        }
        double first = times[0];
        int windows = (int) ((times[times.length - 1] - first) / TWIN_WINDOW_SECONDS);
        return IntStream.range(0, windows)
                .mapToDouble(i ->
                        mean(
                                series,
                                first + i * TWIN_WINDOW_SECONDS,
                                first + (i + 1) * TWIN_WINDOW_SECONDS));
    }

    /// Mean of the values from one time up to another, NaN aside; NaN where there are none.
    private static double mean(Series series, double fromSeconds, double toSeconds) {
        return IntStream.range(0, series.values().length)
                .filter(i -> series.timesSeconds()[i] >= fromSeconds)
                .filter(i -> series.timesSeconds()[i] < toSeconds)
                .mapToDouble(i -> series.values()[i])
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }

    private static Series series(Trajectory trajectory, String signal) {
        Series series = trajectory.signals().get(signal);
        if (series == null) {
            throw new IllegalStateException(
                    "no series for signal %s; every panel's line has one".formatted(signal));
        }
        return series;
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "nothing" : String.format(Locale.ROOT, "%.4g", value);
    }

    private static double seconds(Duration moment) {
        return moment.toMillis() / 1e3;
    }

    private static Duration earlier(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Duration later(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private enum Sign {
        DIFFERS,
        SAME,
        MENDED
    }

    /// A cited signal and how it came out.
    private record Weighed(Sign sign, String text, Duration citedAt) {}
}
