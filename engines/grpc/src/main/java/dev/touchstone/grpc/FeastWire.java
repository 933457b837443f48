package dev.touchstone.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.touchstone.features.Column;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStatus;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The messages of Feast's `feast/serving/ServingService.proto` and `feast/types/Value.proto`, as
/// far as online reads use them. The numbers are those of the fields there.
final class FeastWire {
    private static final int SERVICE = 1;
    private static final int FEATURES = 2;
    private static final int ENTITIES = 3;
    private static final int FULL_NAMES = 4;
    private static final int REQUEST_CONTEXT = 5;

    private static final int MAP_KEY = 1;
    private static final int MAP_VALUE = 2;
    private static final int LIST_ITEM = 1;

    private static final int STRING_VAL = 2;
    private static final int INT32_VAL = 3;
    private static final int INT64_VAL = 4;
    private static final int DOUBLE_VAL = 5;
    private static final int FLOAT_VAL = 6;
    private static final int BOOL_VAL = 7;
    private static final int UNIX_TIMESTAMP_VAL = 8;
    private static final int NULL_VAL = 19;

    private static final int METADATA = 1;
    private static final int FEATURE_NAMES = 1;
    private static final int RESULTS = 2;
    private static final int ALL_WELL = 3;
    private static final int VALUES = 1;
    private static final int STATUSES = 2;
    private static final int EVENT_TIMESTAMPS = 3;
    private static final int SECONDS = 1;
    private static final int NANOS = 2;
    private static final int VERSION = 1;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private FeastWire() {}

    /// `GetOnlineFeaturesRequest`.
    ///
    /// @param features `view:feature` or `view.feature` each; none when a service is named
    /// @param entities key columns and their values, one for each row
    /// @param brought what computed features take from the request, one value for each row
    record Request(
            Optional<String> service,
            List<String> features,
            Map<String, List<Value>> entities,
            Map<String, List<Value>> brought,
            boolean fullNames) {}

