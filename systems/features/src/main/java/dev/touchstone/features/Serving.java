package dev.touchstone.features;

/// How a store is served, beside what its views are.
///
/// @param parity how closely reads are replayed
/// @param retention how long they are remembered
public record Serving(ParityWatch.Settings parity, Retention retention) {
    /// As usual.
    public static final Serving DEFAULT = new Serving(ParityWatch.Settings.DEFAULT, Retention.ALL);
}
