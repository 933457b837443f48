package dev.touchstone.features;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Reads how a store is served: the blocks `parity` and `served` of a file of definitions.
record ServingReader(DefinitionReader definitions) {
    private static final int WHOLE = 1_000;
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9}) ?(MB|GB|TB)");
    private static final Map<String, Long> UNITS =
            Map.of("MB", 1L << 20, "GB", 1L << 30, "TB", 1L << 40);

    Serving read(JsonNode tree) {
        return new Serving(parity(tree.path("parity")), retention(tree.path("served")));
    }

    private ParityWatch.Settings parity(JsonNode node) {
        var usual = ParityWatch.Settings.DEFAULT;
        if (node.isMissingNode()) {
            return usual;
        }
        definitions.fields(
                "/parity", node, List.of("sample", "after", "every", "reads", "alarm", "over"));
        double sample = share("/parity/sample", node.path("sample"), usual.sample());
        double perMille = sample * WHOLE;
        if (Math.abs(perMille - Math.rint(perMille)) > 1e-9 || perMille < 1) {
            throw definitions.wrong(
                    "/parity/sample", "write a share of reads from 0.001 to 1, got " + sample);
        }
        JsonNode reads = node.path("reads");
        if (!reads.isMissingNode() && !reads.canConvertToInt()) {
            throw definitions.wrong("/parity/reads", "write a whole number, got " + reads);
        }
        try {
            return new ParityWatch.Settings(
                    (int) Math.rint(perMille),
                    span(node, "after", usual.maturityNanos()),
                    span(node, "every", usual.everyNanos()),
                    reads.asInt(usual.most()),
                    share("/parity/alarm", node.path("alarm"), usual.threshold()),
                    span(node, "over", usual.spanNanos()));
        } catch (IllegalArgumentException e) {
            throw definitions.wrong("/parity", String.valueOf(e.getMessage()));
        }
    }

    private long span(JsonNode node, String field, long usual) {
        return definitions.span("/parity/" + field, node.path(field)).orElse(usual);
    }

    private double share(String path, JsonNode node, double usual) {
        double share = node.isMissingNode() ? usual : node.asDouble(-1);
        if (!(share >= 0 && share <= 1)) {
            throw definitions.wrong(path, "write a share from 0 to 1, got " + node);
        }
        return share;
    }

    private Retention retention(JsonNode node) {
        if (node.isMissingNode()) {
            return Retention.ALL;
        }
        definitions.fields("/served", node, List.of("keep", "size"));
        try {
            return new Retention(
                    definitions
                            .span("/served/keep", node.path("keep"))
                            .orElse(Retention.ALL.ageNanos()),
                    node.has("size") ? bytes(node.path("size")) : Retention.ALL.bytes());
        } catch (IllegalArgumentException e) {
            throw definitions.wrong("/served", String.valueOf(e.getMessage()));
        }
    }

    private long bytes(JsonNode node) {
        Matcher size = SIZE.matcher(node.asString("").toUpperCase(Locale.ROOT));
        if (!size.matches()) {
            throw definitions.wrong("/served/size", "write a size such as 10 GB, got " + node);
        }
        return Long.parseLong(size.group(1)) * UNITS.getOrDefault(size.group(2), 1L);
    }
}
