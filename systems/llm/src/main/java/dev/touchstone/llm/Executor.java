package dev.touchstone.llm;

/// Carries out a step.
public interface Executor {
    /// Runs the step and says how long it took (or, in simulation, would take), in nanoseconds.
    long execute(Step step);
}
