package dev.touchstone.app.internal.server;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.edge.Metronome;
import dev.touchstone.app.internal.features.FeatureEndpoints;
import dev.touchstone.app.internal.features.FeatureEngines;
import dev.touchstone.app.internal.features.FeatureService;
import dev.touchstone.app.internal.features.FeatureStatusEndpoints;
import dev.touchstone.app.internal.http.ApiEndpoints;
import dev.touchstone.app.internal.http.Assets;
import dev.touchstone.app.internal.http.DesignEndpoints;
import dev.touchstone.app.internal.http.Dispatcher;
import dev.touchstone.app.internal.http.Door;
import dev.touchstone.app.internal.http.Metrics;
import dev.touchstone.app.internal.http.PracticeEndpoints;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.RunMetrics;
import dev.touchstone.app.internal.http.SimulationEndpoints;
import dev.touchstone.app.internal.http.SizingEndpoints;
import dev.touchstone.app.internal.http.TimelineEndpoints;
import dev.touchstone.app.internal.llm.Closing;
import dev.touchstone.app.internal.llm.LiveEngine;
import dev.touchstone.app.internal.llm.ModelHost;
import dev.touchstone.app.internal.llm.OpenAiEndpoints;
import dev.touchstone.app.internal.pages.AttemptPage;
import dev.touchstone.app.internal.pages.CardPages;
import dev.touchstone.app.internal.pages.ChallengePage;
import dev.touchstone.app.internal.pages.ChatPage;
import dev.touchstone.app.internal.pages.CommentEndpoint;
import dev.touchstone.app.internal.pages.DesignPage;
import dev.touchstone.app.internal.pages.DrillPage;
import dev.touchstone.app.internal.pages.FeaturesPage;
import dev.touchstone.app.internal.pages.FrontPage;
import dev.touchstone.app.internal.pages.Kit;
import dev.touchstone.app.internal.pages.PlanPage;
import dev.touchstone.app.internal.pages.ProgressPage;
import dev.touchstone.app.internal.pages.RecordingEndpoints;
import dev.touchstone.app.internal.pages.ReportPage;
import dev.touchstone.app.internal.pages.RoomPage;
import dev.touchstone.app.internal.pages.SimulatePage;
import dev.touchstone.app.internal.pages.SmallPages;
import dev.touchstone.app.internal.pages.Templates;
import dev.touchstone.app.internal.practice.Commentator;
import dev.touchstone.app.internal.practice.Commentator.Endpoint;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.app.internal.practice.Recordings;
import dev.touchstone.app.internal.runs.Incidents;
import dev.touchstone.app.internal.runs.RunStore;
import dev.touchstone.app.internal.simulate.Simulations;
import dev.touchstone.arena.practice.AttemptLimits;
import dev.touchstone.arena.practice.Practice;
import dev.touchstone.features.engines.ReadDoorProvider;
import dev.touchstone.guardrails.Timeline;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// The server: runs and attempts on disk, time that moves runs, and HTTP in front.
public final class TouchstoneServer implements AutoCloseable {
    private static final int SHORTEST_TOKEN = 16;

    private final RunStore runs;
    private final PracticeDesk desk;
    private final Optional<FeatureService> features;
    private final Optional<ModelHost> model;
    private final Metronome metronome;
    private final WebServer web;
    private final List<Route> routes;
    private final Simulations simulations;
    private final String host;

    private TouchstoneServer(
            RunStore runs,
            PracticeDesk desk,
            Optional<FeatureService> features,
            Optional<ModelHost> model,
            WebServer web,
            List<Route> routes,
            Simulations simulations,
            String host) {
        this.runs = runs;
        this.desk = desk;
        this.features = features;
        this.model = model;
        this.metronome =
                new Metronome(elapsed -> {
                    runs.beat(elapsed);
                    features.ifPresent(FeatureService::beat);
                });
        this.web = web;
        this.routes = routes;
        this.simulations = simulations;
        this.host = host;
    }

    /// Where and how to serve.
    ///
    /// @param bind a host name or address
    /// @param port 0 for any that is free
    /// @param token asked of everybody, if there is one
    /// @param features the folder of the feature store to serve, if there is one in it
    /// @param online the address of the table that features are served from, unless from memory
    /// @param grpcPort where features are served over gRPC, if anywhere; 0 for any that is free
    public record Settings(
            String bind,
            int port,
            Path data,
            Optional<String> token,
            Path features,
            Optional<URI> online,
            OptionalInt grpcPort) {
        /// With nothing beside the feature store.
        public Settings(String bind, int port, Path data, Optional<String> token, Path features) {
            this(bind, port, data, token, features, Optional.empty(), OptionalInt.empty());
        }

        /// With the feature store of the data directory.
        public Settings(String bind, int port, Path data, Optional<String> token) {
            this(bind, port, data, token, data.resolve("features"));
        }

        /// Rejects what would leave the server open to the network.
        public Settings {
            if (token.isPresent() && token.get().length() < SHORTEST_TOKEN) {
                throw new IllegalArgumentException(
                        "the token has %d characters; use at least %d, such as the output of: openssl rand -hex 16"
                                .formatted(token.get().length(), SHORTEST_TOKEN));
            }
            if (token.isEmpty() && !Listener.isLoopback(bind)) {
                throw new IllegalArgumentException(
                        "--bind %s lets other machines in, which needs a token; add --token with at least %d characters, or bind to 127.0.0.1"
                                .formatted(bind, SHORTEST_TOKEN));
            }
        }
    }

