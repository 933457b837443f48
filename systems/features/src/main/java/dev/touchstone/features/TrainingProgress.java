package dev.touchstone.features;

/// Hears how far the building of a training set is, and may stop it.
@FunctionalInterface
public interface TrainingProgress {
    /// Never stops.
    TrainingProgress UNWATCHED = _ -> true;

    /// @param labels written so far
    /// @return whether to go on; otherwise nothing is left behind
    boolean after(long labels);
}
