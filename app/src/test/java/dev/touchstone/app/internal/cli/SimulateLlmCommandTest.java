package dev.touchstone.app.internal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("touchstone simulate llm")
class SimulateLlmCommandTest {
    private static final String CSV =
            """
            TIMESTAMP,ContextTokens,GeneratedTokens
            2023-11-16 18:15:00,1000,3
            2023-11-16 18:15:10,500,2
            2023-11-16 18:15:20,2000000,1
            """;

    private static final String JSON_LINES =
            """
            {"timestamp": 0, "input_length": 1000, "output_length": 3, "hash_ids": [1, 2]}
            {"timestamp": 60000, "input_length": 1000, "output_length": 3, "hash_ids": [1, 3]}
            """;

    @TempDir private Path folder;
    private Path csv = Path.of("");
    private Path jsonLines = Path.of("");

    /// What a command line came to.
    private record Outcome(int exitCode, String out, String err) {}

    @BeforeEach
    void writeTraces() throws IOException {
        csv = Files.writeString(folder.resolve("hour.csv"), CSV);
        jsonLines = Files.writeString(folder.resolve("hour.jsonl"), JSON_LINES);
    }

    @Test
    void prints_a_report() {
        Outcome outcome = run("--trace", csv.toString());

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .startsWith("hour.csv on one H100 with 13b-gqa\n")
                .contains("Trace      3 requests in 20.0 s · 2,001,500 prompt tokens")
                .contains("Batching   continuous · 2,048 tokens a step · at most 256 sequences")
                .contains("Requests   2 finished · 1 refused\n")
                .contains("1 request can never fit: prompt and answer exceed a replica's whole")
                .contains("1,500 in prefill · 5 output")
                // 1,000 tokens · 26e9 FLOPs and their attention, at half of 989e12 a second.
                .containsPattern("first token, TTFT .* 53\\.4 ms\n")
                .contains("█")
                .doesNotContain("prefix cache on")
                .doesNotContain("NaN");
    }

    @Test
    void shares_prefixes_where_the_trace_knows_them() {
        assertThat(run("--trace", jsonLines.toString()).out())
                .contains("prefix cache on")
                .contains("2,000 prompt · 25.6 % of them from the prefix cache · 1,488 in");
        assertThat(run("--trace", jsonLines.toString(), "--no-prefix-cache").out())
                .contains("prefix cache off")
                .contains("2,000 in prefill");
    }

    @Test
    void says_what_was_set() {
        Outcome outcome =
                run(
                        "--trace=" + csv,
                        "--model=7b",
                        "--accelerator=l40s",
                        "--replicas=3",
                        "--token-budget=512",
                        "--max-sequences=64",
                        "--max-waiting=100",
                        "--no-chunked-prefill",
                        "--static-batching",
                        "--kv=reserved",
                        "--kv-type=fp8",
                        "--memory-reserve=2GiB",
                        "--mfu=0.4",
                        "--limit-seconds=15");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains("on 3 × L40S with 7b")
                .contains("2 requests in 10.0 s")
                .contains(
                        "static · 512 tokens a step · at most 64 sequences and 100 waiting"
                                + " · each prompt read in one step")
                .contains("reserved in pieces of 2,048 tokens · fp8 · 7,718 blocks of 16 tokens")
                .contains("2 finished\n");
    }

