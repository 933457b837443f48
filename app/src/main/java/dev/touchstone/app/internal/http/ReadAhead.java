package dev.touchstone.app.internal.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import java.net.SocketTimeoutException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Reads a connection before anybody needs the bytes, which is how it is noticed that the other end
/// has closed it. What was read ahead is handed out when it is needed: it is the next request.
final class ReadAhead {
    private final DataReader source;
    private final Executor aside;
    private @Nullable FutureTask<Boolean> ahead;

    /// @param aside where reading waits
    ReadAhead(DataReader source, Executor aside) {
        this.source = source;
        this.aside = aside;
    }

    /// The next bytes, however long they take.
    byte[] read() {
        FutureTask<Boolean> running = stopAhead();
        if (running != null) {
            await(running);
        }
        source.ensureAvailable();
        return source.readBytes(source.available());
    }

    /// Whether the other end is closed, as far as it has been noticed. The first call begins to
    /// look.
    synchronized boolean hungUp() {
        FutureTask<Boolean> looking = ahead;
        if (looking == null) {
            looking = new FutureTask<>(source::ensureAvailable, true);
            ahead = looking;
            aside.execute(looking);
            return false;
        }
        if (looking.state() != Future.State.FAILED) {
            return false;
        }
        if (timedOut(looking.exceptionNow())) {
            ahead = null; // It has nothing to say, which is what we hope for.
            return false;
        }
        return true;
    }

    private synchronized @Nullable FutureTask<Boolean> stopAhead() {
        FutureTask<Boolean> running = ahead;
        ahead = null;
        return running;
    }

    private static void await(FutureTask<Boolean> running) {
        try {
            running.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause && !timedOut(cause)) {
                throw cause;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("the server is stopping", e);
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
