package dev.touchstone.llm;

/// Carries out a step.
@FunctionalInterface
public interface Executor {
    /// Runs the step and says how long it took (or, in simulation, would take), in nanoseconds.
    ///
    /// An executor that cannot carry out the step throws, before it has appended a token to any
    /// answer. What it wrote into the cache by then does not matter: no one reads it. The engine's
    /// owner then says what becomes of the sequences; see [LlmEngine#recover].
    long execute(Step step);
}
