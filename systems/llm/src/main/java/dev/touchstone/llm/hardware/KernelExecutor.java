package dev.touchstone.llm.hardware;

import dev.touchstone.llm.Executor;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.Step;

/// Computes how long a step takes by adding up its kernels, one after another as a GPU runs them:
///
/// ```
/// GPU = dense(tokens) + head(sequences) + attention(prefills, decodes)
/// ```
///
/// and with it what the engine does on the CPU, before or beside it.
///
/// Products of all weights with the step's tokens were priced beforehand, so a step costs one
/// lookup and, only where prompts are read, a walk over its sequences. Allocates nothing.
public final class KernelExecutor implements Executor {
    private static final double NANOS_PER_MICRO = 1e3;

    private final StepCosts costs;
    private final HostOverhead host;

    KernelExecutor(StepCosts costs, HostOverhead host) {
        this.costs = costs;
        this.host = host;
    }

    /// The same hardware under another engine.
    public KernelExecutor with(HostOverhead other) {
        return new KernelExecutor(costs, other);
    }

    public HostOverhead host() {
        return host;
    }

    @Override
    public long execute(Step step) {
        double attention =
                step.prefillTokens() == 0
                        ? costs.decode(step.size(), step.contextTokens() + step.size(), 0)
                        : mixed(step);
        return Math.round(NANOS_PER_MICRO * whole(attention, step.tokens(), step.size()));
    }

    /// Microseconds of a step in which `decodes` sequences decode, over `cachedTokens` in all, and
    /// nothing else happens.
    public double decodeMicros(int decodes, long cachedTokens) {
        return whole(costs.decode(decodes, cachedTokens + decodes, 0), decodes, decodes);
    }

    /// Microseconds of a step that reads the next `chunk` tokens of each of `prompts`, after
    /// `context` tokens of each.
    public double prefillMicros(int prompts, int chunk, int context) {
        double attention =
                costs.promptGap()
                        + costs.attentionLaunch()
                        + prompts * costs.prefill(prompts, chunk, context);
        return whole(attention, prompts * chunk, prompts);
    }

    /// Microseconds of everything but attention and output, all layers together.
    public double denseMicros(int tokens) {
        return costs.dense(tokens);
    }

    private double whole(double attention, int tokens, int sequences) {
        return host.with(attention + costs.dense(tokens) + costs.head(sequences), sequences);
    }

    private double mixed(Step step) {
        int prefills = step.size() - step.decodes();
        long cachedTokens = 0;
        int decodes = 0;
        double micros = 0;
        for (int i = 0; i < step.size(); i++) {
            Sequence sequence = step.sequence(i);
            int tokens = step.tokens(i);
            if (tokens == 1) {
                decodes++;
                cachedTokens += sequence.computed() + 1L;
            } else {
                micros += costs.prefill(prefills, tokens, sequence.computed());
            }
        }
        return micros
                + costs.promptGap()
                + (decodes == 0
                        ? costs.attentionLaunch()
                        : costs.decode(decodes, cachedTokens, step.prefillTokens()));
    }
}
