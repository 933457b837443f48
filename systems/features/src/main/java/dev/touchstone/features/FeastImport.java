package dev.touchstone.features;

import dev.touchstone.features.internal.feast.FeastReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What became of a Feast repository: definitions of ours, and what could not be taken over.
///
/// @param definitions YAML, ready for [Definitions#read]
/// @param views names of the views that were imported
/// @param sources for each view with a file source, how to join straight from it
/// @param notes what was left out or means something else here, and what to do about it
public record FeastImport(
        String definitions, List<String> views, List<String> sources, List<String> notes) {
    public FeastImport {
        views = List.copyOf(views);
        sources = List.copyOf(sources);
        notes = List.copyOf(notes);
    }

    /// Reads the Python files of a repository, which are not run, or the registry that `feast
    /// apply` wrote, which also knows what Feast inferred.
    ///
    /// @param repository the folder with `feature_store.yaml`, or a registry file
    /// @throws IOException when it is neither, or no view in it can be imported
    public static FeastImport read(Path repository) throws IOException {
        return FeastReader.read(repository);
    }
}
