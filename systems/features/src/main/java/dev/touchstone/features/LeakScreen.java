package dev.touchstone.features;

import dev.touchstone.features.internal.audit.Screener;
import dev.touchstone.features.internal.csv.CsvReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What looks like a leak in a training set when there is no history to prove it with.
///
/// @param labels rows with a label
/// @param positives of them
/// @param columns in the order of the file, the label and the time left out
public record LeakScreen(long labels, long positives, List<ColumnPart> columns) {
    /// Screens a CSV file.
    ///
    /// @param label the column with the outcome: 0 and 1, or false and true
    /// @param time the column with the labels' moments; without such a column, times are not
    ///   compared
    /// @param tooGood the area under the ROC curve from which on a single column is suspicious
    public static LeakScreen of(Path file, String label, String time, double tooGood)
            throws IOException {
        try (var reader = Files.newBufferedReader(file)) {
            var csv = new CsvReader(reader, file.toString());
            return new Screener(label, csv.header().contains(time) ? time : "", tooGood)
                    .screen(csv);
        }
    }

    /// Columns that somebody should look at.
    public long suspects() {
        return columns.stream().filter(column -> !column.signs().isEmpty()).count();
    }

    /// What was seen in a column.
    ///
    /// @param coverage share of rows with a value
    /// @param auc how well the column alone tells positives from others, 0.5 to 1; NaN when it says
    ///   nothing or there are too few rows
    /// @param signs of a leak; none for a clean column
    public record ColumnPart(String name, double coverage, double auc, List<Sign> signs) {}

    /// A sign of a leak. Each has an innocent explanation too, which is why this is a screen and no
    /// proof.
    public sealed interface Sign {
        /// The column alone tells positives from others better than features do.
        ///
        /// @param auc on rows that the ranking was not learnt from
        record TooGood(double auc) implements Sign {}

        /// Values are there for one kind of label and hardly ever for the other: they may be
        /// written after the outcome.
        ///
        /// @param amongPositives share of positives with a value
        /// @param amongOthers share of the other rows with a value
        record OnlyFor(double amongPositives, double amongOthers) implements Sign {}

        /// Times after the label's own, which nobody could know. This one is a proof.
        ///
        /// @param cells how many
        /// @param worstNanos the longest
        record AfterLabel(long cells, long worstNanos) implements Sign {}

        /// The column is the label under another name.
        record SameAsLabel() implements Sign {}
    }
}
