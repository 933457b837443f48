package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.llm.fleet.Autoscaler;
import dev.touchstone.llm.fleet.RouterConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a proxy stands in front of.
///
/// @param upstreams addresses without a path: `http://10.0.0.1:8000`
/// @param key the servers' own key, sent instead of what a client sends; without one, what a client
///   sends is passed on
/// @param scaling by which it is said how many servers there should be
/// @param stall a stream that stands still for so long is given up
public record ProxySettings(
        List<URI> upstreams,
        Optional<String> key,
        RouterConfig router,
        Autoscaler.Config scaling,
        Duration stall) {
    /// Longer than any step of any engine, shorter than a person waits.
    public static final Duration USUAL_STALL = Duration.ofSeconds(60);

    /// One to 64 servers that start in three minutes, at 80 % of their caches, four waiting
    /// requests each and first tokens within 0.8 seconds at most; costs are not limited.
    public static final Autoscaler.Config USUAL_SCALING =
            new Autoscaler.Config(
                    1, 64, 0.8, 4, 0.8, Duration.ofMinutes(3), Duration.ofMinutes(5), 0, 0);

    /// Rejects what no request could be sent to.
    public ProxySettings {
        upstreams = List.copyOf(upstreams);
        if (upstreams.isEmpty()) {
            throw new IllegalArgumentException("a proxy needs at least 1 server behind it");
        }
        for (URI upstream : upstreams) {
            String scheme = String.valueOf(upstream.getScheme());
            boolean known = scheme.equals("http") || scheme.equals("https");
            if (!known || upstream.getHost() == null || !upstream.getPath().isEmpty()) {
                throw new IllegalArgumentException(
                        "'%s' is not an address such as http://127.0.0.1:8000, without a path"
                                .formatted(upstream));
            }
        }
        if (key.filter(given -> !given.chars().allMatch(c -> c > ' ' && c <= '~')).isPresent()) {
            throw new IllegalArgumentException(
                    "the servers' key may hold printable ASCII characters alone, and no spaces");
        }
        if (upstreams.stream().distinct().count() < upstreams.size()) {
            throw new IllegalArgumentException("an upstream is named twice");
        }
    }
}
