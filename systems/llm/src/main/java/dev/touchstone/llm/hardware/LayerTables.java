package dev.touchstone.llm.hardware;

import dev.touchstone.llm.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// A model's layers as they were measured on one GPU, and what lies between the measurements.
///
/// The tables are three CSV files named for the GPU and the model, as derived from
/// casys-kaist/LLMServingSim:
///
/// ```
/// rtxpro6000-llama-3.1-8b-dense.csv         layer,tokens,time_us
/// rtxpro6000-llama-3.1-8b-per_sequence.csv  layer,sequences,time_us
/// rtxpro6000-llama-3.1-8b-attention.csv     prefill_chunk,kv_prefill,n_decode,kv_decode,time_us
/// ```
///
/// An attention call was measured with one prompt's chunk after `kv_prefill` tokens and `n_decode`
/// sequences that decode over `kv_decode` tokens each.
final class LayerTables implements StepCosts {
    private static final String[] ONCE_A_LAYER = {
        "qkv_proj", "rotary_emb", "o_proj", "gate_up_proj", "act_fn", "down_proj"
    };
    private static final int PRICED_TOKENS = 16_384;
    private static final String TIME = "time_us";

    private final int layers;
    private final double[] dense = new double[PRICED_TOKENS + 1];
    private final Line lmHead;
    private final Line sampler;

    /// By tokens in prefill beside them, 0 being none.
    private final double[] chunks;

    private final AttentionTable[] decodes;

    /// By tokens in prefill, of what comes before them; the first is of no use.
    private final Line[] prefills;

    private final double launch;

    private final double promptGapMicros;

    private LayerTables(
            Path folder, String name, int layers, double gapMicros, double promptGapMicros)
            throws IOException {
        this.layers = layers;
        this.promptGapMicros = promptGapMicros;
        Map<String, Line> byTokens = lines(folder.resolve(name + "-dense.csv"), "tokens");
        Map<String, Line> bySequences =
                lines(folder.resolve(name + "-per_sequence.csv"), "sequences");
        lmHead = line(bySequences, "lm_head");
        sampler = line(bySequences, "sampler");
        for (int tokens = 1; tokens <= PRICED_TOKENS; tokens++) {
            dense[tokens] =
                    Math.max(dense[tokens - 1], dense(byTokens, tokens) + layers * gapMicros);
        }
        CsvTable table =
                CsvTable.read(
                        folder.resolve(name + "-attention.csv"),
                        "prefill_chunk",
                        "kv_prefill",
                        "n_decode",
                        "kv_decode",
                        TIME);
        NavigableMap<Integer, NavigableMap<Integer, NavigableMap<Integer, Double>>> mixed =
                new TreeMap<>();
        NavigableMap<Integer, NavigableMap<Integer, Double>> alone = new TreeMap<>();
        for (int row = 0; row < table.size(); row++) {
            int chunk = table.wholeNumber(row, "prefill_chunk", 0);
            int before = table.wholeNumber(row, "kv_prefill", 0);
            int sequences = table.wholeNumber(row, "n_decode", 0);
            double micros = table.positive(row, TIME);
            if (sequences == 0) {
                alone.computeIfAbsent(chunk, _ -> new TreeMap<>()).put(before, micros);
            } else if (before == 0) {
                mixed.computeIfAbsent(chunk, _ -> new TreeMap<>())
                        .computeIfAbsent(sequences, _ -> new TreeMap<>())
                        .put(table.wholeNumber(row, "kv_decode", 1), micros);
            }
        }
        if (!mixed.containsKey(0) || !alone.keySet().equals(mixed.tailMap(1).keySet())) {
            throw table.malformed(
                    "needs rows without prefill, and for each prefill_chunk rows without and rows with"
                            + " decodes at kv_prefill 0; add them");
        }
        chunks = mixed.keySet().stream().mapToDouble(Integer::intValue).toArray();
        decodes = mixed.values().stream().map(AttentionTable::new).toArray(AttentionTable[]::new);
        launch = decodes[0].launch();
        alone.computeIfAbsent(0, _ -> new TreeMap<>()).put(0, launch);
        prefills = alone.values().stream().map(Line::of).toArray(Line[]::new);
    }

