package dev.touchstone.app.internal.practice;

import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Practice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Picks what to try next among what was never attempted.
final class NewItems {
    private NewItems() {}

    /// One of each kind in turn, each in the order of the content.
    static List<Item> of(Practice practice, Collection<Item> known, int limit) {
        Map<Item.Kind, Deque<Item>> kinds = new EnumMap<>(Item.Kind.class);
        for (Item item : practice.items()) {
            if (!known.contains(item)) {
                kinds.computeIfAbsent(item.kind(), _ -> new ArrayDeque<>()).add(item);
            }
        }
        List<Item> picked = new ArrayList<>();
        while (picked.size() < limit && !kinds.isEmpty()) {
            for (Item.Kind kind : List.copyOf(kinds.keySet())) {
                Deque<Item> left = kinds.getOrDefault(kind, new ArrayDeque<>());
                if (picked.size() < limit && !left.isEmpty()) {
                    picked.add(left.remove());
                }
                if (left.isEmpty()) {
                    kinds.remove(kind);
                }
            }
        }
        return picked;
    }
}
