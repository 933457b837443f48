package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.json.Json;
import io.helidon.common.parameters.Parameters;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.sse.SseSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/// One request and its answer, in the words that our endpoints use.
public final class Exchange {
    /// No document of ours comes near it.
    static final int MAX_BODY_BYTES = 64 * 1024;

    /// A form may hold a whole written answer.
    private static final int MAX_FORM_BYTES = 1024 * 1024;

    /// Below this a compressed answer fits into no fewer packets.
    private static final int MIN_GZIP_BYTES = 1024;

    private static final HeaderName HX_REQUEST = HeaderNames.create("HX-Request");
    private static final HeaderName HX_REDIRECT = HeaderNames.create("HX-Redirect");

    private final ServerRequest request;
    private final ServerResponse response;

    private final Connections connections;
    private final Door door;

    Exchange(ServerRequest request, ServerResponse response, Connections connections, Door door) {
        this.request = request;
        this.response = response;
        this.connections = connections;
        this.door = door;
    }

    /// A name for whoever asks, by the token that was shown; empty where none is asked for.
    public String caller() {
        return door.caller(this);
    }

    /// Whether this key came with the request, as `Authorization: Bearer KEY`.
    public boolean shows(String key) {
        return header("Authorization")
                .filter(shown -> Door.same(shown, "Bearer " + key))
                .isPresent();
    }

    /// Whether it came from this machine.
    public boolean fromLoopback() {
        return request.remotePeer().address() instanceof InetSocketAddress peer
                && peer.getAddress().isLoopbackAddress();
    }

    /// Whether whoever asked has hung up. Found out by listening, from the first call on.
    public boolean hungUp() {
        return connections.hungUp(request.socketId());
    }

    public Method method() {
        return request.prologue().method();
    }

    /// The path as it came in, decoded.
    public String path() {
        return request.path().path();
    }

    /// A part of the path, by its name in the route's template.
    public String path(String name) {
        return request.path().pathParameters().get(name);
    }

    public Optional<String> query(String name) {
        return request.query().first(name).asOptional();
    }

    /// All parameters behind the question mark, in order; of several of one name the first.
    public Map<String, String> query() {
        var parameters = new LinkedHashMap<String, String>();
        Parameters query = request.query();
        query.names().forEach(name -> parameters.put(name, query.first(name).orElse("")));
        return parameters;
    }

    public Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    public Optional<String> cookie(String name) {
        return request.headers().cookies().first(name).asOptional();
    }

    /// Whether htmx asks, which puts parts into the page it has.
    public boolean fromHtmx() {
        return request.headers().contains(HX_REQUEST);
    }

    /// Whether somebody reads the answer in a browser's window.
    public boolean fromBrowser() {
        return header("Accept").orElse("").contains("text/html");
    }

    /// The body as a JSON document.
    ///
    /// @throws Problem 400 with the field, 413, or 415
    public <T> T json(Class<T> type) {
        String media = header("Content-Type").orElse("");
        if (!media.startsWith("application/json")) {
            throw new Problem(
                    415,
                    "not-json",
                    "JSON expected",
                    "send Content-Type: application/json, not '%s'".formatted(media));
        }
        try {
            return Json.read(body(), type);
        } catch (Json.Malformed e) {
            throw Problem.malformed(e);
        }
    }

