package dev.touchstone.llm.replay;

import dev.touchstone.llm.PrefixHashes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/// Requests as they once arrived: when, how long their prompts and answers were and, where the
/// recording has it, which prompts began alike. Of what was said nothing is left.
///
/// Requests are numbered from 0 in order of arrival; time counts from the first arrival. Immutable.
public final class Trace {
    /// Prompt tokens that one prefix id stands for.
    public static final int TOKENS_PER_PREFIX_ID = 512;

    /// Tokens that one prompt or answer may have; more is taken for a mistake.
    public static final int MAX_TOKENS = 10_000_000;

    /// Longest time from the first to the last arrival.
    public static final Duration MAX_SPAN = Duration.ofDays(366);

    private final int size;
    private final long[] arrivalNanos;
    private final int[] promptTokens;
    private final int[] outputTokens;

    /// Ids of request `i` are `prefixIds[firstPrefixId[i]]` to `prefixIds[firstPrefixId[i + 1] -
    /// 1]`.
    private final int[] firstPrefixId;

    private final long[] prefixIds;

    private Trace(Builder builder) {
        size = builder.size;
        arrivalNanos = Arrays.copyOf(builder.arrivalNanos, size);
        promptTokens = Arrays.copyOf(builder.promptTokens, size);
        outputTokens = Arrays.copyOf(builder.outputTokens, size);
        firstPrefixId = Arrays.copyOf(builder.firstPrefixId, size + 1);
        prefixIds = Arrays.copyOf(builder.prefixIds, firstPrefixId[size]);
        long firstNanos = arrivalNanos[0];
        for (int i = 0; i < size; i++) {
            arrivalNanos[i] -= firstNanos;
        }
    }

    private Trace(Trace whole, int size) {
        this.size = size;
        arrivalNanos = whole.arrivalNanos;
        promptTokens = whole.promptTokens;
        outputTokens = whole.outputTokens;
        firstPrefixId = whole.firstPrefixId;
        prefixIds = whole.prefixIds;
    }

    /// Reads a trace file, recognising its format by its first line:
    ///
    /// - CSV with the header `TIMESTAMP,ContextTokens,GeneratedTokens` and times such as
    ///   `2023-11-16 18:15:46.6805900` in UTC (the Azure LLM inference traces);
    /// - JSON lines such as `{"timestamp": 27, "input_length": 700, "output_length": 9, "hash_ids":
    ///   [46, 47]}`, the timestamp in milliseconds, one id for each 512 prompt tokens begun, equal
    ///   ids meaning that prompts are equal up to there (the Mooncake traces); `hash_ids` may be
    ///   left out.
    ///
    /// Windows line ends, a byte order mark and empty lines at the end are fine; anything else that
    /// is not as described is refused. So are times out of order: sorting them would hide that two
    /// recordings were joined, or that a clock went back.
    ///
    /// @throws MalformedTraceException naming line and field
    public static Trace read(Path file) throws IOException {
        return TraceReader.read(file);
    }

    /// Number of requests, at least one.
    public int size() {
        return size;
    }

    /// When a request arrived, counted from the first one's arrival.
    public long arrivalNanos(int request) {
        return arrivalNanos[request];
    }

    public int promptTokens(int request) {
        return promptTokens[request];
    }

    public int outputTokens(int request) {
        return outputTokens[request];
    }

    /// From the first arrival to the last.
    public Duration span() {
        return Duration.ofNanos(arrivalNanos[size - 1]);
    }

    /// Whether any request says how its prompt begins.
    public boolean hasPrefixIds() {
        return firstPrefixId[size] > 0;
    }

    /// What a prompt shares with others, for a cache of blocks of `blockTokens`.
    ///
    /// A prompt's prefix up to and including a block's last token is named by the id that covers
    /// this token and the token's place under it: no two different prefixes get the same hash.
    public PrefixHashes prefix(int request, int blockTokens) {
        int first = firstPrefixId[request];
        int end = firstPrefixId[request + 1];
        if (first == end) {
            return PrefixHashes.NONE;
        }
        return block -> {
            long lastToken = (block + 1L) * blockTokens - 1;
            long id = first + lastToken / TOKENS_PER_PREFIX_ID;
            return id < end
                    ? prefixIds[(int) id] * TOKENS_PER_PREFIX_ID
                            + lastToken % TOKENS_PER_PREFIX_ID
                            + 1
                    : PrefixHashes.NOT_SHARED;
        };
    }

