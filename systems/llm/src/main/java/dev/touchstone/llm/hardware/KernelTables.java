package dev.touchstone.llm.hardware;

import dev.touchstone.llm.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Kernel times measured on a GPU, and what lies between them.
///
/// The tables are three CSV files named for the GPU, as derived from ai-dynamo/aiconfigurator:
///
/// ```
/// h100-gemm.csv                  gemm_dtype,m,n,k,latency_ms
/// h100-context-attention.csv     kv_cache_dtype,batch_size,isl,step,num_heads,
///                                num_key_value_heads,latency_ms
/// h100-generation-attention.csv  the same; a sequence has isl + step cached tokens
/// ```
///
/// Heads have 128 numbers throughout. Splits into heads that were not measured are priced from the
/// nearest that was.
public final class KernelTables implements Kernels {
    private static final String TYPE = "kv_cache_dtype";
    private static final double MICROS_PER_MILLI = 1e3;

    /// Query heads and heads of keys and values.
    private record Split(int heads, int kvHeads) {}

    private final Map<ElementType, GemmTable> gemm = new EnumMap<>(ElementType.class);
    private final Map<ElementType, Map<Split, AttentionTable>> context;
    private final Map<ElementType, Map<Split, AttentionTable>> generation;

    private KernelTables(Path folder, String gpu) throws IOException {
        readGemm(
                CsvTable.read(
                        folder.resolve(gpu + "-gemm.csv"),
                        "gemm_dtype",
                        "m",
                        "n",
                        "k",
                        "latency_ms"));
        context = readAttention(folder.resolve(gpu + "-context-attention.csv"));
        generation = readAttention(folder.resolve(gpu + "-generation-attention.csv"));
    }

    /// Reads the three tables of a GPU.
    ///
    /// @param gpu with which the names of the files begin, such as `h100`
    /// @throws MalformedTableException naming file, line and field
    public static KernelTables read(Path folder, String gpu) throws IOException {
        return new KernelTables(folder, gpu);
    }

    /// A matrix product, in microseconds: linear in all three sizes between measurements and beyond
    /// the largest.
    @Override
    public double gemm(int m, int n, int k, ElementType type) {
        return table(gemm, type, "matrix products").at(m, n, k);
    }

    /// Attention as the tables have it. Decoding costs at least what its keys and values take to
    /// come from memory: the measurements repeat one call, so that a small cache stays in the GPU's
    /// L2 and looks faster than in a model, whose layers displace one another.
    @Override
    public Attention attention(AttentionShape shape) {
        Split prefillSplit = nearest(context, shape);
        Split decodeSplit = nearest(generation, shape);
        return new Measured(
                find(context, shape, prefillSplit),
                (double) shape.heads() / prefillSplit.heads(),
                find(generation, shape, decodeSplit),
                (double) shape.kvHeads() / decodeSplit.kvHeads());
    }

    /// A split into heads that was not measured is priced from the nearest one: in prefill in
    /// proportion to query heads, in decode as the batch that has as many pairs of a sequence and a
    /// head of keys.
    private static final class Measured implements Attention {
        private final AttentionTable context;
        private final double prefillScale;
        private final AttentionTable generation;
        private final double decodeScale;
        private final double microsPerUncachedToken;

        Measured(
                AttentionTable context,
                double prefillScale,
                AttentionTable generation,
                double decodeScale) {
            this.context = context;
            this.prefillScale = prefillScale;
            this.generation = generation;
            this.decodeScale = decodeScale;
            microsPerUncachedToken = generation.microsPerToken();
        }

        @Override
        public double decode(double sequences, double length) {
            double batch = sequences * decodeScale;
            return Math.max(
                    generation.at(batch, length, 1),
                    launch() + microsPerUncachedToken * batch * length);
        }

        /// Only whole prompts were measured. A chunk that follows `before` tokens does what is left
        /// of the work of a whole prompt when that of the `before` is taken out; it does no less
        /// than without them, and reads them once.
        @Override
        public double prefill(int batch, int chunk, int before) {
            double none = context.launch();
            double work = context.at(batch, (double) before + chunk, 2) - none;
            if (before > 0) {
                work -= context.at(batch, before, 2) - none;
                work = Math.max(work, context.at(batch, chunk, 2) - none);
                work = Math.max(work, (decode(batch, before) - launch()) / prefillScale);
            }
            return launch() + Math.max(0, work) * prefillScale;
        }

        @Override
        public double launch() {
            return generation.launch();
        }
    }

