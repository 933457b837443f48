package dev.touchstone.app.internal.llm.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.app.internal.llm.proxy.Wire.Talk;
import dev.touchstone.app.internal.llm.proxy.Wire.Terms;
import dev.touchstone.testkit.Seeds;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The wire to a server")
@Timeout(60)
@SuppressWarnings("NullAway.Init") // set before each test
class WireTest {
    private static final Terms PATIENT =
            new Terms(Long.MAX_VALUE, () -> false, () -> false, () -> false);
    private static final Call MODELS = call("/v1/models", new byte[0]);
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private final ConcurrentLinkedQueue<String> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Wire wire = new Wire(System::nanoTime);
    private ServerSocket server;

    /// How an answer is put on the wire.
    private volatile BiConsumer<OutputStream, byte[]> writer = WireTest::write;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    @AfterEach
    void stop() throws IOException {
        wire.close();
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                return; // The test is over.
            }
        }
    }

    /// Answers one request after the other with what is scripted; hangs up when nothing is, or when
    /// the script says so with `!` at its end.
    private void serve(Socket socket) {
        try (socket) {
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            while (in.readLine() != null) {
                for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                    // A head without a body.
                }
                String answer = answers.poll();
                if (answer == null) {
                    return;
                }
                boolean hangUp = answer.endsWith("!");
                String said = hangUp ? answer.substring(0, answer.length() - 1) : answer;
                writer.accept(socket.getOutputStream(), said.getBytes(StandardCharsets.ISO_8859_1));
                if (hangUp) {
                    return;
                }
            }
        } catch (IOException _) {
            // The other end is closed.
        }
    }

    private static void write(OutputStream out, byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException _) {
            // The other end is closed.
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(50)
    void hears_the_same_however_an_answer_is_cut_up(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        writer =
                (out, bytes) -> {
                    for (int at = 0; at < bytes.length; ) {
                        int count = Math.min(bytes.length - at, random.nextInt(1, 40));
                        byte[] piece = new byte[count];
                        System.arraycopy(bytes, at, piece, 0, count);
                        write(out, piece);
                        at += count;
                    }
                };
        var chunks = new StringBuilder(OK + "Transfer-Encoding: chunked\r\n\r\n");
        var whole = new StringBuilder();
        for (int i = random.nextInt(20); i >= 0; i--) {
            String text = "data: \r\n0\r\n\r\n ".repeat(random.nextInt(1, 9)) + i;
            whole.append(text);
            chunks.append(Integer.toHexString(text.length()));
            chunks.append(random.nextBoolean() ? ";note=1" : "").append("\r\n");
            chunks.append(text).append("\r\n");
        }
        chunks.append("0\r\n").append(random.nextBoolean() ? "Trailer: x\r\n" : "").append("\r\n");
        for (int i = 0; i < 3; i++) {
            answers.add("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + chunks);
            assertThat(read(random.nextInt(1, 200))).isEqualTo(whole.toString());
        }
        assertThat(connections).hasValue(1);
    }

    @Test
    void reads_a_body_of_a_known_length_and_one_that_ends_with_its_connection() throws IOException {
        answers.add(OK + "content-length: 5\r\nX-Request-Id: 7\r\n\r\nhello");
        try (Talk talk = ask()) {
            assertThat(talk.status()).isEqualTo(200);
            assertThat(talk.header("x-request-id")).contains("7");
            assertThat(talk.readAll(100)).asString().isEqualTo("hello");
        }
        answers.add("HTTP/1.0 200 OK\r\n\r\nand so on!");
        assertThat(read(3)).isEqualTo("and so on");
        answers.add("HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(read(3)).isEmpty();
        assertThat(connections).hasValue(2);
    }

    @Test
    void asks_again_on_a_new_connection_when_the_old_one_was_closed_meanwhile() throws IOException {
        answers.add(OK + "Content-Length: 1\r\n\r\na!");
        assertThat(read(9)).isEqualTo("a");
        answers.add(OK + "Content-Length: 1\r\n\r\nb");
        assertThat(read(9)).isEqualTo("b");
        assertThat(connections).hasValue(2);
    }

    @Test
    void keeps_no_connection_whose_answer_was_not_heard_to_its_end() throws IOException {
        answers.add(OK + "Content-Length: 100\r\n\r\nhello");
        try (Talk talk = ask()) {
            assertThat(talk.read(new byte[2])).isEqualTo(2);
        }
        answers.add(OK + "Content-Length: 1\r\nConnection: close\r\n\r\nb");
        assertThat(read(9)).isEqualTo("b");
        answers.add(OK + "Content-Length: 1\r\n\r\nc");
        assertThat(read(9)).isEqualTo("c");
        assertThat(connections).hasValue(3);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "!                                                      | closed the connection without an answer",
                "HTTP/1.1 200 OK;Content-Le!                            | in the middle of an answer",
                "HTTP/1.1 200 OK;Content-Length: 9;;abc!                | in the middle of an answer",
                "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;3;abc;!    | in the middle of an answer",
                "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;x;abc;     | has 'x' for a number",
                "HTTP/1.1 200 OK;Content-Length: -1;;                   | has '-1' for a number",
                "HTTP/1.1 200 OK;Content-Length: 99999;;                | longer than 1000 bytes",
                "HTTP/1.1 200 OK;no colon;;                             | head is not to be read",
                "SSH-2.0-OpenSSH_9.2;                                   | does not speak HTTP/1.1",
            })
    void says_what_was_wrong_with_an_answer(String script, String message) {
        answers.add(script.replace(";", "\r\n"));
        assertThatThrownBy(
                        () -> {
                            try (Talk talk = ask()) {
                                talk.readAll(1000);
                            }
                        })
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }

    @Test
    void repeats_a_question_that_may_have_been_read_only_where_it_is_given_leave()
            throws IOException {
        Call question = call("/v1/completions", "{}".getBytes(StandardCharsets.UTF_8));
        answers.add(OK + "Content-Length: 1\r\n\r\na!");
        assertThat(read(9)).isEqualTo("a");
        assertThatThrownBy(() -> ask(question, PATIENT)).isInstanceOf(IOException.class);
        assertThat(connections).hasValue(1);

        answers.add(OK + "Content-Length: 1\r\n\r\nb!");
        assertThat(read(9)).isEqualTo("b");
        answers.add(OK + "Content-Length: 1\r\n\r\nc!");
        var leaves = new AtomicInteger();
        BooleanSupplier again = () -> leaves.incrementAndGet() > 0;
        var terms = new Terms(Long.MAX_VALUE, () -> false, () -> false, again);
        try (Talk talk = ask(question, terms)) {
            assertThat(talk.readAll(9)).asString().isEqualTo("c");
        }
        assertThat(leaves).hasValue(1);
    }

    @Test
    void does_not_wait_for_a_secure_server_that_never_shows_who_it_is() throws IOException {
        // The system connects for it; nobody accepts, and nobody says anything.
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            URI url = URI.create("https://127.0.0.1:" + silent.getLocalPort());
            assertThatThrownBy(() -> wire.ask(url, MODELS, PATIENT))
                    .isInstanceOf(IOException.class);
        }
    }

    private static Call call(String path, byte[] body) {
        return Call.get(path, List.of()).with(body);
    }

    private Talk ask() throws IOException {
        return ask(MODELS, PATIENT);
    }

    private Talk ask(Call call, Terms terms) throws IOException {
        return wire.ask(URI.create("http://127.0.0.1:" + server.getLocalPort()), call, terms);
    }

    private String read(int bufferBytes) throws IOException {
        try (Talk talk = ask()) {
            var all = new ByteArrayOutputStream();
            byte[] buffer = new byte[bufferBytes];
            for (int count; (count = talk.read(buffer)) >= 0; ) {
                all.write(buffer, 0, count);
            }
            return all.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
