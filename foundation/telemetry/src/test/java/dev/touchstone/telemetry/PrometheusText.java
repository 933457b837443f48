package dev.touchstone.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A strict reader of Prometheus' text format 0.0.4: it fails on all that the format forbids or
/// leaves open, such as a sample without its family's TYPE line directly above.
record PrometheusText(
        Map<String, String> types, Map<String, String> helps, Map<String, Double> samples) {
    private static final Pattern COMMENT =
            Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\n\"])*)\"");
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{((?:%1$s)(?:,(?:%1$s))*)\\})? (\\S+)"
                            .formatted(LABEL.pattern().replaceAll("\\((?!\\?)", "(?:")));

    static PrometheusText parse(String text) {
        var parsed = new PrometheusText(new HashMap<>(), new HashMap<>(), new HashMap<>());
        assertThat(text).endsWith("\n");
        String family = "";
        for (String line : text.lines().toList()) {
            Matcher comment = COMMENT.matcher(line);
            if (comment.matches()) {
                boolean help = comment.group(1).equals("HELP");
                assertThat(parsed.types)
                        .as("HELP and TYPE come first: %s", line)
                        .doesNotContainKey(comment.group(2));
                (help ? parsed.helps : parsed.types)
                        .put(
                                comment.group(2),
                                help ? unescape(comment.group(3)) : comment.group(3));
                family = comment.group(2);
            } else {
                parsed.sample(line, family);
            }
        }
        return parsed;
    }

    private void sample(String line, String family) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as("not a sample: %s", line).isTrue();
        String type = types.getOrDefault(family, "none");
        String suffixes = type.equals("summary") ? "(_sum|_count)?" : "";
        assertThat(sample.group(1))
                .as("family of %s", line)
                .matches(Pattern.quote(family) + suffixes);
        var labels = new TreeMap<String, String>();
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
            assertThat(labels.put(label.group(1), unescape(label.group(2)))).as(line).isNull();
        }
        double value = Double.parseDouble(sample.group(3).replace("Inf", "Infinity"));
        assertThat(samples.put(sample.group(1) + labels, value)).as("twice: %s", line).isNull();
    }

    /// Value of the sample with exactly these labels.
    double value(String name, String... labels) {
        var byName = new TreeMap<String, String>();
        for (int i = 0; i < labels.length; i += 2) {
            byName.put(labels[i], labels[i + 1]);
        }
        assertThat(samples).containsKey(name + byName);
        return samples.getOrDefault(name + byName, Double.NaN);
    }

    private static String unescape(String text) {
        return Pattern.compile("\\\\(.)")
                .matcher(text)
                .replaceAll(escaped ->
                        Matcher.quoteReplacement(
                                escaped.group(1).equals("n") ? "\n" : escaped.group(1)));
    }
}
