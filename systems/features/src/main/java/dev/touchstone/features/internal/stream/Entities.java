package dev.touchstone.features.internal.stream;

import dev.touchstone.features.ColumnData;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.table.KeyHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The entities that labels are about, numbered from 0.
sealed interface Entities {
    /// What is answered for an entity that no label is about.
    int ABSENT = -1;

    int count();

    /// The number of the entity of a row.
    ///
    /// @param keys the row's key columns
    int find(List<ColumnData> keys, int row);

    /// Numbers the entities of labels.
    ///
    /// @param absent labels without a key or a time, which are about nobody
    static Entities of(List<ColumnData> keys, boolean[] absent) {
        return keys.size() == 1 && keys.getFirst() instanceof ColumnData.Longs(long[] ids, _)
                ? Whole.of(ids, absent)
                : Named.of(keys, absent);
    }

    /// Entities named by one whole number.
    ///
    /// Their numbers follow their hashes, so that rows that are sorted by hash meet entities, and
    /// all that is kept by entity, from beginning to end.
    ///
    /// @param table the entity at each place, or [#ABSENT]; one looks from a hash's first bits on
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
    record Whole(long[] hash, int[] table, int shift) implements Entities {
        static Whole of(long[] ids, boolean[] absent) {
            int bits = Integer.SIZE - Integer.numberOfLeadingZeros(ids.length + ids.length / 2 + 1);
            int shift = Long.SIZE - bits;
            int[] table = new int[1 << bits];
            Arrays.fill(table, ABSENT);
            int count = 0;
            for (int label = 0; label < ids.length; label++) {
                if (absent[label]) {
                    continue;
                }
                int at = (int) (KeyHash.ofWhole(ids[label]) >>> shift);
                while (table[at] != ABSENT && ids[table[at]] != ids[label]) {
                    at = (at + 1) & (table.length - 1);
                }
                if (table[at] == ABSENT) {
                    table[at] = label;
                    count++;
                }
            }
            long[] hash = new long[count];
            int entity = 0;
            for (int at = 0; at < table.length; at++) {
                if (table[at] != ABSENT) {
                    hash[entity] = KeyHash.ofWhole(ids[table[at]]);
                    table[at] = entity++;
                }
            }
            return new Whole(hash, table, shift);
        }

        @Override
        public int count() {
            return hash.length;
        }

        @Override
        public int find(List<ColumnData> keys, int row) {
            return find(KeyHash.ofWhole(((ColumnData.Longs) keys.getFirst()).values()[row]));
        }

        int find(long wanted) {
            int at = (int) (wanted >>> shift);
            while (table[at] != ABSENT && hash[table[at]] != wanted) {
                at = (at + 1) & (table.length - 1);
            }
            return table[at];
        }
    }

    /// Entities named by a text, or by several columns.
    record Named(Map<Object, Integer> numbers) implements Entities {
        static Named of(List<ColumnData> keys, boolean[] absent) {
            Map<Object, Integer> numbers = new HashMap<>();
            for (int label = 0; label < absent.length; label++) {
                if (!absent[label]) {
                    numbers.putIfAbsent(name(keys, label), numbers.size());
                }
            }
            return new Named(numbers);
        }

        private static Object name(List<ColumnData> keys, int row) {
            if (keys.size() == 1 && keys.getFirst() instanceof ColumnData.Texts(var texts, _)) {
                return texts[row];
            }
            List<Value> parts = new ArrayList<>(keys.size());
            for (ColumnData column : keys) {
                parts.add(column.value(row));
            }
            return parts;
        }

        @Override
        public int count() {
            return numbers.size();
        }

        @Override
        public int find(List<ColumnData> keys, int row) {
            return numbers.getOrDefault(name(keys, row), ABSENT);
        }
    }
}
