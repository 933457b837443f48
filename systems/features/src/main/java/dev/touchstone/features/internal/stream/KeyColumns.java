package dev.touchstone.features.internal.stream;

import dev.touchstone.features.ColumnData;
import dev.touchstone.features.internal.table.KeyHash;
import java.util.List;

/// The key columns of labels or rows: whole numbers and texts.
///
/// A key of one whole number is told by its hash alone, any other by its hash and its parts.
///
/// @param seed with another one, other keys have one hash
record KeyColumns(List<ColumnData> columns, long seed) {
    private static final long TEXT_PRIME = 0x100_0000_01B3L;

    /// Whether equal hashes are equal keys.
    boolean isWhole() {
        return columns.size() == 1 && columns.getFirst() instanceof ColumnData.Longs;
    }

    /// Finds the hashes of the keys from `from` up to `to`.
    ///
    /// @param absent those without a hash; empty when there are none
    /// @param hash that of row `from` comes first
    void hash(boolean[] absent, int from, int to, long[] hash) {
        if (columns.size() == 1 && columns.getFirst() instanceof ColumnData.Longs(long[] ids, _)) {
            for (int row = from; row < to; row++) {
                hash[row - from] = KeyHash.ofWhole(ids[row]);
            }
            return;
        }
        for (int c = 0; c < columns.size(); c++) {
            for (int row = from; row < to; row++) {
                if (absent.length == 0 || !absent[row]) {
                    long before = c == 0 ? seed : hash[row - from] * TEXT_PRIME;
                    hash[row - from] = KeyHash.ofWhole(before + part(columns.get(c), row));
                }
            }
        }
    }

    private long part(ColumnData column, int row) {
        return switch (column) {
            case ColumnData.Longs(long[] values, _) -> values[row];
            case ColumnData.Texts(String[] texts, _) -> {
                String text = texts[row];
                long hash = text.length() ^ KeyHash.ofWhole(seed);
                for (int i = 0; i < text.length(); i++) {
                    hash = (hash ^ text.charAt(i)) * TEXT_PRIME;
                }
                yield hash;
            }
            case ColumnData.Doubles _, ColumnData.Booleans _ ->
                    throw new IllegalArgumentException("a key is LONG or TEXT");
        };
    }

    /// Whether two keys with one hash are one key.
    boolean equal(int row, KeyColumns others, int other) {
        for (int c = 0; c < columns.size(); c++) {
            boolean same =
                    switch (columns.get(c)) {
                        case ColumnData.Longs(long[] values, _) ->
                                others.columns.get(c) instanceof ColumnData.Longs(long[] its, _)
                                        && values[row] == its[other];
                        case ColumnData.Texts(String[] texts, _) ->
                                others.columns.get(c) instanceof ColumnData.Texts(var its, _)
                                        && texts[row].equals(its[other]);
                        case ColumnData.Doubles _, ColumnData.Booleans _ -> false;
                    };
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /// Whether two keys are one, whatever their hashes.
    boolean same(int a, int b) {
        for (ColumnData column : columns) {
            boolean same =
                    switch (column) {
                        case ColumnData.Longs(long[] values, _) -> values[a] == values[b];
                        case ColumnData.Texts(String[] texts, _) -> texts[a].equals(texts[b]);
                        case ColumnData.Doubles _, ColumnData.Booleans _ -> false;
                    };
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /// Marks those of which a part is missing.
    void markAbsent(boolean[] absent) {
        for (ColumnData column : columns) {
            for (int i = 0; i < absent.length; i++) {
                absent[i] |= column.missing()[i];
            }
        }
    }
}
