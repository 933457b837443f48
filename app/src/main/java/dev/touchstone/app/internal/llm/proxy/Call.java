package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.json.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A client's request, as far as it matters which server answers it. The body itself is passed on
/// byte for byte.
///
/// @param path below the server's address, such as `/v1/chat/completions`
/// @param stream whether the answer comes as server-sent events
/// @param session what keeps a conversation on one server; empty for none
/// @param maxTokens longest answer asked for; 0 where the client leaves it open
/// @param lowPriority whether it may be turned away first: its `priority`, as vLLM has it, is above
///   0
/// @param promptFrom where in the body the prompt or the messages begin
/// @param promptTo where they end
@SuppressWarnings("ArrayRecordComponent") // passed through, never compared
record Call(
        String path,
        byte[] body,
        List<Header> headers,
        boolean stream,
        String session,
        int maxTokens,
        boolean lowPriority,
        int promptFrom,
        int promptTo) {
    private static final JsonFactory JSON = new JsonFactory();

    /// English text has about so many bytes a token; enough to compare one load with another.
    private static final int BYTES_PER_TOKEN = 4;

    Call {
        headers = List.copyOf(headers);
    }

    /// A header to pass on.
    record Header(String name, String value) {}

    /// One without a body.
    static Call get(String path, List<Header> headers) {
        return new Call(path, new byte[0], headers, false, "", 0, false, 0, 0);
    }

    /// The same with another body.
    Call with(byte[] other) {
        return new Call(path, other, headers, stream, session, maxTokens, lowPriority, 0, 0);
    }

    /// A rough count, for the router's sums.
    int promptTokens() {
        return Math.max(1, (promptTo - promptFrom) / BYTES_PER_TOKEN);
    }

    /// What is sent to a server before the body.
    byte[] head(URI server) {
        var head = new StringBuilder(256);
        head.append(body.length == 0 ? "GET " : "POST ").append(path).append(" HTTP/1.1\r\n");
        head.append("Host: ").append(server.getAuthority()).append("\r\n");
        if (body.length > 0) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        for (Header header : headers) {
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Reads what matters of a request.
    ///
    /// @param session what a header says, if there is one
    /// @throws Json.Malformed when the body is no JSON object
    static Call read(String path, byte[] body, List<Header> headers, Optional<String> session) {
        boolean stream = false;
        String user = "";
        int maxTokens = 0;
        boolean lowPriority = false;
        int from = 0;
        int to = 0;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new Json.Malformed("", "the body is not a JSON object");
            }
            if (parser.currentTokenLocation().getByteOffset() < 0) {
                throw new Json.Malformed("", "the body is not UTF-8, as JSON between systems is");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "stream" -> stream = value == JsonToken.VALUE_TRUE;
                    case "user", "prompt_cache_key" ->
                            user = value == JsonToken.VALUE_STRING ? parser.getString() : user;
                    case "max_tokens", "max_completion_tokens" ->
                            maxTokens =
                                    value == JsonToken.VALUE_NUMBER_INT
                                            ? (int) Math.min(parser.getLongValue(), 1 << 20)
                                            : maxTokens;
                    case "priority" ->
                            lowPriority =
                                    value == JsonToken.VALUE_NUMBER_INT
                                            && parser.getLongValue() > 0;
                    case "messages", "prompt" -> {
                        from = (int) parser.currentTokenLocation().getByteOffset();
                        parser.skipChildren();
                        parser.finishToken(); // A text is read no further than it is asked for.
                        to = (int) parser.currentLocation().getByteOffset();
                        continue;
                    }
                    default -> {}
                }
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                throw new Json.Malformed("", "something follows the JSON object");
            }
        } catch (JacksonException e) {
            throw Json.malformed(e);
        }
        return new Call(
                path,
                body,
                headers,
                stream,
                session.orElse(user),
                maxTokens,
                lowPriority,
                Math.clamp(from, 0, body.length),
                Math.clamp(to, 0, body.length));
    }

    @Override
    public String toString() {
        return "%s, %d bytes".formatted(path, body.length);
    }
}
