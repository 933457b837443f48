package dev.touchstone.features;

import dev.touchstone.features.internal.files.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What has become of the rows of each view, as it was when the store was last open: a help to
/// count only those that came since.
record RowCounts(Path file) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    static RowCounts of(Path store) {
        return new RowCounts(store.resolve("counts.json"));
    }

    /// Counts row by row, in the order of arrival.
    IngestCounts count(ViewDefinition definition, Histories histories) throws IOException {
        IngestCounts saved = saved().getOrDefault(definition.view().name(), IngestCounts.NONE);
        IngestCounts counts =
                saved.rows() <= histories.rowCount(definition) ? saved : IngestCounts.NONE;
        long from = counts.rows();
        List<FeatureRow> since = new ArrayList<>();
        histories.rows(
                definition,
                row -> {
                    if (row.sequence() >= from) {
                        since.add(row);
                    }
                });
        since.sort(Comparator.comparingLong(FeatureRow::sequence));
        for (FeatureRow row : since) {
            counts = counts.after(row, definition.late());
        }
        return counts;
    }

    /// None when the file is damaged: then everything is counted anew.
    private Map<String, IngestCounts> saved() throws IOException {
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            return JSON.readValue(Files.readAllBytes(file), new TypeReference<>() {});
        } catch (JacksonException _) {
            return Map.of();
        }
    }

    void save(Definitions definitions, OnlineStore online) throws IOException {
        Map<String, IngestCounts> counts = new TreeMap<>();
        for (ViewDefinition definition : definitions.views()) {
            String view = definition.view().name();
            if (!online.broken().containsKey(view)) {
                counts.put(view, online.counts(view));
            }
        }
        try (var whole = new WholeFile(file)) {
            whole.writer().write(JSON.writeValueAsString(counts));
            whole.force();
            whole.appear();
        }
    }
}
