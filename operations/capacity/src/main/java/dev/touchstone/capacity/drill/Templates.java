package dev.touchstone.capacity.drill;

import static dev.touchstone.capacity.drill.Template.Mistake.slip;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.drill.Template.Ask;
import java.util.List;
import java.util.Map;

/// The eight kinds of drill.
final class Templates {
    static final List<Template> ALL =
            List.of(
                    rankingGpus(),
                    kvCache(),
                    embeddingShards(),
                    partitions(),
                    trainingTime(),
                    annMemory(),
                    servingCost(),
                    allreduce());

    private static final String ROUND_UP = "half a machine cannot be bought: round up at the end";

    private Templates() {}

    private static Template rankingGpus() {
        Plan plan =
                Plan.named("ranker", "GPUs of a ranker", "How many GPUs rank the peak?")
                        .input("flop", "arithmetic of a request", "GFLOP/request", 2, 1e-3, 1e9, "")
                        .input("rate", "requests at peak", "request/s", 5_000, 1, 1e9, "")
                        .input("peak", "peak arithmetic", "TFLOP/s/GPU", 312, 1, 1e6, "")
                        .share("utilization", "share of it to use", 60, 1, "")
                        .count("spares", "spare GPUs", "GPU", 1, 100, "")
                        .step("demand", "arithmetic at peak", "flop * rate", "FLOP/s", "")
                        .step("usable", "of a GPU", "peak * utilization", "FLOP/s/GPU", "")
                        .step("exact", "GPUs' worth", "demand / usable", "GPU", "")
                        .step("gpus", "GPUs", "ceil(exact)", "GPU", "")
                        .result("deployed", "GPUs with a spare", "gpus + spares", "GPU", "")
                        .result(
                                "per_gpu",
                                "requests of a GPU",
                                "usable / flop",
                                "request/s/GPU",
                                "")
                        .build();
        return new Template(
                "D1",
                "GPUs of a ranking service",
                plan,
                Map.of(
                        "flop",
                                List.of(
                                        "2 GFLOP",
                                        "5 GFLOP",
                                        "20 GFLOP",
                                        "50 GFLOP",
                                        "80 GFLOP",
                                        "100 GFLOP",
                                        "200 GFLOP",
                                        "400 GFLOP"),
                        "rate",
                                List.of(
                                        "5000/s", "1000/s", "2000/s", "8000/s", "12000/s",
                                        "20000/s", "30000/s", "50000/s"),
                        "peak", List.of("312 TFLOP/s", "989 TFLOP/s", "362 TFLOP/s"),
                        "utilization", List.of("60 %", "40 %", "50 %", "70 %")),
                "1[GPU] < gpus",
                List.of(
                        new Ask(
                                "deployed",
                                "A request to a ranking model costs {flop}; at peak there are {rate}."
                                        + " The GPUs peak at {peak} and should not be used beyond"
                                        + " {utilization} of that. How many do you order, if service"
                                        + " must go on at peak with one of them broken?",
                                "GPU",
                                true,
                                List.of(
                                        slip(
                                                "gpus",
                                                "no spare",
                                                "one more than the load needs, or a failure is an outage"),
                                        slip(
                                                "ceil(demand / peak) + spares",
                                                "the utilisation forgotten",
                                                "divide by peak × utilisation: no GPU runs at its data sheet"),
                                        slip(
                                                "ceil(demand / peak)",
                                                "utilisation and spare forgotten",
                                                "divide by peak × utilisation, round up, add the spare"),
                                        slip(
                                                "ceil(demand * utilization / peak) + spares",
                                                "multiplied by the utilisation instead of divided",
                                                "a lower utilisation means more GPUs"),
                                        slip("floor(exact) + spares", "rounded down", ROUND_UP),
                                        slip("exact + spares", "not rounded up", ROUND_UP),
                                        slip("exact", "not rounded up, and no spare", ROUND_UP),
                                        slip(
                                                "ceil(exact / 2) + spares",
                                                "the peak with sparsity",
                                                "vendors' largest figures count zeros; take the dense one"),
                                        slip(
                                                "ceil(exact * 2) + spares",
                                                "a multiply-add counted again",
                                                "the FLOP of a request are FLOP already"),
                                        slip(
                                                "ceil(exact * 1000) + spares",
                                                "a prefix off: a thousand too much or too little",
                                                "giga is 9, tera is 12"))),
                        new Ask(
                                "per_gpu",
                                "Ranking takes {flop}. A GPU peaks at {peak}, and {utilization} of that"
                                        + " is reached in practice. How many requests a second can one"
                                        + " GPU take?",
                                "request/s/GPU",
                                false,
                                List.of(
                                        slip(
                                                "peak / flop",
                                                "the utilisation forgotten",
                                                "multiply the peak by the utilisation"),
                                        slip(
                                                "peak / utilization / flop",
                                                "divided by the utilisation instead of multiplied",
                                                "what is reached is less than the peak"),
                                        slip(
                                                "2 * usable / flop",
                                                "the peak with sparsity",
                                                "vendors' largest figures count zeros; take the dense one"),
                                        slip(
                                                "usable / (2 * flop)",
                                                "a multiply-add counted again",
                                                "the FLOP of a request are FLOP already")))));
    }

