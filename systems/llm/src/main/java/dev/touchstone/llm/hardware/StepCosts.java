package dev.touchstone.llm.hardware;

/// What the parts of a step of one model on one kind of GPU cost, in microseconds, all layers
/// together. Immutable, so that any number of executors share one; allocates nothing when asked.
interface StepCosts {
    /// All that depends on nothing but how many tokens go through the model: matrix products,
    /// normalisation, activation, and the sums over GPUs. Never less for more tokens.
    double dense(int tokens);

    /// From the last hidden state of `sequences` to a token of each.
    double head(int sequences);

    /// Attention of `sequences` that decode over `cachedTokens` in all.
    ///
    /// @param prefillTokens that others push through in prefill in the same call
    double decode(int sequences, long cachedTokens, int prefillTokens);

    /// Attention of one of `batch` sequences in prefill, without the launch.
    double prefill(int batch, int chunk, int context);

    /// Launching attention, of which decode contains one.
    double attentionLaunch();

    /// What a step takes longer because it reads a prompt: engines record the kernels of steps in
    /// which everyone decodes and replay them with one launch, but not those of other steps.
    double promptGap();
}