    /// What there is to play and to practise.
    ///
    /// @param limits how long attempts may take
    /// @param comments a language model to ask for comments, if there is one
    /// @param model a language model to chat with, if there is one
    public record Content(
            Incidents incidents,
            Practice practice,
            AttemptLimits limits,
            Optional<Endpoint> comments,
            Optional<ModelHost> model) {
        /// Without a model to chat with.
        public Content(
                Incidents incidents,
                Practice practice,
                AttemptLimits limits,
                Optional<Endpoint> comments) {
            this(incidents, practice, limits, comments, Optional.empty());
        }
    }

    /// Starts it; ready when this returns.
    ///
    /// @throws IOException when the data directory or the port cannot be had
    public static TouchstoneServer start(Settings settings, Content content, InstantSource clock)
            throws IOException {
        var entropy = new Entropy();
        RunStore runs = RunStore.open(settings.data(), content.incidents());
        try {
            PracticeDesk desk =
                    PracticeDesk.open(
                            settings.data(),
                            content.practice(),
                            content.limits(),
                            clock,
                            () -> entropy.hex(3));
            try {
                return start(settings, runs, desk, content, clock);
            } catch (IOException | RuntimeException e) {
                desk.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            runs.close();
            throw e;
        }
    }

    private static TouchstoneServer start(
            Settings settings,
            RunStore runs,
            PracticeDesk desk,
            Content content,
            InstantSource clock)
            throws IOException {
        var entropy = new Entropy();
        var assets = new Assets();
        var metrics = new Metrics();
        RunMetrics.register(metrics, runs);
        var door =
                new Door(settings.token().stream().toList(), Listener.isLoopback(settings.bind()));
        var kit = new Kit(assets.root(), new Templates(), clock);
        var small = new SmallPages(kit, door);
        var recordings = new Recordings(settings.data());
        Optional<Commentator> commentator =
                content.comments().map(endpoint -> new Commentator(endpoint, settings.data()));
        var timeline = new Timeline();
        Optional<FeatureService> features =
                FeatureService.open(settings.features(), around(settings), timeline, clock);
        features.ifPresent(service -> metrics.add(service::metrics));
        var simulations = new Simulations(entropy);
        List<Route> routes =
                Stream.of(
                                new FeatureEndpoints(features).routes(),
                                new FeatureStatusEndpoints(features).routes(),
                                new TimelineEndpoints(timeline, clock).routes(),
                                new ApiEndpoints(runs, clock, entropy, metrics, assets).routes(),
                                new PracticeEndpoints(desk).routes(),
                                new FrontPage(kit, runs, desk, entropy).routes(),
                                new ChallengePage(kit, desk).routes(),
                                new AttemptPage(kit, desk, simulations, recordings, commentator)
                                        .routes(),
                                new CommentEndpoint(desk, commentator).routes(),
                                new RecordingEndpoints(desk, recordings).routes(),
                                new CardPages(kit, desk).routes(),
                                new ProgressPage(kit, desk).routes(),
                                new RoomPage(kit, runs).routes(),
                                new ReportPage(kit, runs).routes(),
                                new SizingEndpoints(entropy).routes(),
                                new PlanPage(kit).routes(),
                                new DrillPage(kit, entropy).routes(),
                                new SimulationEndpoints(simulations).routes(),
                                new SimulatePage(kit, simulations).routes(),
                                new DesignEndpoints(simulations, desk).routes(),
                                new DesignPage(kit, simulations, desk).routes(),
                                content.model()
                                        .map(host -> modelRoutes(kit, host, metrics, clock))
                                        .orElse(List.of()),
                                new FeaturesPage(kit, features, timeline).routes(),
                                small.routes())
                        .flatMap(List::stream)
                        .toList();
        WebServer web =
                Listener.start(
                        settings.bind(),
                        settings.port(),
                        new Dispatcher(routes, door, small, metrics));
        return new TouchstoneServer(
                runs, desk, features, content.model(), web, routes, simulations, settings.bind());
    }

    private static FeatureEngines.Wanted around(Settings settings) {
        Optional<ReadDoorProvider.Place> grpc =
                settings.grpcPort().isPresent()
                        ? Optional.of(
                                new ReadDoorProvider.Place(
                                        settings.bind(),
                                        settings.grpcPort().getAsInt(),
                                        settings.token()))
                        : Optional.empty();
        return new FeatureEngines.Wanted(settings.online(), grpc);
    }

    private static List<Route> modelRoutes(
            Kit kit, ModelHost host, Metrics metrics, InstantSource clock) {
        metrics.add(() -> host.started().map(LiveEngine::metrics).orElse(""));
        return Stream.of(
                        new OpenAiEndpoints(host, new Closing(), clock, new Entropy()).routes(),
                        ChatPage.of(kit, host, false).routes())
                .flatMap(List::stream)
                .toList();
    }

    /// The address to open.
    public String url() {
        return Listener.url(host, web);
    }

    /// What it answers.
    public List<Route> routes() {
        return routes;
    }

    /// Stops playing, writes what is left, and lets go of port and data.
    @Override
    public void close() throws IOException {
        try (desk) {
            try {
                metronome.close();
                simulations.close();
                runs.close();
            } finally {
                model.ifPresent(ModelHost::close);
                web.stop();
                if (features.isPresent()) {
                    features.get().close();
                }
            }
        }
    }
}
