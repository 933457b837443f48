package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Changes single fields of a request's body and leaves every other byte as it came.
final class BodyEdit {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Set<String> ANSWER_TOKENS = Set.of("max_tokens", "max_completion_tokens");

    private BodyEdit() {}

    /// With an answer of at most so many tokens.
    static byte[] withAnswerTokens(byte[] body, int tokens) {
        return with(body, ANSWER_TOKENS, "max_tokens", Integer.toString(tokens));
    }

    /// Asking another model.
    static byte[] withModel(byte[] body, String model) {
        return with(body, Set.of("model"), "model", Json.text(model));
    }

    /// @param body a JSON object
    /// @param names fields of the object itself that get the value
    /// @param missing the field that is added when it has none of them
    private static byte[] with(byte[] body, Set<String> names, String missing, String value) {
        var out = new ByteArrayOutputStream(body.length + missing.length() + value.length() + 8);
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int copied = 0;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            parser.nextToken();
            int inside = (int) parser.currentTokenLocation().getByteOffset() + 1;
            boolean empty = true;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                empty = false;
                String name = parser.currentName();
                parser.nextToken();
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                parser.finishToken(); // A text is read no further than it is asked for.
                if (names.contains(name)) {
                    out.write(body, copied, from - copied);
                    out.writeBytes(bytes);
                    copied = (int) parser.currentLocation().getByteOffset();
                }
            }
            if (copied == 0) {
                String field = "\"%s\":%s%s".formatted(missing, value, empty ? "" : ",");
                out.write(body, 0, inside);
                out.writeBytes(field.getBytes(StandardCharsets.UTF_8));
                copied = inside;
            }
        }
        out.write(body, copied, body.length - copied);
        return out.toByteArray();
    }
}