    @Test
    void writes_for_terminals_that_know_no_unicode() {
        Outcome outcome = run(StandardCharsets.US_ASCII, "--trace", csv.toString());

        assertThat(outcome.out()).doesNotContain("?").contains("#").contains(" | ");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    --model=13b              ; --model '13b' is not known; did you mean '13b-gqa'? There are: 13b-gqa, llama-3.1-8b, 7b
                    --model=llama-3-8b       ; did you mean 'llama-3.1-8b'?
                    --accelerator=h20        ; did you mean 'h200'? There are: h100, h200, a100, l40s, a10g, rtx-pro-6000
                    --kv=page                ; did you mean 'paged'? There are: paged, reserved
                    --kv-type=fp4            ; did you mean 'fp8'? There are: fp16, fp8
                    --replicas=0             ; --replicas must be from 1 to 1024, got 0; the nearest is 1
                    --replicas=2000          ; --replicas must be from 1 to 1024, got 2000; the nearest is 1024
                    --replicas=many          ; --replicas takes a whole number or auto, got 'many'
                    --token-budget=100       ; is less than --max-sequences 256, so not all could decode in one step; use --budget 256 or --max-sequences 100
                    --max-sequences=0        ; --max-sequences must be from 1 to 100000, got 0
                    --max-waiting=0          ; --max-waiting must be from 1 to 2147483647, got 0; the nearest is 1
                    --mfu=1.5                ; --mfu must be above 0 and at most 1, got 1.5; the nearest is 1
                    --mfu=NaN                ; --mfu must be above 0 and at most 1, got NaN
                    --memory-reserve=4       ; --memory-reserve must be an amount such as 4GB, 512MB or 1.5GiB, got '4'
                    --memory-reserve=4gb     ; --memory-reserve must be an amount such as
                    --memory-reserve=60GB    ; 13b-gqa needs 26.0 GB for weights and 60.0 GB are reserved, but h100 has 80 GB; the smallest that holds it is --accelerator h200
                    --memory-reserve=500GB   ; lower --memory-reserve
                    --accelerator=a10g       ; but a10g has 24 GB; the smallest that holds it is --accelerator l40s
                    --limit-seconds=0        ; --limit-seconds must be at least 1, got 0
                    --prefix-cache           ; hour.csv does not say; leave --prefix-cache out or use a trace with hash_ids
                    --kv=reserved --prefix-cache ; reserved memory belongs to one request; use --kv paged or leave --prefix-cache out
                    --open                   ; --open shows the page that --html writes; add --html replay.html
                    --html=FOLDER            ; is a folder; name a file
                    --html=FOLDER/no/a.html  ; make it first
                    --html=FOLDER/hour.csv   ; would replace the trace
                    --html=FOLDER/a --json=FOLDER/a ; both name
                    --batch-size=3           ; Unknown option
                    --sessions=100           ; --sessions and --trace are two loads; leave one out
                    --router=random          ; --router 'random' is not known; did you mean
                    --slo=ttft<1s            ; cannot read 'ttft<1s'; write for example ttft-p95<800ms,tpot-p95<60ms
                    --sweep=budget           ; --sweep takes an option and its values, such as budget=256,512,1024
                    --sweep=mfu=1,2          ; --sweep knows budget, replicas, max-sequences, kv-type and router, not 'mfu'
                    --sweep=budget=x         ; --sweep budget takes whole numbers, got 'x'
                    --router=session --price=-1 ; --price must be from 0 to 10000 dollars an hour, got -1.0
                    """)
    void refuses_what_makes_no_sense_and_says_what_would(String arguments, String message)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("--trace", csv.toString()));
        all.addAll(List.of(arguments.replace("FOLDER", folder.toString()).split(" ")));

        Outcome outcome = run(all.toArray(String[]::new));

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).doesNotContain("\tat ", "Exception");
        assertThat(outcome.out()).isEmpty();
        assertThat(files()).containsExactlyInAnyOrder("hour.csv", "hour.jsonl");
    }

    @Test
    void needs_a_trace_that_is_there() {
        assertThat(run("--limit-seconds=5").err())
                .contains("--limit-seconds cuts a trace; add --trace FILE, or use --hours");
        Outcome missing = run("--trace", folder.resolve("none.csv").toString());
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("there is no file").contains("none.csv");
        assertThat(run("--trace", folder.toString()).err()).contains("is a folder");
    }

    @Test
    void names_the_line_of_a_bad_trace_and_writes_nothing() throws IOException {
        Files.writeString(csv, CSV + "2023-11-16 18:15:21,12,0\n");

        Outcome outcome =
                run(
                        "--trace=" + csv,
                        "--json=" + folder.resolve("a.json"),
                        "--html=" + folder.resolve("a.html"));

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err())
                .contains("hour.csv, line 5, GeneratedTokens: must be from 1 to 10000000, got 0")
                .doesNotContain("\tat ", "Exception");
        assertThat(files()).containsExactlyInAnyOrder("hour.csv", "hour.jsonl");
    }

    @Test
    void simulates_users_on_the_smallest_fleet_that_keeps_the_promise() {
        Outcome outcome = run("--sessions", "3000", "--hours", "0.05", "--replicas", "auto");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains("3,000 sessions · 4.0 requests an hour each · 3.0 × at the peak: 10.0")
                .contains("prompts of 1,500 tokens on average, 500 of them shared by 80.0 %")
                .containsPattern("Fleet +[1-3] × H100 with 13b-gqa · fp16 KV · 512 tokens a step")
                .containsPattern("Search +promise kept with .* · broken with")
                .containsPattern("Promise +kept: TTFT p95 .* of 800 ms · TPOT p95 .* of 60.0 ms")
                .containsPattern("Cost +\\$0\\.\\d{4} per 1M tokens")
                .containsPattern("Derived +\\d+ GPUs? if prefill and decode overlap")
                .doesNotContain("NaN");
    }

    @Test
    void answers_the_question_of_the_course_when_nothing_is_said() {
        Outcome outcome = run("--hours", "0.02");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains("50,000 sessions · 4.0 requests an hour each · 3.0 × at the peak: 167")
                .containsPattern("Derived +17 GPUs if prefill and decode overlap · 23 GPUs if")
                .containsPattern("Simulated +fewest that keep the promise: (1[6-9]|2[0-3]) GPUs\n");
    }

    @Test
    void lets_replicas_come_when_they_are_needed_and_gives_way_until_then() {
        Outcome outcome =
                run(
                        "--sessions=5000",
                        "--hours=0.1",
                        "--replicas=1",
                        "--scale-to=4",
                        "--start-up=60",
                        "--max-spend=12",
                        "--ladder");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains(
                        "Care       up to 4 replicas, each ready after 60.0 s, for at most $12.0 an"
                                + " hour · ladder at 80,100,120,300 % of the load")
                .containsPattern(
                        "of low priority shed · .* to a small model · .* when to come back")
                .containsPattern("Balance +3\\.\\d replicas on average, 4 at most");
    }

    @Test
    void compares_one_place_with_several_beside_the_fleet_that_keeps_the_promise() {
        Outcome outcome =
                run(
                        "--sessions=3000",
                        "--hours=0.05",
                        "--replicas=3",
                        "--regions=america:0.5:0,europe:0.5:-6");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .containsPattern(
                        "all in one place +america \\d, europe 0 +[34] +70.0 ms +50.0 % +(216|288)\\n")
                .containsPattern("each at home +america \\d, europe \\d +[4-6] +20.0 ms +0.0 %");
    }

    @Test
    void divides_the_work_among_replicas_and_puts_users_far_away() {
        String[] base = {"--sessions=2000", "--hours=0.05", "--replicas=4", "--round-trip=40"};

        assertThat(run(with(base, "--prefill-share=0.5", "--link=25")).out())
                .contains("Shape      2 of 4 only read prompts and send 25 GB/s · 40 ms to users")
                .contains("Promise    kept");
        assertThat(run(with(base, "--long-share=0.25", "--conversation=mooncake")).out())
                .contains("Shape      1 of 4 for prompts from 4,096 tokens on · 40 ms to users")
                .contains("prompts of 12,094 tokens on average, 512 of them shared by 100.0 %");
    }

    private static String[] with(String[] base, String... more) {
        return Stream.concat(Stream.of(base), Stream.of(more)).toArray(String[]::new);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            textBlock =
                    """
                    --sessions=0             ; --sessions must be from 1 to 5000000, got 0; the nearest is 1
                    --sessions=many          ; 'many' is not an int
                    --hours=-1               ; --hours must be above 0 and at most 744, got -1.0
                    --requests-per-hour=0    ; --requests-per-hour must be above 0 and at most 3600
                    --peak=0.5               ; peak must be from 1 (every hour alike)
                    --answer-tokens=-4       ; --answer-tokens must be from 1 to 1000000, got -4; the nearest is 1
                    --prompt-tokens=10       ; leaves no room for messages
                    --replicas=auto --sweep=replicas=1,2 ; looks for the number of replicas, and --sweep replicas says it; leave one out
                    --replicas=auto --scale-to=5 ; or leave --scale-to out
                    --scale-to=4 --sweep=replicas=1,2    ; both say how many replicas there are
                    --replicas=3 --scale-to=2 ; --scale-to must be from 3 to 256, got 2; the nearest is 3
                    --scale-to=300           ; the nearest is 256
                    --scale-to=4 --start-up=-1 ; --start-up must be from 0 to 3600, got -1; the nearest is 0
                    --replicas=4 --scale-to=8 --max-spend=5 ; raise it or lower --replicas
                    --max-spend=5            ; add --scale-to N or leave them out
                    --ladder=80,70,60,50     ; each above the one before: 80,100,120,300; got '80,70,60,50'
                    --ladder=sometimes       ; --ladder must be off, on, or four loads
                    --budget=0               ; --budget must be from 1 to
                    --replicas=1 --long-share=0.2    ; of 1 there is none to spare; use --replicas 2 or more, or leave --long-share out
                    --replicas=1 --prefill-share=0.2 ; leave --prefill-share out
                    --long-share=2           ; --long-share must be above 0 and below 1, got 2.0
                    --long-share=0.2 --prefill-share=0.3 ; either for long prompts or for reading; leave one out
                    --long-from=100          ; --long-from goes with --long-share
                    --link=5                 ; --link goes with --prefill-share
                    --round-trip=-5          ; --round-trip must be from 0 to 10000, got -5
                    --conversation=moon      ; did you mean 'mooncake'? There are: course, mooncake
                    --regions=us             ; cannot read 'us'; write name:share:hours later
                    --regions=us:0.5:0,eu:0.4:1 ; add up to 0.900
                    --region-trips=20        ; --region-trips goes with --regions
                    --regions=us:1:0 --region-trips=30,20 ; the shorter first
                    --sweep=kv-type=int4     ; --sweep kv-type 'int4' is not known
                    """)
    void refuses_fleets_that_make_no_sense(String arguments, String message) {
        Outcome outcome = run(arguments.split(" "));

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).doesNotContain("\tat ", "Exception");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void sweeps_an_option_and_writes_what_came_of_it() throws IOException {
        Path json = folder.resolve("sweep.json");
        Path html = folder.resolve("sweep.html");
        Outcome outcome =
                run(
                        "--trace",
                        jsonLines.toString(),
                        "--sweep",
                        "budget=512,1024",
                        "--json",
                        json.toString(),
                        "--html",
                        html.toString());

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("budget 512 ", "budget 1024 ", "TTFT p95", "kept");
        assertThat(Files.readString(json)).contains("\"label\":\"budget 1024\"");
        assertThat(Files.readString(html)).contains("budget 1024", "id=\"charts\"");
    }

    @Test
    void prints_json_of_a_stable_shape() {
        Outcome outcome = run("--trace", jsonLines.toString(), "--json", "-");

        assertThat(outcome.exitCode()).isZero();
        Map<?, ?> document =
                Json.readLeniently(outcome.out().getBytes(StandardCharsets.UTF_8), Map.class);
        assertThat(paths("", document))
                .containsExactly(
                        "durationSeconds",
                        "engine.busyShare",
                        "engine.kvMeanShare",
                        "engine.kvPeakShare",
                        "engine.preemptions",
                        "engine.steps",
                        "format",
                        "latencySeconds.itl.count",
                        "latencySeconds.itl.max",
                        "latencySeconds.itl.mean",
                        "latencySeconds.itl.p50",
                        "latencySeconds.itl.p90",
                        "latencySeconds.itl.p95",
                        "latencySeconds.itl.p99",
                        "latencySeconds.queueing.count",
                        "latencySeconds.queueing.max",
                        "latencySeconds.queueing.mean",
                        "latencySeconds.queueing.p50",
                        "latencySeconds.queueing.p90",
                        "latencySeconds.queueing.p95",
                        "latencySeconds.queueing.p99",
                        "latencySeconds.tpot.count",
                        "latencySeconds.tpot.max",
                        "latencySeconds.tpot.mean",
                        "latencySeconds.tpot.p50",
                        "latencySeconds.tpot.p90",
                        "latencySeconds.tpot.p95",
                        "latencySeconds.tpot.p99",
                        "latencySeconds.ttft.count",
                        "latencySeconds.ttft.max",
                        "latencySeconds.ttft.mean",
                        "latencySeconds.ttft.p50",
                        "latencySeconds.ttft.p90",
                        "latencySeconds.ttft.p95",
                        "latencySeconds.ttft.p99",
                        "requests.finished",
                        "requests.refusedNeverFits",
                        "requests.refusedQueueFull",
                        "requests.total",
                        "requests.unfinished",
                        "series.itlP99Seconds",
                        "series.kvShare",
                        "series.outputTokensPerSecond",
                        "series.running",
                        "series.timesSeconds",
                        "series.ttftP95Seconds",
                        "series.waiting",
                        "settings.accelerator",
                        "settings.chunkedPrefill",
                        "settings.kv",
                        "settings.kvBlockTokens",
                        "settings.kvBlocks",
                        "settings.kvType",
                        "settings.maxSequences",
                        "settings.maxWaiting",
                        "settings.memoryReserveBytes",
                        "settings.mfu",
                        "settings.model",
                        "settings.prefixCache",
                        "settings.replicas",
                        "settings.staticBatching",
                        "settings.tokenBudget",
                        "stoppedEarly",
                        "throughput.outputTokensPerSecond",
                        "throughput.promptTokensPerSecond",
                        "throughput.requestsPerSecond",
                        "tokens.cached",
                        "tokens.output",
                        "tokens.prefill",
                        "tokens.prompt",
                        "trace.file",
                        "trace.outputTokens",
                        "trace.prefixIds",
                        "trace.promptTokens",
                        "trace.requests",
                        "trace.spanSeconds");
        assertThat(document.get("format")).isEqualTo("touchstone-simulation/1");
        assertThat(document.get("tokens"))
                .isEqualTo(Map.of("prompt", 2_000, "cached", 512, "prefill", 1_488, "output", 6));
        assertThat(outcome.out()).contains("\"maxWaiting\" : null");
    }

    @Test
    void writes_the_same_bytes_again() throws IOException {
        Path first = folder.resolve("1.json");
        Path second = folder.resolve("2.json");

        run("--trace=" + jsonLines, "--json=" + first, "--html=" + folder.resolve("1.html"));
        run("--trace=" + jsonLines, "--json=" + second, "--html=" + folder.resolve("2.html"));

        assertThat(first).hasSameBinaryContentAs(second).isNotEmptyFile();
        assertThat(folder.resolve("1.html"))
                .hasSameBinaryContentAs(folder.resolve("2.html"))
                .isNotEmptyFile();
        assertThat(files()).hasSize(6);
    }

    @Test
    void writes_a_page_that_holds_all_it_needs() throws IOException {
        Path trace = Files.copy(csv, folder.resolve("<b>&.csv"));
        Path page = folder.resolve("page.html");

        Outcome outcome = run("--trace=" + trace, "--html=" + page);

        assertThat(outcome.out()).contains("Wrote " + page);
        assertThat(Files.readString(page))
                .contains("<h1>&lt;b&gt;&amp;.csv</h1>")
                .contains("\"file\":\"\\u003cb>&.csv\"")
                .contains("\"outputTokensPerSecond\":[")
                .contains("53.4 ms")
                .contains("can never fit")
                .contains("uPlot")
                .doesNotContain("src=", "href=", "@import", "url(");
    }

    @Test
    void replaces_a_page_that_is_there() throws IOException {
        Path page = Files.writeString(folder.resolve("page.html"), "old");

        assertThat(run("--trace=" + csv, "--html=" + page).exitCode()).isZero();

        assertThat(page).content().startsWith("<!doctype html>");
    }

    @Test
    void explains_itself() {
        assertThat(run("--help").out()).contains("--trace=FILE", "--[no-]prefix-cache", "(h100)");
        assertThat(command(StandardCharsets.UTF_8, "simulate").err())
                .contains("touchstone simulate llm, or simulate design");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /// Names of all values in a document, in order.
    private static SortedSet<String> paths(String prefix, Map<?, ?> document) {
        var paths = new TreeSet<String>();
        document.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner) {
                paths.addAll(paths(prefix + key + ".", inner));
            } else {
                paths.add(prefix + key);
            }
        });
        return paths;
    }

    private static Outcome run(String... arguments) {
        return run(StandardCharsets.UTF_8, arguments);
    }

    private static Outcome run(Charset charset, String... arguments) {
        return command(
                charset,
                Stream.concat(Stream.of("simulate", "llm"), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private static Outcome command(Charset charset, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exitCode =
                CommandLineInterface.run(
                        arguments,
                        new PrintStream(out, true, charset),
                        new PrintStream(err, true, charset),
                        Map.of());
        return new Outcome(exitCode, out.toString(charset), err.toString(charset));
    }
}
