package dev.touchstone.app.internal.llm;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.PrefixHasher;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.text.LanguageModel;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The model that a server answers with. It is opened when it is first asked something, so that
/// whoever does not chat does not wait for it.
public final class ModelHost implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ModelHost.class.getName());

    /// More would never be used: as many conversations of full length as run at once.
    private static final int MAX_FULL_LENGTHS = 64;

    /// With less memory no conversation would get anywhere.
    private static final int LEAST_TOKENS = 128;

    private final Settings settings;
    private final Entropy entropy = new Entropy();
    private @Nullable LiveEngine engine;
    private boolean closed;

    /// Opens a model.
    @FunctionalInterface
    public interface Source {
        /// @throws IOException saying what is wrong with the file
        LanguageModel open() throws IOException;
    }

    /// @param about which model answers, and what may be expected of it: for people
    /// @param kvBytes memory for keys and values
    /// @param maxWaiting requests that wait before others are sent away
    /// @param maxRunning requests that are answered at once
    /// @param maxWaitingTokens prompt tokens that wait before others are sent away
    /// @param dollarsPerHour what the machine costs; 0 if nobody asks
    public record Settings(
            Source source,
            String about,
            long kvBytes,
            int maxWaiting,
            int maxRunning,
            long maxWaitingTokens,
            double dollarsPerHour) {
        /// A quarter of a GiB for keys and values.
        public static final long USUAL_KV_BYTES = 256L << 20;

        public static final int USUAL_MAX_WAITING = 64;

        /// As many as the requests that may wait have.
        public static final long ANY_TOKENS = Long.MAX_VALUE;

        /// A core's worth and more: batches of this size still gain.
        public static final int USUAL_MAX_RUNNING = 32;

        /// With what is usual.
        public static Settings of(Source source, String about) {
            return new Settings(
                    source,
                    about,
                    USUAL_KV_BYTES,
                    USUAL_MAX_WAITING,
                    USUAL_MAX_RUNNING,
                    ANY_TOKENS,
                    0);
        }
    }

    public ModelHost(Settings settings) {
        this.settings = settings;
    }

    /// Which model answers, and what may be expected of it.
    public String about() {
        return settings.about();
    }

    /// The engine, started if need be.
    ///
    /// @throws IOException when the model cannot be opened
    public synchronized LiveEngine engine() throws IOException {
        if (closed) {
            throw new IOException("the server is stopping");
        }
        LiveEngine started = engine;
        if (started == null || started.dead()) {
            started = start(settings.source().open());
            engine = started;
        }
        return started;
    }

    /// The engine, if it was needed before.
    public synchronized Optional<LiveEngine> started() {
        return Optional.ofNullable(engine);
    }

    private LiveEngine start(LanguageModel model) {
        long least = (long) LEAST_TOKENS * model.cacheBytesPerToken();
        if (settings.kvBytes() < least) {
            throw new IllegalArgumentException(
                    "%,d bytes for keys and values hold %,d tokens of %s, too few for a conversation; give --kv-memory at least %,dkB, 256MiB is usual"
                            .formatted(
                                    settings.kvBytes(),
                                    settings.kvBytes() / model.cacheBytesPerToken(),
                                    model.spec().name(),
                                    Math.ceilDiv(least, 1000)));
        }
        // What speculation keeps beside the model's own keys and values is in the same memory.
        double own = (double) model.spec().kvBytesPerToken() / model.cacheBytesPerToken();
        KvCacheLayout fitting =
                KvCacheLayout.fitting(model.spec(), (long) (own * settings.kvBytes()));
        int full = fitting.blocksFor(model.contextTokens());
        int most = Math.min(fitting.blockCount(), full * MAX_FULL_LENGTHS);
        var layout = new KvCacheLayout(fitting.blockTokens(), most);
        SchedulerConfig usual = SchedulerConfig.DEFAULT;
        SchedulerConfig.Memory memory = usual.memory();
        SchedulerConfig config =
                usual.with(
                                new SchedulerConfig.Batching(
                                        SchedulerConfig.BatchingMode.CONTINUOUS,
                                        Math.max(256, settings.maxRunning()),
                                        settings.maxRunning(),
                                        settings.maxWaiting()))
                        .with(
                                new SchedulerConfig.Memory(
                                        memory.reservation(),
                                        layout.blockTokens(),
                                        memory.watermark(),
                                        memory.projectedCeiling(),
                                        memory.exhaustion(),
                                        true,
                                        memory.sessionTtl()))
                        .with(new SchedulerConfig.Speculation(model.maxDrafts()))
                        .with(
                                new SchedulerConfig.Contention(
                                        SchedulerConfig.Order.PRIORITY,
                                        SchedulerConfig.Victim.LEAST_COMPUTED,
                                        settings.maxWaitingTokens()));
        var hasher = new PrefixHasher(layout.blockTokens(), entropy.key(), entropy.key());
        LOG.log(Level.DEBUG, "model {0} with {1}", model.spec().name(), layout);
        return new LiveEngine(
                new LiveEngine.Setup(
                        model,
                        layout,
                        config,
                        hasher,
                        WallClock::nanos,
                        settings.dollarsPerHour()));
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (engine != null) {
            engine.close();
        }
    }
}
