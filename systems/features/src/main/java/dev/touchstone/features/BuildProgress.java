package dev.touchstone.features;

/// Hears how far the building of a training set is, and may stop it.
@FunctionalInterface
public interface BuildProgress {
    /// Never stops.
    BuildProgress UNWATCHED = (_, _) -> true;

    /// @param doing what is done now, such as `account, block 2 of 4`
    /// @param share of all work that is done, 0 to 1
    /// @return whether to go on; otherwise nothing is left behind
    boolean at(String doing, double share);
}