    /// The body as a form's fields, each with its values in order.
    public Map<String, List<String>> form() {
        var fields = new LinkedHashMap<String, List<String>>();
        for (String pair :
                new String(body(MAX_FORM_BYTES), StandardCharsets.UTF_8).split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.computeIfAbsent(decode(pair.substring(0, equals)), _ -> new ArrayList<>())
                        .add(decode(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    /// The body as it arrives, for what is larger than a document. Whoever reads it sets the limit.
    public InputStream stream() {
        return request.content().hasEntity()
                ? request.content().inputStream()
                : InputStream.nullInputStream();
    }

    /// The whole body.
    ///
    /// @throws Problem 413 when it is longer than any we accept
    public byte[] body() {
        return body(MAX_BODY_BYTES);
    }

    /// The whole body, where more is expected than a document.
    ///
    /// @throws Problem 413 when it is longer than `maxBytes`
    public byte[] body(int maxBytes) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        long length = request.headers().contentLength().orElse(maxBytes + 1L);
        if (request.headers().contentLength().isPresent() && length > maxBytes) {
            throw tooLarge(maxBytes);
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] body = in.readNBytes((int) length);
            if (body.length > maxBytes) {
                throw tooLarge(maxBytes);
            }
            return body;
        } catch (IOException e) {
            throw new UncheckedIOException("the request broke off", e);
        }
    }

    public Exchange header(String name, String value) {
        response.header(HeaderNames.create(name), value);
        return this;
    }

    /// Adds headers that are made already, as those of every answer.
    void headers(List<Header> all) {
        all.forEach(response::header);
    }

    public int status() {
        return response.status().code();
    }

    public boolean answered() {
        return response.isSent();
    }

    public void sendJson(int status, Object value) {
        send(status, "application/json", Json.bytes(value));
    }

    public void sendHtml(int status, String page) {
        header("Cache-Control", "no-store");
        send(status, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
    }

    /// Goes on to another page, by whichever way the asker understands.
    public void goTo(String location) {
        if (fromHtmx()) {
            response.status(204).header(HX_REDIRECT, location).send();
        } else {
            response.status(303).header(HeaderNames.LOCATION, location).send();
        }
    }

    public void send(int status, String type, byte[] body) {
        if (body.length >= MIN_GZIP_BYTES && acceptsGzip()) {
            sendCompressed(status, type, gzip(body));
        } else {
            response.status(status).header(HeaderNames.CONTENT_TYPE, type);
            sendBody(body);
        }
    }

    /// Sends what is gzip already.
    void sendCompressed(int status, String type, byte[] gzip) {
        response.status(status)
                .header(HeaderNames.CONTENT_TYPE, type)
                .header(HeaderNames.CONTENT_ENCODING, "gzip")
                .header(HeaderNames.VARY, "Accept-Encoding");
        sendBody(gzip);
    }

    private void sendBody(byte[] body) {
        if (method().equals(Method.HEAD)) {
            // A body would be read as the next answer.
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length)).send();
        } else {
            response.send(body);
        }
    }

    /// Opens an answer that is written as it comes. Every flush reaches the asker; writing throws
    /// an [UncheckedIOException] or an [IOException] once nobody listens any more.
    public OutputStream open(int status, String type) {
        response.status(status)
                .header(HeaderNames.CONTENT_TYPE, type)
                .header(HeaderNames.CACHE_CONTROL, "no-store");
        return response.outputStream();
    }

    /// Breaks the connection off: nobody listens any more, or what was begun cannot be completed
    /// and must not look as if it were.
    ///
    /// @return never; for the compiler
    public RuntimeException breakOff(String why) {
        throw new CloseConnectionException(why);
    }

    void sendEmpty(int status) {
        response.status(status).send();
    }

    boolean acceptsGzip() {
        return header("Accept-Encoding").orElse("").contains("gzip");
    }

    /// Opens a stream of server-sent events.
    SseSink events() {
        header("Cache-Control", "no-store");
        return response.sink(SseSink.TYPE);
    }

    static byte[] gzip(byte[] plain) {
        var packed = new ByteArrayOutputStream(plain.length / 3);
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return packed.toByteArray();
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Problem(
                    400,
                    "malformed-form",
                    "Not a form",
                    "'%s': %s".formatted(text, e.getMessage()));
        }
    }

    private static Problem tooLarge(int maxBytes) {
        return new Problem(
                413,
                "too-large",
                "The body is too large",
                "a request's body may have %d bytes at most".formatted(maxBytes));
    }
}
