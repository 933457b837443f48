package dev.touchstone.app.internal.simulate;

import dev.touchstone.llm.replay.ReplayReport;
import dev.touchstone.llm.replay.Trace;

/// A replay with everything it was made from.
///
/// @param traceName the trace's file, without its folder
/// @param stoppedEarly somebody stopped it before its end
public record Simulation(
        String traceName,
        Trace trace,
        SimulationSettings settings,
        ReplayReport report,
        boolean stoppedEarly) {

    long tracePromptTokens() {
        long tokens = 0;
        for (int i = 0; i < trace.size(); i++) {
            tokens += trace.promptTokens(i);
        }
        return tokens;
    }

    long traceOutputTokens() {
        long tokens = 0;
        for (int i = 0; i < trace.size(); i++) {
            tokens += trace.outputTokens(i);
        }
        return tokens;
    }

    /// Whether prompts shared anything.
    boolean sharedPrefixes() {
        return settings.prefixCache() && trace.hasPrefixIds();
    }
}
