package dev.touchstone.features;

import java.util.List;

/// Whom a row or a label is about: one value for each key column of the view, none of them missing.
///
/// @param parts whole numbers and texts; `1` and `"1"` are different keys
public record EntityKey(List<Value> parts) {
    /// Refuses what cannot be compared exactly.
    public EntityKey {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a key needs at least one part");
        }
        for (Value part : parts) {
            if (!(part instanceof Value.Whole || part instanceof Value.Text)) {
                throw new IllegalArgumentException(
                        "a key is made of whole numbers and texts, got %s".formatted(part));
            }
        }
    }

    public static EntityKey of(long id) {
        return new EntityKey(List.of(Value.of(id)));
    }

    public static EntityKey of(String id) {
        return new EntityKey(List.of(Value.of(id)));
    }

    /// Part by part, because a list's own way allocates, and online reads compare keys.
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof EntityKey(List<Value> others)) || others.size() != parts.size()) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            if (!parts.get(i).equals(others.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (int i = 0; i < parts.size(); i++) {
            hash = 31 * hash + parts.get(i).hashCode();
        }
        return hash;
    }
}