    /// The requests that arrived in the first part of the trace.
    public Trace first(Duration part) {
        if (!part.isPositive()) {
            throw new IllegalArgumentException(
                    "the first %s of a trace holds nothing; ask for at least 1 ns".formatted(part));
        }
        if (part.compareTo(span()) > 0) {
            return this;
        }
        int at = Arrays.binarySearch(arrivalNanos, 0, size, part.toNanos());
        int end = at < 0 ? -at - 1 : at;
        while (end > 0 && arrivalNanos[end - 1] == part.toNanos()) {
            end--;
        }
        return new Trace(this, end);
    }

    /// Gathers requests in order of arrival.
    public static final class Builder {
        private int size;
        private long[] arrivalNanos = new long[64];
        private int[] promptTokens = new int[64];
        private int[] outputTokens = new int[64];
        private int[] firstPrefixId = new int[65];
        private long[] prefixIds = new long[64];

        /// Adds a request that shares nothing.
        public Builder add(long arrivalNanos, int promptTokens, int outputTokens) {
            return add(arrivalNanos, promptTokens, outputTokens, new long[0], 0);
        }

        /// Adds a request.
        ///
        /// @param arrivalNanos on any origin; not before the request added last
        /// @param prefixIds from 0 up, one for each 512 prompt tokens begun
        public Builder add(
                long arrivalNanos, int promptTokens, int outputTokens, long... prefixIds) {
            if (prefixIds.length != idsFor(promptTokens)) {
                throw new IllegalArgumentException(
                        "%d prompt tokens have %d prefix ids, one for each 512 begun; got %d"
                                .formatted(promptTokens, idsFor(promptTokens), prefixIds.length));
            }
            return add(arrivalNanos, promptTokens, outputTokens, prefixIds, prefixIds.length);
        }

        Builder add(long nanos, int prompt, int output, long[] ids, int idCount) {
            requireTokens("promptTokens", prompt);
            requireTokens("outputTokens", output);
            if (size > 0 && nanos < arrivalNanos[size - 1]) {
                throw new IllegalArgumentException(
                        ("request %d arrives at %d ns, before the one added last (%d ns);"
                                        + " sort by arrival")
                                .formatted(size, nanos, arrivalNanos[size - 1]));
            }
            reserve(idCount);
            arrivalNanos[size] = nanos;
            promptTokens[size] = prompt;
            outputTokens[size] = output;
            int from = firstPrefixId[size];
            System.arraycopy(ids, 0, prefixIds, from, idCount);
            firstPrefixId[++size] = from + idCount;
            return this;
        }

        int size() {
            return size;
        }

        /// When the request added last arrives.
        long lastNanos() {
            return arrivalNanos[size - 1];
        }

        long firstNanos() {
            return arrivalNanos[0];
        }

        /// The trace of what was added.
        public Trace build() {
            if (size == 0) {
                throw new IllegalStateException("a trace has at least one request; add() one");
            }
            if (lastNanos() - firstNanos() > MAX_SPAN.toNanos()) {
                throw new IllegalStateException(
                        "a trace spans at most %d days, got %d; split it"
                                .formatted(
                                        MAX_SPAN.toDays(),
                                        Duration.ofNanos(lastNanos() - firstNanos()).toDays()));
            }
            return new Trace(this);
        }

        private void reserve(int idCount) {
            if (size == arrivalNanos.length) {
                int larger = Math.multiplyExact(2, size);
                arrivalNanos = Arrays.copyOf(arrivalNanos, larger);
                promptTokens = Arrays.copyOf(promptTokens, larger);
                outputTokens = Arrays.copyOf(outputTokens, larger);
                firstPrefixId = Arrays.copyOf(firstPrefixId, larger + 1);
            }
            int needed = Math.addExact(firstPrefixId[size], idCount);
            if (needed > prefixIds.length) {
                prefixIds = Arrays.copyOf(prefixIds, Math.max(needed, 2 * prefixIds.length));
            }
        }

        private static void requireTokens(String field, int tokens) {
            if (tokens < 1 || tokens > MAX_TOKENS) {
                throw new IllegalArgumentException(
                        "%s must be from 1 to %d, got %d".formatted(field, MAX_TOKENS, tokens));
            }
        }
    }

    /// Prefix ids of a prompt: one for each 512 tokens begun.
    static int idsFor(int promptTokens) {
        return (promptTokens + TOKENS_PER_PREFIX_ID - 1) / TOKENS_PER_PREFIX_ID;
    }
}
