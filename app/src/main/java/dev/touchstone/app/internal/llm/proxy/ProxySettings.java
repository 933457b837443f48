package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.llm.fleet.Autoscaler;
import dev.touchstone.llm.fleet.DegradationLadder;
import dev.touchstone.llm.fleet.RouterConfig;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// What a proxy stands in front of.
///
/// @param upstreams addresses without a path: `http://10.0.0.1:8000`
/// @param longUpstreams addresses of servers that take long prompts, and those alone; then the
///   others take the short ones alone. What is long, the router's configuration says
/// @param key the servers' own key, sent instead of what a client sends; without one, what a client
///   sends is passed on
/// @param scaling by which it is said how many servers there should be
/// @param stall a stream that stands still for so long is given up
/// @param overload what is given up when more is asked than they can do
public record ProxySettings(
        List<URI> upstreams,
        List<URI> longUpstreams,
        Optional<String> key,
        RouterConfig router,
        Autoscaler.Config scaling,
        Duration stall,
        Overload overload) {
    /// Longer than any step of any engine, shorter than a person waits.
    public static final Duration USUAL_STALL = Duration.ofSeconds(60);

    /// As in the chat challenge.
    public static final double USUAL_TTFT_SECONDS = 0.8;

    /// One to 64 servers that start in three minutes, at 80 % of their caches, four waiting
    /// requests each and first tokens within 0.8 seconds at most; costs are not limited.
    public static final Autoscaler.Config USUAL_SCALING =
            new Autoscaler.Config(
                    1, 64, 0.8, 4, 0.8, Duration.ofMinutes(3), Duration.ofMinutes(5), 0, 0);

    /// What a fleet does about more requests than it can serve in time.
    ///
    /// @param ladder none: everything is passed on
    /// @param promisedTtftSeconds predicted time to first token at which it has as much to do as it
    ///   can
    /// @param smallModels servers of a small model, for those who would have to wait for too long
    public record Overload(
            Optional<DegradationLadder.Config> ladder,
            double promisedTtftSeconds,
            List<URI> smallModels) {
        /// Nothing is given up.
        public static final Overload IGNORED =
                new Overload(Optional.empty(), USUAL_TTFT_SECONDS, List.of());

        public Overload {
            smallModels = smallModels.stream().map(ProxySettings::normal).toList();
            if (!(promisedTtftSeconds > 0)) {
                throw new IllegalArgumentException(
                        "the promised time to first token must be above 0 s, got "
                                + promisedTtftSeconds);
            }
            if (smallModels.isEmpty()) {
                ladder = ladder.map(Overload::withoutSmallModel);
            } else if (ladder.isEmpty()) {
                throw new IllegalArgumentException(
                        "--fallback is the last rung of the ladder; give --ladder, too");
            }
        }

        /// The same up to the last rung, which would turn away people for whom there is room.
        private static DegradationLadder.Config withoutSmallModel(DegradationLadder.Config rungs) {
            return new DegradationLadder.Config(
                    rungs.scaleOut(),
                    rungs.shorten(),
                    rungs.queue(),
                    Double.POSITIVE_INFINITY,
                    rungs.margin(),
                    rungs.calm(),
                    rungs.shortAnswerTokens(),
                    Duration.ofDays(1));
        }
    }

    /// Nothing is given up under overload.
    public ProxySettings(
            List<URI> upstreams,
            Optional<String> key,
            RouterConfig router,
            Autoscaler.Config scaling,
            Duration stall) {
        this(upstreams, List.of(), key, router, scaling, stall, Overload.IGNORED);
    }

    /// Rejects what no request could be sent to.
    public ProxySettings {
        upstreams = upstreams.stream().map(ProxySettings::normal).toList();
        longUpstreams = longUpstreams.stream().map(ProxySettings::normal).toList();
        if (upstreams.isEmpty()) {
            throw new IllegalArgumentException(
                    longUpstreams.isEmpty()
                            ? "a proxy needs at least 1 server behind it"
                            : "servers for long prompts alone leave nobody for the others; name one"
                                    + " with --upstream");
        }
        if (key.filter(given -> !given.chars().allMatch(c -> c > ' ' && c <= '~')).isPresent()) {
            throw new IllegalArgumentException(
                    "the servers' key may hold printable ASCII characters alone, and no spaces");
        }
        List<URI> all =
                Stream.of(upstreams, longUpstreams, overload.smallModels())
                        .flatMap(List::stream)
                        .toList();
        all.stream()
                .filter(each -> Collections.frequency(all, each) > 1)
                .findFirst()
                .ifPresent(twice -> {
                    throw new IllegalArgumentException(
                            "'%s' is named twice; a server is one of --upstream, --long-upstream and --fallback"
                                    .formatted(twice));
                });
    }

    /// The one way in which an address is written here: in small letters, without the port that its
    /// scheme has anyway and without a slash at the end.
    ///
    /// @throws IllegalArgumentException when it is no address, or one with a path
    static URI normal(URI address) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        int usual = scheme.equals("http") ? 80 : scheme.equals("https") ? 443 : 0;
        String path = Objects.requireNonNullElse(address.getPath(), "");
        if (usual == 0 || address.getHost() == null || !(path.isEmpty() || path.equals("/"))) {
            throw new IllegalArgumentException(
                    "'%s' is not an address such as http://127.0.0.1:8000, without a path"
                            .formatted(address));
        }
        String host = address.getHost().toLowerCase(Locale.ROOT);
        boolean said = address.getPort() >= 0 && address.getPort() != usual;
        return URI.create(scheme + "://" + host + (said ? ":" + address.getPort() : ""));
    }

    /// The small models' servers, which give nothing up.
    Optional<ProxySettings> ofSmallModels() {
        return overload.smallModels().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ProxySettings(overload.smallModels(), key, router, scaling, stall));
    }
}
