package dev.touchstone.arena.practice;

/// A kind of drill, before one is drawn.
///
/// @param id `D1` to `D8`
public record Drilling(String id, String title) {
    public Item item() {
        return Item.drill(id);
    }
}
