package dev.touchstone.app.internal.llm.proxy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// A connection to a server, over which one request after the other is made in HTTP/1.1. Whoever
/// reads waits; closing it from another thread ends the wait.
final class Connection implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2000;
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int MOST_HEAD_BYTES = 64 * 1024;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final String VERSION = "HTTP/1.1 ";

    /// How an answer's body ends.
    private enum Body {
        /// After so many bytes.
        LENGTH,
        /// With a chunk of no bytes.
        CHUNKS,
        /// With the connection.
        CONNECTION
    }

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;

    private int status;
    private final Map<String, String> headers = new TreeMap<>();
    private Body body = Body.LENGTH;

    /// Bytes of the body, or of the chunk, that are to come.
    private long left;

    private boolean firstChunk;
    private boolean complete = true;
    private boolean sent;
    private boolean heard;

    private Connection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
    }

    /// Connects to a server.
    ///
    /// @param server an address with `http` or `https`
    static Connection open(URI server) throws IOException {
        boolean secure = server.getScheme().equals("https");
        int port = server.getPort() >= 0 ? server.getPort() : secure ? HTTPS_PORT : HTTP_PORT;
        String host = server.getHost().replaceAll("[\\[\\]]", "");
        var socket = new Socket();
        try {
            // Or the second part of a long request waits for the first one's receipt.
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            return new Connection(secure ? secured(socket, host, port) : socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket secured(Socket plain, String host, int port) throws IOException {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var socket = (SSLSocket) factory.createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // Or any certificate would do.
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(CONNECT_MILLIS);
        socket.startHandshake();
        socket.setSoTimeout(0); // From now on it is watched from outside.
        return socket;
    }

    /// Sends a request and reads the head of its answer.
    void ask(byte[] head, byte[] body) throws IOException {
        sent = false;
        heard = false;
        complete = false;
        out.write(head);
        out.write(body);
        out.flush();
        sent = true;
        do {
            readHead();
        } while (status < OK); // "I am still working on it."
    }

    /// Whether the last request was handed over whole: the server may have read it.
    boolean sent() {
        return sent;
    }

    /// Whether anything has been heard since the last request.
    boolean heard() {
        return heard;
    }

    /// Whether the whole answer has been read and another request may follow.
    boolean reusable() {
        return complete
                && at == end
                && body != Body.CONNECTION
                && !headers.getOrDefault("connection", "").equalsIgnoreCase("close");
    }

    int status() {
        return status;
    }

    /// A header of the answer, by its name in lower case; empty where there is none.
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /// How long the rest of the answer is; -1 where the server does not say.
    long length() {
        return body == Body.LENGTH ? left : -1;
    }

    /// The next bytes of the answer, as many as are there; -1 at its end.
    ///
    /// @throws IOException when the connection ends before the answer does
    int read(byte[] into, int from) throws IOException {
        int count = 0;
        int most = into.length - from;
        while (count < most && !complete && (count == 0 || at < end)) {
            boolean between = left == 0 && body != Body.CONNECTION;
            if (between && ((count > 0 && !nextChunkIsHere()) || !begin())) {
                break;
            }
            int room = most - count;
            int next = body == Body.CONNECTION ? room : (int) Math.min(left, room);
            if (at == end && !fill()) {
                if (body != Body.CONNECTION) {
                    throw new IOException("the connection ended in the middle of an answer");
                }
                complete = true;
                break;
            }
            int here = Math.min(next, end - at);
            System.arraycopy(buffer, at, into, from + count, here);
            at += here;
            count += here;
            left -= body == Body.CONNECTION ? 0 : here;
            complete = body == Body.LENGTH && left == 0;
        }
        return count == 0 ? -1 : count;
    }

    /// Whether the next chunk's length can be read without waiting for it.
    private boolean nextChunkIsHere() {
        int lines = 0;
        for (int i = at; i < end; i++) {
            lines += buffer[i] == '\n' ? 1 : 0;
        }
        return lines >= 2; // The end of the chunk before stands alone on the first.
    }

    /// Goes on to the next chunk; returns false when there is none.
    private boolean begin() throws IOException {
        if (body == Body.LENGTH) {
            complete = true;
            return false;
        }
        if (!firstChunk) {
            line();
        }
        firstChunk = false;
        String size = line();
        int semicolon = size.indexOf(';');
        left = number(semicolon < 0 ? size : size.substring(0, semicolon), 16);
        if (left > 0) {
            return true;
        }
        for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
            // What is said after an answer is of no use any more.
        }
        complete = true;
        return false;
    }

    private void readHead() throws IOException {
        String first = line();
        if (!first.startsWith("HTTP/1.") || first.length() < VERSION.length() + 3) {
            throw new IOException("it does not speak HTTP/1.1: '%s'".formatted(first));
        }
        status = (int) number(first.substring(VERSION.length(), VERSION.length() + 3), 10);
        headers.clear();
        if (first.startsWith("HTTP/1.0")) {
            headers.put("connection", "close");
        }
        int bytes = first.length();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            bytes += line.length();
            if (colon < 1 || bytes > MOST_HEAD_BYTES) {
                throw new IOException("its answer's head is not to be read");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        String length = header("content-length");
        left = 0;
        if (status < OK || status == NO_CONTENT || status == NOT_MODIFIED) {
            body = Body.LENGTH;
        } else if (header("transfer-encoding").equalsIgnoreCase("chunked")) {
            body = Body.CHUNKS;
            firstChunk = true;
        } else if (length.isEmpty()) {
            body = Body.CONNECTION;
        } else {
            body = Body.LENGTH;
            left = number(length, 10);
        }
        complete = body == Body.LENGTH && left == 0;
    }

    private static long number(String text, int base) throws IOException {
        try {
            long number = Long.parseLong(text.strip(), base);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException _) {
            // As bad as a negative one.
        }
        throw new IOException("its answer has '%s' for a number".formatted(text));
    }

    /// The next line, without its end.
    private String line() throws IOException {
        var text = new StringBuilder();
        while (true) {
            if (at == end && !fill()) {
                throw new IOException(
                        heard
                                ? "the connection ended in the middle of an answer"
                                : "it closed the connection without an answer");
            }
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            text.append(new String(buffer, from, at - from, StandardCharsets.ISO_8859_1));
            if (text.length() > MOST_HEAD_BYTES) {
                throw new IOException(
                        "a line of its answer is longer than %d bytes".formatted(MOST_HEAD_BYTES));
            }
            if (at < end) {
                at++;
                int last = text.length() - 1;
                if (last >= 0 && text.charAt(last) == '\r') {
                    text.setLength(last);
                }
                return text.toString();
            }
        }
    }

    private boolean fill() throws IOException {
        at = 0;
        end = 0;
        int count = in.read(buffer);
        if (count < 0) {
            return false;
        }
        heard = true;
        end = count;
        return true;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // Nobody will use it again.
        }
    }
}
