package dev.touchstone.capacity.drill;

/// x
public final class Drills {
    private Drills() {}
}
