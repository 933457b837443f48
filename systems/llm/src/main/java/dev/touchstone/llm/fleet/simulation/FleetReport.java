package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.replay.Latency;
import java.time.Duration;

/// What a simulation came to.
///
/// @param complete false when it was stopped before its load was through; every figure then covers
///   what was simulated
/// @param outcomes what became of the requests
/// @param duration virtual time to the end of the last step
/// @param tokens that went through the replicas
/// @param ttft from a user's request, retries and the way there and back included, to the first
///   token
/// @param tpot mean gap between a request's tokens, over requests with at least two
/// @param itl every gap between two tokens
/// @param queueing from arrival at a replica to the first step that takes part
/// @param latency to the last token
/// @param load of the replicas
/// @param cost of the replicas
/// @param hash of everything that happened, in order: equal for equal runs
public record FleetReport(
        boolean complete,
        Outcomes outcomes,
        Duration duration,
        Tokens tokens,
        Latency ttft,
        Latency tpot,
        Latency itl,
        Latency queueing,
        Latency latency,
        Fleet load,
        Cost cost,
        FleetCourse course,
        String hash) {

    /// Every request is counted once among the finished and those from `rejected` to `unfinished`.
    ///
    /// @param requests that came
    /// @param finished with their whole answer
    /// @param inTime among the finished, those that got what they were promised: the first token
    ///   and the mean gap of the others
    /// @param shortened among the finished, those whose answer was cut by the ladder
    /// @param rejected because every queue was full or nobody was there
    /// @param neverFits larger than a replica's whole cache
    /// @param failed lost with their replica and not sent again
    /// @param shed turned away by the ladder for their low priority
    /// @param fallback given to the small model by the ladder
    /// @param timedOut waited longer than they were willing to
    /// @param unfinished when the simulation ended
    /// @param retries sent again after a failure or a refusal
    /// @param deferred times that a request was told when to come back
    /// @param preemptions sequences that lost their memory and started over
    public record Outcomes(
            long requests,
            long finished,
            long inTime,
            long shortened,
            long rejected,
            long neverFits,
            long failed,
            long shed,
            long fallback,
            long timedOut,
            long unfinished,
            long retries,
            long deferred,
            long preemptions) {}

    /// @param prompt of requests whose answer began, cached ones included
    /// @param cached prompt tokens among them found in a cache
    /// @param computed pushed through the model, prompts and answers
    /// @param copied from replicas that read prompts to others that write the answers
    /// @param output put out
    public record Tokens(long prompt, long cached, long computed, long copied, long output) {
        /// Share of the prompt tokens that were found in a cache.
        public double hitShare() {
            return prompt == 0 ? 0 : (double) cached / prompt;
        }
    }

    /// @param meanReplicas over time
    /// @param mostReplicas at any time
    /// @param busy share of the replicas' time in which they computed
    /// @param kvMean share of all caches in use, over time
    /// @param kvPeak greatest share that any replica had in use when metrics were read
    /// @param imbalance work of the replica that had the most, by time in service, over the mean
    /// @param steps forward passes
    public record Fleet(
            double meanReplicas,
            int mostReplicas,
            double busy,
            double kvMean,
            double kvPeak,
            double imbalance,
            long steps) {}

    /// @param replicaHours paid for
    /// @param dollars in all
    /// @param perMillionTokens dollars for a million tokens, prompts and answers together
    /// @param perMillionOutputTokens dollars for a million answer tokens
    public record Cost(
            double replicaHours,
            double dollars,
            double perMillionTokens,
            double perMillionOutputTokens) {}

    /// Finished requests per second.
    public double requestsPerSecond() {
        return outcomes.finished() / (duration.toNanos() / 1e9);
    }
}
