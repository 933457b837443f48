package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.PlanBuilder;

/// A table of embeddings in memory: its size, the servers that hold it, and what compression saves.
public final class EmbeddingsPlan {
    private EmbeddingsPlan() {}

    public static Plan create() {
        PlanBuilder plan =
                Plan.named(
                        "embeddings",
                        "Embedding table",
                        "How large is the table, and how many servers hold it?");
        inputs(plan);
        table(plan);
        codes(plan);
        return plan.headline("shards_stored", "table", "codes")
                .curve("rows", "shards_stored")
                .build();
    }

    private static void inputs(PlanBuilder plan) {
        plan.count("rows", "rows", "row", 500e6, 1e13, "drill D3")
                .count("dimensions", "numbers in a row", "number/row", 128, 1e5, "drill D3")
                .input("element", "bytes of a number", "B/number", 2, 0.125, 8, "fp16")
                .input(
                        "row_overhead",
                        "bytes of a row besides",
                        "B/row",
                        24,
                        0,
                        1e4,
                        "id and hash slot")
                .input("ram", "memory of a server", "GB/server", 64, 0.1, 1e6, "drill D3")
                .input(
                        "reserved",
                        "memory of a server not for the table",
                        "GB/server",
                        16,
                        0,
                        1e6,
                        "drill D3")
                .count("copies", "copies of each shard", "", 2, 1_000, "one may fail")
                .count(
                        "subvectors",
                        "parts of a compressed row",
                        "code/row",
                        16,
                        1e5,
                        "product quantisation")
                .count("centroids", "centroids of a part", "", 256, 65_536, "one byte a code")
                .input("code", "bytes of a code", "B/code", 1, 0.125, 8, "drill D6");
    }

    private static void table(PlanBuilder plan) {
        plan.require(
                        "reserved < ram",
                        "reserved is {reserved}, all of {ram}; nothing is left for the table")
                .require(
                        "dimensions <= floor(dimensions / subvectors) * subvectors",
                        "{dimensions} cannot be cut into {subvectors} equal parts; choose a divisor")
                .result(
                        "table",
                        "table",
                        "rows * dimensions * element",
                        "B",
                        "Nothing but the numbers (D3).")
                .step(
                        "usable",
                        "memory of a server for it",
                        "ram - reserved",
                        "B/server",
                        "The system, the process and its buffers take the rest (D3).")
                .result(
                        "shards",
                        "shards",
                        "ceil(table / usable)",
                        "shard",
                        "Each server holds one shard, once (D3).")
                .step(
                        "table_stored",
                        "table with what each row costs besides",
                        "rows * (dimensions * element + row_overhead)",
                        "B",
                        "What a hash table really takes (D3).")
                .result(
                        "shards_stored",
                        "shards, row overhead counted",
                        "ceil(table_stored / usable)",
                        "shard",
                        "The same servers, with ids and hash slots counted (D3).")
                .step(
                        "servers",
                        "servers with copies",
                        "shards_stored * copies",
                        "server",
                        "Copies on servers of their own, or they fail together.")
                .step(
                        "table_int8",
                        "table in int8",
                        "rows * dimensions * 1[B/number]",
                        "B",
                        "One byte a number, with a scale for each row left out (D3).")
                .step(
                        "shards_int8",
                        "shards in int8",
                        "ceil(table_int8 / usable)",
                        "shard",
                        "Half the bytes of fp16 need not halve the servers: they round up (D3).");
    }

    private static void codes(PlanBuilder plan) {
        plan.result(
                        "codes",
                        "table as codes",
                        "rows * subvectors * code",
                        "B",
                        "Product quantisation (D6).")
                .step("ratio", "times smaller", "table / codes", "×", "Paid for in recall (D6).")
                .step(
                        "codebook",
                        "codebook",
                        "centroids * 1[row] * dimensions * 4[B/number]",
                        "B",
                        "For each part its centroids, together as wide as a row (D6).")
                .check("compression compresses", "codes <= table")
                .check("the codebook is small beside the codes", "codebook <= codes / 10");
    }
}
