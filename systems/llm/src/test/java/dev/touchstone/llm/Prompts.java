package dev.touchstone.llm;

import dev.touchstone.simulation.RandomStreams;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Prompts as lists of tokens, and the chained hashes of their blocks.
final class Prompts {
    private Prompts() {}

    /// `count` times the same token.
    static int[] repeated(int token, int count) {
        int[] tokens = new int[count];
        Arrays.fill(tokens, token);
        return tokens;
    }

    /// The tokens `from` to `to - 1`.
    static int[] range(int from, int to) {
        return IntStream.range(from, to).toArray();
    }

    static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    static PrefixHashes hashes(int blockTokens, int... tokens) {
        return salted(0, blockTokens, tokens);
    }

    /// Each block's hash covers the one before it and its own tokens; the first also the salt.
    static PrefixHashes salted(long salt, int blockTokens, int... tokens) {
        long[] hashes = new long[tokens.length / blockTokens];
        long hash = RandomStreams.mix(salt + 1);
        for (int i = 0; i < hashes.length * blockTokens; i++) {
            hash = RandomStreams.mix(31 * hash + tokens[i] + 1);
            hashes[i / blockTokens] = hash;
        }
        return index -> hashes[index];
    }
}
