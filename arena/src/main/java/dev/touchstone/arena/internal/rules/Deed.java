package dev.touchstone.arena.internal.rules;

import dev.touchstone.arena.Action;
import java.time.Duration;
import java.util.Map;

/// An action as it was carried out; times are relative to the page.
///
/// @param number its place among the run's deeds
/// @param finished false where the clock ran out before it took effect
/// @param figuresBegun the deployment's figures when it was begun
/// @param figuresDone the deployment's figures when it was done
public record Deed(
        int number,
        Action action,
        Duration begun,
        Duration done,
        boolean finished,
        Map<String, Double> figuresBegun,
        Map<String, Double> figuresDone) {
    public Deed {
        figuresBegun = Map.copyOf(figuresBegun);
        figuresDone = Map.copyOf(figuresDone);
    }
}
