package dev.touchstone.llm.training;

import java.util.Arrays;

/// Tokens one behind the other.
final class TokenList {
    private int[] tokens = new int[64];
    private int length;

    void add(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * length);
        }
        tokens[length++] = token;
    }

    void add(int[] more) {
        for (int token : more) {
            add(token);
        }
    }

    int length() {
        return length;
    }

    int[] toArray() {
        return Arrays.copyOf(tokens, length);
    }
}
