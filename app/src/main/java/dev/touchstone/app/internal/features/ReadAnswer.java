package dev.touchstone.app.internal.features;

import dev.touchstone.features.Column;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStatus;
import dev.touchstone.features.Times;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/// The answer of `/get-online-features`: a column for each key column and each feature. Beside what
/// Feast has there stand the row ids under which it was logged, and the moment it is as of.
record ReadAnswer(
        ReadRequest request,
        OnlineReader reader,
        List<OnlineRow> rows,
        List<String> rowIds,
        long asOf) {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final String EPOCH = "1970-01-01T00:00:00Z";
    private static final int BYTES_A_CELL = 64;

    byte[] bytes() {
        var out =
                new ByteArrayOutputStream(BYTES_A_CELL * (1 + reader.names().size() * rows.size()));
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeName("metadata");
            json.writeStartObject();
            json.writeName("feature_names");
            json.writeStartArray();
            request.entities().keySet().forEach(json::writeString);
            reader.names().forEach(name -> json.writeString(request.shown(name)));
            json.writeEndArray();
            json.writeName("row_ids");
            json.writeStartArray();
            rowIds.forEach(json::writeString);
            json.writeEndArray();
            json.writeName("as_of");
            json.writeString(Times.text(asOf));
            json.writeEndObject();
            json.writeName("results");
            json.writeStartArray();
            request.entities().values().forEach(values -> keyColumn(json, values));
            Map<Long, String> times = new HashMap<>();
            for (int feature = 0; feature < reader.names().size(); feature++) {
                column(json, reader.columns().get(feature), feature, rows, times);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void keyColumn(JsonGenerator json, JsonNode values) {
        json.writeStartObject();
        json.writeName("values");
        json.writeStartArray();
        for (JsonNode value : values) {
            if (value.isIntegralNumber()) {
                json.writeNumber(value.longValue());
            } else if (value.isNull()) {
                json.writeNull();
            } else {
                json.writeString(value.asString(""));
            }
        }
        json.writeEndArray();
        repeat(json, "statuses", OnlineStatus.PRESENT.name(), values.size());
        repeat(json, "event_timestamps", EPOCH, values.size());
        json.writeEndObject();
    }

    private static void repeat(JsonGenerator json, String name, String text, int count) {
        json.writeName(name);
        json.writeStartArray();
        for (int i = 0; i < count; i++) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /// @param times texts of moments that were written before; most cells of an answer share one
    private static void column(
            JsonGenerator json,
            Column column,
            int feature,
            List<OnlineRow> rows,
            Map<Long, String> times) {
        json.writeStartObject();
        json.writeName("values");
        json.writeStartArray();
        for (OnlineRow row : rows) {
            cell(json, column, row, feature);
        }
        json.writeEndArray();
        json.writeName("statuses");
        json.writeStartArray();
        for (OnlineRow row : rows) {
            json.writeString(row.status(feature).name());
        }
        json.writeEndArray();
        json.writeName("event_timestamps");
        json.writeStartArray();
        for (OnlineRow row : rows) {
            long time = row.eventTime(feature);
            json.writeString(
                    time == Times.MINUS_INFINITY
                            ? EPOCH
                            : times.computeIfAbsent(time, Times::text));
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void cell(JsonGenerator json, Column column, OnlineRow row, int feature) {
        if (row.status(feature) != OnlineStatus.PRESENT) {
            json.writeNull();
            return;
        }
        switch (column.type()) {
            case DOUBLE -> {
                double real = row.real(feature);
                if (Double.isFinite(real)) {
                    json.writeNumber(real);
                } else {
                    json.writeString(Double.toString(real));
                }
            }
            case LONG -> json.writeNumber(row.whole(feature));
            case BOOLEAN -> json.writeBoolean(row.truth(feature));
            case TEXT -> json.writeString(row.text(feature));
            case TIMESTAMP -> json.writeString(Times.text(row.whole(feature)));
        }
    }
}
