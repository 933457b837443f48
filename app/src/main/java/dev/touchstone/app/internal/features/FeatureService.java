package dev.touchstone.app.internal.features;

import dev.touchstone.features.DefinitionException;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// A feature store while the server runs.
public final class FeatureService implements AutoCloseable {
    /// A store with definitions under this name is served.
    private static final String DEFINITIONS = "features.yaml";

    /// Different lists of features that are kept ready; callers use a few.
    private static final int MAX_READERS = 1_000;

    private final Definitions definitions;
    private final FeatureStore store;
    private final OnlineStore online;
    private final InstantSource clock;
    private final Map<List<String>, OnlineReader> readers = new ConcurrentHashMap<>();

    private FeatureService(
            Definitions definitions, FeatureStore store, OnlineStore online, InstantSource clock) {
        this.definitions = definitions;
        this.store = store;
        this.online = online;
        this.clock = clock;
    }

    /// Opens the store in a folder, if there is one.
    ///
    /// @throws IOException also when its definitions cannot be used
    public static Optional<FeatureService> open(Path folder, InstantSource clock)
            throws IOException {
        Path file = folder.resolve(DEFINITIONS);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Definitions definitions = Definitions.read(file.toString(), Files.readString(file));
            FeatureStore store = FeatureStore.open(folder, definitions);
            try {
                OnlineStore online = store.online(Times.of(clock.instant()));
                return Optional.of(new FeatureService(definitions, store, online, clock));
            } catch (IOException | RuntimeException e) {
                store.close();
                throw e;
            }
        } catch (DefinitionException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    Definitions definitions() {
        return definitions;
    }

    OnlineStore online() {
        return online;
    }

    long now() {
        return Times.of(clock.instant());
    }

    /// A reader for a list of features, the same for the same list.
    ///
    /// @throws DefinitionException when there is no such feature
    OnlineReader reader(List<String> features) {
        OnlineReader reader = readers.get(features);
        if (reader == null) {
            reader = online.reader(features);
            if (readers.size() < MAX_READERS) {
                readers.put(List.copyOf(features), reader);
            }
        }
        return reader;
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
