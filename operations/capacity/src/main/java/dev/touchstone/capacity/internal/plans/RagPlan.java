package dev.touchstone.capacity.internal.plans;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.PlanBuilder;

/// Search with answers over permissioned documents: chunks, vectors, permissions, queries.
public final class RagPlan {
    private RagPlan() {}

    public static Plan create() {
        PlanBuilder plan =
                Plan.named(
                        "rag",
                        "Permissioned retrieval",
                        "How large is the index, how long does it take to build, and"
                                + " what do permissions and queries ask of it?");
        documentInputs(plan);
        queryInputs(plan);
        index(plan);
        queries(plan);
        return plan.headline("vectors", "chunks", "embed_time", "prompt_rate")
                .curve("chunk", "vectors")
                .build();
    }

    private static void documentInputs(PlanBuilder plan) {
        plan.count("wiki", "wiki pages", "doc", 3.2e6, 1e11, "RAG challenge G1")
                .count("drive", "files", "doc", 1.5e6, 1e11, "RAG challenge G1")
                .count("tickets", "tickets", "doc", 300_000, 1e11, "RAG challenge G1")
                .input(
                        "doc_tokens",
                        "length of a document",
                        "token/doc",
                        1_800,
                        1,
                        1e7,
                        "RAG challenge G1")
                .input("chunk", "length of a chunk", "token/chunk", 512, 8, 1e6, "RAG challenge G1")
                .input(
                        "overlap",
                        "repeated from the chunk before",
                        "token/chunk",
                        0,
                        0,
                        2_048,
                        "RAG challenge G1")
                .count(
                        "dimensions",
                        "numbers in a vector",
                        "number/chunk",
                        768,
                        1e5,
                        "RAG challenge G1")
                .input("element", "bytes of a number", "B/number", 2, 0.125, 8, "fp16")
                .count("links", "links of a vector in the graph (M)", "link/chunk", 32, 512, "HNSW")
                .input(
                        "token_text",
                        "bytes of text behind a token",
                        "B/token",
                        4,
                        0.5,
                        20,
                        "English");
    }

    private static void queryInputs(PlanBuilder plan) {
        plan.count("users", "users", "user", 50_000, 1e10, "RAG challenge G2")
                .share(
                        "visible",
                        "of the documents, seen by a median user",
                        35,
                        0,
                        "RAG challenge G2")
                .input(
                        "principals",
                        "principals of a file",
                        "principal/doc",
                        6,
                        0,
                        1e6,
                        "RAG challenge G2")
                .input(
                        "acl_changes",
                        "permission changes",
                        "change/h",
                        2_000,
                        0,
                        1e9,
                        "RAG challenge G3")
                .input(
                        "folder",
                        "documents behind a change",
                        "doc/change",
                        100,
                        1,
                        1e8,
                        "a folder moved")
                .input(
                        "peak_rate",
                        "queries, peak",
                        "request/min",
                        1_200,
                        1e-3,
                        1e9,
                        "RAG challenge G5")
                .input(
                        "mean_each",
                        "queries of a user, mean",
                        "request/user/h",
                        0.4,
                        1e-6,
                        1e4,
                        "correction E23")
                .count(
                        "cited",
                        "chunks in a prompt",
                        "chunk/request",
                        10,
                        1e4,
                        "of some 50 reranked")
                .input(
                        "embed_rate",
                        "chunks an embedder embeds",
                        "chunk/s/GPU",
                        500,
                        0.01,
                        1e6,
                        "small model, one GPU")
                .count(
                        "embedders",
                        "embedders",
                        "GPU",
                        4,
                        1e5,
                        "what one rebuild over night takes");
    }

    private static void index(PlanBuilder plan) {
        plan.require(
                        "overlap < chunk",
                        "overlap is {overlap}, the whole chunk only {chunk}; lower overlap")
                .step(
                        "docs",
                        "documents",
                        "wiki + drive + tickets",
                        "doc",
                        "Wiki, files and tickets (G1).")
                .step(
                        "tokens",
                        "tokens",
                        "docs * doc_tokens",
                        "token",
                        "The mean length times their number (G1).")
                .result(
                        "chunks",
                        "chunks",
                        "tokens / (chunk - overlap)",
                        "chunk",
                        "As if documents were one text; each adds half a chunk on average (G1).")
                .result(
                        "vectors",
                        "vectors",
                        "chunks * dimensions * element",
                        "B",
                        "One vector a chunk, ids and graph not counted (G1).")
                .step(
                        "graph",
                        "links of the graph",
                        "chunks * 2 * links * 4[B/link]",
                        "B",
                        "Two times M links of four bytes on the lowest level.")
                .step(
                        "text",
                        "text for keyword search and citing",
                        "tokens * token_text",
                        "B",
                        "Kept beside the vectors, or nothing could be cited.")
                .result(
                        "embed_time",
                        "embedding everything once",
                        "chunks / (embedders * embed_rate)",
                        "s",
                        "Embedding, not search, is what a first load waits for.");
    }

    private static void queries(PlanBuilder plan) {
        plan.step(
                        "seen",
                        "documents a median user sees",
                        "docs * visible",
                        "doc",
                        "Median over all users; a few see almost nothing (G2).")
                .slip(
                        "copies",
                        "documents in an index for each user",
                        "users * docs * visible / 1[user]",
                        "doc",
                        "Why permissions go into the query and not into copies.")
                .step(
                        "grants",
                        "entries for files",
                        "drive * principals",
                        "principal",
                        "Users and groups named on files, before groups are resolved (G2).")
                .step(
                        "acl_rate",
                        "permission changes",
                        "acl_changes",
                        "change/s",
                        "Spread evenly; reorganisations come in bursts (G3).")
                .result(
                        "acl_chunk_rate",
                        "chunks touched if each carries its own list",
                        "acl_changes * folder * doc_tokens / (chunk - overlap)",
                        "chunk/s",
                        "A permission graph beside the index touches one entry a change.")
                .step(
                        "mean_rate",
                        "queries, mean",
                        "users * mean_each",
                        "request/min",
                        "Over working hours, not over the day (E23).")
                .step(
                        "peak_each",
                        "queries of a user, peak",
                        "peak_rate / users",
                        "request/user/h",
                        "Everybody asks in the same busy minute (E23).")
                .step(
                        "peak_factor",
                        "peak over mean",
                        "peak_rate / mean_rate",
                        "×",
                        "What 1,200 a minute really is: not the mean (E23).")
                .result(
                        "prompt_rate",
                        "prompt tokens at peak",
                        "peak_rate * cited * chunk",
                        "token/s",
                        "What the LLM behind it has to prefill.")
                .check("the peak is not below the mean", "mean_rate <= peak_rate")
                .check("a first load takes less than a day", "embed_time <= 1[day]");
    }
}
