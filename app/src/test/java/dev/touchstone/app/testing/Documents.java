package dev.touchstone.app.testing;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads JSON that a test looks into, with a reader that knows none of our types.
public final class Documents {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Documents() {}

    public static JsonNode read(RawHttp.Response response) {
        return MAPPER.readTree(response.bytes());
    }

    public static JsonNode read(String text) {
        return MAPPER.readTree(text);
    }
}
