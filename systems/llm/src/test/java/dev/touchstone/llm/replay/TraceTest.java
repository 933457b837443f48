package dev.touchstone.llm.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A trace")
class TraceTest {
    private static final String HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

    @TempDir private Path folder;

    @Test
    void is_read_from_csv_with_times_from_the_first_arrival() throws IOException {
        Trace trace =
                read(
                        HEADER
                                + "2023-12-31 23:59:59.9999999,374,44\n"
                                + "2024-01-01 00:00:00,396,109\n"
                                + "2024-01-01 00:00:01.5,879,55\n");

        assertThat(trace.size()).isEqualTo(3);
        assertThat(arrivals(trace)).containsExactly(0, 100, 1_500_000_100);
        assertThat(prompts(trace)).containsExactly(374, 396, 879);
        assertThat(outputs(trace)).containsExactly(44, 109, 55);
        assertThat(trace.hasPrefixIds()).isFalse();
        assertThat(trace.prefix(0, 16)).isSameAs(PrefixHashes.NONE);
        assertThat(trace.span()).isEqualTo(Duration.ofNanos(1_500_000_100));
    }

    @Test
    void is_read_from_json_lines_with_fields_in_any_order() throws IOException {
        Trace trace =
                read(
                        """
                        {"timestamp": 27, "input_length": 700, "output_length": 9, "hash_ids": [46, 47]}
                        { "hash_ids":[ 46 ] ,"output_length":1,\t"input_length" : 512,"timestamp":28 }
                        {"timestamp": 1027, "input_length": 1, "output_length": 2}
                        """);

        assertThat(arrivals(trace)).containsExactly(0, 1_000_000, 1_000_000_000);
        assertThat(prompts(trace)).containsExactly(700, 512, 1);
        assertThat(outputs(trace)).containsExactly(9, 1, 2);
        assertThat(trace.hasPrefixIds()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "%s\n", "%s\r\n", "%s\r\n\r\n", "\uFEFF%s\n", "%s\n \n\t\n"})
    void minds_neither_line_ends_nor_a_byte_order_mark(String shape) throws IOException {
        String csv = HEADER + "2023-11-16 18:15:46.68,374,44\n2023-11-16 18:15:50.99,396,109";
        String text = shape.formatted(csv);
        Trace trace = read(shape.contains("\r") ? text.replaceAll("(?<!\r)\n", "\r\n") : text);

        assertThat(arrivals(trace)).containsExactly(0, 4_310_000_000L);
        assertThat(outputs(trace)).containsExactly(44, 109);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-05-10 00:00:00.009930+00:00,1,2", "2024-05-10 00:00:00Z,1,2"})
    void may_say_that_its_times_are_utc(String line) throws IOException {
        assertThat(read(HEADER + line).size()).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            textBlock =
                    """
                    2023-11-16,374,44                      | TIMESTAMP       | expected ' ' before ''
                    2023-11-16T18:15:46,374,44             | TIMESTAMP       | expected ' ' before 'T18:15:46'
                    yesterday,374,44                       | TIMESTAMP       | must look like 2023-11-16 18:15:46.6805900, got 'yesterday'
                    2023-02-29 18:15:46,374,44             | TIMESTAMP       | 2023-02-29 is no day from 1970 to 2261; correct it
                    1969-12-31 18:15:46,374,44             | TIMESTAMP       | 1969-12-31 is no day from 1970 to 2261; correct it
                    2023-11-16 24:15:46,374,44             | TIMESTAMP       | no such time of day: 24:15:46; correct it
                    2023-11-16 18:15:46.,374,44            | TIMESTAMP       | must look like 2023-11-16 18:15:46.6805900, got ''
                    2023-11-16 18:15:46.1234567890,374,44  | TIMESTAMP       | more than 9 digits after the point; cut them off
                    2023-11-16 18:15:46+02:00,374,44       | TIMESTAMP       | ends in '+02:00'; times are in UTC
                    2023-11-16 18:15:46                    | TIMESTAMP       | is the last field; a line has three
                    2023-11-16 18:15:46,374                | ContextTokens   | is the last field; a line has three
                    2023-11-16 18:15:46,,44                | ContextTokens   | must be a whole number in digits alone, got ''
                    2023-11-16 18:15:46,37.4,44            | ContextTokens   | must be a whole number in digits alone, got '37.4'
                    2023-11-16 18:15:46,-374,44            | ContextTokens   | must be a whole number in digits alone, got '-374'
                    2023-11-16 18:15:46,374 ,44            | ContextTokens   | is followed by ' ' instead of a comma; remove that
                    2023-11-16 18:15:46,0,44               | ContextTokens   | must be from 1 to 10000000, got 0; correct or drop the request
                    2023-11-16 18:15:46,10000001,44        | ContextTokens   | must be from 1 to 10000000, got 10000001
                    2023-11-16 18:15:46,374,0              | GeneratedTokens | must be from 1 to 10000000, got 0
                    2023-11-16 18:15:46,374,99999999999999999999 | GeneratedTokens | got 99999999999999999999
                    2023-11-16 18:15:46,374,44,1           | GeneratedTokens | is followed by ',1'; a line has three fields
                    2023-11-16 18:15:44,374,44             | TIMESTAMP       | lies 1.000 s before the line above; sort the file by time
                    2025-11-16 18:15:44,374,44             | TIMESTAMP       | lies more than 366 days after the first; split the file
                    ^^                                     | line            | is empty; remove it
                    """)
    void names_line_field_and_cure_of_a_bad_csv_line(String bad, String field, String problem)
            throws IOException {
        String good = "2023-11-16 18:15:45,1,1\n";
        Path file = write(HEADER + good + bad + "\n" + good);

        assertThatExceptionOfType(MalformedTraceException.class)
                .isThrownBy(() -> Trace.read(file))
                .satisfies(e -> assertThat(e.line()).isEqualTo(3))
                .satisfies(e -> assertThat(e.field()).isEqualTo(field))
                .withMessageStartingWith("%s, line 3, %s: ", file, field)
                .withMessageContaining(problem);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            textBlock =
                    """
                    {"timestamp": 1, "input_length": 700, "output_length": 9, "hash_ids": [46, 4 | hash_ids      | ends in the middle of the object; complete or remove it
                    {"timestamp": 1, "input_length": 700, "output_length": 9, "hash_ids": [46,   | hash_ids      | ends in the middle of the object
                    {"timestamp": 1, "input_length": 700, "output_length": 9, "hash              | line          | ends in the middle of the object
                    {"timestamp": 1, "input_length": 700, "output_length": 9,                    | line          | ends in the middle of the object
                    {"timestamp": 1, "input_length": 70                                          | input_length  | ends in the middle of the object
                    {"timestamp": 1, "input_length":                                             | input_length  | ends in the middle of the object
                    {                                                                            | line          | ends in the middle of the object
                    [1, 2]                                                                       | line          | expected '{' before '[1'
                    {}                                                                           | timestamp     | is missing; add it
                    {"timestamp": 1, "output_length": 9}                                         | input_length  | is missing; add it
                    {"timestamp": 1, "input_length": 9}                                          | output_length | is missing; add it
                    {"timestamp": 1.5, "input_length": 700, "output_length": 9}                  | timestamp     | must be a whole number in digits alone, got '1.5'
                    {"timestamp": "1", "input_length": 700, "output_length": 9}                  | timestamp     | must be a whole number in digits alone, got '"1"'
                    {"timestamp": 9223372036855, "input_length": 700, "output_length": 9}        | timestamp     | must be from 0 to 9223372036854, got 9223372036855
                    {"timestamp": 1, "input_length": 0, "output_length": 9}                      | input_length  | must be from 1 to 10000000, got 0
                    {"timestamp": 1, "input_length": 700, "output_length": 0}                    | output_length | must be from 1 to 10000000, got 0
                    {"timestamp": 1, "input_length": 700, "input_length": 700}                   | input_length  | stands there twice; remove one
                    {"timestamp": 1, "input_length": 700, "output_length": 9, "hash_ids": [46]}  | hash_ids      | has 1 ids; 700 prompt tokens have 2
                    {"timestamp": 1, "input_length": 700, "output_length": 9, "hash_ids": []}    | hash_ids      | has 0 ids; 700 prompt tokens have 2
                    {"timestamp": 1, "input_length": 700, "output_length": 9, "turn": 2}         | line          | expected one of the fields timestamp, input_length, output_length and hash_ids, got '"turn": 2}'
                    {"timestamp": 1, "input_length": 700, "output_length": 9},                   | line          | the object is followed by ','; put each request on a line of its own
                    {"timestamp": 1 "input_length": 700, "output_length": 9}                     | timestamp     | expected '}' before '"input_length": 700'
                    {"timestamp": 0, "input_length": 700, "output_length": 9}                    | timestamp     | lies 0.001 s before the line above; sort the file by time
                    """)
    void names_line_field_and_cure_of_a_bad_json_line(String bad, String field, String problem)
            throws IOException {
        String good = "{\"timestamp\": 1, \"input_length\": 1, \"output_length\": 1}\n";
        Path file = write(good + bad + "\n" + good);

        assertThatExceptionOfType(MalformedTraceException.class)
                .isThrownBy(() -> Trace.read(file))
                .satisfies(e -> assertThat(e.line()).isEqualTo(2))
                .withMessageStartingWith("%s, line 2, %s: ", file, field)
                .withMessageContaining(problem);
    }

    @ParameterizedTest(name = "\"{0}\"")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            textBlock =
                    """
                    ^^                 | is empty; a trace has a line for each request
                    ^\uFEFF^           | is empty; a trace has a line for each request
                    time,in,out        | line 1, line: a trace starts with the CSV header 'TIMESTAMP,ContextTokens,GeneratedTokens' or with a JSON object
                    PK\3\4data         | got 'PK??data'; convert it to one of the two, as plain UTF-8 text
                    TIMESTAMP,ContextTokens,GeneratedTokens | has a header and no request; record at least one
                    """)
    void refuses_a_file_that_is_no_trace(String text, String problem) throws IOException {
        Path file = write(text);

        assertThatExceptionOfType(MalformedTraceException.class)
                .isThrownBy(() -> Trace.read(file))
                .withMessageStartingWith(file.toString())
                .withMessageContaining(problem);
    }

