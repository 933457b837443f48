/// The as-of join the other way round: labels wait in memory, a history of any size passes by.
///
/// Start at [StreamJoin]. [WaitingLabels] is its index of labels; whatever reads a history hands it
/// over as one [RowBatch] after another.
package dev.touchstone.features.internal.stream;
