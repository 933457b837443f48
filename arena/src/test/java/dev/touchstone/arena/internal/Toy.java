package dev.touchstone.arena.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// The toy incident's file.
public final class Toy {
    private Toy() {}

    /// `toy.yaml` as it is.
    public static String yaml() {
        String resource = "/dev/touchstone/arena/toy.yaml";
        try (InputStream in = Toy.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    /// `toy.yaml` with one passage replaced.
    public static String yaml(String passage, String replacement) {
        String yaml = yaml();
        if (!yaml.contains(passage)) {
            throw new IllegalArgumentException("toy.yaml has no passage '%s'".formatted(passage));
        }
        return yaml.replace(passage, replacement);
    }
}
