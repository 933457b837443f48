package dev.touchstone.app.internal.cli;

import dev.touchstone.features.DefinitionException;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeatureView;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Which store a command works on.
final class FeatureStoreOptions {
    @Option(
            names = "--definitions",
            paramLabel = "FILE",
            defaultValue = "features.yaml",
            description = "The views, in YAML; features.yaml unless given.")
    private Path definitions = Path.of("");

    @Option(
            names = "--store",
            paramLabel = "DIR",
            defaultValue = "feature-store",
            description = "Where histories are kept; feature-store unless given.")
    private Path store = Path.of("");

    /// What a command does with the store.
    interface Work {
        void on(FeatureStore store) throws IOException;
    }

    Definitions definitions() {
        try {
            return Definitions.read(definitions.toString(), Files.readString(definitions));
        } catch (DefinitionException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(
                    "there is no file %s; --definitions names the views".formatted(definitions), e);
        } catch (IOException e) {
            throw new CommandFailure("cannot read %s: %s".formatted(definitions, e), e);
        }
    }

    /// A view's definition.
    FeatureView view(String name) {
        try {
            return definitions().view(name).view();
        } catch (DefinitionException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /// Opens the store, works on it and closes it. What fails becomes a message for the user.
    void with(Work work) {
        try (var opened = FeatureStore.open(store, definitions())) {
            work.on(opened);
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no file " + e.getFile(), e);
        } catch (FileSystemException e) {
            throw failure(e);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /// What went wrong with a file, as a message for the user.
    static CommandFailure failure(FileSystemException e) {
        return new CommandFailure(
                e.getReason() == null
                        ? String.valueOf(e)
                        : "%s %s".formatted(e.getFile(), e.getReason()),
                e);
    }
}