    @Test
    void must_exist() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> Trace.read(folder.resolve("none.csv")));
    }

    @Test
    void says_by_equal_hashes_where_prompts_are_equal() {
        Trace trace =
                new Trace.Builder()
                        .add(0, 1_024, 1, 7, 8)
                        .add(0, 1_025, 1, 7, 9, 1)
                        .add(0, 520, 1, 7, 8)
                        .build();

        assertThat(equalBlocks(trace, 16, 0, 1)).isEqualTo(512 / 16);
        assertThat(equalBlocks(trace, 16, 0, 2)).isEqualTo(1_024 / 16);
        assertThat(equalBlocks(trace, 128, 0, 1)).isEqualTo(512 / 128);
        assertThat(equalBlocks(trace, 1_024, 0, 1)).isZero();
        assertThat(trace.prefix(0, 16).block(64)).isEqualTo(PrefixHashes.NOT_SHARED);
        assertThat(
                        IntStream.range(0, 64)
                                .mapToLong(trace.prefix(0, 16)::block)
                                .distinct()
                                .filter(hash -> hash != PrefixHashes.NOT_SHARED))
                .hasSize(64);
    }

    @Test
    void can_be_cut_to_its_beginning() {
        Trace trace =
                new Trace.Builder().add(5, 1, 1).add(15, 1, 1).add(15, 1, 1).add(20, 1, 1).build();

        assertThat(trace.first(Duration.ofNanos(1)).size()).isEqualTo(1);
        assertThat(trace.first(Duration.ofNanos(10)).size()).isEqualTo(1);
        assertThat(trace.first(Duration.ofNanos(11)).size()).isEqualTo(3);
        assertThat(trace.first(Duration.ofNanos(15)).size()).isEqualTo(3);
        assertThat(trace.first(Duration.ofNanos(16))).isSameAs(trace);
        assertThatIllegalArgumentException().isThrownBy(() -> trace.first(Duration.ZERO));
    }

    @Test
    void built_by_hand_is_checked_as_well() {
        var builder = new Trace.Builder().add(10, 1, 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.add(9, 1, 1))
                .withMessageContaining("sort by arrival");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.add(10, 0, 1))
                .withMessage("promptTokens must be from 1 to 10000000, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.add(10, 513, 1, 4))
                .withMessageContaining("513 prompt tokens have 2 prefix ids");
        assertThatIllegalStateException()
                .isThrownBy(() -> new Trace.Builder().build())
                .withMessageContaining("at least one request");
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.add(Duration.ofDays(400).toNanos(), 1, 1).build())
                .withMessageContaining("at most 366 days, got 399");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void reads_back_what_was_written(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        int requests = random.nextInt(1, 200);
        var expected = new Trace.Builder();
        var csv = new StringBuilder(HEADER);
        var json = new StringBuilder();
        long millis = 0;
        for (int i = 0; i < requests; i++) {
            millis += random.nextInt(3) == 0 ? 0 : random.nextInt(100_000);
            int prompt = random.nextInt(1, 3_000);
            int output = random.nextInt(1, 1_000);
            long[] ids = random.longs(Trace.idsFor(prompt), 0, 1L << 40).toArray();
            expected.add(1_000_000 * millis, prompt, output, ids);
            csv.append(
                    String.format(
                            Locale.ROOT,
                            "2024-02-28 %02d:%02d:%02d.%03d,%d,%d%n",
                            millis / 3_600_000,
                            millis / 60_000 % 60,
                            millis / 1_000 % 60,
                            millis % 1_000,
                            prompt,
                            output));
            json.append(
                    "{\"timestamp\":%d,\"input_length\":%d,\"output_length\":%d,\"hash_ids\":%s}%n"
                            .formatted(millis, prompt, output, Arrays.toString(ids)));
        }
        Trace trace = expected.build();

        assertThat(read(csv.toString())).satisfies(read -> assertSameRequests(read, trace));
        Trace fromJson = read(json.toString());
        assertSameRequests(fromJson, trace);
        for (int i = 0; i < requests; i++) {
            assertThat(fromJson.prefix(i, 512).block(0)).isEqualTo(trace.prefix(i, 512).block(0));
        }
    }

    private static void assertSameRequests(Trace actual, Trace expected) {
        assertThat(arrivals(actual)).isEqualTo(arrivals(expected));
        assertThat(prompts(actual)).isEqualTo(prompts(expected));
        assertThat(outputs(actual)).isEqualTo(outputs(expected));
    }

    /// Leading blocks that two prompts share.
    private static int equalBlocks(Trace trace, int blockTokens, int one, int other) {
        PrefixHashes first = trace.prefix(one, blockTokens);
        PrefixHashes second = trace.prefix(other, blockTokens);
        int block = 0;
        while (first.block(block) == second.block(block)
                && first.block(block) != PrefixHashes.NOT_SHARED) {
            block++;
        }
        return block;
    }

    private Trace read(String text) throws IOException {
        return Trace.read(write(text));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("trace"), text, StandardCharsets.UTF_8);
    }

    private static long[] arrivals(Trace trace) {
        return IntStream.range(0, trace.size()).mapToLong(trace::arrivalNanos).toArray();
    }

    private static int[] prompts(Trace trace) {
        return IntStream.range(0, trace.size()).map(trace::promptTokens).toArray();
    }

    private static int[] outputs(Trace trace) {
        return IntStream.range(0, trace.size()).map(trace::outputTokens).toArray();
    }
}
