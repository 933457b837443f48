package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.OpenAiError;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Sent;
import dev.touchstone.app.internal.llm.proxy.Wire.GivenUp;
import dev.touchstone.app.internal.llm.proxy.Wire.Talk;
import dev.touchstone.app.internal.llm.proxy.Wire.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongSupplier;

/// Passes one answer from a server to whoever asked, byte for byte as it comes.
final class Relay {
    private static final String EVENTS = "text/event-stream";
    private static final List<String> PASSED_ON =
            List.of("retry-after", "retry-after-ms", "x-should-retry", "x-request-id");
    private static final int BUFFER_BYTES = 4 * 1024;
    private static final int MOST_BYTES = 256 * 1024 * 1024;
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private final Upstreams upstreams;
    private final LongSupplier nanos;

    Relay(Upstreams upstreams, LongSupplier nanos) {
        this.upstreams = upstreams;
        this.nanos = nanos;
    }

    /// Passes it on.
    ///
    /// @throws IOException when the server broke off before anything was passed on
    void pass(Exchange exchange, Sent sent, Talk answer) throws IOException {
        for (String name : PASSED_ON) {
            answer.header(name).ifPresent(value -> exchange.header(name, value));
        }
        String type = answer.header("content-type").orElse("application/json");
        if (type.startsWith(EVENTS)) {
            stream(exchange, sent, answer);
        } else {
            whole(exchange, sent, answer, type);
        }
    }

    /// Nothing is sent until all of it is here: if the server dies meanwhile, another can be asked.
    private void whole(Exchange exchange, Sent sent, Talk answer, String type) throws IOException {
        byte[] body = answer.readAll(MOST_BYTES);
        over(sent, answer.status(), 1, 0);
        exchange.send(answer.status(), type, body);
    }

    /// Counts an answer that nobody is passed, because another server is asked instead.
    void over(Sent sent, int status) {
        over(sent, status, 0, 0);
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

    private void stream(Exchange exchange, Sent sent, Talk answer) throws IOException {
        var progress = new Progress(sent);
        byte[] buffer = new byte[BUFFER_BYTES];
        int read = answer.read(buffer);
        OutputStream out = exchange.open(answer.status(), EVENTS);
        while (read >= 0) {
            progress.saw(buffer, read);
            if (!write(out, buffer, read)) {
                upstreams.withdrawn(sent);
                return; // Whoever asked has gone; closing the answer tells the server.
            }
            try {
                read = answer.read(buffer);
            } catch (IOException e) {
                breakOff(exchange, progress, out, e);
            }
        }
        over(sent, answer.status(), progress.events, progress.nanosPerEvent());
        close(out);
    }

    /// Ends a stream that nothing more comes of. Its connection is broken off, because some clients
    /// take the end of a stream for the end of the answer.
    private void breakOff(Exchange exchange, Progress progress, OutputStream out, IOException why) {
        Sent sent = progress.sent;
        Verdict verdict = why instanceof GivenUp givenUp ? givenUp.verdict() : Verdict.LOST;
        if (verdict == Verdict.UNWANTED) {
            upstreams.withdrawn(sent);
        } else {
            upstreams.failed(sent);
            byte[] error = brokeOff(progress, verdict == Verdict.STALLED);
            write(out, error, error.length);
        }
        throw exchange.breakOff("the answer broke off");
    }

    /// What was begun is ended first, so that the error is an event of its own.
    private static byte[] brokeOff(Progress progress, boolean stalled) {
        String what = stalled ? "stopped answering" : "went away";
        String message =
                "the server behind this stream, %s, %s in the middle of the answer; ask again"
                        .formatted(progress.sent.upstream().address(), what);
        var error =
                new OpenAiError(
                        new OpenAiError.Body(message, "server_error", null, "upstream_failed"));
        String end = progress.withinEvent ? "\n\n" : "";
        return (end + "data: " + Json.text(error) + "\n\n").getBytes(StandardCharsets.UTF_8);
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

        /// Whether the last byte belongs to an event that is not over.
        private boolean withinEvent;

        private long firstNanos;
        private long lastNanos;

        Progress(Sent sent) {
            this.sent = sent;
        }

        void saw(byte[] bytes, int count) {
            long now = nanos.getAsLong();
            for (int i = 0; i < count; i++) {
                boolean newLine = bytes[i] == '\n';
                withinEvent = !(newLine && lineEnded);
                events += withinEvent ? 0 : 1;
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
