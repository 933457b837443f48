package dev.touchstone.arena.internal.longcontext;

import java.util.Map;
import java.util.TreeMap;

/// The numbers that make the traffic and the machines; a variant of the incident overrides some.
record Parameters(Map<String, Double> values) {
    /// The service as the briefing describes it, for each GPU. Lengths in tokens, times in seconds.
    private static final Map<String, Double> DEFAULTS =
            Map.ofEntries(
                    Map.entry("gpus", 2.0),
                    Map.entry("poolBytes", 20.2e9),
                    Map.entry("watermark", 0.066),
                    Map.entry("pagedWithoutLimits", 0.0),
                    Map.entry("onsetSecondsBeforePage", 720.0),
                    Map.entry("clientRoundTripSeconds", 0.090),
                    Map.entry("shortPerSecond", 10.9),
                    Map.entry("shortPromptLow", 740.0),
                    Map.entry("shortPromptHigh", 890.0),
                    Map.entry("shortOutputMean", 218.0),
                    Map.entry("shortOutputSigma", 0.5),
                    Map.entry("documentsPerSecond", 0.0125),
                    Map.entry("documentsAtLaunch", 4.0),
                    Map.entry("documentLow", 29_400.0),
                    Map.entry("documentHigh", 30_600.0),
                    Map.entry("documentsAtLimit", 0.028),
                    Map.entry("questionsPerDocument", 90.0),
                    Map.entry("questionLow", 1_900.0),
                    Map.entry("questionHigh", 2_000.0),
                    Map.entry("answerMean", 70.0),
                    Map.entry("answerSigma", 0.4),
                    Map.entry("secondsBetweenQuestions", 2.3),
                    Map.entry("secondsOpenAfterLast", 0.0),
                    Map.entry("documentPatienceSeconds", 600.0));

    Parameters {
        Map<String, Double> all = new TreeMap<>(DEFAULTS);
        for (String name : values.keySet()) {
            if (!DEFAULTS.containsKey(name)) {
                throw new IllegalArgumentException(
                        "no such parameter: %s; there are %s"
                                .formatted(name, new TreeMap<>(DEFAULTS).keySet()));
            }
        }
        all.putAll(values);
        values = Map.copyOf(all);
    }

    double get(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no such parameter: " + name);
        }
        return value;
    }

    long nanos(String name) {
        return (long) (get(name) * 1e9);
    }
}
