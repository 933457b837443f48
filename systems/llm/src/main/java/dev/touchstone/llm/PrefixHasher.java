package dev.touchstone.llm;

import java.util.Arrays;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;

/// Hashes texts that are given as tokens, so that equal beginnings share cache blocks.
///
/// The hash of a block covers every token from the prompt's start to the block's end. It is keyed:
/// whoever does not know the key cannot make up a prompt that is taken for somebody else's, and
/// prompts hashed under two keys share nothing. A server draws its key at start, a simulation from
/// its seed.
///
/// This is SipHash-1-3 with each token as one word (Aumasson and Bernstein, "SipHash: a fast
/// short-input PRF", 2012), finished once for every block and carried on from there. The length
/// that SipHash puts last is left out: no prefix has part of a word.
public final class PrefixHasher {
    /// For texts that share with everyone.
    public static final long NO_SALT = 0;

    private static final int FINAL_ROUNDS = 3;

    private final int blockTokens;
    private final long key0;
    private final long key1;

    /// @param blockTokens tokens of a cache block, as in [KvCacheLayout#blockTokens]
    public PrefixHasher(int blockTokens, long key0, long key1) {
        if (blockTokens < 1) {
            throw new IllegalArgumentException(
                    "blockTokens must be at least 1, got %d; take the layout's"
                            .formatted(blockTokens));
        }
        this.blockTokens = blockTokens;
        this.key0 = key0;
        this.key1 = key1;
    }

    /// The hashes of a prompt's full blocks; what is left over at its end is not shared.
    public PrefixHashes hash(int... prompt) {
        return hash(NO_SALT, prompt);
    }

    /// The same, sharing only with prompts of the same salt: a tenant's, say. The salt goes into
    /// the first block's hash, and through it into all that follow.
    public PrefixHashes hash(long salt, int[] prompt) {
        long[] hashes = new long[prompt.length / blockTokens];
        State state = salted(salt);
        for (int block = 0, token = 0; block < hashes.length; block++) {
            for (int end = token + blockTokens; token < end; token++) {
                state.absorb(prompt[token]);
            }
            hashes[block] = new State(state).finish();
        }
        return index -> index < hashes.length ? hashes[index] : PrefixHashes.NOT_SHARED;
    }

    /// The hashes of a text that grows: a prompt and, as it comes, the answer. A block has its hash
    /// as soon as its last token is known.
    ///
    /// @param token the token at a position, counted from the prompt's start; is asked once, in
    ///   order
    /// @param length tokens known by now
    public PrefixHashes follow(long salt, IntUnaryOperator token, IntSupplier length) {
        State state = salted(salt);
        return new PrefixHashes() {
            private long[] hashes = new long[16];
            private int count;

            @Override
            public boolean coversAnswer() {
                return true;
            }

            @Override
            public long block(int index) {
                while (count <= index && (count + 1) * blockTokens <= length.getAsInt()) {
                    for (int i = count * blockTokens; i < (count + 1) * blockTokens; i++) {
                        state.absorb(token.applyAsInt(i));
                    }
                    if (count == hashes.length) {
                        hashes = Arrays.copyOf(hashes, 2 * count);
                    }
                    hashes[count++] = new State(state).finish();
                }
                return index < count ? hashes[index] : NOT_SHARED;
            }
        };
    }

    private State salted(long salt) {
        var state = new State(key0, key1);
        if (salt != NO_SALT) {
            state.absorb(salt);
        }
        return state;
    }

    /// SipHash's four words.
    private static final class State {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        State(long key0, long key1) {
            v0 = key0 ^ 0x736f_6d65_7073_6575L;
            v1 = key1 ^ 0x646f_7261_6e64_6f6dL;
            v2 = key0 ^ 0x6c79_6765_6e65_7261L;
            v3 = key1 ^ 0x7465_6462_7974_6573L;
        }

        State(State other) {
            v0 = other.v0;
            v1 = other.v1;
            v2 = other.v2;
            v3 = other.v3;
        }

        void absorb(long word) {
            v3 ^= word;
            round();
            v0 ^= word;
        }

        long finish() {
            v2 ^= 0xff;
            for (int i = 0; i < FINAL_ROUNDS; i++) {
                round();
            }
            long hash = v0 ^ v1 ^ v2 ^ v3;
            return hash == PrefixHashes.NOT_SHARED ? 1 : hash;
        }

        private void round() {
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32) + v3;
            v2 += v1;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