    private static Template kvCache() {
        Plan plan =
                Plan.named("kv", "Keys and values", "How much memory do open sessions take?")
                        .count("layers", "layers", "layer", 40, 1_000, "")
                        .count("heads", "heads", "head/layer", 40, 1_000, "")
                        .count("kv_heads", "heads with keys and values", "head/layer", 8, 1_000, "")
                        .count("head_dim", "numbers in a vector", "number/head", 128, 4_096, "")
                        .input("element", "bytes of a number", "B/number", 2, 1, 4, "")
                        .count("tokens", "context of a session", "token/session", 8_192, 1e7, "")
                        .count("sessions", "sessions", "session", 64, 1e6, "")
                        .require("kv_heads <= heads", "groups cannot outnumber heads")
                        .result(
                                "per_token",
                                "a token",
                                "2 * layers * heads * head_dim * element",
                                "B/token",
                                "a key and a value")
                        .step("per_session", "a session", "per_token * tokens", "B/session", "")
                        .result("total", "all sessions", "per_session * sessions", "B", "")
                        .step(
                                "per_token_grouped",
                                "a token",
                                "2 * layers * kv_heads * head_dim * element",
                                "B/token",
                                "a key and a value")
                        .step(
                                "per_session_grouped",
                                "a session",
                                "per_token_grouped * tokens",
                                "B/session",
                                "")
                        .result(
                                "total_grouped",
                                "all sessions",
                                "per_session_grouped * sessions",
                                "B",
                                "")
                        .build();
        return new Template(
                "D2",
                "Memory for keys and values",
                plan,
                Map.of(
                        "layers", List.of("40", "32", "48", "60", "80"),
                        "heads", List.of("40", "32", "64"),
                        "kv_heads", List.of("8", "4", "10", "16"),
                        "head_dim", List.of("128", "64", "96"),
                        "element", List.of("2 B", "1 B", "4 B"),
                        "tokens", List.of("8192", "2048", "4096", "16384", "32768"),
                        "sessions", List.of("64", "16", "24", "100", "200")),
                "2 * kv_heads <= heads",
                List.of(
                        new Ask(
                                "total",
                                "A model has {layers} of {heads} each, and every head keeps keys and"
                                        + " values of its own: vectors of {head_dim} at {element}. How"
                                        + " much memory do {sessions} take, each with a context of"
                                        + " {tokens}?",
                                "B",
                                false,
                                kvMistakes("total", "per_token", "heads")),
                        new Ask(
                                "per_token",
                                "{layers}, {heads} a layer, a key and a value for every head, each"
                                        + " {head_dim} at {element}: what does one token of context cost"
                                        + " in memory?",
                                "B/token",
                                false,
                                List.of(
                                        slip(
                                                "per_token / 2",
                                                "K and V forgotten",
                                                "a token leaves a key and a value: times two"),
                                        slip(
                                                "per_token * 1[B/number] / element",
                                                "bytes of a number forgotten",
                                                "numbers are not bytes: times the size of the type"),
                                        slip(
                                                "per_token / layers",
                                                "the layers forgotten",
                                                "every layer keeps its own"),
                                        slip(
                                                "per_token / heads",
                                                "the heads forgotten",
                                                "every head keeps its own"),
                                        slip(
                                                "per_token * kv_heads / heads",
                                                "grouped heads assumed",
                                                "here every head has its own keys and values"))),
                        new Ask(
                                "total_grouped",
                                "A model of {layers} with {heads} a layer shares keys and values within"
                                        + " groups, so that those of {kv_heads} are stored, vectors of"
                                        + " {head_dim} at {element}. What do {sessions} occupy, each"
                                        + " with {tokens}?",
                                "B",
                                false,
                                kvMistakes("total_grouped", "per_token_grouped", "kv_heads"))));
    }