    /// @throws IllegalArgumentException for bytes that are no such message, and for keys of types
    ///   that no key has
    static Request request(byte[] bytes) {
        Optional<String> service = Optional.empty();
        List<String> features = new ArrayList<>();
        Map<String, List<Value>> entities = new LinkedHashMap<>();
        Map<String, List<Value>> brought = new LinkedHashMap<>();
        boolean fullNames = false;
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case SERVICE -> service = Optional.of(in.readStringRequireUtf8());
                    case FEATURES -> features.addAll(texts(in.readByteArray()));
                    case ENTITIES -> column(in.readByteArray(), entities);
                    case REQUEST_CONTEXT -> column(in.readByteArray(), brought);
                    case FULL_NAMES -> fullNames = in.readBool();
                    default -> in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("no GetOnlineFeaturesRequest: " + e.getMessage(), e);
        }
        return new Request(service, features, entities, brought, fullNames);
    }

    private static List<String> texts(byte[] list) throws IOException {
        List<String> texts = new ArrayList<>();
        CodedInputStream in = CodedInputStream.newInstance(list);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == LIST_ITEM) {
                texts.add(in.readStringRequireUtf8());
            } else {
                in.skipField(tag);
            }
        }
        return texts;
    }

    private static void column(byte[] entry, Map<String, List<Value>> columns) throws IOException {
        String name = "";
        byte[] list = {};
        CodedInputStream in = CodedInputStream.newInstance(entry);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case MAP_KEY -> name = in.readStringRequireUtf8();
                case MAP_VALUE -> list = in.readByteArray();
                default -> in.skipField(tag);
            }
        }
        List<Value> values = new ArrayList<>();
        CodedInputStream items = CodedInputStream.newInstance(list);
        for (int tag = items.readTag(); tag != 0; tag = items.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == LIST_ITEM) {
                values.add(value(name, items.readByteArray()));
            } else {
                items.skipField(tag);
            }
        }
        columns.put(name, values);
    }

    private static Value value(String name, byte[] bytes) throws IOException {
        Value value = Value.MISSING;
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            value =
                    switch (field) {
                        case STRING_VAL -> Value.of(in.readStringRequireUtf8());
                        case INT32_VAL -> Value.of((long) in.readInt32());
                        case INT64_VAL -> Value.of(in.readInt64());
                        case UNIX_TIMESTAMP_VAL -> moment(name, in.readInt64());
                        case DOUBLE_VAL -> Value.of(in.readDouble());
                        case FLOAT_VAL -> Value.of((double) in.readFloat());
                        case BOOL_VAL -> Value.of(in.readBool());
                        case NULL_VAL -> {
                            in.skipField(tag);
                            yield Value.MISSING;
                        }
                        default ->
                                throw new IllegalArgumentException(
                                        "%s: write string_val, int64_val, double_val or bool_val, got field %d of Value"
                                                .formatted(name, field));
                    };
        }
        return value;
    }

    private static Value moment(String name, long seconds) {
        try {
            return Value.of(Math.multiplyExact(seconds, NANOS_PER_SECOND));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s: unix_timestamp_val has seconds since 1970, and %d of them lie outside the years 1678 to 2262; were they milliseconds?"
                            .formatted(name, seconds),
                    e);
        }
    }

    /// Part of a message.
    private interface Part {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Part part) {
        var bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            part.write(out);
            out.flush();
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /// `GetFeastServingInfoResponse`.
    static byte[] info(String version) {
        return message(out -> out.writeString(VERSION, version));
    }

    /// What a read gave.
    ///
    /// @param asOf the moment that it answers for
    record Read(List<OnlineRow> rows, long asOf) {
        Read {
            rows = List.copyOf(rows);
        }
    }

    /// `GetOnlineFeaturesResponse`: a vector for each key column, as it was asked for, and for each
    /// feature.
    ///
    /// @param names of the key columns and the features
    static byte[] response(List<String> names, Request request, OnlineReader reader, Read read) {
        return message(out -> {
            byte[] list =
                    message(texts -> {
                        for (String name : names) {
                            texts.writeString(LIST_ITEM, name);
                        }
                    });
            out.writeByteArray(
                    METADATA, message(metadata -> metadata.writeByteArray(FEATURE_NAMES, list)));
            for (List<Value> keys : request.entities().values()) {
                out.writeByteArray(RESULTS, message(vector -> keys(vector, keys)));
            }
            for (int feature = 0; feature < reader.names().size(); feature++) {
                int which = feature;
                Column column = reader.columns().get(feature);
                out.writeByteArray(
                        RESULTS, message(vector -> feature(vector, column, which, read)));
            }
            out.writeBool(ALL_WELL, true);
        });
    }

    private static void keys(CodedOutputStream vector, List<Value> keys) throws IOException {
        for (Value key : keys) {
            byte[] value =
                    message(out -> {
                        switch (key) {
                            case Value.Whole(long whole) -> out.writeInt64(INT64_VAL, whole);
                            case Value.Text(String text) -> out.writeString(STRING_VAL, text);
                            case Value.Missing _, Value.Real _, Value.Truth _ -> {}
                        }
                    });
            vector.writeByteArray(VALUES, value);
        }
        for (int row = 0; row < keys.size(); row++) {
            vector.writeEnum(STATUSES, status(OnlineStatus.PRESENT));
        }
        for (int row = 0; row < keys.size(); row++) {
            vector.writeByteArray(EVENT_TIMESTAMPS, time(0));
        }
    }

    private static void feature(CodedOutputStream vector, Column column, int feature, Read read)
            throws IOException {
        List<OnlineRow> rows = read.rows();
        for (OnlineRow row : rows) {
            byte[] value = message(out -> cell(out, column, row, feature));
            vector.writeByteArray(VALUES, value);
        }
        for (OnlineRow row : rows) {
            vector.writeEnum(STATUSES, status(row.status(feature)));
        }
        for (OnlineRow row : rows) {
            long time = row.eventTime(feature);
            if (time == Times.MINUS_INFINITY) { // as over HTTP
                time = row.status(feature) == OnlineStatus.PRESENT ? read.asOf() : 0;
            }
            vector.writeByteArray(EVENT_TIMESTAMPS, time(time));
        }
    }

    private static void cell(CodedOutputStream out, Column column, OnlineRow row, int feature)
            throws IOException {
        if (row.status(feature) != OnlineStatus.PRESENT) {
            return;
        }
        switch (column.type()) {
            case DOUBLE -> out.writeDouble(DOUBLE_VAL, row.real(feature));
            case LONG -> out.writeInt64(INT64_VAL, row.whole(feature));
            case BOOLEAN -> out.writeBool(BOOL_VAL, row.truth(feature));
            case TEXT -> out.writeString(STRING_VAL, row.text(feature));
            case TIMESTAMP -> // Feast has whole seconds there
                    out.writeInt64(
                            UNIX_TIMESTAMP_VAL,
                            Math.floorDiv(row.whole(feature), NANOS_PER_SECOND));
        }
    }

    private static int status(OnlineStatus status) {
        return switch (status) {
            case PRESENT -> 1;
            case NULL_VALUE -> 2;
            case NOT_FOUND -> 3;
            case OUTSIDE_MAX_AGE -> 4;
        };
    }

    private static byte[] time(long nanos) {
        return message(out -> {
            long seconds = Math.floorDiv(nanos, NANOS_PER_SECOND);
            int rest = (int) Math.floorMod(nanos, NANOS_PER_SECOND);
            if (seconds != 0) {
                out.writeInt64(SECONDS, seconds);
            }
            if (rest != 0) {
                out.writeInt32(NANOS, rest);
            }
        });
    }
}
