package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.PlanBuilder;

/// A chat service: keys and values, the time of a step, and the GPUs for a day's peak.
public final class LlmPlan {
    private LlmPlan() {}

    public static Plan create() {
        PlanBuilder plan =
                Plan.named(
                        "llm",
                        "LLM chat service",
                        "How many GPUs carry the peak, what holds them back, and what do a million"
                                + " tokens cost?");
        LlmInputs.addTo(plan);
        rates(plan);
        memory(plan);
        decode(plan);
        prefill(plan);
        fleet(plan);
        sessions(plan);
        return plan.headline("fleet", "step_time", "decode_rate", "cost")
                .curve("prompt", "fleet")
                .build();
    }

    private static void rates(PlanBuilder plan) {
        plan.require(
                        "kv_heads <= heads",
                        "kv_heads is {kv_heads} and heads {heads}: groups cannot outnumber query"
                                + " heads; lower kv_heads")
                .require(
                        "shared_prefix <= prompt",
                        "shared_prefix is {shared_prefix}, but the whole prompt is {prompt}; lower"
                                + " one or raise the other")
                .step(
                        "mean_rate",
                        "requests, mean",
                        "sessions * turns",
                        "request/s",
                        "Every open session asks at the mean rate.")
                .step(
                        "peak_rate",
                        "requests, peak",
                        "mean_rate * peak_factor",
                        "request/s",
                        "The busiest minutes of the day (L1).")
                .step(
                        "output_rate",
                        "output tokens, peak",
                        "peak_rate * output",
                        "token/s",
                        "What decoding has to deliver.");
    }

    private static void memory(PlanBuilder plan) {
        plan.step(
                        "weights",
                        "weights",
                        "parameters * weight_element",
                        "B",
                        "Every GPU holds a whole copy.")
                .require(
                        "weights + scratch * 1[GPU] < memory * 1[GPU]",
                        "weights of {weights} and {scratch} of scratch leave nothing of {memory} for"
                                + " keys and values; lower weight_element or raise memory")
                .result(
                        "kv_per_token",
                        "keys and values of a token",
                        "2 * layers * kv_heads * head_dim * kv_element",
                        "B/token",
                        "The 2 stands for one key and one value.")
                .slip(
                        "kv_per_token_mha",
                        "the same if every query head had its own",
                        "2 * layers * heads * head_dim * kv_element",
                        "B/token",
                        "Grouped heads divide it by heads ÷ kv_heads.")
                .step(
                        "page",
                        "a page of cache",
                        "page_tokens * kv_per_token",
                        "B",
                        "MiB, not KB. A sequence wastes less than one page (E16).")
                .step(
                        "pool",
                        "memory left for keys and values",
                        "memory - weights - scratch",
                        "B/GPU",
                        "What weights and activations leave; the engine takes all of it.")
                .result(
                        "pool_tokens",
                        "tokens the pool holds",
                        "pool / kv_per_token",
                        "token/GPU",
                        "GB over bytes; GB over KiB would give 2.4 % too many (E12).")
                .step(
                        "context",
                        "tokens of a sequence at its end",
                        "prompt + output",
                        "token/request",
                        "Keys and values of prompt and answer, both.")
                .result(
                        "sequences",
                        "sequences side by side",
                        "floor(pool_tokens / context)",
                        "sequence/GPU",
                        "Each at its full length; the mean is shorter, so this is on the safe side.")
                .require(
                        "1[sequence/GPU] <= sequences",
                        "the pool of {pool_tokens} cannot hold one sequence of {context}; shorten it,"
                                + " lower kv_element or raise memory");
    }

    private static void decode(PlanBuilder plan) {
        plan.step(
                        "floor_time",
                        "time of a step that reads nothing but weights",
                        "weights / (1[GPU] * bandwidth)",
                        "s",
                        "The floor, at a batch of one (L4).")
                .step(
                        "step_bytes",
                        "bytes read in a step",
                        "weights + sequences * context * kv_per_token",
                        "B/GPU",
                        "All weights and all resident keys and values (E13).")
                .result(
                        "step_time",
                        "time of a decode step",
                        "step_bytes / bandwidth",
                        "s",
                        "Decoding is bound by memory; each sequence gets one token (L4).")
                .result(
                        "decode_rate",
                        "output tokens of a GPU",
                        "sequences * 1[token/sequence] / step_time",
                        "token/s/GPU",
                        "The batch is full and every sequence gets a token in each step.")
                .slip(
                        "decode_rate_naive",
                        "the same if keys and values cost nothing to read",
                        "sequences * 1[token/sequence] / floor_time",
                        "token/s/GPU",
                        "The mistake that makes a fleet three times too small (E13).")
                .step(
                        "planned_rate",
                        "output tokens of a GPU, with the haircut",
                        "decode_rate * haircut",
                        "token/s/GPU",
                        "Batches are not always full, nor requests spread evenly.")
                .result(
                        "decode_gpus",
                        "GPUs for decoding at peak",
                        "ceil(output_rate / planned_rate)",
                        "GPU",
                        "GPUs that only decode, prompts done elsewhere (E13).")
                .step(
                        "static_rate",
                        "output tokens at the static batch",
                        "static_batch * 1[token/sequence]"
                                + " / ((weights + static_batch * context * kv_per_token)"
                                + " / (1[GPU] * bandwidth))",
                        "token/s/GPU",
                        "The same formula at the smaller batch, waiting for the longest answer left out.")
                .step(
                        "batching_gain",
                        "what the larger batch gains",
                        "decode_rate / static_rate",
                        "×",
                        "Less than the batches differ, for their keys and values are read too (E17).")
                .step(
                        "static_idle",
                        "slots idle while a static batch waits",
                        "1 - 1 / harmonic(static_batch)",
                        "%",
                        "For the longest answer, lengths being exponential (L5).");
    }

