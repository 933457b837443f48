package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.PlanBuilder;

/// What a chat service is sized from: who asks, which model answers, and on what.
final class LlmInputs {
    private LlmInputs() {}

    static void addTo(PlanBuilder plan) {
        demand(plan);
        model(plan);
        hardware(plan);
    }

    private static void demand(PlanBuilder plan) {
        plan.count("sessions", "sessions open at once", "session", 50_000, 1e9, "LLM challenge L1")
                .input(
                        "turns",
                        "requests of a session in an hour",
                        "request/session/h",
                        4,
                        1e-3,
                        3_600,
                        "LLM challenge L1")
                .input(
                        "peak_factor",
                        "peak over mean",
                        "",
                        3,
                        1,
                        100,
                        "LLM challenge L1: the daily peak")
                .input("prompt", "prompt", "token/request", 1_500, 1, 1e7, "LLM challenge L1")
                .input("output", "answer", "token/request", 400, 1, 1e6, "LLM challenge L1")
                .share(
                        "shared_requests",
                        "requests with a common prefix",
                        80,
                        0,
                        "LLM challenge L8")
                .input(
                        "shared_prefix",
                        "common prefix",
                        "token/request",
                        500,
                        0,
                        1e6,
                        "LLM challenge L8")
                .input(
                        "ttft_slo",
                        "time to first token, at most",
                        "ms",
                        800,
                        1,
                        1e6,
                        "LLM challenge L2")
                .input(
                        "tpot_slo",
                        "time per output token, at most",
                        "ms",
                        60,
                        0.1,
                        1e5,
                        "LLM challenge L2")
                .input(
                        "cost_target",
                        "cost, at most",
                        "$/1M tokens",
                        2,
                        1e-4,
                        1e4,
                        "LLM challenge L2");
    }

    private static void model(PlanBuilder plan) {
        plan.input("parameters", "parameters", "parameter", 13e9, 1e6, 1e14, "LLM challenge L3")
                .input(
                        "weight_element",
                        "bytes of a weight",
                        "B/parameter",
                        2,
                        0.25,
                        8,
                        "fp16; int4 is 0.5")
                .count("layers", "layers", "layer", 40, 1_000, "LLM challenge L3")
                .count("heads", "query heads", "head/layer", 40, 1_000, "LLM challenge L3")
                .count(
                        "kv_heads",
                        "heads with keys and values",
                        "head/layer",
                        8,
                        1_000,
                        "LLM challenge L3: grouped")
                .count(
                        "head_dim",
                        "numbers in a head's vector",
                        "number/head",
                        128,
                        4_096,
                        "LLM challenge L3")
                .input(
                        "kv_element",
                        "bytes of a key or value",
                        "B/number",
                        2,
                        0.25,
                        8,
                        "fp16; fp8 is 1");
    }

    private static void hardware(PlanBuilder plan) {
        plan.input("memory", "GPU memory", "GB/GPU", 80, 1, 1e4, "H100 SXM data sheet")
                .input(
                        "scratch",
                        "kept free for activations",
                        "GB/GPU",
                        4,
                        0,
                        1e3,
                        "LLM challenge L3")
                .input("bandwidth", "memory bandwidth", "TB/s/GPU", 3.35, 0.01, 1e3, "H100 SXM")
                .input(
                        "peak",
                        "peak arithmetic, dense",
                        "TFLOP/s/GPU",
                        989,
                        1,
                        1e6,
                        "H100 SXM, BF16 without sparsity")
                .share(
                        "mfu",
                        "share of peak that prefill reaches",
                        50,
                        0.1,
                        "correction E14: long prompts")
                .share("haircut", "share of capacity planned for", 70, 1, "routing, bursts, stalls")
                .count(
                        "page_tokens",
                        "tokens in a page of cache",
                        "token",
                        16,
                        65_536,
                        "LLM challenge L7")
                .count(
                        "static_batch",
                        "batch of a static server",
                        "sequence",
                        32,
                        1e5,
                        "LLM challenge L5")
                .input(
                        "price",
                        "price",
                        "$/GPU/h",
                        3,
                        0.01,
                        1e3,
                        "on-demand H100, 2026: 2.7 to 12");
    }
}
