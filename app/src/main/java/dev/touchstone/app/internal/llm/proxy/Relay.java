package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.OpenAiError;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Sent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongSupplier;

/// Passes one answer from a server to whoever asked, byte for byte as it comes.
final class Relay {
    private static final String EVENTS = "text/event-stream";
    private static final List<String> PASSED_ON =
            List.of("retry-after", "retry-after-ms", "x-should-retry", "x-request-id");
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private final Upstreams upstreams;
    private final Streams streams;
    private final LongSupplier nanos;

    Relay(Upstreams upstreams, Streams streams, LongSupplier nanos) {
        this.upstreams = upstreams;
        this.streams = streams;
        this.nanos = nanos;
    }

    /// Passes it on.
    ///
    /// @throws IOException when the server broke off before anything was passed on
    void pass(Exchange exchange, Sent sent, HttpResponse<InputStream> answer) throws IOException {
        for (String name : PASSED_ON) {
            answer.headers().firstValue(name).ifPresent(value -> exchange.header(name, value));
        }
        String type = answer.headers().firstValue("content-type").orElse("application/json");
        if (type.startsWith(EVENTS)) {
            stream(exchange, sent, answer);
        } else {
            whole(exchange, sent, answer, type);
        }
    }

    /// Nothing is sent until all of it is here: if the server dies meanwhile, another can be asked.
    private void whole(Exchange exchange, Sent sent, HttpResponse<InputStream> answer, String type)
            throws IOException {
        var body = new ByteArrayOutputStream(BUFFER_BYTES);
        try (var watched = streams.watch(answer.body())) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read; (read = watched.read(buffer)) >= 0; ) {
                body.write(buffer, 0, read);
            }
        }
        over(sent, answer.statusCode(), 1, 0);
        exchange.send(answer.statusCode(), type, body.toByteArray());
    }

    private void over(Sent sent, int status, int answerTokens, double nanosPerToken) {
        if (status >= SERVER_ERROR) {
            upstreams.failed(sent);
        } else if (status >= CLIENT_ERROR) {
            upstreams.withdrawn(sent);
        } else {
            upstreams.ended(sent, answerTokens, nanosPerToken);
        }
    }

    private void stream(Exchange exchange, Sent sent, HttpResponse<InputStream> answer)
            throws IOException {
        var progress = new Progress(sent);
        byte[] buffer = new byte[BUFFER_BYTES];
        try (var watched = streams.watch(answer.body())) {
            int read = watched.read(buffer);
            OutputStream out = exchange.open(answer.statusCode(), EVENTS);
            boolean broken = false;
            while (read >= 0 && !broken) {
                progress.saw(buffer, read);
                if (!write(out, buffer, read)) {
                    upstreams.withdrawn(sent);
                    return; // Whoever asked has gone; closing the body tells the server.
                }
                try {
                    read = watched.read(buffer);
                } catch (IOException _) {
                    broken = true;
                }
            }
            if (broken) {
                upstreams.failed(sent);
                byte[] error = brokeOff(sent, watched.stalled());
                write(out, error, error.length);
            } else {
                over(sent, answer.statusCode(), progress.events, progress.nanosPerEvent());
            }
            close(out);
        }
    }

    private static byte[] brokeOff(Sent sent, boolean stalled) {
        String what = stalled ? "stopped answering" : "went away";
        String message =
                "the server behind this stream, %s, %s in the middle of the answer; ask again"
                        .formatted(sent.upstream().address(), what);
        var error =
                new OpenAiError(
                        new OpenAiError.Body(message, "server_error", null, "upstream_failed"));
        return ("data: " + Json.text(error) + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /// Returns false when nobody listens any more.
    private static boolean write(OutputStream out, byte[] bytes, int count) {
        try {
            out.write(bytes, 0, count);
            out.flush();
            return true;
        } catch (IOException | UncheckedIOException _) {
            return false;
        }
    }

    private static void close(OutputStream out) {
        try {
            out.close();
        } catch (IOException | UncheckedIOException _) {
            // The asker has gone with the last byte.
        }
    }

    /// Counts the events of a stream and how far they are apart.
    private final class Progress {
        private final Sent sent;
        private int events;
        private boolean lineEnded;
        private long firstNanos;
        private long lastNanos;

        Progress(Sent sent) {
            this.sent = sent;
        }

        void saw(byte[] bytes, int count) {
            long now = nanos.getAsLong();
            for (int i = 0; i < count; i++) {
                boolean newLine = bytes[i] == '\n';
                if (newLine && lineEnded) {
                    events++;
                }
                lineEnded = newLine || (lineEnded && bytes[i] == '\r');
            }
            if (events > 0 && firstNanos == 0) {
                firstNanos = now;
                upstreams.answered(sent);
            }
            lastNanos = now;
        }

        double nanosPerEvent() {
            return events < 2 ? 0 : (double) (lastNanos - firstNanos) / (events - 1);
        }
    }
}
