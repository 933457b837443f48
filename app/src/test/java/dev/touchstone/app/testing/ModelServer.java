package dev.touchstone.app.testing;

import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.llm.LiveEngine;
import dev.touchstone.app.internal.llm.ModelHost;
import dev.touchstone.app.internal.server.LlmServer;
import dev.touchstone.app.internal.server.LlmServer.Settings;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/// A server that answers with an [EchoModel], on a port that is free.
public final class ModelServer implements AutoCloseable {
    private final EchoModel model = new EchoModel();
    private final ModelHost host;
    private final LlmServer server;

    /// One with room for `kvBlocks` cache blocks and a queue of `maxWaiting` behind `maxRunning`.
    public ModelServer(int kvBlocks, int maxWaiting, int maxRunning, String... keys)
            throws IOException {
        long blockBytes = 16L * model.spec().kvBytesPerToken();
        host =
                new ModelHost(
                        new ModelHost.Settings(
                                () -> model,
                                "It says again what it is told.",
                                kvBlocks * blockBytes,
                                maxWaiting,
                                maxRunning,
                                ModelHost.Settings.ANY_TOKENS,
                                3600.0));
        server =
                LlmServer.start(
                        new Settings("127.0.0.1", 0, List.of(keys)), host, WallClock.INSTANCE);
    }

    /// Waits until no request holds memory and none waits.
    ///
    /// @throws AssertionError when one does for long
    public void awaitEmpty() throws IOException {
        LiveEngine engine = host.engine();
        Eventually.holds(
                "an empty engine",
                () -> engine.load().usedBlocks() == 0 && engine.load().waiting() == 0);
    }

    /// One with room for anything that a test asks.
    public ModelServer() throws IOException {
        this(1024, 64, 32);
    }

    public EchoModel model() {
        return model;
    }

    public ModelHost host() {
        return host;
    }

    /// With a slash at its end.
    public String url() {
        return server.url();
    }

    public RawHttp http() {
        return new RawHttp(URI.create(url()).getPort());
    }

    @Override
    public void close() {
        model.letGo();
        server.close();
    }
}
