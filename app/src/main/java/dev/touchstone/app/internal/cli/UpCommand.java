package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.Browser;
import dev.touchstone.app.internal.edge.Shutdown;
import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.features.FeatureService;
import dev.touchstone.app.internal.llm.ModelHost;
import dev.touchstone.app.internal.llm.Models;
import dev.touchstone.app.internal.practice.Commentator.Endpoint;
import dev.touchstone.app.internal.runs.Incidents;
import dev.touchstone.app.internal.server.TouchstoneServer;
import dev.touchstone.app.internal.server.TouchstoneServer.Content;
import dev.touchstone.app.internal.server.TouchstoneServer.Settings;
import dev.touchstone.arena.IncidentCatalog;
import dev.touchstone.arena.practice.AttemptLimits;
import dev.touchstone.arena.practice.Practice;
import dev.touchstone.llm.ElementType;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `touchstone up`: serves the pages and the API until it is interrupted.
@Command(
        name = "up",
        description = "Starts the server and opens its page.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Runnable {
    private static final Logger LOG = System.getLogger(UpCommand.class.getName());
    private static final int MAX_PORT = 65_535;
    private static final int MAX_MINUTES = 600;

    /// Memory for keys and values of those who chat: enough for a few, beside everything else.
    private static final long CHAT_KV_BYTES = 64L << 20;

    private final Console console;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "${env:TOUCHSTONE_PORT:-7700}",
            description = "Port to listen on, 0 for any that is free (${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "${env:TOUCHSTONE_BIND:-127.0.0.1}",
            description =
                    "Address to listen on (${DEFAULT-VALUE}). Beyond loopback a token is needed.")
    private String bind = "127.0.0.1";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:TOUCHSTONE_DATA}",
            description = "Where runs and attempts are kept (~/.local/share/touchstone).")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--features",
            paramLabel = "DIR",
            defaultValue = "${env:TOUCHSTONE_FEATURES}",
            description = "The feature store to serve (the folder features of --data).")
    private Optional<Path> features = Optional.empty();

    @Option(
            names = "--online",
            paramLabel = "URL",
            defaultValue = "${env:TOUCHSTONE_ONLINE}",
            description =
                    "Redis or Valkey to serve features from, instead of memory: redis://HOST:PORT. It is filled from the store.")
    private Optional<URI> online = Optional.empty();

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            defaultValue = "${env:TOUCHSTONE_GRPC_PORT}",
            description =
                    "Serves features over gRPC too, as Feast's clients ask for them; 0 for any port that is free.")
    private Optional<Integer> grpcPort = Optional.empty();

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:TOUCHSTONE_TOKEN}",
            description = "Asked of everybody who comes in; better given as TOUCHSTONE_TOKEN.")
    private Optional<String> token = Optional.empty();

    @Option(
            names = "--minutes",
            paramLabel = "KIND=N",
            split = ",",
            defaultValue = "${env:TOUCHSTONE_MINUTES}",
            description =
                    "Minutes for an attempt, by kind: design=35,war-room=20,on-call=15,drill=10,revision=5.")
    private Map<String, Integer> minutes = Map.of();

    @Option(
            names = "--comments-url",
            paramLabel = "URL",
            defaultValue = "${env:TOUCHSTONE_COMMENTS_URL}",
            description =
                    "A server that speaks OpenAI's chat API, such as http://127.0.0.1:8000/v1: it may comment on graded answers, and gives no points. Its key is read from TOUCHSTONE_COMMENTS_KEY.")
    private Optional<URI> commentsUrl = Optional.empty();

    @Option(
            names = "--comments-model",
            paramLabel = "NAME",
            defaultValue = "${env:TOUCHSTONE_COMMENTS_MODEL}",
            description = "The model that comments.")
    private Optional<String> commentsModel = Optional.empty();

    @Option(
            names = "--model",
            paramLabel = "FILE",
            defaultValue = "${env:TOUCHSTONE_MODEL}",
            description =
                    "The model to chat with on /chat and under /v1: a .gguf file or a folder of .safetensors files (the small one that comes along).")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--no-open",
            defaultValue = "${env:TOUCHSTONE_NO_OPEN:-false}",
            description = "Does not open the page in a browser.")
    private boolean noOpen;

    UpCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (port < 0 || port > MAX_PORT) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--port must be from 0 to %d, got %d".formatted(MAX_PORT, port));
        }
        TouchstoneServer server = start();
        Shutdown.before(() -> stop(server));
        console.out().println("Touchstone is up at " + server.url());
        if (!noOpen) {
            Browser.open(server.url(), console.environment());
        }
        Shutdown.await();
    }

    /// How long attempts take: what is usual, but for what `--minutes` says.
    private AttemptLimits limits() {
        var left = new TreeMap<>(minutes);
        var usual = AttemptLimits.STANDARD;
        var limits =
                new AttemptLimits(
                        take(left, "design", usual.design()),
                        take(left, "war-room", usual.warRoom()),
                        take(left, "on-call", usual.onCall()),
                        take(left, "drill", usual.drill()),
                        take(left, "revision", usual.revision()),
                        usual.tries());
        if (!left.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--minutes: there is no kind '%s'; there are design, war-room, on-call, drill and revision"
                            .formatted(left.firstKey()));
        }
        return limits;
    }

    private Duration take(Map<String, Integer> minutes, String kind, Duration usual) {
        Integer given = minutes.remove(kind);
        if (given == null) {
            return usual;
        }
        if (given < 1 || given > MAX_MINUTES) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--minutes %s must be from 1 to %d, got %d"
                            .formatted(kind, MAX_MINUTES, given));
        }
        return Duration.ofMinutes(given);
    }

    /// The language model that comments, if one is named.
    private Optional<Endpoint> comments() {
        try {
            return commentsUrl.map(url ->
                    new Endpoint(
                            url,
                            commentsModel.orElse(""),
                            Optional.ofNullable(
                                    console.environment().get("TOUCHSTONE_COMMENTS_KEY"))));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--comments-url: " + e.getMessage());
        }
    }

    private OptionalInt grpcPort() {
        if (grpcPort.isEmpty()) {
            return OptionalInt.empty();
        }
        int wanted = grpcPort.get();
        if (wanted < 0 || wanted > MAX_PORT) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--grpc-port must be from 0 to %d, got %d".formatted(MAX_PORT, wanted));
        }
        return OptionalInt.of(wanted);
    }

    private TouchstoneServer start() {
        if (data.filter(path -> path.toString().isBlank()).isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "--data is empty; name a directory, or leave it out");
        }
        Path directory = DataDirectory.of(data, console.environment());
        if (features.isPresent() && !Files.isDirectory(features.get())) {
            throw new CommandFailure(
                    "--features: there is no folder %s; touchstone features apply --store %s makes a store"
                            .formatted(features.get(), features.get()));
        }
        if (features.isPresent() && !FeatureService.isIn(features.get())) {
            throw new CommandFailure(
                    "--features: there is no feature store in %s; touchstone features apply --store %s makes one"
                            .formatted(features.get(), features.get()));
        }
        Settings settings;
        try {
            settings =
                    new Settings(
                            bind,
                            port,
                            directory,
                            token,
                            features.orElse(directory.resolve("features")),
                            online,
                            grpcPort());
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        try {
            return TouchstoneServer.start(
                    settings,
                    new Content(
                            Incidents.of(IncidentCatalog.builtIn()),
                            Practice.builtIn(),
                            limits(),
                            comments(),
                            Optional.of(model(directory))),
                    WallClock.INSTANCE);
        } catch (IOException e) {
            throw new CommandFailure("Touchstone cannot start: " + e.getMessage(), e);
        }
    }

    /// The model to chat with: the small one that comes along, unless another is named.
    private ModelHost model(Path directory) {
        var models = new Models(directory, ElementType.FP32, Optional.empty());
        return new ModelHost(
                new ModelHost.Settings(
                        models.source(model, new Models.Speculation.Off()),
                        models.about(model),
                        CHAT_KV_BYTES,
                        ModelHost.Settings.USUAL_MAX_WAITING,
                        ModelHost.Settings.USUAL_MAX_RUNNING,
                        ModelHost.Settings.ANY_TOKENS,
                        0));
    }

    private static void stop(TouchstoneServer server) {
        try {
            server.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "stopping: " + e.getMessage());
        }
    }
}
