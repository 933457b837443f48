package dev.touchstone.features;

import dev.touchstone.features.internal.files.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What has become of the rows of each view, as it was when the store was last open: a help to
/// count only those that came since.
record RowCounts(Path file) {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .build();

    static RowCounts of(Path store) {
        return new RowCounts(store.resolve("counts.json"));
    }

    /// What became of the rows of a view up to one of them.
    ///
    /// @param event when that one happened
    /// @param available from when on it was available: with that, another history is told from this
    ///   one though it has as many rows
    record Counted(IngestCounts counts, long event, long available) {
        static final Counted NONE =
                new Counted(IngestCounts.NONE, Times.MINUS_INFINITY, Times.MINUS_INFINITY);

        Counted after(FeatureRow row, LatePolicy policy) {
            return new Counted(counts.after(row, policy), row.eventTime(), row.availableTime());
        }

        private boolean endsWith(FeatureRow row) {
            return row.sequence() == counts.rows() - 1
                    && row.eventTime() == event
                    && row.availableTime() == available;
        }
    }

    /// Counts row by row, in the order of arrival.
    Counted count(ViewDefinition definition, Histories histories) throws IOException {
        Counted counted =
                Optional.ofNullable(saved().get(definition.view().name())).orElse(Counted.NONE);
        long last = Math.max(0, counted.counts().rows() - 1);
        List<FeatureRow> since = from(last, definition, histories);
        if (!since.isEmpty() && counted.endsWith(since.getFirst())) {
            since.removeFirst();
        } else {
            counted = Counted.NONE;
            since = last == 0 ? since : from(0, definition, histories);
        }
        for (FeatureRow row : since) {
            counted = counted.after(row, definition.late());
        }
        return counted;
    }

    private static List<FeatureRow> from(
            long sequence, ViewDefinition definition, Histories histories) throws IOException {
        List<FeatureRow> since = new ArrayList<>();
        histories.rows(
                definition,
                row -> {
                    if (row.sequence() >= sequence) {
                        since.add(row);
                    }
                });
        since.sort(Comparator.comparingLong(FeatureRow::sequence));
        return since;
    }

    /// None when the file is damaged: then everything is counted anew.
    private Map<String, Counted> saved() throws IOException {
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            Map<String, Counted> saved =
                    JSON.readValue(Files.readAllBytes(file), new TypeReference<>() {});
            return saved == null ? Map.of() : saved;
        } catch (JacksonException _) {
            return Map.of();
        }
    }

    void save(Definitions definitions, OnlineStore online) throws IOException {
        Map<String, Counted> counts = new TreeMap<>();
        for (ViewDefinition definition : definitions.views()) {
            String view = definition.view().name();
            if (!online.broken().containsKey(view)) {
                counts.put(view, online.counted(view));
            }
        }
        try (var whole = new WholeFile(file)) {
            whole.writer().write(JSON.writeValueAsString(counts));
            whole.force();
            whole.appear();
        }
    }
}
