package dev.touchstone.llm;

/// What a caller asks of an engine.
///
/// @param id the caller's; unique among the requests in flight
/// @param promptTokens tokens to read before the first answer token
/// @param outputTokens answer tokens until the model stops: known in replay and simulation, an
///   upper bound otherwise
/// @param patienceNanos how long it may wait for memory; zero: refuse it unless there is room now
/// @param session keeps the cache of its first [#sessionTokens] between its requests; 0 for none
/// @param sessionTokens leading prompt tokens that all requests of the session share
/// @param prefix where the prompt's block hashes come from; see [PrefixHashes]
/// @param terms what else it asks for
public record Request(
        long id,
        int promptTokens,
        int outputTokens,
        long patienceNanos,
        long session,
        int sessionTokens,
        PrefixHashes prefix,
        Terms terms) {

    /// Waits as long as it takes.
    public static final long PATIENT = Long.MAX_VALUE;

    /// Prompt and answer together; far beyond any model, and counts of blocks stay exact.
    public static final int MAX_TOKENS = 1 << 30;

    /// Rejects a request that says nothing or asks for nothing.
    public Request {
        if (promptTokens < 1 || outputTokens < 1) {
            throw new IllegalArgumentException(
                    "request %d needs at least 1 prompt and 1 output token, got %d and %d"
                            .formatted(id, promptTokens, outputTokens));
        }
        if ((long) promptTokens + outputTokens > MAX_TOKENS) {
            throw new IllegalArgumentException(
                    "request %d may hold at most %d tokens, got %d and %d"
                            .formatted(id, MAX_TOKENS, promptTokens, outputTokens));
        }
        if (sessionTokens < 0 || sessionTokens >= promptTokens) {
            throw new IllegalArgumentException(
                    "request %d shares %d tokens with its session but has only %d; at least its last"
                                    .formatted(id, sessionTokens, promptTokens)
                            + " token must be its own");
        }
        if (terms.computedTokens() >= promptTokens) {
            throw new IllegalArgumentException(
                    "request %d has %d tokens computed but only %d; at least its last must be left"
                            .formatted(id, terms.computedTokens(), promptTokens));
        }
    }

    /// A request on usual terms.
    public Request(
            long id,
            int promptTokens,
            int outputTokens,
            long patienceNanos,
            long session,
            int sessionTokens,
            PrefixHashes prefix) {
        this(
                id,
                promptTokens,
                outputTokens,
                patienceNanos,
                session,
                sessionTokens,
                prefix,
                Terms.USUAL);
    }

    /// What a request may ask for beside its tokens.
    ///
    /// @param priority under [SchedulerConfig.Order#PRIORITY] lower numbers go first
    /// @param firstTokenNanos how long after its arrival the first answer token must be out; later
    ///   it is of no use and the request is dropped, waiting or running
    /// @param totalNanos how long after its arrival the last answer token must be out; a request
    ///   that is not done by then is dropped
    /// @param computedTokens leading prompt tokens whose keys and values come with it, as after a
    ///   prefill elsewhere: they take up blocks but are not computed, unless it is preempted
    /// @param keepsAnswer whether its session keeps all that it computed, answer included, instead
    ///   of the [#sessionTokens] alone
    public record Terms(
            int priority,
            long firstTokenNanos,
            long totalNanos,
            int computedTokens,
            boolean keepsAnswer) {
        /// No deadline.
        public static final long NEVER = Long.MAX_VALUE;

        /// Priority 0, no deadlines, nothing computed elsewhere.
        public static final Terms USUAL = new Terms(0, NEVER, NEVER, 0, false);

        public Terms {
            if (firstTokenNanos < 1 || totalNanos < 1) {
                throw new IllegalArgumentException(
                        "deadlines must lie after the arrival, got %d and %d ns"
                                .formatted(firstTokenNanos, totalNanos));
            }
            if (computedTokens < 0) {
                throw new IllegalArgumentException(
                        "computedTokens must be at least 0, got " + computedTokens);
            }
        }

        public Terms withPriority(int other) {
            return new Terms(other, firstTokenNanos, totalNanos, computedTokens, keepsAnswer);
        }

        public Terms withDeadlines(long otherFirstTokenNanos, long otherTotalNanos) {
            return new Terms(
                    priority, otherFirstTokenNanos, otherTotalNanos, computedTokens, keepsAnswer);
        }

        public Terms withComputed(int tokens) {
            return new Terms(priority, firstTokenNanos, totalNanos, tokens, keepsAnswer);
        }

        public Terms keepingAnswer() {
            return new Terms(priority, firstTokenNanos, totalNanos, computedTokens, true);
        }
    }

    /// The same request on other terms.
    public Request with(Terms other) {
        return new Request(
                id,
                promptTokens,
                outputTokens,
                patienceNanos,
                session,
                sessionTokens,
                prefix,
                other);
    }

    /// A patient request that shares nothing.
    public static Request of(long id, int promptTokens, int outputTokens) {
        return new Request(id, promptTokens, outputTokens, PATIENT, 0, 0, PrefixHashes.NONE);
    }

    /// Tokens it holds in the cache when its last token is out.
    public int maximumTokens() {
        return promptTokens + outputTokens;
    }
}
