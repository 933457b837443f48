package dev.touchstone.app.internal.practice;

import dev.touchstone.app.internal.practice.Progress.Calibration;
import dev.touchstone.app.internal.practice.Progress.Certainty;
import dev.touchstone.app.internal.practice.Progress.History;
import dev.touchstone.app.internal.practice.Progress.Point;
import dev.touchstone.app.internal.practice.Progress.Stuck;
import dev.touchstone.arena.practice.Brief;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Level;
import dev.touchstone.arena.practice.Outcome;
import dev.touchstone.arena.practice.Practice;
import dev.touchstone.arena.practice.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Puts outcomes together to what a progress page shows.
final class ProgressReport {
    private final Practice practice;
    private final List<Outcome> outcomes;

    private ProgressReport(Practice practice, List<Outcome> outcomes) {
        this.practice = practice;
        this.outcomes =
                outcomes.stream().sorted(Comparator.comparing(Outcome::at)).toList();
    }

    /// @param readings of the challenges that were finished, by dimension
    static Progress of(
            Practice practice,
            List<Outcome> outcomes,
            Map<Item, Map<String, Reading>> readings) {
        var report = new ProgressReport(practice, outcomes);
        return new Progress(
                report.counts(),
                report.calibration(),
                report.histories(),
                report.certainty(),
                report.stuck(readings));
    }

    private Map<Item.Kind, Integer> counts() {
        Map<Item.Kind, Integer> counts = new EnumMap<>(Item.Kind.class);
        outcomes.forEach(outcome -> counts.merge(outcome.item().kind(), 1, Integer::sum));
        return counts;
    }

    private List<Calibration> calibration() {
        return outcomes.stream()
                .filter(outcome -> !outcome.dimensions().isEmpty())
                .map(outcome ->
                        new Calibration(
                                outcome.at(),
                                outcome.item(),
                                mean(outcome, Outcome.Dimension::self),
                                mean(outcome, Outcome.Dimension::evidence)))
                .toList();
    }

    private static double mean(Outcome outcome, Function<Outcome.Dimension, Level> level) {
        return outcome.dimensions().stream()
                .mapToInt(dimension -> level.apply(dimension).column())
                .average()
                .orElse(0);
    }

    private record Place(Item item, String dimension) {}

    private List<History> histories() {
        Map<Place, List<Point>> points = new LinkedHashMap<>();
        for (Outcome outcome : outcomes) {
            for (Outcome.Dimension dimension : outcome.dimensions()) {
                points.computeIfAbsent(
                                new Place(outcome.item(), dimension.id()), _ -> new ArrayList<>())
                        .add(new Point(outcome.at(), dimension.self(), dimension.evidence()));
            }
        }
        List<History> histories = new ArrayList<>();
        points.forEach((place, line) ->
                histories.add(
                        new History(
                                place.item(),
                                place.dimension(),
                                title(place.item(), place.dimension()),
                                line)));
        return histories;
    }

    private String title(Item item, String dimension) {
        return practice.challenge(item.id()).stream()
                .flatMap(brief -> brief.rubric().stream())
                .filter(row -> row.id().equals(dimension))
                .map(Brief.Dimension::title)
                .findFirst()
                .orElse(dimension);
    }

    private List<Certainty> certainty() {
        return outcomes.stream()
                .filter(outcome -> outcome.certainty() != 0)
                .map(outcome ->
                        new Certainty(outcome.at(), outcome.item(), outcome.certainty()))
                .toList();
    }

    private List<Stuck> stuck(Map<Item, Map<String, Reading>> readings) {
        Map<Item, List<Outcome>> byItem = new LinkedHashMap<>();
        outcomes.forEach(outcome ->
                byItem.computeIfAbsent(outcome.item(), _ -> new ArrayList<>()).add(outcome));
        List<Stuck> stuck = new ArrayList<>();
        byItem.forEach((item, attempts) -> {
            for (String dimension : Practice.stuck(attempts)) {
                Optional.ofNullable(readings.getOrDefault(item, Map.of()).get(dimension))
                        .ifPresent(reading ->
                                stuck.add(
                                        new Stuck(
                                                item,
                                                dimension,
                                                reading.title(),
                                                reading.text())));
            }
        });
        return stuck;
    }
}
