package dev.touchstone.app.internal.http;

import io.helidon.common.buffers.DataReader;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Reads a connection before anybody needs the bytes, which is how it is noticed that the other end
/// has closed it. What was read ahead is handed out when it is needed: it is the next request.
final class ReadAhead {
    private final DataReader source;
    private final Executor aside;
    private @Nullable CompletableFuture<Void> ahead;

    /// @param aside where reading waits
    ReadAhead(DataReader source, Executor aside) {
        this.source = source;
        this.aside = aside;
    }

    /// The next bytes, however long they take.
    byte[] read() {
        CompletableFuture<Void> running = stopAhead();
        if (running != null) {
            join(running);
        }
        source.ensureAvailable();
        return source.readBytes(source.available());
    }

    /// Whether the other end is closed, as far as it has been noticed. The first call begins to
    /// look.
    synchronized boolean hungUp() {
        if (ahead == null) {
            ahead = CompletableFuture.runAsync(source::ensureAvailable, aside);
            return false;
        }
        if (!ahead.isCompletedExceptionally()) {
            return false;
        }
        if (timedOut(ahead.exceptionNow())) {
            ahead = null; // It has nothing to say, which is what we hope for.
            return false;
        }
        return true;
    }

    private synchronized @Nullable CompletableFuture<Void> stopAhead() {
        CompletableFuture<Void> running = ahead;
        ahead = null;
        return running;
    }

    private static void join(CompletableFuture<Void> running) {
        try {
            running.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause && !timedOut(cause)) {
                throw cause;
            }
        }
    }

    private static boolean timedOut(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }
}
