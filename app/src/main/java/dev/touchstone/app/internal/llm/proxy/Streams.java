package dev.touchstone.app.internal.llm.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// The answers that are coming in. One that stops coming is closed, which wakes whoever reads it: a
/// server that hangs looks to its reader like one that thinks.
final class Streams {
    private final LongSupplier nanos;
    private final long stallNanos;
    private final Set<Watched> open = ConcurrentHashMap.newKeySet();

    Streams(Duration stall, LongSupplier nanos) {
        this.stallNanos = stall.toNanos();
        this.nanos = nanos;
    }

    /// How long one may stand still.
    Duration stall() {
        return Duration.ofNanos(stallNanos);
    }

    /// Watches a stream until it is closed.
    Watched watch(InputStream body) {
        var watched = new Watched(body);
        open.add(watched);
        return watched;
    }

    /// Closes those that have stood still for too long.
    void closeStalled() {
        for (Watched watched : open) {
            if (watched.reading && nanos.getAsLong() - watched.sinceNanos > stallNanos) {
                watched.stalled = true;
                watched.closeBody();
            }
        }
    }

    /// A stream under watch.
    final class Watched implements AutoCloseable {
        private final InputStream body;
        private volatile long sinceNanos;
        private volatile boolean reading;
        private volatile boolean stalled;

        private Watched(InputStream body) {
            this.body = body;
        }

        /// Reads what comes next, as [InputStream#read(byte\[\])] does. Only then is the server
        /// waited for: what its reader does meanwhile is not its fault.
        int read(byte[] buffer) throws IOException {
            sinceNanos = nanos.getAsLong();
            reading = true;
            try {
                return body.read(buffer);
            } finally {
                reading = false;
            }
        }

        /// Whether it was closed for having stood still.
        boolean stalled() {
            return stalled;
        }

        @Override
        public void close() {
            open.remove(this);
            closeBody();
        }

        private void closeBody() {
            try {
                body.close();
            } catch (IOException _) {
                // It is of no use to anyone any more.
            }
        }
    }
}
