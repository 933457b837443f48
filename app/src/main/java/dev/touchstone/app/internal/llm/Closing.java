package dev.touchstone.app.internal.llm;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Lets answers that are under way end before the process does. Once it is told to close, whoever
/// asks is sent to another server.
public final class Closing {
    private static final int MOST = 1 << 20;

    private final Semaphore places = new Semaphore(MOST);
    private volatile boolean closing;

    /// An answer begins. Whoever gets no exception calls [#ended].
    ///
    /// @throws Problem 503 when the server is stopping
    public void began(Exchange exchange) {
        if (closing || !places.tryAcquire()) {
            exchange.header("Retry-After", "1").header("Connection", "close");
            throw new Problem(
                    503,
                    "stopping",
                    "The server is stopping",
                    "this server is stopping; ask again, and another one answers");
        }
    }

    /// An answer is over, however it ended.
    public void ended() {
        places.release();
    }

    /// Whether the server takes no more questions.
    public boolean closing() {
        return closing;
    }

    /// Answers under way.
    public int underWay() {
        return MOST - places.availablePermits();
    }

    /// Takes no more questions and waits until every answer is over, or for so long. Returns
    /// whether all are.
    public boolean close(Duration patience) {
        closing = true;
        try {
            return places.tryAcquire(MOST, patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
