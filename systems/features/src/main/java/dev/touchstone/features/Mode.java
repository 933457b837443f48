package dev.touchstone.features;

/// Which rows a training set may use.
public enum Mode {
    /// Rows that the store could have served at the label's moment. The default.
    KNOWN_AT_THE_TIME,
    /// Rows that had happened by then, whenever they became known: late and corrected data
    /// included. Leaks by design; a data set made this way says so in its manifest.
    EVENT_TIME
}