    /// Reads the three tables of a GPU and a model.
    ///
    /// @param gapMicros between the kernels of a layer, which were measured one by one
    /// @param promptGapMicros that a layer takes longer in a step that reads a prompt
    /// @throws MalformedTableException naming file, line and field
    static LayerTables read(
            Path folder,
            String gpuAndModel,
            ModelArchitecture model,
            double gapMicros,
            double promptGapMicros)
            throws IOException {
        if (model.spec().kvType().bits() != ElementType.BF16.bits()) {
            throw new IllegalArgumentException(
                    "%s was measured with its cache in bf16, not in %s"
                            .formatted(gpuAndModel, model.spec().kvType()));
        }
        return new LayerTables(
                folder, gpuAndModel, model.spec().layers(), gapMicros, promptGapMicros);
    }

    @Override
    public double dense(int tokens) {
        return tokens <= PRICED_TOKENS
                ? dense[tokens]
                : dense[PRICED_TOKENS] * tokens / PRICED_TOKENS;
    }

    @Override
    public double head(int sequences) {
        return lmHead.at(sequences) + sampler.at(sequences);
    }

    @Override
    public double decode(int sequences, long cachedTokens, int prefillTokens) {
        double length = (double) cachedTokens / sequences;
        if (prefillTokens == 0) {
            return layers * decodes[0].at(sequences, length, 1);
        }
        double chunk = Math.min(prefillTokens, chunks[chunks.length - 1]);
        int upper = Line.upper(chunks, chunk);
        double share = share(upper, chunk);
        double together =
                Line.between(
                        share,
                        decodes[upper - 1].at(sequences, length, 1),
                        decodes[upper].at(sequences, length, 1));
        double apart =
                Line.between(share, prefills[upper - 1].at(0), prefills[upper].at(0)) - launch;
        return layers * Math.max(launch, together - apart);
    }

    @Override
    public double prefill(int batch, int chunk, int context) {
        int upper = Line.upper(chunks, chunk);
        double at =
                Line.between(
                        share(upper, chunk),
                        prefills[upper - 1].at(context),
                        prefills[upper].at(context));
        return layers * (at - launch);
    }

    @Override
    public double attentionLaunch() {
        return layers * launch;
    }

    @Override
    public double promptGap() {
        return layers * promptGapMicros;
    }

    private double share(int upper, double chunk) {
        return (chunk - chunks[upper - 1]) / (chunks[upper] - chunks[upper - 1]);
    }

    private double dense(Map<String, Line> byTokens, int tokens) {
        double layer = 2 * line(byTokens, "layernorm").at(tokens);
        for (String kernel : ONCE_A_LAYER) {
            layer += line(byTokens, kernel).at(tokens);
        }
        return line(byTokens, "embedding").at(tokens)
                + layers * layer
                + line(byTokens, "final_layernorm").at(tokens);
    }

    private static Map<String, Line> lines(Path file, String count) throws IOException {
        CsvTable table = CsvTable.read(file, "layer", count, TIME);
        Map<String, NavigableMap<Integer, Double>> points = new TreeMap<>();
        for (int row = 0; row < table.size(); row++) {
            points.computeIfAbsent(table.text(row, "layer"), _ -> new TreeMap<>())
                    .put(table.wholeNumber(row, count, 1), table.positive(row, TIME));
        }
        Map<String, Line> lines = new TreeMap<>();
        points.forEach((layer, line) -> lines.put(layer, Line.of(line)));
        for (String needed : needed(count)) {
            if (!lines.containsKey(needed)) {
                throw table.malformed(
                        "has no rows for layer %s, only for %s".formatted(needed, lines.keySet()));
            }
        }
        return lines;
    }

    private static String[] needed(String count) {
        return count.equals("sequences")
                ? new String[] {"lm_head", "sampler"}
                : new String[] {
                    "embedding",
                    "layernorm",
                    "qkv_proj",
                    "rotary_emb",
                    "o_proj",
                    "gate_up_proj",
                    "act_fn",
                    "down_proj",
                    "final_layernorm"
                };
    }

    private static Line line(Map<String, Line> lines, String layer) {
        Line line = lines.get(layer);
        if (line == null) {
            throw new IllegalStateException("no measurements of " + layer);
        }
        return line;
    }
}
