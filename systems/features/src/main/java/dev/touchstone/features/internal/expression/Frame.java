package dev.touchstone.features.internal.expression;

import org.jspecify.annotations.Nullable;

/// Where formulas work: a place for each value that occurs in one. Used again and again; not to be
/// shared between threads.
public final class Frame {
    final boolean[] present;
    final long[] whole;
    final double[] real;
    final @Nullable String[] text;

    /// @param places how many the largest formula needs
    public Frame(int places) {
        present = new boolean[places];
        whole = new long[places];
        real = new double[places];
        text = new String[places];
    }
}
