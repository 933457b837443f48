package dev.touchstone.features.internal.remote;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.log.RowCodec;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// An entity's rows as bytes, one after another: the sequence number and the row, in ascending
/// order of the numbers. Where rows were left out, a mark says up to which number.
///
/// A number that does not exceed the one before it is a row that was added again, and skipped.
final class EntityState {
    private static final byte ROW = 1;
    private static final byte FOLDED = 2;
    private static final int INITIAL_BYTES = 256;

    private final RowCodec codec;

    EntityState(ViewDefinition definition) {
        this.codec = new RowCodec(definition.source());
    }

    /// What is to be added for rows.
    byte[] added(List<FeatureRow> rows) {
        return bytes(rows, -1);
    }

    /// What replaces everything up to the row `through`.
    byte[] folded(List<FeatureRow> rows, long through) {
        return bytes(rows, through);
    }

    private byte[] bytes(List<FeatureRow> rows, long through) {
        int size = INITIAL_BYTES * (1 + rows.size());
        while (true) {
            try {
                return bytes(rows, through, ByteBuffer.allocate(size));
            } catch (BufferOverflowException _) {
                size = Math.multiplyExact(size, 2);
            }
        }
    }

    private byte[] bytes(List<FeatureRow> rows, long through, ByteBuffer buffer) {
        ByteBuffer out = buffer.order(ByteOrder.LITTLE_ENDIAN);
        for (FeatureRow row : rows) {
            out.put(ROW).putLong(row.sequence());
            codec.put(out, row);
        }
        if (through >= 0) {
            out.put(FOLDED).putLong(through);
        }
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    /// What was read.
    ///
    /// @param rows each once, in the order of their numbers
    /// @param last the highest number so far, of those left out too; -1 for none
    record Read(List<FeatureRow> rows, long last) {}

    /// Reads all.
    ///
    /// @throws IllegalStateException when something else wrote there
    Read read(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<FeatureRow> rows = new ArrayList<>();
        long last = -1;
        try {
            while (in.hasRemaining()) {
                byte kind = in.get();
                long number = in.getLong();
                if (kind == ROW) {
                    FeatureRow row = codec.get(in, number);
                    if (number > last) {
                        rows.add(row);
                    }
                } else if (kind != FOLDED) {
                    throw new IllegalStateException("no row of ours: " + kind);
                }
                last = Math.max(last, number);
            }
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "the table holds %d bytes under an entity's key that are no rows; has something else written there? Clear the table, and it is filled again"
                            .formatted(bytes.length),
                    e);
        }
        return new Read(rows, last);
    }
}
