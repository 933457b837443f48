package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.Shutdown;
import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.llm.Closing;
import dev.touchstone.app.internal.llm.ModelHost;
import dev.touchstone.app.internal.llm.Models;
import dev.touchstone.app.internal.llm.Models.Speculation;
import dev.touchstone.app.internal.llm.proxy.ProxySettings;
import dev.touchstone.app.internal.server.LlmServer;
import dev.touchstone.app.internal.server.ProxyServer;
import dev.touchstone.app.internal.simulate.Choice;
import dev.touchstone.app.internal.simulate.Shape;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.fleet.RouterConfig;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `touchstone llm serve`: OpenAI's API, from a model on this machine or from servers behind it.
@Command(
        name = "serve",
        description =
                "Serves a language model over OpenAI's API: the small one that comes along, one of yours,"
                        + " or, with --upstream, whatever runs on other servers. See"
                        + " docs/llm-server.md.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class LlmServeCommand implements Runnable {
    private static final int MAX_PORT = 65_535;
    private static final Choice<ElementType> KV_TYPES =
            Choice.of(
                    List.of(ElementType.FP32, ElementType.FP16, ElementType.FP8),
                    type -> type.name().toLowerCase(Locale.ROOT));
    private static final Choice<Policy> POLICIES =
            Choice.of(
                    List.of(Policy.values()),
                    policy -> policy.name().toLowerCase(Locale.ROOT).replace('_', '-'));

    private static final List<String> OF_A_MODEL =
            List.of(
                    "--kv-memory",
                    "--kv-type",
                    "--speculate",
                    "--drafts",
                    "--threads",
                    "--max-running",
                    "--max-waiting",
                    "--max-waiting-tokens");
    private static final List<String> OF_UPSTREAMS =
            List.of(
                    "--long-from",
                    "--admin-key",
                    "--router",
                    "--stall-seconds",
                    "--ladder",
                    "--fallback",
                    "--promise-ttft",
                    "--scale-from",
                    "--scale-to",
                    "--max-spend");

    private final Console console;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description =
                    "A .gguf file, or a folder of .safetensors files with config.json and tokenizer.json (the small model that comes along).")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--upstream",
            paramLabel = "URL",
            description =
                    "A server that speaks OpenAI's API, for example at http://10.0.0.1:8000; name each one. Instead of --model.")
    private List<URI> upstreams = List.of();

    @Option(
            names = "--long-upstream",
            paramLabel = "URL",
            description =
                    "A server for long prompts alone; those of --upstream then take the others alone.")
    private List<URI> longUpstreams = List.of();

    @Option(
            names = "--long-from",
            paramLabel = "TOKENS",
            description =
                    "With --long-upstream, from how many tokens on a prompt is long, at four bytes a token (4096).")
    private Optional<Integer> longFrom = Optional.empty();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7701",
            description = "Port to listen on, 0 for any that is free (${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description =
                    "Address to listen on (${DEFAULT-VALUE}). Beyond loopback a key is needed.")
    private String bind = "127.0.0.1";

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            defaultValue = "${env:TOUCHSTONE_API_KEY}",
            split = ",",
            description =
                    "One of these is asked of every client; better given as TOUCHSTONE_API_KEY.")
    private List<String> keys = List.of();

    @Option(
            names = "--admin-key",
            paramLabel = "KEY",
            defaultValue = "${env:TOUCHSTONE_ADMIN_KEY}",
            description =
                    "With --upstream, asked of whoever drains a server; only this machine may without one.")
    private Optional<String> adminKey = Optional.empty();

    @Option(
            names = "--drain-seconds",
            paramLabel = "N",
            defaultValue = "25",
            description =
                    "How long answers under way may take to end when it is asked to stop (${DEFAULT-VALUE}).")
    private int drainSeconds;

    @Option(
            names = "--kv-memory",
            paramLabel = "AMOUNT",
            defaultValue = "256MiB",
            description = "Memory for keys and values (${DEFAULT-VALUE}).")
    private String kvMemory = "";

    @Option(
            names = "--kv-type",
            paramLabel = "TYPE",
            defaultValue = "fp32",
            description = "How keys and values are kept: fp32, fp16 or fp8 (${DEFAULT-VALUE}).")
    private String kvType = "";

    @Option(
            names = "--speculate",
            paramLabel = "HOW",
            description =
                    "Guesses next tokens and lets the model check them, with the same answers: ngram, from"
                            + " the text itself; or a .gguf file, a smaller model of the same"
                            + " vocabulary (off).")
    private Optional<String> speculate = Optional.empty();

    @Option(
            names = "--drafts",
            paramLabel = "N",
            defaultValue = "4",
            description =
                    "With --speculate, guesses for one answer and step at most (${DEFAULT-VALUE}).")
    private int drafts;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that compute (all processors).")
    private Optional<Integer> threads = Optional.empty();

    @Option(
            names = "--max-running",
            paramLabel = "N",
            defaultValue = "32",
            description = "Requests answered at once (${DEFAULT-VALUE}).")
    private int maxRunning;

    @Option(
            names = "--max-waiting",
            paramLabel = "N",
            defaultValue = "64",
            description =
                    "Requests that wait; further ones are told when to come back (${DEFAULT-VALUE}).")
    private int maxWaiting;

    @Option(
            names = "--max-waiting-tokens",
            paramLabel = "N",
            description =
                    "Prompt tokens that wait, all requests together, before further ones are told when to come back (any number).")
    private Optional<Long> maxWaitingTokens = Optional.empty();

    @Option(
            names = "--dollars-per-hour",
            paramLabel = "AMOUNT",
            defaultValue = "0",
            description =
                    "What the machine costs, to be shared out among its users; with --upstream, one server.")
    private double dollarsPerHour;

    @Option(
            names = "--router",
            paramLabel = "POLICY",
            description =
                    "With --upstream, who is asked: balanced, cache-aware, session, least-requests or round-robin (balanced).")
    private Optional<String> router = Optional.empty();

    @Option(
            names = "--stall-seconds",
            paramLabel = "N",
            description =
                    "With --upstream, a stream that stands still for so long is given up (60).")
    private Optional<Integer> stallSeconds = Optional.empty();

    @Mixin private OverloadOptions overload = new OverloadOptions();

    LlmServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (port < 0 || port > MAX_PORT) {
            throw misunderstood("--port must be from 0 to %d, got %d".formatted(MAX_PORT, port));
        }
        if (model.isPresent() && !(upstreams.isEmpty() && longUpstreams.isEmpty())) {
            throw misunderstood(
                    "--model is served here and --upstream elsewhere; leave one of them out");
        }
        checkSide();
        if (drainSeconds < 0) {
            throw misunderstood("--drain-seconds must be at least 0, got " + drainSeconds);
        }
        if (!(dollarsPerHour >= 0)) {
            throw misunderstood("--dollars-per-hour must be at least 0, got " + dollarsPerHour);
        }
        try {
            if (upstreams.isEmpty() && longUpstreams.isEmpty()) {
                serveModel();
            } else {
                serveUpstreams();
            }
        } catch (IllegalArgumentException e) {
            throw misunderstood(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        Shutdown.await();
    }

    /// An option that would do nothing is a misunderstanding.
    private void checkSide() {
        boolean elsewhere = !upstreams.isEmpty() || !longUpstreams.isEmpty();
        for (String option : elsewhere ? OF_A_MODEL : OF_UPSTREAMS) {
            if (given(option)) {
                throw misunderstood(
                        elsewhere
                                ? "%s is about a model that is served here, and --upstream serves none; leave it out"
                                        .formatted(option)
                                : "%s is for a router; name its servers with --upstream"
                                        .formatted(option));
            }
        }
        if (given("--drafts") && speculate.isEmpty()) {
            throw misunderstood(
                    "--drafts says how many guesses --speculate makes; add --speculate ngram or leave it out");
        }
        if (longFrom.isPresent() && longUpstreams.isEmpty()) {
            throw misunderstood(
                    "--long-from goes with --long-upstream, which names who takes long prompts");
        }
    }

    private boolean given(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    private void serveModel() throws IOException {
        requireAtLeastOne("--max-running", maxRunning);
        requireAtLeastOne("--max-waiting", maxWaiting);
        maxWaitingTokens.ifPresent(tokens ->
                requireAtLeastOne(
                        "--max-waiting-tokens", Math.clamp(tokens, -1, Integer.MAX_VALUE)));
        threads.ifPresent(count -> requireAtLeastOne("--threads", count));
        var models =
                new Models(
                        DataDirectory.of(Optional.empty(), console.environment()),
                        KV_TYPES.find("--kv-type", kvType),
                        threads);
        var host =
                new ModelHost(
                        new ModelHost.Settings(
                                models.source(model, speculation()),
                                models.about(model),
                                Bytes.parse("--kv-memory", kvMemory),
                                maxWaiting,
                                maxRunning,
                                maxWaitingTokens.orElse(ModelHost.Settings.ANY_TOKENS),
                                dollarsPerHour));
        host.engine(); // A file that cannot be served is told before anybody asks.
        LlmServer server = LlmServer.start(settings(), host, WallClock.INSTANCE);
        Shutdown.before(() -> stop(server.closing(), server::close));
        console.out().println(models.about(model));
        announce(server.url());
    }

    private Speculation speculation() {
        requireAtLeastOne("--drafts", drafts);
        if (speculate.isEmpty()) {
            return new Speculation.Off();
        }
        String how = speculate.get();
        return how.equals("ngram")
                ? new Speculation.FromText(drafts)
                : new Speculation.FromModel(Path.of(how), drafts);
    }

    private void serveUpstreams() throws IOException {
        int stall = stallSeconds.orElse((int) ProxySettings.USUAL_STALL.toSeconds());
        requireAtLeastOne("--stall-seconds", stall);
        longFrom.ifPresent(tokens -> requireAtLeastOne("--long-from", tokens));
        RouterConfig policy =
                RouterConfig.DEFAULT.with(POLICIES.find("--router", router.orElse("balanced")));
        ProxyServer server =
                ProxyServer.start(
                        settings(),
                        new ProxySettings(
                                upstreams,
                                longUpstreams,
                                Optional.ofNullable(
                                        console.environment().get("TOUCHSTONE_UPSTREAM_KEY")),
                                longUpstreams.isEmpty()
                                        ? policy
                                        : policy.withLongFrom(longFrom.orElse(Shape.LONG_FROM)),
                                overload.scaling(dollarsPerHour),
                                Duration.ofSeconds(stall),
                                overload.overload()));
        Shutdown.before(() -> stop(server.closing(), server::close));
        console.out()
                .println(
                        "In front of %d servers; GET /fleet says how they stand."
                                .formatted(upstreams.size() + longUpstreams.size()));
        announce(server.url());
    }

    private LlmServer.Settings settings() {
        return new LlmServer.Settings(bind, port, keys, adminKey.filter(key -> !key.isEmpty()));
    }

    private void stop(Closing closing, Runnable close) {
        if (closing.underWay() > 0) {
            console.err()
                    .println(
                            "Stopping; answers under way: %d, which have %d seconds to end."
                                    .formatted(closing.underWay(), drainSeconds));
            console.err().flush();
        }
        closing.close(Duration.ofSeconds(drainSeconds));
        close.run();
    }

    private void announce(String url) {
        console.out().println("Serving at %sv1".formatted(url));
        console.out().flush();
    }

    private void requireAtLeastOne(String option, int value) {
        if (value < 1) {
            throw misunderstood("%s must be at least 1, got %d".formatted(option, value));
        }
    }

    private ParameterException misunderstood(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
