package dev.touchstone.app.internal.llm;

import dev.touchstone.kernels.Workers;
import dev.touchstone.kernels.threads.WorkerThreads;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.cpu.CpuModel;
import dev.touchstone.llm.cpu.CpuSettings;
import dev.touchstone.llm.cpu.LanguageModels;
import dev.touchstone.llm.training.SmallModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Finds the model that a server answers with: a file, or the one that comes along.
///
/// Whatever it opens is computed by the same threads, however often.
public final class Models {
    private final Path data;
    private final ElementType cache;
    private final Optional<Integer> threads;
    private Optional<Workers> workers = Optional.empty();

    /// @param data the data directory, where the model that comes along is laid out to be mapped
    /// @param cache how keys and values are kept
    /// @param threads that compute; as many as there are processors unless given
    public Models(Path data, ElementType cache, Optional<Integer> threads) {
        this.data = data;
        this.cache = cache;
        this.threads = threads;
    }

    /// Who guesses the next tokens of answers.
    public sealed interface Speculation {
        /// Nobody.
        record Off() implements Speculation {}

        /// The text itself, where it repeats.
        ///
        /// @param drafts at most, for one answer and step
        record FromText(int drafts) implements Speculation {}

        /// A smaller model of the same vocabulary.
        record FromModel(Path file, int drafts) implements Speculation {}
    }

    /// Opens it when it is needed.
    public ModelHost.Source source(Optional<Path> file, Speculation speculation) {
        return () -> {
            CpuModel model =
                    open(file.isPresent() ? file.get() : SmallModel.in(data.resolve("models")));
            return switch (speculation) {
                case Speculation.Off _ -> model;
                case Speculation.FromText(int drafts) -> model.withDraftsFromText(drafts);
                case Speculation.FromModel(Path smaller, int drafts) ->
                        model.withDraftsFrom(open(smaller), drafts);
            };
        };
    }

    private CpuModel open(Path file) throws IOException {
        return LanguageModels.open(
                file, CpuSettings.DEFAULT.withCache(cache).withWorkers(workers()));
    }

    /// Which model answers, and what may be expected of it.
    public String about(Optional<Path> file) {
        return file.map(path -> "The model in %s.".formatted(path.getFileName()))
                .orElse(
                        "A very small model that comes with Touchstone. It knows the words of this"
                                + " field and little else; for answers that you can use, name a"
                                + " model file.");
    }

    private synchronized Workers workers() {
        int count = threads.orElse(Runtime.getRuntime().availableProcessors());
        Workers started =
                workers.orElseGet(() -> count == 1 ? Workers.ALONE : WorkerThreads.start(count));
        workers = Optional.of(started);
        return started;
    }
}
