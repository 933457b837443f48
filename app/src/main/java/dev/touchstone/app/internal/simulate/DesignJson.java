package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.arena.design.Breach;
import dev.touchstone.arena.design.DesignTrial;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.arena.design.FleetDesign.Lane;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A tried design as a JSON document.
public final class DesignJson {
    private DesignJson() {}

    /// The document as text.
    public static String text(DesignStudy study) {
        return Json.text(document(study, true)) + "\n";
    }

    /// The document: the design, and a trial for each multiple of the load.
    ///
    /// @param open whether it tells what is derived for the load, and how few GPUs would do
    public static Map<String, @Nullable Object> document(DesignStudy study, boolean open) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("design", design(study.design()));
        document.put("stoppedEarly", study.stoppedEarly());
        document.put(
                "promise",
                FleetJson.ordered(
                        "ttftP95Seconds", DesignTrial.PROMISE.ttftP95Seconds(),
                        "tpotP95Seconds", DesignTrial.PROMISE.tpotP95Seconds(),
                        "dollarsPerMillionTokens", DesignTrial.MOST_DOLLARS));
        if (open) {
            document.put("smallestThatKeepsIt", smallest(study));
        }
        document.put("trials", study.trials().stream().map(each -> trial(each, open)).toList());
        return document;
    }

    private static @Nullable Integer smallest(DesignStudy study) {
        int gpus = study.smallest().orElse(0);
        return gpus == 0 ? null : gpus;
    }

    private static Map<String, @Nullable Object> design(FleetDesign design) {
        Lane lane = design.lane();
        return FleetJson.ordered(
                "gpus", design.gpus(),
                "tokenBudget", design.tokenBudget(),
                "kvType", design.kvType().name().toLowerCase(Locale.ROOT),
                "longGpus", lane.gpus(),
                "longAtOnce", lane.atOnce(),
                "longFrom", lane.equals(Lane.NONE) ? null : lane.fromTokens(),
                "router", DesignWords.router(design),
                "ladder", design.ladder());
    }

    private static Map<String, @Nullable Object> trial(DesignTrial trial, boolean open) {
        Map<String, @Nullable Object> written = new LinkedHashMap<>();
        written.put("times", trial.times());
        written.put(
                "peakRequestsPerSecond",
                FleetJson.number(DesignTrial.load(trial.times()).peakRequestsPerSecond()));
        written.put("promiseKept", trial.kept());
        written.put("lostShare", FleetJson.number(trial.lostShare()));
        written.put("breaks", breaks(trial));
        written.put("dollarsPerHour", trial.design().dollarsPerHour());
        if (open) {
            written.put("derived", FleetJson.derived(trial.derivation()));
        }
        written.putAll(FleetJson.report(trial.report()));
        return written;
    }

    private static List<Map<String, @Nullable Object>> breaks(DesignTrial trial) {
        return trial.breaches().stream()
                .map(breach ->
                        FleetJson.ordered(
                                "what", breach.kind().name().toLowerCase(Locale.ROOT),
                                "afterSeconds", seconds(breach),
                                "limit", FleetJson.number(breach.limit()),
                                "worst", FleetJson.number(breach.value()),
                                "text", DesignWords.breach(trial, breach)))
                .toList();
    }

    private static @Nullable Double seconds(Breach breach) {
        return breach.at().map(Duration::toMillis).map(millis -> millis / 1e3).orElse(null);
    }
}
