package dev.touchstone.telemetry;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What an instrument measures. Names follow Prometheus, where a peer has set one to the letter:
/// `vllm:num_requests_running`.
///
/// @param name what Prometheus allows, colons included
/// @param unit what values are read in, such as `seconds`, `requests` or `tokens`
/// @param help one sentence for people
/// @param labels by name
public record Metric(String name, String unit, String help, SortedMap<String, String> labels) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL = Pattern.compile("(?!__|quantile$)[a-zA-Z_][a-zA-Z0-9_]*");

    /// Rejects names that Prometheus would not take.
    public Metric {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "metric name '%s' must match %s, as Prometheus asks".formatted(name, NAME));
        }
        for (String label : labels.keySet()) {
            if (!LABEL.matcher(label).matches()) {
                throw new IllegalArgumentException(
                        "label '%s' of metric %s must match %s, as Prometheus asks"
                                .formatted(label, name, LABEL));
            }
        }
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /// A metric with labels given as `name, value, name, value, …`.
    static Metric of(String name, String unit, String help, String... labels) {
        if (labels.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "labels of metric %s must be pairs of name and value, got %s"
                            .formatted(name, String.join(", ", labels)));
        }
        var byName = new TreeMap<String, String>();
        for (int i = 0; i < labels.length; i += 2) {
            byName.put(labels[i], labels[i + 1]);
        }
        return new Metric(name, unit, help, byName);
    }

    /// Name and labels as in a query, labels in order of their names:
    /// `vllm:num_requests_running{replica="3",zone="b"}`.
    public String id() {
        return labels.isEmpty()
                ? name
                : labels.entrySet().stream()
                        .map(label -> label.getKey() + "=\"" + escape(label.getValue()) + "\"")
                        .collect(Collectors.joining(",", name + "{", "}"));
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
