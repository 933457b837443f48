package dev.touchstone.arena.design;

import dev.touchstone.llm.fleet.simulation.FleetReport;
import java.util.List;
import java.util.Optional;

/// What a design came to under one load: a [DesignTrial] without its charts, to be kept.
///
/// @param times as many users as in the challenge
/// @param kept whether everyone was served within the promise
/// @param ttftP95Seconds time to first token that 95 % of the answers keep
/// @param tpotP95Seconds time per token that 95 % of the answers keep
/// @param dollarsPerMillionTokens prompts and answers together
/// @param lostShare of the requests that got no answer, or the small model's
/// @param kvMean share of the memory for keys and values in use, on average
/// @param breaches what broke, the first first
public record TrialResult(
        int times,
        boolean kept,
        double ttftP95Seconds,
        double tpotP95Seconds,
        double dollarsPerMillionTokens,
        double lostShare,
        double kvMean,
        List<Breach> breaches) {
    public TrialResult {
        breaches = List.copyOf(breaches);
    }

    static TrialResult of(DesignTrial trial) {
        FleetReport report = trial.report();
        return new TrialResult(
                trial.times(),
                trial.kept(),
                finite(report.ttft().p95Seconds()),
                finite(report.tpot().p95Seconds()),
                finite(report.cost().perMillionTokens()),
                trial.lostShare(),
                finite(report.load().kvMean()),
                trial.breaches());
    }

    /// A fleet that finished nothing has no times and no cost a token; zero stands for none.
    private static double finite(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    /// What broke first; empty when nothing did.
    public Optional<Breach> first() {
        return breaches.stream().findFirst();
    }
}
