package dev.touchstone.features;

import java.nio.file.Path;
import java.util.Map;

/// Where the histories behind a training set are, and what building it may take.
///
/// @param files for some views the file that holds their history; that of any other view is in the
///   store
/// @param memoryBytes for labels and what they are given; with less, the files are read more often
/// @param threads that decode Parquet
public record TrainingSetSources(Map<String, HistoryFile> files, long memoryBytes, int threads) {
    /// Every history is in the store; 256 MB for labels and what they are given, one thread.
    public static final TrainingSetSources STORE = new TrainingSetSources(Map.of(), 256L << 20, 1);

    /// Refuses to build with nothing.
    public TrainingSetSources {
        files = Map.copyOf(files);
        if (memoryBytes < 1 || threads < 1) {
            throw new IllegalArgumentException(
                    "a build needs memory and a thread, got %d bytes and %d threads"
                            .formatted(memoryBytes, threads));
        }
    }

    /// A file with the rows of a view in any order: its key and feature columns, `event_time`, and
    /// if it has them `available_time` (else the event's) and `deleted`.
    ///
    /// @param file Arrow if its name ends in `.arrow`, `.feather` or `.ipc`, CSV if in `.csv`, else
    ///   Parquet
    /// @param columns the file's name for a column where it is not the view's
    public record HistoryFile(Path file, Map<String, String> columns) {
        public HistoryFile {
            columns = Map.copyOf(columns);
        }

        /// The name that a column of the view has in the file.
        public String nameOf(String column) {
            return columns.getOrDefault(column, column);
        }
    }
}
