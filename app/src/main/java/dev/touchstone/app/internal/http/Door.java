package dev.touchstone.app.internal.http;

import io.helidon.http.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Who may come in.
///
/// A server on the loopback interface is still reached by every web page that its user has open. So
/// it answers only to its own names, which stops a foreign name that was pointed at 127.0.0.1, and
/// changes nothing at the request of a page from elsewhere. With a token, nobody comes in without
/// it.
public final class Door {
    static final String COOKIE = "touchstone";
    private static final String BEARER = "Bearer ";
    private static final Pattern PORT = Pattern.compile(":\\d+$");
    private static final Set<String> LOOPBACK_NAMES =
            Set.of("localhost", "127.0.0.1", "[::1]", "0:0:0:0:0:0:0:1");

    private final List<String> tokens;
    private final boolean loopbackOnly;

    /// @param tokens one of them is asked of everybody, if there are any
    /// @param loopbackOnly whether only this machine can reach the server
    public Door(List<String> tokens, boolean loopbackOnly) {
        this.tokens = List.copyOf(tokens);
        this.loopbackOnly = loopbackOnly;
    }

    public boolean asksForToken() {
        return !tokens.isEmpty();
    }

    /// Turns away requests that are not meant for us or not made by our own pages.
    ///
    /// @throws Problem 421 or 403
    void checkOrigin(Exchange exchange) {
        String host = exchange.header("Host").orElse("");
        if (loopbackOnly && !LOOPBACK_NAMES.contains(withoutPort(host))) {
            throw new Problem(
                    421,
                    "foreign-host",
                    "Not a name of this server",
                    "this server is local and answers to localhost, not to '%s'".formatted(host));
        }
        if (exchange.method().equals(Method.GET) || exchange.method().equals(Method.HEAD)) {
            return;
        }
        String site = exchange.header("Sec-Fetch-Site").orElse("none");
        boolean sameSite = site.equals("same-origin") || site.equals("none");
        boolean sameOrigin =
                exchange.header("Origin").map(origin -> isOf(origin, host)).orElse(true);
        if (!sameSite || !sameOrigin) {
            throw new Problem(
                    403,
                    "cross-origin",
                    "Asked by a foreign page",
                    "only pages of this server may change something here; the request came from '%s'"
                            .formatted(exchange.header("Origin").orElse(site)));
        }
    }

    /// Whether the request may come in.
    boolean admits(Exchange exchange) {
        return tokens.isEmpty() || token(exchange).isPresent();
    }

    /// A name for whose token the request carries, which gives nothing of the token away; empty
    /// when none is asked for.
    String caller(Exchange exchange) {
        return token(exchange)
                .map(token -> "key-" + digest(token, "name").substring(0, 8))
                .orElse("");
    }

    /// The token that a request carries, as a header or as the login page's cookie.
    private Optional<String> token(Exchange exchange) {
        Optional<String> shown =
                exchange.header("Authorization")
                        .filter(value -> value.startsWith(BEARER))
                        .map(value -> value.substring(BEARER.length()));
        Optional<String> cookie = exchange.cookie(COOKIE);
        return tokens.stream()
                .filter(token ->
                        shown.filter(value -> same(value, token)).isPresent()
                                || cookie.filter(value -> same(value, cookieValue(token)))
                                        .isPresent())
                .findFirst();
    }

    public boolean isToken(String offered) {
        return tokens.stream().anyMatch(token -> same(token, offered));
    }

    /// The `Set-Cookie` that stands for a token. It holds a digest, so that what lies in a
    /// browser's files is not the token itself.
    public String cookie(String token) {
        return "%s=%s; HttpOnly; SameSite=Strict; Path=/".formatted(COOKIE, cookieValue(token));
    }

    private static String cookieValue(String token) {
        return digest(token, "touchstone login cookie");
    }

    private static String digest(String token, String purpose) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(utf8(token), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(utf8(purpose)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static boolean isOf(String origin, String host) {
        try {
            return host.equalsIgnoreCase(new URI(origin).getAuthority());
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static String withoutPort(String host) {
        return PORT.matcher(host).replaceFirst("").toLowerCase(Locale.ROOT);
    }

    /// Takes as long for a near miss as for a wild guess.
    static boolean same(String a, String b) {
        return MessageDigest.isEqual(utf8(a), utf8(b));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