    private static List<Template.Mistake> kvMistakes(String total, String token, String heads) {
        return List.of(
                slip(
                        total + " / 2",
                        "K and V forgotten",
                        "a token leaves a key and a value: times two"),
                slip(
                        total + " * 1[B/number] / element",
                        "bytes of a number forgotten",
                        "numbers are not bytes: times the size of the type"),
                slip(total + " / layers", "the layers forgotten", "every layer keeps its own"),
                slip(total + " / " + heads, "the heads forgotten", "every head keeps its own"),
                slip(
                        total + " / head_dim",
                        "the length of the vectors forgotten",
                        "a head keeps vectors, not numbers"),
                slip(total + " / sessions", "one session only", "times the sessions"),
                slip(
                        token + " * sessions",
                        "one token of each session only",
                        "times the tokens of a session"),
                slip(
                        "per_token * tokens * sessions",
                        "grouping forgotten",
                        "only the heads that are stored count"),
                slip(
                        "total_grouped * kv_heads / heads",
                        "grouped twice",
                        "the stored heads are given; no further division"),
                slip(
                        "total_grouped",
                        "grouped heads assumed",
                        "here every head has its own keys and values"));
    }

    private static Template embeddingShards() {
        return new Template(
                "D3",
                "Servers for an embedding table",
                Plans.named("embeddings"),
                Map.of(
                        "rows",
                                List.of(
                                        "500M", "200M", "300M", "700M", "800M", "1.2bn", "2bn",
                                        "3bn"),
                        "dimensions", List.of("128", "64", "256"),
                        "subvectors", List.of("16"),
                        "element", List.of("2 B", "4 B", "1 B"),
                        "ram", List.of("64 GB", "128 GB", "96 GB", "256 GB"),
                        "reserved", List.of("16 GB", "8 GB", "24 GB", "32 GB")),
                "2[shard] <= shards",
                List.of(
                        new Ask(
                                "shards",
                                "{rows} of embeddings, {dimensions} each at {element}, are spread over"
                                        + " servers with {ram} of memory, of which {reserved} is spoken"
                                        + " for. How many servers hold the table once, nothing but the"
                                        + " numbers counted?",
                                "shard",
                                true,
                                List.of(
                                        slip(
                                                "ceil(table / ram)",
                                                "the reserved memory forgotten",
                                                "subtract what is spoken for before dividing"),
                                        slip("floor(table / usable)", "rounded down", ROUND_UP),
                                        slip("table / usable", "not rounded up", ROUND_UP),
                                        slip(
                                                "ceil(rows * dimensions * 1[B/number] / usable)",
                                                "bytes of a number forgotten",
                                                "numbers are not bytes: times the size of the type"),
                                        slip(
                                                "ceil(table / reserved)",
                                                "divided by what is reserved",
                                                "divide by what is left of the memory"),
                                        slip(
                                                "ceil(table / (ram + reserved))",
                                                "the reserved memory added",
                                                "subtract what is spoken for"),
                                        slip(
                                                "ceil(table * 4[B/number] / element / usable)",
                                                "four bytes a number",
                                                "look at the type again"),
                                        slip(
                                                "ceil(table / 8 / usable)",
                                                "bits for bytes",
                                                "the type is given in bytes"),
                                        slip(
                                                "ceil(table * 8 / usable)",
                                                "bits for bytes",
                                                "the type is given in bytes"),
                                        slip(
                                                "shards * copies / 1[shard]",
                                                "copies counted",
                                                "the table once was asked for"))),
                        new Ask(
                                "table",
                                "How large is a table of {rows}, {dimensions} each at {element}?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "table * 1[B/number] / element",
                                                "bytes of a number forgotten",
                                                "numbers are not bytes: times the size of the type"),
                                        slip(
                                                "table / dimensions",
                                                "the length of the rows forgotten",
                                                "times the numbers in a row"),
                                        slip(
                                                "table * 4[B/number] / element",
                                                "four bytes a number",
                                                "look at the type again"),
                                        slip(
                                                "table * 2[B/number] / element",
                                                "two bytes a number",
                                                "look at the type again")))));
    }

    private static Template partitions() {
        return new Template(
                "D4",
                "Partitions of an event log",
                Plans.named("kafka"),
                Map.of(
                        "events", List.of("2M/s", "500k/s", "800k/s", "1.5M/s", "3M/s", "5M/s"),
                        "event", List.of("1 kB", "500 B", "2 kB", "800 B"),
                        "partition", List.of("50 MB/s", "20 MB/s", "25 MB/s", "40 MB/s"),
                        "margin", List.of("20 %", "25 %", "30 %", "40 %"),
                        "replication", List.of("3", "2"),
                        "retention", List.of("24 h", "12 h", "72 h")),
                "10[partition] <= partitions",
                List.of(
                        new Ask(
                                "partitions",
                                "Producers write {events}, {event} each. A partition was measured to take"
                                        + " {partition}, and {margin} of that shall stay free. How many"
                                        + " partitions does the topic need? (1 kB is 1,000 bytes.)",
                                "partition",
                                true,
                                List.of(
                                        slip(
                                                "ceil(ingest / partition)",
                                                "the margin forgotten",
                                                "divide by what is used of a partition: 1 − margin"),
                                        slip(
                                                "ceil(ingest * (1 + margin) / partition)",
                                                "the margin added instead of divided out",
                                                "1 ÷ (1 − margin) is more than 1 + margin"),
                                        slip(
                                                "ceil(ingest * (1 - margin) / partition)",
                                                "the margin on the wrong side",
                                                "a margin makes it more partitions, not fewer"),
                                        slip(
                                                "ceil(ingest / (partition * margin))",
                                                "only the margin used",
                                                "use 1 − margin of a partition"),
                                        slip(
                                                "ceil(ingest * 8 / usable)",
                                                "bits for bytes",
                                                "both figures are in bytes"),
                                        slip(
                                                "ceil(ingest / 8 / usable)",
                                                "bits for bytes",
                                                "both figures are in bytes"),
                                        slip(
                                                "ceil(ingest * 1.024 / (usable * 1.048576))",
                                                "binary prefixes",
                                                "1 kB is 1,000 bytes and 1 MB a million here"),
                                        slip(
                                                "ceil(ingest * 1.024 / usable)",
                                                "binary and decimal prefixes mixed",
                                                "1 kB is 1,000 bytes and 1 MB a million here"),
                                        slip(
                                                "ceil(ingest * replication / usable)",
                                                "copies counted as writes",
                                                "a copy belongs to the same partition"),
                                        slip("floor(ingest / usable)", "rounded down", ROUND_UP),
                                        slip("ingest / usable", "not rounded up", ROUND_UP),
                                        slip(
                                                "ceil(ingest / usable / 1000)",
                                                "a prefix off: a thousand too much or too little",
                                                "kilo is 3, mega is 6"),
                                        slip(
                                                "ceil(ingest / usable * 1000)",
                                                "a prefix off: a thousand too much or too little",
                                                "kilo is 3, mega is 6"))),
                        new Ask(
                                "disk",
                                "A topic takes {events}, {event} each, and keeps them for {retention} in"
                                        + " {replication} copies altogether. How much disk do the brokers"
                                        + " need for it?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "disk / replication",
                                                "the copies forgotten",
                                                "times the copies"),
                                        slip(
                                                "disk * (replication - 1) / replication",
                                                "the original forgotten",
                                                "the copies include it here"),
                                        slip(
                                                "disk * (replication + 1) / replication",
                                                "one copy too many",
                                                "the copies include the original here"),
                                        slip(
                                                "disk / (1 - margin)",
                                                "a margin added",
                                                "none was asked for")))));
    }

    private static Template trainingTime() {
        List<Template.Mistake> mistakes =
                List.of(
                        slip(
                                "time / 3",
                                "the forward pass only",
                                "2 FLOP forward and 4 backward: 6 a token and parameter"),
                        slip(
                                "time * 2 / 3",
                                "the backward pass only",
                                "2 FLOP forward and 4 backward: 6 a token and parameter"),
                        slip("time / 6", "the 6 forgotten", "6 FLOP a token and parameter"),
                        slip(
                                "time * mfu",
                                "the utilisation forgotten",
                                "divide by what is reached, not by the peak"),
                        slip(
                                "time * mfu * mfu",
                                "multiplied by the utilisation instead of divided",
                                "a lower utilisation takes longer"),
                        slip("time * gpus", "one GPU only", "divide by the GPUs"),
                        slip(
                                "time / 2",
                                "the peak with sparsity, or of 8-bit numbers",
                                "take the dense peak of the type that is trained in"),
                        slip("time * 2", "half the peak", "take the dense peak as given"));
        return new Template(
                "D5",
                "Days of a training run",
                Plans.named("training"),
                Map.of(
                        "parameters", List.of("7bn", "1bn", "3bn", "13bn", "30bn", "70bn"),
                        "tokens",
                                List.of(
                                        "1T tokens",
                                        "300bn tokens",
                                        "500bn tokens",
                                        "2T tokens",
                                        "4T tokens"),
                        "gpus", List.of("256", "64", "128", "512", "1024", "2048"),
                        "peak", List.of("989 TFLOP/s", "312 TFLOP/s"),
                        "mfu", List.of("45 %", "35 %", "40 %", "50 %")),
                "0.2[day] <= time",
                List.of(
                        new Ask(
                                "time",
                                "A transformer of {parameters} is trained on {tokens} with {gpus}. Their"
                                        + " dense peak is {peak}, and the run reaches {mfu} of it. How"
                                        + " long does it take? (Failures and evaluation left out.)",
                                "s",
                                false,
                                mistakes),
                        new Ask(
                                "gpu_time",
                                "You book {gpus} with a dense peak of {peak} to train {parameters} on"
                                        + " {tokens} at {mfu} utilisation. How much GPU time is that?",
                                "GPU-h",
                                false,
                                List.of(
                                        slip(
                                                "gpu_time / 3",
                                                "the forward pass only",
                                                "2 FLOP forward and 4 backward: 6 a token and parameter"),
                                        slip(
                                                "gpu_time * 2 / 3",
                                                "the backward pass only",
                                                "2 FLOP forward and 4 backward: 6 a token and parameter"),
                                        slip(
                                                "gpu_time / 6",
                                                "the 6 forgotten",
                                                "6 FLOP a token and parameter"),
                                        slip(
                                                "gpu_time * mfu",
                                                "the utilisation forgotten",
                                                "divide by what is reached, not by the peak"),
                                        slip("time", "wall-clock time", "times the GPUs"),
                                        slip(
                                                "gpu_time * gpus",
                                                "times the GPUs once too often",
                                                "the arithmetic over one GPU's speed is GPU time already"),
                                        slip(
                                                "gpu_time / 2",
                                                "the peak with sparsity, or of 8-bit numbers",
                                                "take the dense peak of the type that is trained in")))));
    }

    private static Template annMemory() {
        return new Template(
                "D6",
                "Memory of a compressed vector index",
                Plans.named("ann"),
                Map.of(
                        "vectors",
                                List.of(
                                        "100M", "20M", "50M", "300M", "10M", "200M", "500M", "1bn",
                                        "2bn"),
                        "dimensions", List.of("768", "384", "512", "1024", "1536"),
                        "subvectors", List.of("96", "32", "48", "64", "128"),
                        "element", List.of("4 B")),
                "subvectors * 4 <= dimensions",
                List.of(
                        new Ask(
                                "codes",
                                "Product quantisation turns {vectors}, {dimensions} each, into"
                                        + " {subvectors} of one byte each. How much memory do the codes"
                                        + " take?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "exact",
                                                "the uncompressed size",
                                                "a code replaces several numbers by one byte"),
                                        slip(
                                                "exact / 4",
                                                "a byte for every number",
                                                "one byte for each part, not for each number"),
                                        slip(
                                                "codes * 4",
                                                "four bytes a code",
                                                "a code is one byte: 256 centroids"),
                                        slip(
                                                "codes * 2",
                                                "two bytes a code",
                                                "a code is one byte: 256 centroids"),
                                        slip(
                                                "codes_ids",
                                                "ids counted",
                                                "the codes alone were asked for"),
                                        slip(
                                                "codebook",
                                                "the codebook",
                                                "that is shared; the codes are per vector"))),
                        new Ask(
                                "ratio",
                                "{vectors} of {dimensions} in fp32 become {subvectors} of one byte each. How"
                                        + " many times smaller is that?",
                                "×",
                                false,
                                List.of(
                                        slip(
                                                "ratio / 4",
                                                "bytes of a number forgotten",
                                                "an fp32 number has four bytes"),
                                        slip(
                                                "ratio / 2",
                                                "two bytes a number",
                                                "an fp32 number has four bytes"),
                                        slip(
                                                "1 / ratio",
                                                "the wrong way round",
                                                "large over small"),
                                        slip("ratio * 8", "bits for bytes", "a code is one byte"),
                                        slip("ratio / 8", "bits for bytes", "a code is one byte"))),
                        new Ask(
                                "exact",
                                "How much memory do {vectors} of {dimensions} in fp32 take before any"
                                        + " compression?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "exact / 4",
                                                "bytes of a number forgotten",
                                                "an fp32 number has four bytes"),
                                        slip(
                                                "exact / 2",
                                                "two bytes a number",
                                                "an fp32 number has four bytes"),
                                        slip(
                                                "exact / dimensions * 1[number/vector]",
                                                "the dimensions forgotten",
                                                "times the numbers in a vector"),
                                        slip(
                                                "codes",
                                                "the compressed size",
                                                "before compression was asked for"))),
                        new Ask(
                                "codebook",
                                "Vectors of {dimensions} become {subvectors}, with 256 centroids in fp32"
                                        + " behind each. How large is the codebook?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "codebook / 4",
                                                "bytes of a number forgotten",
                                                "an fp32 number has four bytes"),
                                        slip(
                                                "codebook / centroids",
                                                "one centroid of each part",
                                                "times 256"),
                                        slip(
                                                "codebook * subvectors",
                                                "centroids as long as the vector",
                                                "a centroid is as long as its part"),
                                        slip(
                                                "codebook / subvectors",
                                                "one part only",
                                                "times the parts"),
                                        slip(
                                                "codebook * vectors",
                                                "one codebook for each vector",
                                                "all vectors share it")))));
    }

    private static Template servingCost() {
        return new Template(
                "D7",
                "Cost of a serving fleet",
                Plans.named("cost"),
                Map.of(
                        "replicas", List.of("100", "20", "40", "60", "150"),
                        "gpus_each", List.of("8", "4", "2"),
                        "price", List.of("$32/h", "$12/h", "$20/h", "$24/h", "$40/h"),
                        "token_rate", List.of("50M/h", "200M/h", "400M/h", "1bn/h", "2bn/h"),
                        "discount", List.of("40 %", "30 %", "55 %")),
                "gpu_rate <= expected * 4",
                List.of(
                        new Ask(
                                "daily",
                                "A fleet of {replicas} runs around the clock. Each is a machine with"
                                        + " {gpus_each} and billed at {price}. What does a day cost?",
                                "$/day",
                                "$",
                                false,
                                List.of(
                                        slip(
                                                "daily * gpus_each",
                                                "priced per GPU",
                                                "the price is for the whole replica"),
                                        slip(
                                                "daily / gpus_each",
                                                "divided among the GPUs",
                                                "the price is for the whole replica"),
                                        slip(
                                                "daily / replicas",
                                                "one replica only",
                                                "times the replicas"),
                                        slip(
                                                "daily * 30",
                                                "a month instead of a day",
                                                "24 h, not 720"))),
                        new Ask(
                                "monthly",
                                "What do {replicas} cost in 30 days without a break, if each has"
                                        + " {gpus_each} and is billed at {price}?",
                                "$",
                                "$/month",
                                false,
                                List.of(
                                        slip(
                                                "daily * 1[day]",
                                                "a day instead of a month",
                                                "times 30 days"),
                                        slip(
                                                "monthly * gpus_each",
                                                "priced per GPU",
                                                "the price is for the whole replica"),
                                        slip(
                                                "monthly / replicas",
                                                "one replica only",
                                                "times the replicas"),
                                        slip(
                                                "monthly * 22 / 30",
                                                "working days only",
                                                "the fleet does not go home at the weekend"),
                                        slip(
                                                "monthly / 24",
                                                "the hours of a day forgotten",
                                                "times 24 h and 30 days"))),
                        new Ask(
                                "unit_cost",
                                "{replicas}, each billed at {price}, serve {token_rate} together. What do a"
                                        + " million tokens cost?",
                                "$/1M tokens",
                                false,
                                List.of(
                                        slip(
                                                "unit_cost * 24",
                                                "dollars of a day over tokens of an hour",
                                                "both for the same time"),
                                        slip(
                                                "unit_cost / 24",
                                                "dollars of an hour over tokens of a day",
                                                "both for the same time"),
                                        slip(
                                                "unit_cost / replicas",
                                                "one replica's dollars over the fleet's tokens",
                                                "both for the whole fleet"),
                                        slip(
                                                "unit_cost * gpus_each",
                                                "priced per GPU",
                                                "the price is for the whole replica"),
                                        slip(
                                                "unit_cost / 1000",
                                                "a thousand tokens",
                                                "times a million"))),
                        new Ask(
                                "unit_cost_reserved",
                                "{replicas} at a list price of {price} serve {token_rate} in all. With a"
                                        + " commitment that takes {discount} off, what do a million tokens"
                                        + " cost?",
                                "$/1M tokens",
                                false,
                                List.of(
                                        slip(
                                                "unit_cost",
                                                "the discount forgotten",
                                                "times 1 − discount"),
                                        slip(
                                                "unit_cost * discount",
                                                "the discount paid instead of saved",
                                                "times 1 − discount"),
                                        slip(
                                                "unit_cost * (1 + discount)",
                                                "the discount added",
                                                "times 1 − discount"),
                                        slip(
                                                "unit_cost / (1 + discount)",
                                                "divided by 1 + discount",
                                                "times 1 − discount"),
                                        slip(
                                                "unit_cost_reserved * 24",
                                                "dollars of a day over tokens of an hour",
                                                "both for the same time"),
                                        slip(
                                                "unit_cost_reserved / replicas",
                                                "one replica's dollars over the fleet's tokens",
                                                "both for the whole fleet")))));
    }

    private static Template allreduce() {
        return new Template(
                "D8",
                "Time of an allreduce",
                Plans.named("allreduce"),
                Map.of(
                        "gpus", List.of("256", "8", "16", "32", "64", "128", "512", "1024"),
                        "gradients",
                                List.of(
                                        "14 GB", "2 GB", "3 GB", "6 GB", "16 GB", "26 GB", "60 GB",
                                        "140 GB"),
                        "link", List.of("400 Gbit/s", "100 Gbit/s", "200 Gbit/s", "800 Gbit/s")),
                "0 < 1",
                List.of(
                        new Ask(
                                "time",
                                "{gpus} in one ring, each with a link of {link}, add up gradients of"
                                        + " {gradients} and hand the sum round. How long does that take,"
                                        + " latency left out?",
                                "s",
                                false,
                                List.of(
                                        slip(
                                                "time / 8",
                                                "bits for bytes",
                                                "a link of 400 Gbit/s moves 50 GB/s"),
                                        slip(
                                                "time / 2",
                                                "one way round only",
                                                "once to add up, once to hand round: times two"),
                                        slip(
                                                "2 * gradients / link",
                                                "(n − 1) ÷ n forgotten",
                                                "each GPU keeps its own part: with few GPUs it shows"),
                                        slip(
                                                "gradients / link",
                                                "sent once, as a whole",
                                                "2 (n − 1) ÷ n times the gradients"),
                                        slip(
                                                "time * gpus",
                                                "all GPUs' traffic over one link",
                                                "every GPU has its own link"),
                                        slip(
                                                "time / gpus",
                                                "divided by the GPUs",
                                                "each GPU sends almost twice the gradients, however many there are"),
                                        slip(
                                                "time * 2",
                                                "four bytes a gradient",
                                                "the size is given"))),
                        new Ask(
                                "traffic",
                                "How much does each of {gpus} send, when a ring adds up gradients of"
                                        + " {gradients} and hands round the sum?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "traffic / 2",
                                                "one way round only",
                                                "once to add up, once to hand round: times two"),
                                        slip(
                                                "2 * gradients",
                                                "(n − 1) ÷ n forgotten",
                                                "each GPU keeps its own part: with few GPUs it shows"),
                                        slip(
                                                "gradients",
                                                "sent once, as a whole",
                                                "2 (n − 1) ÷ n times the gradients"),
                                        slip(
                                                "traffic * gpus",
                                                "the traffic of all GPUs",
                                                "one GPU's was asked for"),
                                        slip(
                                                "traffic / gpus",
                                                "divided by the GPUs",
                                                "each GPU sends almost twice the gradients, however many there are")))));
    }
}
