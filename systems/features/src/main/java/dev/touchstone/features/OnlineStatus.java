package dev.touchstone.features;

/// What an online read has to say about a feature, in the words of Feast's serving API. A training
/// set says the same of the same moment: see [Answer].
public enum OnlineStatus {
    /// There is a value.
    PRESENT,
    /// The entity is known and has no value.
    NULL_VALUE,
    /// Nothing is known about the entity.
    NOT_FOUND,
    /// What is known is older than the view serves.
    OUTSIDE_MAX_AGE
}
