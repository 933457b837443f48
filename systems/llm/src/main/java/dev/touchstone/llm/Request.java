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
public record Request(
        long id,
        int promptTokens,
        int outputTokens,
        long patienceNanos,
        long session,
        int sessionTokens,
        PrefixHashes prefix) {

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
