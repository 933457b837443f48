package dev.touchstone.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/// A server that answers at once what a language model would have thought about: OpenAI's API and
/// vLLM's metrics, on one thread. A stream has its first event at once and the others 10 ms apart.
///
/// Prints a line `port N` for each port it listens on, and runs until it is killed.
final class FakeUpstream {
    static final int STREAM_EVENTS = 5;
    private static final long EVENT_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int REQUEST_BYTES = 64 * 1024;
    private static final byte[] HEAD_END = ascii("\r\n\r\n");
    private static final byte[] LENGTH = ascii("content-length:");
    private static final byte[] STREAM = ascii("\"stream\":true");
    private static final byte[] SCRAPE = ascii("GET /metrics");

    private static final byte[] ANSWER =
            whole(
                    "application/json",
                    """
                    {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"fake","choices":[{"index":0,\
                    "message":{"role":"assistant","content":"So it is."},"finish_reason":"stop"}],\
                    "usage":{"prompt_tokens":1500,"completion_tokens":4,"total_tokens":1504}}\
                    """);
    private static final byte[] METRICS =
            whole(
                    "text/plain",
                    """
                    vllm:num_requests_running{engine="0"} 8.0
                    vllm:num_requests_waiting{engine="0"} 0.0
                    vllm:kv_cache_usage_perc{engine="0"} 0.25
                    vllm:cache_config_info{block_size="16",num_gpu_blocks="20000"} 1.0
                    """);
    private static final byte[] EVENT =
            chunk(
                    """
                    data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"fake",\
                    "choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}

                    """);
    private static final byte[] FIRST_EVENT =
            join(
                    ascii(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"),
                    EVENT);
    private static final byte[] LAST_EVENT = join(chunk("data: [DONE]\n\n"), ascii("0\r\n\r\n"));

    private final Selector selector = Selector.open();
    private final ArrayDeque<Due> due = new ArrayDeque<>();

    private FakeUpstream() throws IOException {}

    /// The next event of a stream. All are equally far apart, so the first in is the first out.
    private record Due(long nanos, SocketChannel to, int index) {}

    /// @param arguments how many ports to listen on
    public static void main(String[] arguments) throws IOException {
        var upstream = new FakeUpstream();
        for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
            ServerSocketChannel server = ServerSocketChannel.open();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.configureBlocking(false);
            server.register(upstream.selector, SelectionKey.OP_ACCEPT);
            System.out.println("port " + server.socket().getLocalPort());
        }
        upstream.run();
    }

    private void run() throws IOException {
        while (true) {
            sendDue();
            Due next = due.peek();
            long wait =
                    next == null ? 0 : Math.max(1, (next.nanos() - System.nanoTime()) / 1_000_000);
            selector.select(this::ready, wait);
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                SocketChannel client = ((ServerSocketChannel) key.channel()).accept();
                client.configureBlocking(false);
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                client.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(REQUEST_BYTES));
            } else {
                read(key);
            }
        } catch (IOException _) {
            key.cancel();
        }
    }

    @SuppressWarnings("ByteBufferBackingArray") // allocated here, from its beginning
    private void read(SelectionKey key) throws IOException {
        var channel = (SocketChannel) key.channel();
        var buffer = (ByteBuffer) key.attachment();
        if (channel.read(buffer) < 0) {
            channel.close();
            return;
        }
        byte[] bytes = buffer.array();
        int head = indexOf(bytes, buffer.position(), HEAD_END);
        if (head < 0) {
            return;
        }
        int length = contentLength(bytes, head);
        int end = head + HEAD_END.length + length;
        if (buffer.position() < end) {
            return;
        }
        if (indexOf(bytes, SCRAPE.length, SCRAPE) == 0) {
            write(channel, METRICS);
        } else if (indexOf(bytes, end, STREAM) >= 0) {
            write(channel, FIRST_EVENT);
            due.add(new Due(System.nanoTime() + EVENT_GAP_NANOS, channel, 1));
        } else {
            write(channel, ANSWER);
        }
        buffer.limit(buffer.position()).position(end);
        buffer.compact();
    }

    private void sendDue() {
        for (Due next = due.peek();
                next != null && next.nanos() <= System.nanoTime();
                next = due.peek()) {
            due.remove();
            try {
                if (next.index() < STREAM_EVENTS - 1) {
                    write(next.to(), EVENT);
                    due.add(
                            new Due(
                                    System.nanoTime() + EVENT_GAP_NANOS,
                                    next.to(),
                                    next.index() + 1));
                } else {
                    write(next.to(), LAST_EVENT);
                }
            } catch (IOException _) {
                // Nobody listens to this stream any more.
            }
        }
    }

    /// A few hundred bytes always fit into an empty socket's buffer.
    private static void write(SocketChannel to, byte[] bytes) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            to.write(buffer);
        }
    }

    private static int contentLength(byte[] bytes, int head) {
        int at = indexOf(bytes, head, LENGTH);
        int length = 0;
        if (at >= 0) {
            for (int i = at + LENGTH.length; bytes[i] != '\r'; i++) {
                length = bytes[i] == ' ' ? length : length * 10 + bytes[i] - '0';
            }
        }
        return length;
    }

    /// Where it first stands, letters in either case; -1 for nowhere.
    private static int indexOf(byte[] bytes, int end, byte[] wanted) {
        for (int at = 0; at <= end - wanted.length; at++) {
            int i = 0;
            while (i < wanted.length && lower(bytes[at + i]) == lower(wanted[i])) {
                i++;
            }
            if (i == wanted.length) {
                return at;
            }
        }
        return -1;
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter;
    }

    private static byte[] whole(String type, String body) {
        return ascii(
                "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(type, body.length(), body));
    }

    private static byte[] chunk(String text) {
        return ascii("%x\r\n%s\r\n".formatted(text.length(), text));
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ascii(
                new String(first, StandardCharsets.US_ASCII)
                        + new String(second, StandardCharsets.US_ASCII));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
