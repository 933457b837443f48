package dev.touchstone.kernels;

/// What a matrix is multiplied with, and where the products go. Holds the arrays themselves.
public final class Tokens {
    private final float[] input;
    private final int count;
    private final float[] output;

    /// @param input as many numbers a token as the matrix has columns
    /// @param count tokens
    /// @param output as many numbers a token as the matrix has rows
    public Tokens(float[] input, int count, float[] output) {
        this.input = input;
        this.count = count;
        this.output = output;
    }

    public float[] input() {
        return input;
    }

    public int count() {
        return count;
    }

    public float[] output() {
        return output;
    }
}
