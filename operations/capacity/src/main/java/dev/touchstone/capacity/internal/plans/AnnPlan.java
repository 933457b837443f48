package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.PlanBuilder;

/// Nearest-neighbour search: what an exact index, a graph and compressed codes cost in memory.
public final class AnnPlan {
    private AnnPlan() {}

    public static Plan create() {
        PlanBuilder plan =
                Plan.named(
                        "ann",
                        "Nearest-neighbour index",
                        "How much memory do an exact index, HNSW and IVF-PQ take?");
        inputs(plan);
        graphs(plan);
        codes(plan);
        servers(plan);
        return plan.headline("hnsw", "ivfpq", "exact", "ratio").curve("vectors", "hnsw").build();
    }

    private static void inputs(PlanBuilder plan) {
        plan.count("vectors", "vectors", "vector", 100e6, 1e13, "drill D6")
                .count("dimensions", "numbers in a vector", "number/vector", 768, 1e5, "drill D6")
                .input("element", "bytes of a number", "B/number", 4, 0.125, 8, "fp32")
                .count("links", "links of a vector (M)", "link/vector", 32, 512, "correction E44")
                .count(
                        "subvectors",
                        "parts of a compressed vector",
                        "code/vector",
                        96,
                        1e5,
                        "drill D6")
                .count(
                        "centroids",
                        "centroids of a part",
                        "",
                        256,
                        65_536,
                        "drill D6: one byte a code")
                .input("code", "bytes of a code", "B/code", 1, 0.125, 8, "drill D6")
                .input("id", "bytes of an id", "B/vector", 8, 0, 64, "correction E44")
                .count("lists", "inverted lists", "list", 65_536, 1e9, "some multiple of √n")
                .count("probes", "lists read for a query", "list", 64, 1e9, "recall against time")
                .input(
                        "ram",
                        "memory of a server",
                        "GB/server",
                        256,
                        1,
                        1e6,
                        "a usual size in 2026")
                .share(
                        "fill",
                        "share of memory for the index",
                        80,
                        1,
                        "the system, and room to grow")
                .input(
                        "bandwidth",
                        "memory bandwidth of a server",
                        "GB/s",
                        200,
                        0.1,
                        1e6,
                        "two sockets");
    }

    private static void graphs(PlanBuilder plan) {
        plan.require(
                        "dimensions <= floor(dimensions / subvectors) * subvectors",
                        "{dimensions} cannot be cut into {subvectors} equal parts; choose a divisor")
                .require(
                        "probes <= lists",
                        "probes is {probes}, but there are only {lists}; lower it")
                .result(
                        "exact",
                        "vectors as they are",
                        "vectors * dimensions * element",
                        "B",
                        "Nothing but the numbers: no ids, no copies (D6).")
                .step(
                        "exact_half",
                        "vectors in fp16",
                        "vectors * dimensions * 2[B/number]",
                        "B",
                        "Half the bytes for a loss that searches rarely notice.")
                .step(
                        "graph",
                        "links of an HNSW graph",
                        "vectors * 4[B/link] * (2 * links + links / (links - 1))",
                        "B",
                        "2 M on the lowest level; the levels above add M for one vector in M.")
                .require(
                        "1 < links",
                        "links is {links}; a graph of one link is a chain, take 8 or more")
                .result(
                        "hnsw",
                        "HNSW over vectors as they are",
                        "exact + graph",
                        "B",
                        "Graph and vectors both in memory, for a hop may lead anywhere (E44).")
                .result(
                        "hnsw_half",
                        "HNSW over fp16",
                        "exact_half + graph",
                        "B",
                        "The graph stays, only the vectors shrink (E44).")
                .result(
                        "hnsw_int8",
                        "HNSW over int8",
                        "vectors * dimensions * 1[B/number] + graph",
                        "B",
                        "One byte a number; distances are then approximate (E44).");
    }

    private static void codes(PlanBuilder plan) {
        plan.result(
                        "codes",
                        "codes alone",
                        "vectors * subvectors * code",
                        "B",
                        "9.6 GB is 8.94 GiB; 9.4 GB mixes the two (D6, E44).")
                .result(
                        "ratio",
                        "times smaller",
                        "exact / codes",
                        "×",
                        "Numbers of a vector times their bytes, over its codes: whatever the number of vectors (D6).")
                .step(
                        "codebook",
                        "codebook",
                        "centroids * 1[vector] * dimensions * 4[B/number]",
                        "B",
                        "For each part its centroids in fp32, together as wide as a vector; shared by all (D6).")
                .step(
                        "ids",
                        "ids",
                        "vectors * id",
                        "B",
                        "A list holds its vectors in an order of its own, so each carries its id.")
                .step(
                        "codes_ids",
                        "codes with ids",
                        "codes + ids",
                        "B",
                        "What a list really stores (E44).")
                .step(
                        "coarse",
                        "centroids of the lists",
                        "lists * dimensions * 4[B/number]",
                        "B",
                        "One vector in fp32 for each list, compared with every query.")
                .result(
                        "ivfpq",
                        "IVF-PQ",
                        "codes_ids + codebook + coarse",
                        "B",
                        "Lists, codes, ids and centroids; the vectors themselves may stay on disk.");
    }

    private static void servers(PlanBuilder plan) {
        plan.step(
                        "exact_servers",
                        "servers: exact",
                        "ceil(exact / (ram * fill))",
                        "server",
                        "Each holds a part and searches it whole.")
                .step(
                        "hnsw_servers",
                        "servers: HNSW",
                        "ceil(hnsw / (ram * fill))",
                        "server",
                        "Each holds a graph of its part; a query asks all of them.")
                .step(
                        "ivfpq_servers",
                        "servers: IVF-PQ",
                        "ceil(ivfpq / (ram * fill))",
                        "server",
                        "A query asks all of them here too, but they are few.")
                .step(
                        "exact_scan",
                        "an exact query, memory alone",
                        "exact / bandwidth",
                        "s",
                        "On one server's bandwidth.")
                .step(
                        "ivfpq_scan",
                        "an IVF-PQ query, memory alone",
                        "(coarse + codes * probes / lists) / bandwidth",
                        "s",
                        "All centroids, then the codes of the probed lists.")
                .check("codes are smaller than vectors", "codes <= exact")
                .check("a list holds some vectors", "10 <= vectors / lists");
    }
}
