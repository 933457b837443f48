package dev.touchstone.app.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/// An HTTP client that sends exactly what it is told, forged headers included.
///
/// @param port on this machine
public record RawHttp(int port) {
    private static final int TIMEOUT_MILLIS = 30_000;

    /// What came back.
    ///
    /// @param headers by lower-case name
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Response(int status, Map<String, String> headers, byte[] bytes) {
        public String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        public String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    public Response get(String path, String... headers) throws IOException {
        return send("GET", path, new byte[0], headers);
    }

    public Response postJson(String path, String json, String... headers) throws IOException {
        var all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: application/json");
        return send(
                "POST", path, json.getBytes(StandardCharsets.UTF_8), all.toArray(String[]::new));
    }

    public Response postForm(String path, String form, String... headers) throws IOException {
        var all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: application/x-www-form-urlencoded");
        return send(
                "POST", path, form.getBytes(StandardCharsets.UTF_8), all.toArray(String[]::new));
    }

    /// Sends a request; a header given replaces the default one of its name.
    public Response send(String method, String path, byte[] body, String... headers)
            throws IOException {
        try (Socket socket = open(method, path, body, headers)) {
            return read(new BufferedInputStream(socket.getInputStream()), !method.equals("HEAD"));
        }
    }

    /// Reads lines of a stream that does not end until one is found.
    public String awaitLine(String path, Predicate<String> wanted) throws IOException {
        try (Socket socket = open("GET", path, new byte[0], "Accept: text/event-stream")) {
            var in = new BufferedInputStream(socket.getInputStream());
            while (!line(in).isEmpty()) {
                // The head of the answer.
            }
            var body = new Chunks(in);
            while (true) {
                String line = line(body);
                if (wanted.test(line)) {
                    return line;
                }
            }
        }
    }

    /// What of an answer's body came before its connection broke off.
    ///
    /// @throws AssertionError when the answer is complete
    public String postUntilBroken(String path, String json) throws IOException {
        byte[] asked = json.getBytes(StandardCharsets.UTF_8);
        try (Socket socket = open("POST", path, asked, "Content-Type: application/json")) {
            var in = new BufferedInputStream(socket.getInputStream());
            while (!line(in).isEmpty()) {
                // The head of the answer.
            }
            var came = new ByteArrayOutputStream();
            try {
                new Chunks(in).transferTo(came);
            } catch (IOException _) {
                return came.toString(StandardCharsets.UTF_8);
            }
            throw new AssertionError("the answer is complete: " + came);
        }
    }

    /// Asks for a stream and hears it up to its first event.
    public Listening listen(String path, String json, String... headers) throws IOException {
        var all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: application/json");
        Socket socket =
                open(
                        "POST",
                        path,
                        json.getBytes(StandardCharsets.UTF_8),
                        all.toArray(String[]::new));
        var in = new BufferedInputStream(socket.getInputStream());
        while (!line(in).isEmpty()) {
            // The head of the answer.
        }
        var body = new Chunks(in);
        return new Listening(socket, body, line(body));
    }

    /// A stream under way.
    ///
    /// @param first the line of its first event
    public record Listening(Socket socket, InputStream body, String first)
            implements AutoCloseable {
        /// What comes until it ends.
        ///
        /// @throws IOException when it breaks off
        public String rest() throws IOException {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }

        /// What comes until it breaks off.
        ///
        /// @throws AssertionError when it ends instead
        public String untilBroken() {
            var came = new ByteArrayOutputStream();
            try {
                body.transferTo(came);
            } catch (IOException _) {
                return came.toString(StandardCharsets.UTF_8);
            }
            throw new AssertionError("the stream is complete: " + came);
        }

        /// Hangs up.
        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Socket open(String method, String path, byte[] body, String... headers)
            throws IOException {
        var lines = new LinkedHashMap<String, String>();
        lines.put("host", "127.0.0.1:" + port);
        lines.put("connection", "close");
        if (body.length > 0 || method.equals("POST")) {
            lines.put("content-length", Integer.toString(body.length));
        }
        for (String header : headers) {
            int colon = header.indexOf(':');
            lines.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        var head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        lines.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        try {
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
        } catch (IOException _) {
            // The server has answered and hung up before it read all of the body.
        }
        return socket;
    }

    private static Response read(InputStream in, boolean hasBody) throws IOException {
        int status = Integer.parseInt(line(in).split(" ", -1)[1]);
        var headers = new LinkedHashMap<String, String>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        if (!hasBody) {
            return new Response(status, headers, in.readNBytes(in.available()));
        }
        byte[] body =
                headers.getOrDefault("transfer-encoding", "").equals("chunked")
                        ? new Chunks(in).readAllBytes()
                        : in.readNBytes(
                                Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Response(status, headers, body);
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection ended in the middle of a line: " + line);
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    /// A body that comes in pieces, each with its length before it.
    private static final class Chunks extends InputStream {
        private final InputStream in;
        private int left;
        private boolean ended;

        Chunks(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            if (left == 0 && !ended) {
                left = Integer.parseInt(RawHttp.line(in).strip(), 16);
                ended = left == 0;
            }
            if (ended) {
                return -1;
            }
            int count = in.readNBytes(into, from, Math.min(most, left));
            left -= count;
            if (left == 0) {
                RawHttp.line(in);
            }
            return count;
        }
    }
}
