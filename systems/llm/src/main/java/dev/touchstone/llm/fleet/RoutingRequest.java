package dev.touchstone.llm.fleet;

import dev.touchstone.llm.PrefixHashes;

/// What a router needs to know of a request.
///
/// @param session requests of one conversation have the same; 0 for none
/// @param promptTokens tokens to read; an estimate will do
/// @param outputTokens tokens the answer is expected to have
/// @param prefix hashes of the prompt's blocks, of [RouterConfig#blockTokens] each;
///   [PrefixHashes#NONE] where they are not known
public record RoutingRequest(
        long session, int promptTokens, int outputTokens, PrefixHashes prefix) {
    public RoutingRequest {
        if (promptTokens < 1 || outputTokens < 1) {
            throw new IllegalArgumentException(
                    "a request has at least 1 prompt and 1 output token, got %d and %d"
                            .formatted(promptTokens, outputTokens));
        }
    }

    /// Tokens it holds in a replica's cache when its answer is out.
    public int tokens() {
        return promptTokens + outputTokens;
    }
}
