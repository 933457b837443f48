package dev.touchstone.app.internal.practice;

import java.time.Instant;
import java.util.regex.Pattern;

/// Somebody who practises on this server.
///
/// @param id small letters, digits and hyphens: `me`
/// @param name as shown
public record Profile(String id, String name, Instant created) {
    /// The profile that everything belongs to unless another is named.
    public static final String DEFAULT = "me";

    static final Pattern ID = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?");

    static final int MAX_NAME_CHARS = 80;
}