    private void readGemm(CsvTable table) {
        Map<ElementType, GemmTable.Builder> builders = new EnumMap<>(ElementType.class);
        for (int row = 0; row < table.size(); row++) {
            builders.computeIfAbsent(type(table, row, "gemm_dtype"), _ -> new GemmTable.Builder())
                    .add(
                            table.wholeNumber(row, "m", 1),
                            table.wholeNumber(row, "n", 1),
                            table.wholeNumber(row, "k", 1),
                            MICROS_PER_MILLI * table.positive(row, "latency_ms"));
        }
        builders.forEach((type, builder) -> gemm.put(type, builder.build(table)));
    }

    private static Map<ElementType, Map<Split, AttentionTable>> readAttention(Path file)
            throws IOException {
        CsvTable table =
                CsvTable.read(
                        file,
                        TYPE,
                        "batch_size",
                        "isl",
                        "step",
                        "num_heads",
                        "num_key_value_heads",
                        "latency_ms");
        Map<ElementType, Map<Split, NavigableMap<Integer, NavigableMap<Integer, Double>>>> times =
                new EnumMap<>(ElementType.class);
        for (int row = 0; row < table.size(); row++) {
            var split =
                    new Split(
                            table.wholeNumber(row, "num_heads", 1),
                            table.wholeNumber(row, "num_key_value_heads", 1));
            int length = table.wholeNumber(row, "isl", 1) + table.wholeNumber(row, "step", 0);
            times.computeIfAbsent(type(table, row, TYPE), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(split, _ -> new TreeMap<>())
                    .computeIfAbsent(table.wholeNumber(row, "batch_size", 1), _ -> new TreeMap<>())
                    .put(length, MICROS_PER_MILLI * table.positive(row, "latency_ms"));
        }
        Map<ElementType, Map<Split, AttentionTable>> tables = new EnumMap<>(ElementType.class);
        times.forEach((type, splits) -> {
            splits.forEach((split, lines) ->
                    extend(lines, splits.get(new Split(split.heads / 2, split.kvHeads / 2))));
            Map<Split, AttentionTable> bySplit = new LinkedHashMap<>();
            splits.forEach((split, lines) -> bySplit.put(split, new AttentionTable(lines)));
            tables.put(type, bySplit);
        });
        return tables;
    }

    /// Adds lengths that were only measured with half as many heads: what decides is how many pairs
    /// of a sequence and a head there are, and twice as many sequences of half as many heads are
    /// alike.
    private static void extend(
            NavigableMap<Integer, NavigableMap<Integer, Double>> lines,
            @Nullable NavigableMap<Integer, NavigableMap<Integer, Double>> ofHalf) {
        if (ofHalf != null) {
            lines.forEach((batch, line) -> {
                NavigableMap<Integer, Double> twice = ofHalf.get(2 * batch);
                if (twice != null) {
                    line.putAll(twice.tailMap(line.lastKey(), false));
                }
            });
        }
    }

    private static ElementType type(CsvTable table, int row, String column) {
        return switch (table.text(row, column)) {
            case "bfloat16" -> ElementType.BF16;
            case "fp8" -> ElementType.FP8;
            default ->
                    throw table.malformed(
                            row,
                            column,
                            "must be bfloat16 or fp8, got '%s'".formatted(table.text(row, column)));
        };
    }

    private static AttentionTable find(
            Map<ElementType, Map<Split, AttentionTable>> tables,
            AttentionShape shape,
            Split split) {
        AttentionTable table = table(tables, shape.kvType(), "attention").get(split);
        if (table == null) {
            throw new IllegalStateException("no table for " + split);
        }
        return table;
    }

    private static Split nearest(
            Map<ElementType, Map<Split, AttentionTable>> tables, AttentionShape shape) {
        var wanted = new Split(shape.heads(), shape.kvHeads());
        var measured = table(tables, shape.kvType(), "attention").keySet();
        return measured.contains(wanted)
                ? wanted
                : measured.stream()
                        .min(
                                Comparator.comparingDouble((Split split) ->
                                                distance(split.heads(), wanted.heads()))
                                        .thenComparingDouble(split ->
                                                distance(split.kvHeads(), wanted.kvHeads())))
                        .orElseThrow();
    }

    private static double distance(int one, int other) {
        return Math.abs(Math.log((double) one / other));
    }

    private static <T> T table(Map<ElementType, T> tables, ElementType type, String what) {
        // Both half-precision types move the same bytes through the same units.
        T table = tables.get(type == ElementType.FP16 ? ElementType.BF16 : type);
        if (table == null) {
            throw new IllegalArgumentException(
                    "the tables have %s in %s, not in %s; take one of those"
                            .formatted(what, tables.keySet(), type));
        }
        return table;
    }
}
