package dev.touchstone.app.internal.features;

import dev.touchstone.features.DefinitionChange;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.ParityWatch;
import dev.touchstone.features.Registry;
import dev.touchstone.guardrails.Timeline;
import dev.touchstone.guardrails.Timeline.Kind;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Puts what happens to a feature store on the timeline.
final class FeatureChanges {
    /// How many of the versions that were applied last are told.
    private static final int VERSIONS = 20;

    /// How many changes of a version are told.
    private static final int PARTS = 3;

    private final Timeline timeline;
    private final InstantSource clock;

    FeatureChanges(Timeline timeline, InstantSource clock) {
        this.timeline = timeline;
        this.clock = clock;
    }

    /// Something that happens now.
    ///
    /// @param target what was changed: `source:card`, `definitions`
    void add(Kind kind, String target, String summary, String actor) {
        timeline.add(new Timeline.Change(clock.instant(), kind, target, summary, actor));
    }

    /// What was applied to the store until now, each version at its time.
    void applied(Registry registry) throws IOException {
        var before = new Definitions(List.of());
        List<Registry.Applied> latest = registry.latest(VERSIONS + 1);
        for (int i = 0; i < latest.size(); i++) {
            Registry.Applied version = latest.get(i);
            if (version.version() == 1 || i > 0) { // else it is there to be compared with
                List<DefinitionChange> changes =
                        DefinitionChange.between(before, version.definitions());
                timeline.add(
                        new Timeline.Change(
                                Instant.parse(version.time()),
                                Kind.CONFIG,
                                "definitions",
                                "version %d: %s".formatted(version.version(), sentence(changes)),
                                "features apply"));
            }
            before = version.definitions();
        }
    }

    private static String sentence(List<DefinitionChange> changes) {
        String told =
                changes.stream()
                        .limit(PARTS)
                        .map(change -> change.name() + ", " + change.what())
                        .collect(Collectors.joining("; "));
        int more = changes.size() - PARTS;
        return more > 0 ? "%s; and %d more".formatted(told, more) : told;
    }

    /// Parity was lost, or is back.
    ///
    /// @return what was told
    String parity(ParityWatch.Alarm alarm) {
        String share = String.format(Locale.ROOT, "%.3f %%", 100 * alarm.share());
        String summary =
                alarm.over()
                        ? "%s of cells agree with a replay again".formatted(share)
                        : "only %s of cells agree with a replay, most differences in %s (%s)"
                                .formatted(
                                        share,
                                        alarm.worst(),
                                        alarm.cause().name().toLowerCase(Locale.ROOT));
        add(Kind.INCIDENT, "parity", summary, "parity watch");
        return summary;
    }
}
