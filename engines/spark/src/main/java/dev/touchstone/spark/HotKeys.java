package dev.touchstone.spark;

import dev.touchstone.features.Value;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Keys that have too many rows or labels for one partition, and where their time is cut.
///
/// A cut is a label's moment; a label or a row belongs to the slice that its time falls into, a
/// row's time being the earliest label that may see it. What a slice must know of the ones before
/// it is one row: the strongest that may be seen before it begins.
///
/// @param cuts a key's, ascending
@SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
record HotKeys(Map<List<Object>, long[]> cuts) implements Serializable {
    static HotKeys none() {
        return new HotKeys(new HashMap<>());
    }

    /// A key as it is hashed and compared here: its numbers and texts.
    static List<Object> name(List<Value> key) {
        List<Object> name = new ArrayList<>(key.size());
        for (Value part : key) {
            switch (part) {
                case Value.Whole(long whole) -> name.add(whole);
                case Value.Text(String text) -> name.add(text);
                case Value.Missing _, Value.Real _, Value.Truth _ -> name.add(false);
            }
        }
        return name;
    }

    /// The slice of a key that a time falls into, 0 for a key that is not hot.
    int slice(List<Object> key, long time) {
        long[] its = cuts.get(key);
        if (its == null) {
            return 0;
        }
        int at = Arrays.binarySearch(its, time);
        return at >= 0 ? at + 1 : -at - 1;
    }

    /// How many slices a key has.
    int slices(List<Object> key) {
        long[] its = cuts.get(key);
        return its == null ? 1 : its.length + 1;
    }

    /// The partition of a slice: neighbours lie in different ones.
    static int partition(List<Object> key, int slice, int partitions) {
        return Math.floorMod(key.hashCode() * 0x9E3779B9 + slice, partitions);
    }
}
