package dev.touchstone.app.testing;

import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;

/// Simulations that are over.
public final class Simulated {
    private Simulated() {}

    /// Starts one and gives its document once it is over.
    public static JsonNode run(RawHttp http, String order) throws IOException {
        JsonNode started = Documents.read(http.postJson("/api/simulations", order));
        return over(http, started.get("id").asString());
    }

    /// The document of one, once it is over.
    public static JsonNode over(RawHttp http, String id) {
        var document = new AtomicReference<JsonNode>();
        Eventually.holds(
                "the end of simulation " + id,
                () -> {
                    document.set(look(http, id));
                    return document.get().get("over").asBoolean();
                });
        return document.get();
    }

    private static JsonNode look(RawHttp http, String id) {
        try {
            return Documents.read(http.get("/api/simulations/" + id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
