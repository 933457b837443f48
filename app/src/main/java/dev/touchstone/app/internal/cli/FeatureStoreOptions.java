package dev.touchstone.app.internal.cli;

import dev.touchstone.features.DefinitionException;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Registry;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Which store a command works on.
final class FeatureStoreOptions {
    private static final String USUAL = "features.yaml";

    @Option(
            names = "--definitions",
            paramLabel = "FILE",
            description = {
                "The views, in YAML.",
                "Unless given, what was applied to the store, or features.yaml if nothing was."
            })
    private Optional<Path> definitions = Optional.empty();

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

    /// What a command does with what was applied to the store.
    interface RegistryWork {
        void on(Registry registry) throws IOException;
    }

    Definitions definitions() {
        Optional<Definitions> applied =
                definitions.isEmpty() && Registry.exists(store) ? applied() : Optional.empty();
        if (applied.isEmpty() && definitions.isEmpty() && !Files.exists(Path.of(USUAL))) {
            throw new CommandFailure(
                    "nothing was applied to store %s, and there is no file %s; name one with --definitions"
                            .formatted(store, USUAL));
        }
        return applied.orElseGet(() -> read(definitions.orElse(Path.of(USUAL))));
    }

    private Optional<Definitions> applied() {
        try (var registry = Registry.openToRead(store)) {
            return registry.current().map(Registry.Applied::definitions);
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /// Reads a file of definitions.
    static Definitions read(Path file) {
        try {
            return Definitions.read(file.toString(), text(file));
        } catch (DefinitionException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /// A file of definitions.
    static String text(Path file) {
        if (Files.isDirectory(file)) {
            throw new CommandFailure("%s is a folder; name a file of definitions".formatted(file));
        }
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(
                    "there is no file %s; name one with definitions of views".formatted(file), e);
        } catch (CharacterCodingException e) {
            throw new CommandFailure(
                    "%s is no text in UTF-8; name a file of definitions".formatted(file), e);
        } catch (IOException e) {
            throw new CommandFailure("cannot read %s: %s".formatted(file, e), e);
        }
    }

    /// Whether anything was ever applied to the store. Those who only look make none.
    boolean hasRegistry() {
        return Registry.exists(store);
    }

    /// Opens the store's registry and asks it, whoever has it open.
    void withRegistry(RegistryWork work) {
        with(work, () -> Registry.openToRead(store));
    }

    /// Opens the store's registry to change it.
    void changeRegistry(RegistryWork work) {
        with(work, () -> Registry.open(store));
    }

    /// Opens something of a store.
    private interface Opener<T> {
        T open() throws IOException;
    }

    private static void with(RegistryWork work, Opener<Registry> opener) {
        try (Registry registry = opener.open()) {
            work.on(registry);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
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

    /// Opens the store as its owner, works on it and closes it. What fails becomes a message for
    /// the user.
    void with(Work work) {
        Definitions views = definitions();
        with(work, () -> FeatureStore.open(store, views));
    }

    /// Opens the store to read it, though somebody else may have it open, such as a server.
    void reading(Work work) {
        Definitions views = definitions();
        with(work, () -> FeatureStore.openToRead(store, views));
    }

    private static void with(Work work, Opener<FeatureStore> opener) {
        try (FeatureStore opened = opener.open()) {
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
