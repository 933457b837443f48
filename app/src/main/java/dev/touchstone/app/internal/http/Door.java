package dev.touchstone.app.internal.http;

import io.helidon.http.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
    private static final Set<String> LOOPBACK_NAMES =
            Set.of("localhost", "127.0.0.1", "[::1]", "0:0:0:0:0:0:0:1");

    private final Optional<String> token;
    private final boolean loopbackOnly;

    /// @param token asked of everybody, if there is one
    /// @param loopbackOnly whether only this machine can reach the server
    public Door(Optional<String> token, boolean loopbackOnly) {
        this.token = token;
        this.loopbackOnly = loopbackOnly;
    }

    public boolean asksForToken() {
        return token.isPresent();
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

    /// Whether the request carries the token, as a header or as the login page's cookie.
    boolean admits(Exchange exchange) {
        return token.isEmpty()
                || exchange.header("Authorization")
                        .filter(value -> value.startsWith(BEARER))
                        .map(value -> value.substring(BEARER.length()))
                        .filter(this::isToken)
                        .isPresent()
                || exchange.cookie(COOKIE).filter(value -> same(value, cookieValue())).isPresent();
    }

    public boolean isToken(String offered) {
        return token.filter(expected -> same(expected, offered)).isPresent();
    }

    /// The `Set-Cookie` that stands for the token. It holds a digest, so that what lies in a
    /// browser's files is not the token itself.
    public String cookie() {
        return "%s=%s; HttpOnly; SameSite=Strict; Path=/".formatted(COOKIE, cookieValue());
    }

    private String cookieValue() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(utf8(token.orElseThrow()), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(utf8("touchstone login cookie")));
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
        return host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    }

    /// Takes as long for a near miss as for a wild guess.
    private static boolean same(String a, String b) {
        return MessageDigest.isEqual(utf8(a), utf8(b));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
