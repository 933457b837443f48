package dev.touchstone.features;

import java.util.List;

/// What a training set holds and how it was made. Kept beside the data.
///
/// @param mode by which rule rows were seen
/// @param labels how many; as many as came in
/// @param firstTime the earliest label with a time, as text; empty when there is none
/// @param lastTime the latest label with a time, as text; empty when there is none
/// @param sha256 of the data file, in hex; empty when the set is in memory
public record TrainingSetManifest(
        Mode mode,
        long labels,
        String firstTime,
        String lastTime,
        String sha256,
        List<ViewPart> views,
        List<ColumnPart> columns) {
    /// A view, and what became of the labels in it.
    ///
    /// @param rows in its history when the set was made
    /// @param rule as defined then
    /// @param found labels with a row
    /// @param deleted labels whose winner was a tombstone
    /// @param stale labels whose winner was too old
    /// @param notFound labels for which nothing was known
    public record ViewPart(
            String name,
            String owner,
            long rows,
            AsOfRule rule,
            long found,
            long deleted,
            long stale,
            long notFound) {}

    /// A feature column.
    ///
    /// @param origin where its values come from
    /// @param served cells that were logged when they were served; the others are rebuilt
    /// @param servedLabels which labels those are, as ranges of their numbers from 0 on; the first
    ///   thousand, and then `…`
    /// @param missing cells without a value
    /// @param coverage share of cells with a value, 0 to 1; 1 without labels
    public record ColumnPart(
            String name,
            String type,
            String origin,
            long served,
            List<String> servedLabels,
            long missing,
            double coverage) {}
}
