package dev.touchstone.features.internal.log;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Value;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Rows as bytes of a log: sequence of the first, how many, and each row's key, times, and values
/// with a byte before each that says whether it is there. Behind them, if any, the positions up to
/// which sources have been read.
public final class RowCodec {
    private static final byte TOMBSTONE = 2;
    private static final byte PRESENT = 1;
    private static final byte MISSING = 0;
    private static final int INITIAL_BYTES = 1 << 12;

    private final FeatureView view;

    /// @param view what rows look like: see [dev.touchstone.features.ViewDefinition#source]
    public RowCodec(FeatureView view) {
        this.view = view;
    }

    /// What a log's rows look like, as text: stands at its beginning.
    public static String schema(FeatureView view) {
        return WrittenColumns.of(view).text();
    }

    /// A frame, not yet sealed, with the rows; they are numbered from `sequence` on.
    ///
    /// @param positions of sources, by their names
    /// @throws TooManyBytesException when they take more than a frame holds
    ByteBuffer encode(List<FeatureRow> rows, Map<String, Long> positions, long sequence) {
        int bytes = INITIAL_BYTES;
        while (true) {
            ByteBuffer frame = Frames.allocate(bytes);
            try {
                frame.putLong(sequence).putInt(rows.size());
                for (FeatureRow row : rows) {
                    put(frame, row);
                }
                positions.forEach((source, position) -> {
                    put(frame, Value.of(source));
                    frame.putLong(position);
                });
                return frame;
            } catch (BufferOverflowException _) {
                if (bytes == Frames.MAX_PAYLOAD_BYTES) {
                    throw new TooManyBytesException(rows.size(), bytes);
                }
                bytes *= 2;
            }
        }
    }

    /// Writes a row without its sequence number.
    ///
    /// @throws BufferOverflowException when there is no room
    public void put(ByteBuffer out, FeatureRow row) {
        for (Value part : row.entity().parts()) {
            put(out, part);
        }
        out.putLong(row.eventTime()).putLong(row.availableTime());
        if (row.isTombstone()) {
            out.put(TOMBSTONE);
            return;
        }
        for (Value value : row.values()) {
            if (value.equals(Value.MISSING)) {
                out.put(MISSING);
            } else {
                out.put(PRESENT);
                put(out, value);
            }
        }
    }

    private static void put(ByteBuffer out, Value value) {
        switch (value) {
            case Value.Real(double real) -> out.putDouble(real);
            case Value.Whole(long whole) -> out.putLong(whole);
            case Value.Truth(boolean truth) -> out.put((byte) (truth ? 1 : 0));
            case Value.Text(String text) -> {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                out.putInt(utf8.length).put(utf8);
            }
            case Value.Missing _ -> throw new IllegalArgumentException("a key is never missing");
        }
    }

    /// The rows of a payload whose checksum was right.
    List<FeatureRow> decode(ByteBuffer payload) {
        ByteBuffer in = payload.order(ByteOrder.LITTLE_ENDIAN);
        long sequence = in.getLong();
        int count = in.getInt();
        List<FeatureRow> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(get(in, sequence + i));
        }
        return rows;
    }

    /// The positions behind the rows, once [#decode] has read those.
    static Map<String, Long> positions(ByteBuffer payload) {
        Map<String, Long> positions = new LinkedHashMap<>();
        while (payload.hasRemaining()) {
            positions.put(text(payload), payload.getLong());
        }
        return positions;
    }

    /// Reads a row that [#put] wrote, little-endian as here.
    public FeatureRow get(ByteBuffer in, long sequence) {
        List<Value> key = new ArrayList<>(view.key().size());
        for (Column column : view.key()) {
            key.add(get(in, column.type()));
        }
        long event = in.getLong();
        long available = in.getLong();
        return new FeatureRow(new EntityKey(key), event, available, sequence, values(in));
    }

    private List<Value> values(ByteBuffer in) {
        List<Value> values = new ArrayList<>(view.features().size());
        for (Column column : view.features()) {
            byte flag = in.get();
            if (flag == TOMBSTONE) {
                return List.of();
            }
            values.add(flag == MISSING ? Value.MISSING : get(in, column.type()));
        }
        return values;
    }

    private static Value get(ByteBuffer in, ColumnType type) {
        return switch (type) {
            case DOUBLE -> Value.of(in.getDouble());
            case LONG, TIMESTAMP -> Value.of(in.getLong());
            case BOOLEAN -> Value.of(in.get() != 0);
            case TEXT -> Value.of(text(in));
        };
    }

    private static String text(ByteBuffer in) {
        byte[] utf8 = new byte[in.getInt()];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