    private static void prefill(PlanBuilder plan) {
        plan.step(
                        "prefill_flop",
                        "arithmetic of a prompt",
                        "2[FLOP/token] * parameters * prompt",
                        "FLOP/request",
                        "A multiplication and an addition for each weight; attention left out.")
                .result(
                        "prefill_time",
                        "prefill on one GPU",
                        "prefill_flop * 1[request] / (1[GPU] * peak * mfu)",
                        "s",
                        "Bound by arithmetic (E14).")
                .step(
                        "prefill_load",
                        "GPUs' worth of prefill at peak",
                        "peak_rate * prefill_flop / (peak * mfu)",
                        "GPU",
                        "Every prompt is read in full (E14).")
                .result(
                        "prefill_gpus",
                        "GPUs for prefill at peak",
                        "ceil(prefill_load)",
                        "GPU",
                        "GPUs that only read prompts, never idle.")
                .step(
                        "prefix_saving",
                        "prefill saved by sharing the prefix",
                        "shared_requests * shared_prefix / prompt",
                        "%",
                        "Only those that share it save, and only that part (E17).")
                .step(
                        "prefill_load_shared",
                        "GPUs' worth of prefill, prefix shared",
                        "prefill_load * (1 - prefix_saving)",
                        "GPU",
                        "The common prefix is read once and kept (E14).")
                .step(
                        "kv_transfer",
                        "keys and values of a prompt",
                        "prompt * kv_per_token",
                        "B/request",
                        "What moves when prefill and decode are apart (E17).")
                .step(
                        "kv_transfer_rate",
                        "keys and values of all prompts at peak",
                        "peak_rate * kv_transfer",
                        "B/s",
                        "Between the GPUs that prefill and those that decode (E17).");
    }

    private static void fleet(PlanBuilder plan) {
        plan.step(
                        "decode_load",
                        "GPUs' worth of decoding, by memory",
                        "output_rate / decode_rate",
                        "GPU",
                        "Without the haircut.")
                .step(
                        "decode_arithmetic",
                        "GPUs' worth of decoding, by arithmetic",
                        "output_rate * 2[FLOP/token] * parameters / (peak * mfu)",
                        "GPU",
                        "Two FLOP a weight and token; little beside the memory traffic.")
                .result(
                        "fleet_overlapped",
                        "fleet if arithmetic and memory overlap perfectly",
                        "ceil(max(prefill_load + decode_arithmetic, decode_load))",
                        "GPU",
                        "The least that can be (E14).")
                .result(
                        "fleet_serial",
                        "fleet if prefill and decode take turns",
                        "ceil(prefill_load + decode_load)",
                        "GPU",
                        "A GPU does one or the other; nothing kept free (E14).")
                .result(
                        "fleet",
                        "fleet with the haircut",
                        "ceil((prefill_load + decode_load) / haircut)",
                        "GPU",
                        "Plan with this one until a load test says otherwise (E14).")
                .step(
                        "sustained_serial",
                        "serial fleet at the mean rate",
                        "ceil((prefill_load + decode_load) / peak_factor)",
                        "GPU",
                        "Scaled to the mean all day, perfectly (E15).")
                .step(
                        "sustained",
                        "fleet with the haircut at the mean rate",
                        "ceil((prefill_load + decode_load) / haircut / peak_factor)",
                        "GPU",
                        "What the autoscaler settles at (E15).")
                .step(
                        "token_rate",
                        "tokens in and out, mean",
                        "mean_rate * context",
                        "token/h",
                        "Prompts are billed as well as answers (E15).")
                .result(
                        "cost_serial",
                        "cost at the serial fleet's mean",
                        "sustained_serial * price / token_rate",
                        "$/1M tokens",
                        "The lower end (E15).")
                .result(
                        "cost",
                        "cost at the mean",
                        "sustained * price / token_rate",
                        "$/1M tokens",
                        "The upper end. At peak-sized all day it is peak_factor times that (E15).");
    }

    private static void sessions(PlanBuilder plan) {
        plan.step(
                        "idle_kv",
                        "keys and values of all open sessions",
                        "sessions * 1[request/session] * context * kv_per_token",
                        "B",
                        "What affinity alone would have to keep (E19).")
                .step(
                        "hbm",
                        "pools of the GPUs that decode",
                        "decode_gpus * pool",
                        "B",
                        "They hold a small part of it; the rest needs host memory or SSD (E19).")
                .step(
                        "kept",
                        "share of sessions they can keep",
                        "hbm / idle_kv",
                        "%",
                        "Every pool full of idle sessions, none left to run (E19).")
                .step(
                        "between_turns",
                        "time between a session's turns",
                        "1[request/session] / turns",
                        "s",
                        "The mean; people pause for minutes (E19).")
                .step(
                        "request_time",
                        "time of a request",
                        "prefill_time + output * 1[request] / 1[token] * step_time",
                        "s",
                        "One prefill, then one step a token.")
                .step(
                        "in_flight",
                        "requests in flight at peak",
                        "peak_rate * request_time",
                        "request",
                        "Little's law.")
                .check("the fleet holds all requests in flight", "in_flight <= fleet * sequences")
                .check(
                        "prefill alone leaves room below the TTFT objective",
                        "prefill_time <= ttft_slo")
                .check("a full batch meets the TPOT objective", "step_time <= tpot_slo")
                .check("the cost meets its target", "cost <= cost_target")
                .check(
                        "no GPU decodes faster than its memory lets it",
                        "decode_rate <= decode_rate_naive");
    }
}
