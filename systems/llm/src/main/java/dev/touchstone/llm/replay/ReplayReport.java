package dev.touchstone.llm.replay;

import java.time.Duration;

/// What a replay came to. Every request of the trace is counted in exactly one of `finished`,
/// `refusedNeverFits`, `refusedQueueFull` and `unfinished`.
///
/// @param requests in the trace
/// @param finished with all their answer tokens
/// @param refusedNeverFits larger than a replica's whole cache
/// @param refusedQueueFull came when as many waited as may
/// @param unfinished or never arrived: the replay was stopped, or the policy never lets them run
/// @param duration virtual time from the first arrival to the end of the last step
/// @param promptTokens of requests whose answer began, cached ones included
/// @param cachedTokens prompt tokens among them that were found in the prefix cache
/// @param prefillTokens pushed through the model in prefill: prompts less what was cached, plus
///   what preemption made necessary again
/// @param outputTokens answer tokens, those of unfinished requests included
/// @param ttft from arrival to the first token: time to first token
/// @param tpot mean gap between a request's tokens, over requests with at least two: time per
///   output token
/// @param itl every gap between two tokens of a request: inter-token latency
/// @param queueing from arrival to the first step that takes part
/// @param preemptions how often a sequence lost its memory and started over
/// @param steps forward passes, all replicas together
/// @param busy share of the replicas' time that they spent in steps
/// @param kvPeak greatest share of its cache that any replica had in use
/// @param kvMean share of all caches in use, over time
public record ReplayReport(
        int requests,
        int finished,
        int refusedNeverFits,
        int refusedQueueFull,
        int unfinished,
        Duration duration,
        long promptTokens,
        long cachedTokens,
        long prefillTokens,
        long outputTokens,
        Latency ttft,
        Latency tpot,
        Latency itl,
        Latency queueing,
        long preemptions,
        long steps,
        double busy,
        double kvPeak,
        double kvMean,
        ReplayCourse course) {

    /// Requests that were turned away.
    public int refused() {
        return refusedNeverFits + refusedQueueFull;
    }

    /// Prompt tokens per second of virtual time, cached ones included.
    public double promptTokensPerSecond() {
        return promptTokens / seconds();
    }

    /// Answer tokens per second of virtual time.
    public double outputTokensPerSecond() {
        return outputTokens / seconds();
    }

    /// Finished requests per second of virtual time.
    public double requestsPerSecond() {
        return finished / seconds();
    }

    private double seconds() {
        return duration.toNanos() / 1e9;
    }
}
