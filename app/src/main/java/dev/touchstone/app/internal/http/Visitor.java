package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.practice.Profile;

/// Who asks. A cookie names the profile that somebody chose; whoever chose none has the default
/// one. It separates people, it does not protect them from each other: that is the token's work.
public final class Visitor {
    private static final String COOKIE = "touchstone-profile";
    private static final long YEAR_SECONDS = 365L * 24 * 60 * 60;

    private Visitor() {}

    /// The profile that a browser practises as.
    public static String profile(Exchange exchange) {
        return exchange.cookie(COOKIE).filter(id -> !id.isBlank()).orElse(Profile.DEFAULT);
    }

    /// Makes a browser practise as this profile from now on.
    public static void remember(Exchange exchange, String profile) {
        exchange.header(
                "Set-Cookie",
                "%s=%s; HttpOnly; SameSite=Strict; Path=/; Max-Age=%d"
                        .formatted(COOKIE, profile, YEAR_SECONDS));
    }
}
