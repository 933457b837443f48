package dev.touchstone.app.internal.llm.proxy;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Requests to the servers, over connections that are kept, each under watch while it is under way:
/// a server that hangs looks to its reader like one that thinks.
final class Wire implements AutoCloseable {
    /// Python's servers close a connection that was idle for five seconds.
    private static final long KEEP_NANOS = 3_000_000_000L;

    private static final int MOST_IDLE = 512;
    private static final int FIRST_BYTES = 4096;

    /// A server that answers sooner is not waited for, and nobody is asked whether it still should.
    private static final long PATIENCE_NANOS = 100_000_000L;

    private final LongSupplier nanos;
    private final Map<URI, LinkedBlockingDeque<Idle>> idle = new ConcurrentHashMap<>();
    private final Set<Talk> open = ConcurrentHashMap.newKeySet();

    Wire(LongSupplier nanos) {
        this.nanos = nanos;
    }

    private record Idle(Connection connection, long sinceNanos) {}

    /// Why a request was given up.
    enum Verdict {
        /// Nothing came for too long.
        STALLED("stopped answering"),
        /// Whoever asked has gone.
        UNWANTED("is not needed any more"),
        /// Its server is known to be gone.
        LOST("is gone");

        private final String words;

        Verdict(String words) {
            this.words = words;
        }
    }

    /// A request that was given up.
    static final class GivenUp extends IOException {
        private static final long serialVersionUID = 1L;
        private final Verdict verdict;

        private GivenUp(Verdict verdict, IOException cause) {
            super("it " + verdict.words, cause);
            this.verdict = verdict;
        }

        Verdict verdict() {
            return verdict;
        }
    }

    /// When a request is given up while it waits.
    ///
    /// @param stallNanos it is given up when nothing came for so long; [Long#MAX_VALUE] for never
    /// @param unwanted whether whoever asked has gone
    /// @param lost whether its server has
    /// @param again takes leave to send it a second time, although the server may have begun on it
    record Terms(
            long stallNanos,
            BooleanSupplier unwanted,
            BooleanSupplier lost,
            BooleanSupplier again) {}

    /// Sends a request and reads the head of its answer.
    ///
    /// @throws IOException when there is none
    Talk ask(URI server, Call call, Terms terms) throws IOException {
        var talk = new Talk(server, terms);
        open.add(talk);
        try {
            talk.ask(call);
            return talk;
        } catch (IOException | RuntimeException e) {
            talk.close();
            throw e;
        }
    }

    /// Gives up what nobody waits for or nothing comes of. To be called a few times a second.
    void look() {
        open.forEach(Talk::look);
        idle.values().forEach(this::forget);
    }

    private void forget(LinkedBlockingDeque<Idle> kept) {
        for (Idle oldest = kept.peekLast();
                oldest != null && nanos.getAsLong() - oldest.sinceNanos() > KEEP_NANOS;
                oldest = kept.peekLast()) {
            if (kept.removeLastOccurrence(oldest)) {
                oldest.connection().close();
            }
        }
    }

    private Optional<Connection> kept(URI server) {
        Idle youngest = idle(server).pollFirst();
        return Optional.ofNullable(youngest).map(Idle::connection);
    }

    private LinkedBlockingDeque<Idle> idle(URI server) {
        return idle.computeIfAbsent(server, _ -> new LinkedBlockingDeque<>(MOST_IDLE));
    }

    @Override
    public void close() {
        open.forEach(Talk::close);
        idle.values().forEach(kept -> kept.forEach(each -> each.connection().close()));
    }

    /// A request that is under way.
    final class Talk implements AutoCloseable {
        private final URI server;
        private volatile Terms terms;
        private volatile @Nullable Connection connection;
        private volatile long sinceNanos;
        private volatile boolean waiting;
        private volatile @Nullable Verdict verdict;

        private Talk(URI server, Terms terms) {
            this.server = server;
            this.terms = terms;
        }

        private void ask(Call call) throws IOException {
            byte[] head = call.head(server);
            Optional<Connection> kept = kept(server);
            if (kept.isPresent()) {
                try {
                    ask(kept.get(), head, call.body());
                    return;
                } catch (IOException e) {
                    kept.get().close();
                    if (e instanceof GivenUp || !mayAskAgain(call, kept.get())) {
                        throw e;
                    }
                }
            }
            ask(Connection.open(server), head, call.body());
        }

