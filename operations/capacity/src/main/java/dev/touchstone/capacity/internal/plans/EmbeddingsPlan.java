package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;

/// A table of embeddings in memory: its size, the servers that hold it, and what compression saves.
public final class EmbeddingsPlan {
    private EmbeddingsPlan() {}

    public static Plan create() {
        return results(
                        inputs(
                                Plan.named(
                                        "embeddings",
                                        "Embedding table",
                                        "How large is the table, and how many servers hold it?")))
                .build();
    }

    private static Plan.Builder inputs(Plan.Builder plan) {
        return plan.count("rows", "rows", "row", 500e6, 1e13, "D3")
                .count("dimensions", "numbers in a row", "number/row", 128, 1e5, "D3")
                .input("element", "bytes of a number", "B/number", 2, 0.125, 8, "fp16")
                .input(
                        "row_overhead",
                        "bytes of a row besides",
                        "B/row",
                        24,
                        0,
                        1e4,
                        "id and hash slot")
                .input("ram", "memory of a server", "GB/server", 64, 0.1, 1e6, "D3")
                .input("reserved", "of it not for the table", "GB/server", 16, 0, 1e6, "D3")
                .count("copies", "copies of each shard", "", 2, 1_000, "one may fail")
                .count(
                        "subvectors",
                        "parts of a compressed row",
                        "code/row",
                        16,
                        1e5,
                        "product quantisation")
                .count("centroids", "centroids of a part", "", 256, 65_536, "one byte a code")
                .input("code", "bytes of a code", "B/code", 1, 0.125, 8, "D6");
    }

    private static Plan.Builder results(Plan.Builder plan) {
        return plan.require(
                        "reserved < ram",
                        "reserved is {reserved}, all of {ram}; nothing is left for the table")
                .require(
                        "dimensions <= floor(dimensions / subvectors) * subvectors",
                        "{dimensions} cannot be cut into {subvectors} equal parts; choose a divisor")
                .result("table", "table", "rows * dimensions * element", "B", "D3")
                .step("usable", "memory of a server for it", "ram - reserved", "B/server", "D3")
                .result("shards", "shards", "ceil(table / usable)", "shard", "D3")
                .step(
                        "table_stored",
                        "table with what each row costs besides",
                        "rows * (dimensions * element + row_overhead)",
                        "B",
                        "D3: what a hash table really takes.")
                .result(
                        "shards_stored",
                        "shards for that",
                        "ceil(table_stored / usable)",
                        "shard",
                        "D3")
                .step("servers", "servers with copies", "shards_stored * copies", "server", "")
                .step("table_int8", "table in int8", "rows * dimensions * 1[B/number]", "B", "D3")
                .step("shards_int8", "shards for that", "ceil(table_int8 / usable)", "shard", "D3")
                .result(
                        "codes",
                        "table as codes",
                        "rows * subvectors * code",
                        "B",
                        "D6: product quantisation.")
                .step("ratio", "times smaller", "table / codes", "×", "D6: paid for in recall.")
                .step(
                        "codebook",
                        "codebook",
                        "centroids * 1[row] * dimensions * 4[B/number]",
                        "B",
                        "D6: for each part its centroids, together as wide as a row.")
                .check("compression compresses", "codes <= table")
                .check("the codebook is small beside the codes", "codebook <= codes / 10");
    }
}
