package dev.touchstone.features.internal.arrow;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import java.io.IOException;
import java.util.Optional;
import org.apache.arrow.flatbuf.Bool;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.TimeUnit;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;

/// Which of our types an Arrow field is, and the other way round.
final class ArrowTypes {
    private ArrowTypes() {}

    static byte code(ColumnType type) {
        return switch (type) {
            case DOUBLE -> Type.FloatingPoint;
            case LONG -> Type.Int;
            case TEXT -> Type.Utf8;
            case BOOLEAN -> Type.Bool;
            case TIMESTAMP -> Type.Timestamp;
        };
    }

    /// @return where the type stands
    static int write(FlatBufferBuilder builder, ColumnType type) {
        return switch (type) {
            case DOUBLE -> FloatingPoint.createFloatingPoint(builder, Precision.DOUBLE);
            case LONG -> Int.createInt(builder, Long.SIZE, true);
            case TEXT -> {
                Utf8.startUtf8(builder);
                yield Utf8.endUtf8(builder);
            }
            case BOOLEAN -> {
                Bool.startBool(builder);
                yield Bool.endBool(builder);
            }
            case TIMESTAMP ->
                    Timestamp.createTimestamp(
                            builder, TimeUnit.NANOSECOND, builder.createString("UTC"));
        };
    }

    /// @throws IOException when we have no such type, with the cure
    static Column column(String file, Field field) throws IOException {
        if (field.dictionary() != null) {
            throw new IOException(
                    "column %s of %s is dictionary-encoded, such as a category in pandas; write its values instead"
                            .formatted(field.name(), file));
        }
        if (field.typeType() == Type.Timestamp && timestamp(field).timezone() == null) {
            throw new IOException(
                    "column %s of %s has times without a zone; write them as UTC"
                            .formatted(field.name(), file));
        }
        return type(field)
                .map(type -> new Column(field.name(), type))
                .orElseThrow(() ->
                        new IOException(
                                ("column %s of %s is %s; there are double, float, signed whole"
                                                + " numbers, text, boolean and timestamps: convert"
                                                + " it or leave it out")
                                        .formatted(
                                                field.name(), file, Type.name(field.typeType()))));
    }

    private static Optional<ColumnType> type(Field field) {
        return switch (field.typeType()) {
            case Type.FloatingPoint ->
                    floating(field).precision() == Precision.HALF
                            ? Optional.empty()
                            : Optional.of(ColumnType.DOUBLE);
            case Type.Int ->
                    whole(field).isSigned() ? Optional.of(ColumnType.LONG) : Optional.empty();
            case Type.Utf8, Type.LargeUtf8, Type.Utf8View -> Optional.of(ColumnType.TEXT);
            case Type.Bool -> Optional.of(ColumnType.BOOLEAN);
            case Type.Timestamp -> Optional.of(ColumnType.TIMESTAMP);
            default -> Optional.empty();
        };
    }

    static FloatingPoint floating(Field field) {
        var type = new FloatingPoint();
        field.type(type);
        return type;
    }

    static Int whole(Field field) {
        var type = new Int();
        field.type(type);
        return type;
    }

    static Timestamp timestamp(Field field) {
        var type = new Timestamp();
        field.type(type);
        return type;
    }

    /// Buffers of a field: where its nodes and its data are is told by counting.
    static int buffers(Field field) {
        return switch (field.typeType()) {
            case Type.Null -> 0;
            case Type.Utf8, Type.LargeUtf8, Type.Binary, Type.LargeBinary -> 3;
            default -> 2;
        };
    }
}
