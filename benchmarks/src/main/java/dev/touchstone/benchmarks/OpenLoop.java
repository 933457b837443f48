package dev.touchstone.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/// Sends requests at times that are drawn beforehand, whether or not earlier ones have been
/// answered, and takes each one's latency from the time at which it was to be sent: a server that
/// stands still for a second is charged with all that would have come meanwhile.
///
/// One thread sends, one receives. Connections are kept open.
final class OpenLoop implements AutoCloseable {
    private static final int CONNECTIONS = 128;
    private static final long DRAIN_SECONDS = 30;
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /// The last chunk. No event of a stream ends like it.
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final ConcurrentLinkedDeque<Connection> free = new ConcurrentLinkedDeque<>();
    private final List<Connection> all = new ArrayList<>();
    private final ConcurrentLinkedQueue<Asked> backlog = new ConcurrentLinkedQueue<>();
    private volatile CountDownLatch left = new CountDownLatch(0);
    private volatile long[] firstNanos = {};
    private volatile long[] wholeNanos = {};
    private volatile boolean closed;
    private volatile IOException failure = new IOException("nothing was asked");
    private volatile boolean failed;

    /// What the requests of a round took, in nanoseconds, sorted.
    ///
    /// @param first until the first byte of the answer's body
    /// @param whole until its last
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Latencies(long[] first, long[] whole) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Asked(int index, long dueNanos, byte[] bytes) {}

    private final class Connection {
        private final SocketChannel channel;
        private final ByteBuffer answer = ByteBuffer.allocate(64 * 1024);
        private Asked asked = new Asked(-1, 0, new byte[0]);
        private int bodyFrom = -1;

        /// Of the body; -1 when it comes in chunks.
        private int length = -1;

        Connection(int port) throws IOException {
            channel =
                    SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void ask(Asked next) throws IOException {
            asked = next;
            answer.clear();
            bodyFrom = -1;
            var buffer = ByteBuffer.wrap(next.bytes());
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        /// Reads on and returns whether the answer is complete.
        boolean read() throws IOException {
            if (channel.read(answer) < 0) {
                throw new IOException("the connection was closed in the middle of an answer");
            }
            byte[] bytes = answer.array();
            int end = answer.position();
            if (bodyFrom < 0) {
                int head = indexOf(bytes, end, HEAD_END);
                if (head < 0) {
                    return false;
                }
                if (bytes[9] != '2') {
                    throw new IOException(
                            "refused: " + new String(bytes, 0, end, StandardCharsets.UTF_8));
                }
                bodyFrom = head + HEAD_END.length;
                length = contentLength(bytes, bodyFrom);
            }
            if (end > bodyFrom && firstNanos[asked.index()] == 0) {
                firstNanos[asked.index()] = System.nanoTime() - asked.dueNanos();
            }
            return length >= 0 ? end >= bodyFrom + length : endsWith(bytes, end, LAST_CHUNK);
        }
    }

    /// @param ports connections are spread over these evenly
    OpenLoop(int... ports) throws IOException {
        for (int i = 0; i < CONNECTIONS; i++) {
            all.add(new Connection(ports[i % ports.length]));
        }
        free.addAll(all);
        Thread.ofPlatform().daemon().name("receives").start(this::receive);
    }

    /// Asks `count` times at `rate` a second, with gaps as between people who do not know of each
    /// other.
    ///
    /// @param request the bytes of each
    Latencies round(int count, double rate, long seed, IntFunction<byte[]> request)
            throws IOException, InterruptedException {
        firstNanos = new long[count];
        wholeNanos = new long[count];
        left = new CountDownLatch(count);
        var random = new SplittableRandom(seed);
        double due = System.nanoTime();
        for (int i = 0; i < count && !failed; i++) {
            due -= Math.log(1 - random.nextDouble()) / rate * 1e9;
            var next = new Asked(i, (long) due, request.apply(i));
            for (long wait = next.dueNanos() - System.nanoTime();
                    wait > 0;
                    wait = next.dueNanos() - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            send(next);
        }
        if (!left.await(DRAIN_SECONDS, TimeUnit.SECONDS) || failed) {
            throw failure;
        }
        Arrays.sort(firstNanos);
        Arrays.sort(wholeNanos);
        return new Latencies(firstNanos, wholeNanos);
    }

    private void send(Asked next) throws IOException {
        Connection connection = free.pollFirst();
        if (connection != null) {
            connection.ask(next);
        } else {
            backlog.add(next);
        }
    }

    private void receive() {
        try {
            while (!closed) {
                selector.select(this::ready);
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private void ready(SelectionKey key) {
        var connection = (Connection) key.attachment();
        try {
            if (!connection.read()) {
                return;
            }
            Asked asked = connection.asked;
            wholeNanos[asked.index()] = System.nanoTime() - asked.dueNanos();
            Asked waiting = backlog.poll();
            if (waiting != null) {
                connection.ask(waiting);
            } else {
                free.addFirst(connection);
            }
            left.countDown();
        } catch (IOException e) {
            key.cancel();
            fail(e);
        }
    }

    private void fail(IOException e) {
        if (!closed) {
            failure = e;
            failed = true;
            while (left.getCount() > 0) {
                left.countDown();
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        for (Connection connection : all) {
            connection.channel.close();
        }
        selector.close();
    }

    /// The length that the head tells; -1 for an answer that comes in chunks.
    private static int contentLength(byte[] bytes, int headEnd) {
        String head = new String(bytes, 0, headEnd, StandardCharsets.US_ASCII);
        for (String line : head.split("\r\n", -1)) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                return Integer.parseInt(line.substring(15).strip());
            }
        }
        return -1;
    }

    private static int indexOf(byte[] bytes, int end, byte[] wanted) {
        for (int at = wanted.length; at <= end; at++) {
            if (endsWith(bytes, at, wanted)) {
                return at - wanted.length;
            }
        }
        return -1;
    }

    private static boolean endsWith(byte[] bytes, int end, byte[] wanted) {
        return end >= wanted.length
                && Arrays.equals(bytes, end - wanted.length, end, wanted, 0, wanted.length);
    }
}
