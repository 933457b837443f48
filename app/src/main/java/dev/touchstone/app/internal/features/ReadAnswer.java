package dev.touchstone.app.internal.features;

import dev.touchstone.features.Column;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStatus;
import dev.touchstone.features.Times;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The answer of `/get-online-features`: a column for each key column and each feature. Beside what
/// Feast has there stand the row ids under which it was logged, and the moment it is as of.
record ReadAnswer(
        ReadRequest request, ReadPlan plan, List<OnlineRow> rows, List<String> rowIds, long asOf) {
    private static final String EPOCH = "1970-01-01T00:00:00Z";
    private static final int BYTES_A_CELL = 64;
    private static final int BYTES_A_FEATURE = 80;
    private static final int OTHER_BYTES = 200;

    byte[] bytes() {
        OnlineReader reader = plan.reader();
        int features = reader.names().size();
        var json =
                new JsonBytes(
                        OTHER_BYTES
                                + features * BYTES_A_FEATURE
                                + (features + request.entities().size() + 1)
                                        * rows.size()
                                        * BYTES_A_CELL);
        json.raw("{\"metadata\":{\"feature_names\":[");
        int at = 0;
        for (String column : request.entities().keySet()) {
            json.comma(at++).text(column);
        }
        for (String shown : plan.shown()) {
            json.comma(at++).text(shown);
        }
        json.raw("],\"row_ids\":[");
        for (int row = 0; row < rowIds.size(); row++) {
            json.comma(row).text(rowIds.get(row));
        }
        json.raw("],\"as_of\":").text(Times.text(asOf)).raw("},\"results\":[");
        at = 0;
        for (JsonNode values : request.entities().values()) {
            keyColumn(json.comma(at++), values);
        }
        var times = new TimeText();
        for (int feature = 0; feature < features; feature++) {
            column(json.comma(at++), reader.columns().get(feature), feature, times);
        }
        return json.raw("]}").toBytes();
    }

    /// The text of a moment, made again only when it is another than the last: most cells of an
    /// answer share one.
    private static final class TimeText {
        private long time = Times.MINUS_INFINITY;
        private String text = EPOCH;

        String of(long moment) {
            if (moment != time) {
                time = moment;
                text = moment == Times.MINUS_INFINITY ? EPOCH : Times.text(moment);
            }
            return text;
        }
    }

    /// When a cell's value was made: by its latest event; as of the read, of a count of no event or
    /// what is computed from nothing stored. What has no value has Feast's time for that: its
    /// clients read no null there.
    private long moment(OnlineRow row, int feature) {
        long event = row.eventTime(feature);
        return event == Times.MINUS_INFINITY && row.status(feature) == OnlineStatus.PRESENT
                ? asOf
                : event;
    }

    private static void keyColumn(JsonBytes json, JsonNode values) {
        json.raw("{\"values\":[");
        for (int row = 0; row < values.size(); row++) {
            JsonNode value = values.get(row);
            json.comma(row);
            if (value.isIntegralNumber()) {
                json.number(value.longValue());
            } else if (value.isNull()) {
                json.raw("null");
            } else {
                json.text(value.asString(""));
            }
        }
        json.raw("],\"statuses\":[");
        for (int row = 0; row < values.size(); row++) {
            json.comma(row).text(OnlineStatus.PRESENT.name());
        }
        json.raw("],\"event_timestamps\":[");
        for (int row = 0; row < values.size(); row++) {
            json.comma(row).text(EPOCH);
        }
        json.raw("]}");
    }

    private void column(JsonBytes json, Column column, int feature, TimeText times) {
        json.raw("{\"values\":[");
        for (int row = 0; row < rows.size(); row++) {
            cell(json.comma(row), column, rows.get(row), feature);
        }
        json.raw("],\"statuses\":[");
        for (int row = 0; row < rows.size(); row++) {
            json.comma(row).text(rows.get(row).status(feature).name());
        }
        json.raw("],\"event_timestamps\":[");
        for (int row = 0; row < rows.size(); row++) {
            json.comma(row).text(times.of(moment(rows.get(row), feature)));
        }
        json.raw("]}");
    }

    private static void cell(JsonBytes json, Column column, OnlineRow row, int feature) {
        if (row.status(feature) != OnlineStatus.PRESENT) {
            json.raw("null");
            return;
        }
        switch (column.type()) {
            case DOUBLE -> json.real(row.real(feature));
            case LONG -> json.number(row.whole(feature));
            case BOOLEAN -> json.raw(row.truth(feature) ? "true" : "false");
            case TEXT -> json.text(row.text(feature));
            case TIMESTAMP -> json.text(Times.text(row.whole(feature)));
        }
    }
}