        /// Mostly the server had closed the idle connection. Only where the request could not even
        /// be written is that certain: a server that died of it looks the same afterwards.
        private boolean mayAskAgain(Call call, Connection over) {
            boolean harmless = call.body().length == 0;
            return !over.heard() && (!over.sent() || harmless || terms.again().getAsBoolean());
        }

        private void ask(Connection over, byte[] head, byte[] body) throws IOException {
            begin(over);
            try {
                over.ask(head, body);
            } catch (IOException e) {
                throw told(e);
            } finally {
                end();
            }
        }

        private synchronized void begin(Connection over) {
            connection = over;
            sinceNanos = nanos.getAsLong();
            waiting = true;
        }

        private synchronized void end() {
            waiting = false;
        }

        private Connection connection() throws IOException {
            Connection over = connection;
            if (over == null) {
                throw new IOException("the answer was closed");
            }
            return over;
        }

        /// From now on no byte may be longer in coming than this.
        void limit(long stallNanos) {
            terms = new Terms(stallNanos, terms.unwanted(), terms.lost(), terms.again());
        }

        int status() throws IOException {
            return connection().status();
        }

        /// A header of the answer, by its name in lower case.
        Optional<String> header(String name) throws IOException {
            return Optional.of(connection().header(name)).filter(value -> !value.isEmpty());
        }

        /// The next bytes of the answer, as many as are there; -1 at its end.
        ///
        /// @throws GivenUp when it was
        /// @throws IOException when the server broke off
        int read(byte[] into) throws IOException {
            return read(into, 0);
        }

        private int read(byte[] into, int from) throws IOException {
            Connection over = connection();
            begin(over);
            try {
                return over.read(into, from);
            } catch (IOException e) {
                throw told(e);
            } finally {
                end();
            }
        }

        /// All that is left of the answer.
        ///
        /// @throws IOException when it is longer than `mostBytes`, or does not come
        byte[] readAll(int mostBytes) throws IOException {
            long length = connection().length();
            if (length > mostBytes) {
                throw tooLong(mostBytes);
            }
            byte[] all = new byte[(int) Math.min(length < 0 ? FIRST_BYTES : length, mostBytes)];
            int count = 0;
            while (true) {
                if (count == all.length) {
                    if (count == length) {
                        return all;
                    }
                    if (count >= mostBytes) {
                        throw tooLong(mostBytes);
                    }
                    all = Arrays.copyOf(all, Math.min(mostBytes, 2 * count + FIRST_BYTES));
                }
                int read = read(all, count);
                if (read < 0) {
                    return Arrays.copyOf(all, count);
                }
                count += read;
            }
        }

        private static IOException tooLong(int mostBytes) {
            return new IOException("its answer is longer than %d bytes".formatted(mostBytes));
        }

        private IOException told(IOException e) {
            Verdict why = verdict;
            return why == null ? e : new GivenUp(why, e);
        }

        /// Only while the server is waited for: what its reader does meanwhile is not its fault.
        private void look() {
            long since = sinceNanos;
            long waited = nanos.getAsLong() - since;
            if (!waiting || waited < PATIENCE_NANOS) {
                return;
            }
            if (terms.lost().getAsBoolean()) {
                giveUp(Verdict.LOST, since);
            } else if (waited > terms.stallNanos()) {
                giveUp(Verdict.STALLED, since);
            } else if (terms.unwanted().getAsBoolean()) {
                giveUp(Verdict.UNWANTED, since);
            }
        }

        /// Unless what was waited for has come meanwhile, and the next is waited for.
        private synchronized void giveUp(Verdict why, long since) {
            Connection over = connection;
            if (waiting && sinceNanos == since && over != null) {
                verdict = why;
                over.close();
            }
        }

        /// Keeps the connection when the answer was read to its end, and closes it otherwise.
        @Override
        public void close() {
            open.remove(this);
            Connection over = connection;
            connection = null;
            if (over == null) {
                return;
            }
            boolean usable = verdict == null && over.reusable();
            if (!usable || !idle(server).offerFirst(new Idle(over, nanos.getAsLong()))) {
                over.close();
            }
        }
    }
}
